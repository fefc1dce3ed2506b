"""The reminder worker's step: one reminder that is due, sent once on the same channel, or given up where it is too late. Looping is gateway/workers/alerts.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobseeker.clock import Clock, local_day
from jobseeker.handoff import bot_speaks
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.storage import Store
from jobseeker.storage_benefits import Reminder

ACT = "reminder"
CONSENT = "reminders"  # the purpose


@dataclass(frozen=True)
class Reminded:
    """What became of one. outcome: "sent", "late" (it would come after the day or far too late), "stopped" (no consent any
    more) or "lost" (somebody else sent it, or a counsellor has come in)."""

    reminder_id: int
    outcome: str


class SendReminders:
    """Exactly once: taking the reminder and writing the message are one transaction, which only one worker can finish."""

    def __init__(
        self, store: Store, clock: Clock, composer: Composer, signals: Signals, is_quiet: Callable[[datetime], bool]
    ) -> None:
        self.store, self.clock, self.composer, self.signals, self.is_quiet = store, clock, composer, signals, is_quiet

    async def __call__(self) -> Reminded | None:
        """Send the one that has waited longest. None: nothing is due, or it is night."""
        now = self.clock.now()
        if self.is_quiet(now):
            return None
        async with self.store.read() as work:
            due = await work.reminders.next_due(now)
        if due is None:
            return None
        outcome = await self._send(due, now)
        if outcome == "sent":
            self.signals.conversation_changed(due.conversation_id)
            self.signals.outbox_changed()
        return Reminded(due.id, outcome)

    async def _send(self, due: Reminder, now: datetime) -> str:
        async with self.store.write() as work:
            conversation = await work.conversations.lock(due.conversation_id)
            if conversation is None or not bot_speaks(conversation.owner):
                return "lost"
            if not await work.reminders.finish(due.id, now=now):
                return "lost"
            if not await work.profiles.has_consented(due.person_id, CONSENT):
                await work.reminders.stop(due.person_id)
                return "stopped"
            if due.day < local_day(now) or now - due.send_at > self._longest_delay(now):
                return "late"
            say = Say("utterance", f"remind_{due.kind}", {"day": {"date": due.day.isoformat()}})
            row = self.composer.row(
                conversation, say, key=f"reminder:{due.id}", seq=conversation.next_seq, now=now, act=ACT
            )
            await work.outbox.add([row])
            await work.conversations.save(replace(conversation, next_seq=conversation.next_seq + 1), now=now)
        return "sent"

    def _longest_delay(self, now: datetime) -> timedelta:
        hours = self.composer.answers.pack.figures["clock.remind_late"].on(local_day(now)).value
        return timedelta(hours=float(hours))
