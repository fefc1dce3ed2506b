"""A counsellor reads a case with all that was said. Every opening of a case is written to the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobseeker.clock import Clock
from jobseeker.errors import CaseNotFound, NotAllowed
from jobseeker.records import Account, Case, TranscriptLine
from jobseeker.storage import Store, UnitOfWork

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
    """A case and its transcript, in order of seq. `linked`: the person's conversations on other channels."""

    case: Case
    transcript: Sequence[TranscriptLine]
    linked: Sequence[Linked] = ()


class ReadCase:
    """Waiting cases are open to every counsellor, claimed and closed ones to their counsellor and to supervisors."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    async def __call__(self, account: Account, case_id: int) -> CaseFile:
        """The whole file; audited as "case.viewed". Raises CaseNotFound, NotAllowed."""
        now = self.clock.now()
        async with self.store.write() as work:
            case = await _allowed(work, account, case_id)
            lines = await work.transcripts.lines(case.conversation_id)
            linked = await _linked(work, case)
            await work.ledger.record(
                at=now,
                actor=f"account:{account.id}",
                action="case.viewed",
                conversation_id=case.conversation_id,
                case_id=case.id,
                detail={"linked": [each.conversation_id for each in linked]},
            )
        return CaseFile(case, lines, linked)

    async def entries(self, account: Account, case_id: int, after: int) -> Sequence[TranscriptLine]:
        """What was said after this seq, for a page that is already open: not audited again. Raises CaseNotFound, NotAllowed."""
        async with self.store.read() as work:
            case = await _allowed(work, account, case_id)
            return await work.transcripts.lines(case.conversation_id, after)


async def _linked(work: UnitOfWork, case: Case) -> Sequence[Linked]:
    conversation = await work.conversations.get(case.conversation_id)
    if conversation is None:
        return ()
    found = []
    for other in await work.channels.of_person(conversation.person):
        if other.id != conversation.id:
            opened = await work.cases.open_for(other.id)
            lines = await work.transcripts.lines(other.id)
            case_id = opened.id if opened else None
            found.append(Linked(other.id, other.channel, other.owner, other.updated_at, case_id, lines[-LINES_SHOWN:]))
    return found


async def _allowed(work: UnitOfWork, account: Account, case_id: int) -> Case:
    case = await work.cases.get(case_id)
    if case is None:
        raise CaseNotFound
    if case.state != "waiting" and case.claimed_by != account.id and account.role != "supervisor":
        raise NotAllowed
    return case
