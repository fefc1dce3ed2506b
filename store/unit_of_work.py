"""Transactions: one unit of work is one of them, with all repositories on its connection. Queries are in the repositories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from store.accounts import AccountRepository
from store.cases import CaseRepository, LedgerRepository
from store.conversations import ConversationRepository
from store.engine import Engines
from store.messages import InboxRepository, OutboxRepository, TranscriptRepository


class SqlUnitOfWork:
    """jobseeker.ports.UnitOfWork. Repositories are made when they are first used."""

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
    def accounts(self) -> AccountRepository:
        """Staff."""
        return AccountRepository(self.connection)

    @cached_property
    def ledger(self) -> LedgerRepository:
        """Audit and alerts."""
        return LedgerRepository(self.connection)


class SqlStore:
    """jobseeker.ports.Store on SQLite or PostgreSQL."""

    def __init__(self, engines: Engines) -> None:
        self.engines = engines

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlUnitOfWork]:
        """A transaction that commits at a clean end."""
        async with self.engines.writer.begin() as connection:
            yield SqlUnitOfWork(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlUnitOfWork]:
        """A transaction that changes nothing; on SQLite the database refuses a write in it."""
        async with self.engines.reader.connect() as connection:
            yield SqlUnitOfWork(connection)

    async def is_reachable(self) -> bool:
        """Whether the database answers."""
        async with self.engines.reader.connect() as connection:
            return bool((await connection.exec_driver_sql("SELECT 1")).scalar_one())
