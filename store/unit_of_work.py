"""Transactions: one unit of work is one of them, with all repositories on its connection. Queries are in the repositories."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.errors import EncryptionError, StoreUnavailable
from store.access import AccessRepository
from store.accounts import AccountRepository
from store.canned_replies import CannedReplyRepository
from store.cases import CaseRepository
from store.channels import ChannelRepository
from store.conversations import ConversationRepository
from store.courses import CourseRepository
from store.deadlines import DeadlineRepository
from store.engine import Engines, brief_statements
from store.fairness import DeclarationRepository
from store.files import FileRepository
from store.handoff import (
    BridgeRepository,
    CallbackRepository,
    FlagRepository,
    NoteRepository,
    OfficeDayRepository,
    PresenceRepository,
)
from store.job_alerts import JobAlertRepository
from store.ledger import LedgerRepository
from store.messages import InboxRepository, OutboxRepository
from store.operations import OperationsRepository
from store.privacy import PrivacyRepository
from store.profiles import ProfileRepository
from store.releases import ReleaseRepository
from store.reminders import ReminderRepository
from store.sealing import SealingRepository
from store.statistics import StatisticsRepository
from store.switches import SwitchRepository
from store.transcripts import TranscriptRepository
from store.vacancies import VacancyRepository
from store.vacancy_marks import MarkRepository, MatchLogRepository


class SqlUnitOfWork:
    """jobseeker.storage.UnitOfWork. Repositories are made when they are first used."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    @cached_property
    def conversations(self) -> ConversationRepository:
        """Conversations and leases."""
        return ConversationRepository(self.connection)

    @cached_property
    def inbox(self) -> InboxRepository:
        """What people wrote."""
        return InboxRepository(self.connection)

    @cached_property
    def outbox(self) -> OutboxRepository:
        """What is to be said."""
        return OutboxRepository(self.connection)

    @cached_property
    def transcripts(self) -> TranscriptRepository:
        """Both in one sequence."""
        return TranscriptRepository(self.connection)

    @cached_property
    def cases(self) -> CaseRepository:
        """Hand-offs."""
        return CaseRepository(self.connection)

    @cached_property
    def channels(self) -> ChannelRepository:
        """What only platforms need."""
        return ChannelRepository(self.connection)

    @cached_property
    def accounts(self) -> AccountRepository:
        """Staff."""
        return AccountRepository(self.connection)

    @cached_property
    def access(self) -> AccessRepository:
        """Second factors and sign-ins under way."""
        return AccessRepository(self.connection)

    @cached_property
    def profiles(self) -> ProfileRepository:
        """Profiles and consents."""
        return ProfileRepository(self.connection)

    @cached_property
    def files(self) -> FileRepository:
        """Files made for people."""
        return FileRepository(self.connection)

    @cached_property
    def ledger(self) -> LedgerRepository:
        """Audit and alerts."""
        return LedgerRepository(self.connection)

    @cached_property
    def vacancies(self) -> VacancyRepository:
        """Openings of all sources."""
        return VacancyRepository(self.connection)

    @cached_property
    def courses(self) -> CourseRepository:
        """Training courses of all sources."""
        return CourseRepository(self.connection)

    @cached_property
    def marks(self) -> MarkRepository:
        """What people said of vacancies."""
        return MarkRepository(self.connection)

    @cached_property
    def job_alerts(self) -> JobAlertRepository:
        """Who wants to be told of new vacancies."""
        return JobAlertRepository(self.connection)

    @cached_property
    def reminders(self) -> ReminderRepository:
        """Who wants to be reminded of their own days."""
        return ReminderRepository(self.connection)

    @cached_property
    def privacy(self) -> PrivacyRepository:
        """Everything of one person."""
        return PrivacyRepository(self.connection)

    @cached_property
    def declarations(self) -> DeclarationRepository:
        """What people declared for the audit of fairness: written here, read by nothing that has a unit of work."""
        return DeclarationRepository(self.connection)

    @cached_property
    def sealing(self) -> SealingRepository:
        """Sealed columns."""
        return SealingRepository(self.connection)

    @cached_property
    def switches(self) -> SwitchRepository:
        """Which capabilities are off."""
        return SwitchRepository(self.connection)

    @cached_property
    def releases(self) -> ReleaseRepository:
        """What is served, was, or may be."""
        return ReleaseRepository(self.connection)

    @cached_property
    def match_log(self) -> MatchLogRepository:
        """Rankings that were shown."""
        return MatchLogRepository(self.connection)

    @cached_property
    def notes(self) -> NoteRepository:
        """Notes for staff."""
        return NoteRepository(self.connection)

    @cached_property
    def presences(self) -> PresenceRepository:
        """Who is there."""
        return PresenceRepository(self.connection)

    @cached_property
    def office_days(self) -> OfficeDayRepository:
        """Days on which an office is open otherwise."""
        return OfficeDayRepository(self.connection)

    @cached_property
    def deadlines(self) -> DeadlineRepository:
        """What must happen later."""
        return DeadlineRepository(self.connection)

    @cached_property
    def callbacks(self) -> CallbackRepository:
        """Call-backs and messages left."""
        return CallbackRepository(self.connection)

    @cached_property
    def flags(self) -> FlagRepository:
        """What was taken for a crisis."""
        return FlagRepository(self.connection)

    @cached_property
    def bridges(self) -> BridgeRepository:
        """Cases that another desk handles."""
        return BridgeRepository(self.connection)

    @cached_property
    def canned_replies(self) -> CannedReplyRepository:
        """Texts for staff to insert."""
        return CannedReplyRepository(self.connection)

    @cached_property
    def statistics(self) -> StatisticsRepository:
        """Raw events to be counted."""
        return StatisticsRepository(self.connection)

    @cached_property
    def operations(self) -> OperationsRepository:
        """What waits, counted."""
        return OperationsRepository(self.connection)


