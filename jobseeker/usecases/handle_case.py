"""What a counsellor does with a case between claiming it and giving it back: let an offer pass, wrap up, speak again, hand it over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from jobseeker.clock import Clock
from jobseeker.errors import AlreadyClaimed, CaseNotFound, IllegalHandoff, MalformedRequest, NotOwner
from jobseeker.handoff_records import OUTCOMES, Case, Deadline
from jobseeker.messages import Say
from jobseeker.outgoing import Composer
from jobseeker.ports import Signals
from jobseeker.records import Account, Conversation
from jobseeker.storage import Store, UnitOfWork
from jobseeker.usecases.case_moves import locked_case, requeue, step, withdraw_offer

NOTE_CHARACTERS = 4_000
MOST_TAGS, TAG_CHARACTERS = 12, 32
TAKES_CASES = ("counsellor", "supervisor")


@dataclass(frozen=True)
class _Held:
    """A case with its conversation, locked."""

    work: UnitOfWork
    conversation: Conversation
    case: Case
    now: datetime


class HandleCase:
    """The steps. Every one is audited; a step that is asked for again where it is done already changes nothing."""

    def __init__(self, store: Store, clock: Clock, composer: Composer, signals: Signals) -> None:
        self.store, self.clock, self.composer, self.signals = store, clock, composer, signals

    async def decline(self, account: Account, case_id: int) -> Case:
        """Let an offer pass. Raises CaseNotFound, NotOwner (it is not offered to this account)."""
        async with self._held(case_id) as held:
            if held.case.offered_to != account.id or held.conversation.owner != "assigned":
                raise NotOwner
            conversation = await withdraw_offer(
                held.work, held.conversation, held.case, actor=_actor(account), now=held.now
            )
            await held.work.conversations.save(conversation, now=held.now)
        return await self._told(held.case)

    async def wrap_up(
        self, account: Account, case_id: int, *, outcome: str, note: str = "", tags: tuple[str, ...] | None = None
    ) -> Case:
        """Stop speaking and write how it ended; the assistant stays silent until the case is given back, or the time of policy is over.

        Said again it writes anew, also after the case was closed by time.

        Raises:
            MalformedRequest: the outcome is not known, the note or a tag too long.
            CaseNotFound, NotOwner.
        """
        if outcome not in OUTCOMES:
            raise MalformedRequest(f"outcome: one of {', '.join(OUTCOMES)}")
        clean = checked_tags(tags) if tags is not None else None
        if len(note) > NOTE_CHARACTERS:
            raise MalformedRequest(f"note: at most {NOTE_CHARACTERS} characters")
        async with self._held(case_id) as held:
            self._own(account, held)
            work, conversation, case, now = held.work, held.conversation, held.case, held.now
            values = {"outcome": outcome, **({} if clean is None else {"tags": clean})}
            if case.state == "claimed" and conversation.owner == "human":
                said = conversation.next_seq - 1
                if not await work.cases.move(
                    case, state="claimed", claimed_by=account.id, now=now, wrap_up_seq=said, **values
                ):
                    raise NotOwner
                conversation = step(conversation, "finish", account.id)
                await work.conversations.save(conversation, now=now)
                over = Deadline(
                    f"wrap_up:{case.id}:{case.version}",
                    "wrap_up_over",
                    now + self.composer.rules.minutes("wrap_up_minutes", now),
                    case.id,
                    conversation.id,
                    {"wrap_up_seq": said},
                )
                await work.deadlines.put(over, now=now)
            else:
                await work.cases.note(case.id, **values)
            if note.strip():
                await work.notes.add(case.id, account_id=account.id, kind="wrap_up", text=self._hidden(note), now=now)
            await _record(held, account, "case.wrapped_up", outcome=outcome)
        return await self._told(held.case)

    async def resume(self, account: Account, case_id: int) -> Case:
        """Speak again: the person has written meanwhile. Raises CaseNotFound, NotOwner."""
        async with self._held(case_id) as held:
            self._own(account, held)
            if held.conversation.owner == "wrap_up":
                if not await held.work.cases.move(
                    held.case, state="claimed", claimed_by=account.id, now=held.now, wrap_up_seq=None
                ):
                    raise NotOwner
                await held.work.conversations.save(step(held.conversation, "resume", account.id), now=held.now)
                await _record(held, account, "case.resumed")
            elif held.conversation.owner != "human":
                raise NotOwner
        return await self._told(held.case)

    async def transfer(
        self,
        account: Account,
        case_id: int,
        *,
        to_account: int | None = None,
        office: str | None = None,
        note: str = "",
    ) -> Case:
        """Hand it to a colleague or to another office: back to the queue, first offered to them; others may take it when they do not.

        Raises:
            MalformedRequest: neither or both are named, or there is no such colleague or office.
            CaseNotFound, NotOwner: a supervisor may hand over any case that is claimed.
        """
        calendar = self.composer.rules.live.base
        if (to_account is None) == (office is None) or (office is not None and office not in calendar.offices):
            raise MalformedRequest("to_account or office: one of both, and one that exists")
        async with self._held(case_id) as held:
            if held.case.state != "claimed" or (held.case.claimed_by != account.id and account.role != "supervisor"):
                raise NotOwner
            if to_account is not None:
                colleague = await held.work.accounts.get(to_account)
                if colleague is None or not colleague.active or colleague.role not in TAKES_CASES:
                    raise MalformedRequest("to_account: nobody who takes cases")
            to = {"key": "transfer_colleague"} if office is None else dict(calendar.office(office).name)
            told = Say("utterance", "handoff_transferred", {"case_id": str(case_id), "to": to})
            try:
                conversation = await requeue(
                    held.work,
                    self.composer,
                    held.conversation,
                    held.case,
                    told,
                    actor=_actor(account),
                    now=held.now,
                    preferred=to_account,
                    office=office,
                )
            except (AlreadyClaimed, IllegalHandoff):
                raise NotOwner from None
            await held.work.conversations.save(conversation, now=held.now)
            if note.strip():
                text = self._hidden(note)[:NOTE_CHARACTERS]
                await held.work.notes.add(case_id, account_id=account.id, kind="transfer", text=text, now=held.now)
        self.signals.message_received(held.conversation.id)
        self.signals.outbox_changed()
        return await self._told(held.case)

    async def note(self, account: Account, case_id: int, text: str) -> int:
        """A note for staff; its id. Raises MalformedRequest, CaseNotFound, NotOwner (claimed by somebody else)."""
        text = self._hidden(text)
        if not 1 <= len(text) <= NOTE_CHARACTERS:
            raise MalformedRequest(f"text: 1-{NOTE_CHARACTERS} characters")
        async with self._held(case_id) as held:
            self._may_mark(account, held)
            number = await held.work.notes.add(case_id, account_id=account.id, kind="note", text=text, now=held.now)
            await _record(held, account, "case.noted", note_id=number)
        await self._told(held.case)
        return number

    async def tag(self, account: Account, case_id: int, tags: tuple[str, ...]) -> Case:
        """These tags in place of those it has. Raises MalformedRequest, CaseNotFound, NotOwner."""
        clean = checked_tags(tags)
        async with self._held(case_id) as held:
            self._may_mark(account, held)
            await held.work.cases.note(case_id, tags=clean)
            await _record(held, account, "case.tagged", tags=list(clean))
        return await self._told(held.case)

    async def settle_callback(self, account: Account, callback_id: int, *, done: bool) -> None:
        """Called, or it cannot be done any more. Raises CaseNotFound; asked again it does nothing."""
        now = self.clock.now()
        async with self.store.write() as work:
            asked = await work.callbacks.get(callback_id)
            if asked is None:
                raise CaseNotFound
            state = "done" if done else "cancelled"
            if await work.callbacks.settle(callback_id, state=state, account_id=account.id, now=now):
                detail = {"callback_id": callback_id}
                await work.ledger.record(
                    at=now, actor=_actor(account), action=f"callback.{state}", case_id=asked.case_id, detail=detail
                )
        self.signals.queue_changed()

    @asynccontextmanager
    async def _held(self, case_id: int) -> AsyncIterator[_Held]:
        now = self.clock.now()
        async with self.store.write() as work:
            case, conversation = await locked_case(work, case_id)
            yield _Held(work, conversation, case, now)

    def _hidden(self, note: str) -> str:
        """A note as it is kept: without identifiers."""
        return self.composer.identifiers.mask(note.strip()).text

    @staticmethod
    def _own(account: Account, held: _Held) -> None:
        if held.case.claimed_by != account.id:
            raise NotOwner

    @staticmethod
    def _may_mark(account: Account, held: _Held) -> None:
        if held.case.claimed_by not in (None, account.id) and account.role != "supervisor":
            raise NotOwner

    async def _told(self, case: Case) -> Case:
        async with self.store.read() as work:
            now_so = await work.cases.get(case.id)
        self.signals.conversation_changed(case.conversation_id)
        self.signals.queue_changed()
        return now_so or replace(case)


def checked_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, without spaces around. Raises MalformedRequest."""
    clean = tuple(dict.fromkeys(" ".join(tag.split()) for tag in tags if tag.strip()))
    if len(clean) > MOST_TAGS or any(len(tag) > TAG_CHARACTERS for tag in clean):
        raise MalformedRequest(f"tags: at most {MOST_TAGS} of at most {TAG_CHARACTERS} characters")
    return clean


def _actor(account: Account) -> str:
    return f"account:{account.id}"


async def _record(held: _Held, account: Account, action: str, **detail: object) -> None:
    await held.work.ledger.record(
        at=held.now,
        actor=_actor(account),
        action=action,
        conversation_id=held.conversation.id,
        case_id=held.case.id,
        detail=detail,
    )
