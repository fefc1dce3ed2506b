"""A counsellor reads a case with all that was said. Every opening of a case is written to the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jobseeker.clock import Clock
from jobseeker.errors import CaseNotFound, NotAllowed
from jobseeker.records import Account, Case, TranscriptLine
from jobseeker.storage import Store, UnitOfWork


@dataclass(frozen=True)
class CaseFile:
    """A case and its transcript, in order of seq."""

    case: Case
    transcript: Sequence[TranscriptLine]


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
            await work.ledger.record(
                at=now,
                actor=f"account:{account.id}",
                action="case.viewed",
                conversation_id=case.conversation_id,
                case_id=case.id,
            )
        return CaseFile(case, lines)

    async def entries(self, account: Account, case_id: int, after: int) -> Sequence[TranscriptLine]:
        """What was said after this seq, for a page that is already open: not audited again. Raises CaseNotFound, NotAllowed."""
        async with self.store.read() as work:
            case = await _allowed(work, account, case_id)
            return await work.transcripts.lines(case.conversation_id, after)


async def _allowed(work: UnitOfWork, account: Account, case_id: int) -> Case:
    case = await work.cases.get(case_id)
    if case is None:
        raise CaseNotFound
    if case.state != "waiting" and case.claimed_by != account.id and account.role != "supervisor":
        raise NotAllowed
    return case