class SqlStore:
    """jobseeker.storage.Store on SQLite or PostgreSQL."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines

    @asynccontextmanager
    async def write(self, *, brief: bool = False) -> AsyncIterator[SqlUnitOfWork]:
        """A transaction that commits at a clean end. `brief`: jobseeker.storage. Raises StoreUnavailable when the database does not answer."""
        with _translated():
            async with self.engines.writer.begin() as connection:
                with brief_statements(connection, brief):
                    work = SqlUnitOfWork(connection)
                    yield work
                    await work.ledger.seal()

    @asynccontextmanager
    async def read(self, *, brief: bool = False) -> AsyncIterator[SqlUnitOfWork]:
        """A transaction that changes nothing; on SQLite the database refuses a write in it. Raises StoreUnavailable."""
        with _translated():
            async with self.engines.reader.connect() as connection:
                with brief_statements(connection, brief):
                    yield SqlUnitOfWork(connection)

    async def is_reachable(self) -> bool:
        """Whether the database answers."""
        try:
            async with self.read() as work:
                await work.connection.exec_driver_sql("SELECT 1")
        except StoreUnavailable:
            return False
        return True


_RESOURCES, _INTERVENTION, _SYSTEM, _ROLLBACK = "53", "57", "58", "40"  # classes of SQLSTATE: what passes by itself


def _passes(problem: DBAPIError) -> bool:
    """PostgreSQL says so: its disk or memory is full, it is shutting down, its system failed, two transactions collided.

    So does the driver, once on every connection, when a migration has changed a column of a statement it had prepared.
    """
    state = str(getattr(problem.orig, "sqlstate", None) or "")
    passing = state[:2] in (_RESOURCES, _INTERVENTION, _SYSTEM, _ROLLBACK)
    return problem.connection_invalidated or passing or type(problem.orig).__name__ == "InvalidCachedStatementError"


@contextmanager
def _translated() -> Iterator[None]:
    """A lost connection, an overfull pool, a full disk in our own words; a mistake in a statement stays what it is."""
    try:
        yield
    except (InterfaceError, OperationalError, PoolTimeoutError) as problem:
        raise StoreUnavailable(type(problem).__name__) from problem
    except StatementError as problem:  # a value could not be sealed, or the database said no
        if isinstance(problem.orig, EncryptionError):
            raise problem.orig from None
        if not isinstance(problem, DBAPIError) or not _passes(problem):
            raise
        raise StoreUnavailable(type(problem).__name__) from problem
    except OSError as problem:  # the driver could not connect at all
        raise StoreUnavailable(type(problem).__name__) from problem
