"""Offers waiting cases to counsellors who are there, and takes cases from those who have fallen silent. Safe to run in every gateway at once."""

from __future__ import annotations

import logging

from jobseeker.assignment import choose
from jobseeker.clock import Clock
from jobseeker.errors import AlreadyClaimed, IllegalHandoff
from jobseeker.handoff import URGENCY_CRISIS
from jobseeker.handoff_records import Case
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.storage import Store
from jobseeker.usecases.case_moves import offer, requeue

log = logging.getLogger(__name__)


class AssignCases:
    """One look at the queue and at who is there."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals

    async def __call__(self) -> int:
        """Take back, then offer; how many cases were moved."""
        now, rules = self.clock.now(), self.composer.rules
        silent_since = now - rules.minutes("absent_minutes", now)
        async with self.store.read() as work:
            absent = await work.cases.overdue_absent(silent_since)
            rules.live.refresh(await work.office_days.since(rules.live.base.day(now)))
        moved = 0
        for case in absent:
            moved += await self._take_back(case)
        async with self.store.read() as work:
            waiting = [case for case in await work.cases.listed(state="waiting") if case.offered_to is None]
            counsellors = await work.presences.counsellors() if waiting else ()
        fresh_since = now - rules.seconds("fresh_seconds", now)
        for case in waiting:
            if not (rules.live.current.is_open(case.office, now) or case.urgency == URGENCY_CRISIS):
                continue
            # Most looks find nobody: no lock for those.
            if choose(case, counsellors, fresh_since=fresh_since) is not None:
                moved += await self._offer(case)
        return moved

    async def _offer(self, seen: Case) -> bool:
        now, rules = self.clock.now(), self.composer.rules
        fresh_since = now - rules.seconds("fresh_seconds", now)
        try:
            async with self.store.write() as work:
                conversation = await work.conversations.lock(seen.conversation_id)
                case = await work.cases.get(seen.id)
                if conversation is None or case is None or case.version != seen.version or case.state != "waiting":
                    return False
                chosen = choose(case, await work.presences.counsellors(), fresh_since=fresh_since)
                if chosen is None or conversation.owner != "queued":
                    return False
                conversation = await offer(work, conversation, case, chosen.id, now=now, rules=rules)
                await work.conversations.save(conversation, now=now)
        except (AlreadyClaimed, IllegalHandoff):
            return False
        self.signals.conversation_changed(seen.conversation_id)
        self.signals.queue_changed()
        return True

    async def _take_back(self, seen: Case) -> bool:
        now = self.clock.now()
        try:
            async with self.store.write() as work:
                conversation = await work.conversations.lock(seen.conversation_id)
                case = await work.cases.get(seen.id)
                if conversation is None or case is None or case.version != seen.version:
                    return False
                told = Say("utterance", "handoff_requeued", {"case_id": str(case.id)})
                conversation = await requeue(work, self.composer, conversation, case, told, actor="system", now=now)
                detail = {"case_id": case.id, "account_id": case.claimed_by}
                await work.ledger.alert(
                    at=now, kind="counsellor_absent", conversation_id=conversation.id, detail=detail
                )
                await work.conversations.save(conversation, now=now)
        except (AlreadyClaimed, IllegalHandoff):
            return False
        self.signals.conversation_changed(seen.conversation_id)
        self.signals.queue_changed()
        self.signals.message_received(seen.conversation_id)
        self.signals.outbox_changed()
        self.signals.alert_raised()
        return True
