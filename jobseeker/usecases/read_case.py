"""A counsellor reads a case with all that was said. Every opening of a case is written to the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobseeker.case_sheet import case_sheet
from jobseeker.clock import Clock
from jobseeker.errors import CaseNotFound, NotAllowed
from jobseeker.handoff_records import Callback, Note
from jobseeker.privacy import PURPOSES
from jobseeker.privacy.identifiers import Identifiers
from jobseeker.records import Account, Case, TranscriptLine
from jobseeker.storage import Store, UnitOfWork

PAGE = 300  # lines of the transcript that are read at once
MATCHES_SHOWN = 3
LINES_SHOWN = 50  # of a conversation on another channel: the last ones


@dataclass(frozen=True)
class Linked:
    """Another conversation of the same person, who has connected the two. `open_case_id`: a case that waits or is claimed there."""

    conversation_id: str
    channel: str
    owner: str
    updated_at: datetime
    open_case_id: int | None
    transcript: Sequence[TranscriptLine]

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "conversation_id": self.conversation_id,
            "channel": self.channel,
            "owner": self.owner,
            "updated_at": self.updated_at.isoformat(),
            "open_case_id": self.open_case_id,
            "transcript": [line.to_dict() for line in self.transcript],
        }


@dataclass(frozen=True)
class CaseFile:
    """A case and the last page of its transcript, in order of seq. `linked`: the person's conversations on other channels.

    earlier: whether there are lines before the first. masked: identifiers are hidden, since nobody has claimed it.
    """

    case: Case
    transcript: Sequence[TranscriptLine]
    linked: Sequence[Linked] = ()
    earlier: bool = False
    masked: bool = False
    owner: str = "bot"
    notes: Sequence[Note] = ()
    callbacks: Sequence[Callback] = ()
    sheet: Sequence[Mapping[str, Any]] = ()


class ReadCase:
    """Waiting cases are open to every counsellor, with identifiers hidden; claimed and closed ones to their counsellor and to supervisors."""

    def __init__(self, store: Store, clock: Clock, identifiers: Identifiers) -> None:
        self.store, self.clock, self.identifiers = store, clock, identifiers

    async def __call__(self, account: Account, case_id: int) -> CaseFile:
        """The whole file; audited as "case.viewed". Raises CaseNotFound, NotAllowed."""
        now = self.clock.now()
        async with self.store.write() as work:
            case = await _allowed(work, account, case_id)
            conversation = await work.conversations.get(case.conversation_id)
            if conversation is None:
                raise CaseNotFound
            begin = max(0, conversation.next_seq - 1 - PAGE)
            lines = await work.transcripts.lines(conversation.id, begin, PAGE)
            linked = await _linked(work, case)
            callbacks = await work.callbacks.of_case(case.id)
            notes = await work.notes.of_case(case.id)
            matches = await work.match_log.newest(conversation.id, MATCHES_SHOWN)
            profile = await work.profiles.current(conversation.person)
            consents = [each for each in PURPOSES if await work.profiles.has_consented(conversation.person, each)]
            await work.ledger.record(
                at=now,
                actor=f"account:{account.id}",
                action="case.viewed",
                conversation_id=case.conversation_id,
                case_id=case.id,
                detail={"linked": [each.conversation_id for each in linked]},
            )
        hidden = _hides(account, case)
        if hidden:
            hide = self.identifiers.mask_value
            lines = self._masked(lines)
            callbacks = [replace(one, contact=hide(one.contact), text=hide(one.text)) for one in callbacks]
            detail = None if case.detail is None else hide(dict(case.detail))
            case = replace(case, summary=hide(case.summary), last_text=hide(case.last_text), detail=detail)
            notes = [replace(note, text=hide(note.text)) for note in notes]
            linked = [replace(one, transcript=self._masked(one.transcript)) for one in linked]
        sheet = case_sheet(case, conversation, lines, profile, matches, callbacks, consents)
        return CaseFile(case, lines, linked, bool(begin), hidden, conversation.owner, notes, callbacks, sheet)

    async def earlier(self, account: Account, case_id: int, before: int) -> Sequence[TranscriptLine]:
        """The page of lines that ends before this seq. Raises CaseNotFound, NotAllowed."""
        async with self.store.read() as work:
            case = await _allowed(work, account, case_id)
            begin = max(0, before - 1 - PAGE)
            lines = await work.transcripts.lines(case.conversation_id, begin, PAGE)
        found = [line for line in lines if line.seq < before]
        return self._masked(found) if _hides(account, case) else found

    async def entries(self, account: Account, case_id: int, after: int) -> Sequence[TranscriptLine]:
        """What was said after this seq, for a page that is already open: not audited again. Raises CaseNotFound, NotAllowed."""
        async with self.store.read() as work:
            case = await _allowed(work, account, case_id)
            lines = await work.transcripts.lines(case.conversation_id, after)
        return self._masked(lines) if _hides(account, case) else lines

    def _masked(self, lines: Sequence[TranscriptLine]) -> list[TranscriptLine]:
        """Of before they were masked when they came; the assistant quotes what people write."""
        return [replace(line, text=self.identifiers.mask(line.text).text) for line in lines]


def _hides(account: Account, case: Case) -> bool:
    return case.state == "waiting" and case.offered_to != account.id


async def _linked(work: UnitOfWork, case: Case) -> Sequence[Linked]:
    conversation = await work.conversations.get(case.conversation_id)
    if conversation is None:
        return ()
    found = []
    for other in await work.channels.of_person(conversation.person):
        if other.id != conversation.id:
            opened = await work.cases.open_for(other.id)
            begin = max(0, other.next_seq - 1 - LINES_SHOWN)
            lines = await work.transcripts.lines(other.id, begin, LINES_SHOWN)
            case_id = opened.id if opened else None
            found.append(Linked(other.id, other.channel, other.owner, other.updated_at, case_id, lines))
    return found


async def _allowed(work: UnitOfWork, account: Account, case_id: int) -> Case:
    case = await work.cases.get(case_id)
    if case is None:
        raise CaseNotFound
    if case.state != "waiting" and case.claimed_by != account.id and account.role != "supervisor":
        raise NotAllowed
    return case
