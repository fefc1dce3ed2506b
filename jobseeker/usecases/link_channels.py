"""The same person on two channels: a one-time code made on one and entered on the other, with consent; and undoing it.

What belongs to a person (profile, saved vacancies, alerts, files) is keyed by `person_id`, so it follows by itself. Nothing is
merged: where both have a profile, that of the person who made the code stays in force, and undoing gives the other back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from jobseeker.channels import LinkCode
from jobseeker.clock import Clock
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Secrets, Signals
from jobseeker.records import Conversation
from jobseeker.storage import Store, UnitOfWork

CODE_SECONDS = 600
FREE_ATTEMPTS = 5  # wrong codes; then each doubles the wait
FIRST_LOCK_SECONDS, LONGEST_LOCK_SECONDS = 300, 86_400
NOTICE_VERSION = "link-1"  # the wording of data/responses: link_code


class LinkChannels:
    """`/link`, `/link CODE` and `/unlink` of one conversation; gives what is to be said."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, secrets: Secrets, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.secrets, self.signals = store, clock, composer, secrets, signals

    async def make_code(self, conversation: Conversation) -> Say:
        """A new code; an earlier one of this conversation ends."""
        code, now = self.secrets.code(), self.clock.now()
        made = LinkCode(self.secrets.digest(code), conversation.id, now, now + timedelta(seconds=CODE_SECONDS))
        async with self.store.write() as work:
            await work.channels.add_code(made)
            await _record(work, conversation, "channel.link_offered", now)
        return Say("utterance", "link_code", {"code": code})

    async def use_code(self, conversation: Conversation, code: str) -> Say:
        """Connect. Asked again with the code it has used itself, it says so again."""
        now, said = self.clock.now(), "".join(code.upper().split())
        async with self.store.write() as work:
            wrong, locked_until = await work.channels.attempts(conversation.id)
            if locked_until is not None and locked_until > now:
                minutes = 1 + int((locked_until - now).total_seconds()) // 60
                return Say("utterance", "link_locked", {"minutes": minutes})
            found = await work.channels.code(self.secrets.digest(said))
            if found is not None and found.conversation_id == conversation.id:
                return Say("utterance", "link_here")
            if found is not None and found.used_by == conversation.id:  # this very message, once more
                return await self._done(work, found.conversation_id, conversation)
            taken = await work.channels.use_code(self.secrets.digest(said), by=conversation.id, now=now)
            other = await work.conversations.lock(taken.conversation_id) if taken else None
            if other is None:
                await self._note_wrong(work, conversation, wrong + 1, now)
                return Say("utterance", "link_wrong")
            await work.channels.note_attempts(conversation.id, 0, None)
            current = await work.conversations.get(conversation.id) or conversation
            if other.person == current.person:
                return Say("utterance", "link_same")
            await self._link(work, current, other, now)
            await self._tell_other(work, other, current, f"linked:{self.secrets.digest(said)[:32]}", now)
            done = await self._done(work, other.id, conversation)
        self.signals.conversation_changed(other.id)
        self.signals.outbox_changed()
        return done

    async def _done(self, work: UnitOfWork, other_id: str, conversation: Conversation) -> Say:
        other = await work.conversations.get(other_id)
        name = self._name(other.channel if other else "", conversation.variety)
        return Say("utterance", "link_done", {"channel": name})

    async def _note_wrong(self, work: UnitOfWork, conversation: Conversation, wrong: int, now: datetime) -> None:
        locked_until = None
        if wrong >= FREE_ATTEMPTS:
            seconds = min(FIRST_LOCK_SECONDS * 2 ** min(wrong - FREE_ATTEMPTS, 10), LONGEST_LOCK_SECONDS)
            locked_until = now + timedelta(seconds=seconds)
        await work.channels.note_attempts(conversation.id, wrong, locked_until)
        await _record(work, conversation, "channel.link_refused", now, {"wrong": wrong})

    async def _link(self, work: UnitOfWork, mine: Conversation, other: Conversation, now: datetime) -> None:
        """One person from now on: the one who made the code, unless only the other has a profile."""
        person, moved = other.person, mine.person
        has, has_moved = [await work.profiles.newest_version(each) for each in (person, moved)]
        if has_moved and not has:
            person, moved = moved, person
        for each in await work.channels.of_person(moved):
            await work.channels.set_person(each.id, person)
        await work.profiles.note_consent(person, "link", given=True, notice_version=NOTICE_VERSION, now=now)
        detail = {"with": other.id, "person": person, "was": moved}
        await _record(work, mine, "channel.linked", now, detail)
        await _record(work, other, "channel.linked", now, {**detail, "with": mine.id})

    async def _tell_other(
        self, work: UnitOfWork, other: Conversation, mine: Conversation, key: str, now: datetime
    ) -> None:
        say = Say("utterance", "link_done_elsewhere", {"channel": self._name(mine.channel, other.variety)})
        row = self.composer.row(other, say, key=key, seq=other.next_seq, now=now, author="system")
        await work.outbox.add([row])
        await work.conversations.save(replace(other, next_seq=other.next_seq + 1), now=now)

    def _name(self, channel: str, variety: str) -> str:
        try:
            return self.composer.words(f"channel_{channel}", variety, self.clock.now())
        except LookupError:
            return self.composer.words("channel_other", variety, self.clock.now())

    async def undo(self, conversation: Conversation) -> Say:
        """Each conversation on its own again, as before the first connection."""
        now = self.clock.now()
        async with self.store.write() as work:
            current = await work.conversations.get(conversation.id) or conversation
            together = await work.channels.of_person(current.person)
            if len(together) < 2:
                return Say("utterance", "unlink_none")
            person = current.person
            leaving = [current] if current.id != person else [each for each in together if each.id != person]
            for each in leaving:
                await work.channels.set_person(each.id, each.id)
                await _record(work, each, "channel.unlinked", now, {"person": person})
            if len(together) - len(leaving) < 2:
                await work.profiles.note_consent(person, "link", given=False, notice_version=NOTICE_VERSION, now=now)
        return Say("utterance", "unlink_done")


async def _record(
    work: UnitOfWork, conversation: Conversation, action: str, now: datetime, detail: Mapping[str, object] | None = None
) -> None:
    await work.ledger.record(
        at=now, actor="jobseeker", action=action, conversation_id=conversation.id, detail=detail or {}
    )
