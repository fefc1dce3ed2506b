"""Queries on staff's second factor, tickets and attempts at a provider. When they count is decided in the use cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from jobseeker.storage_access import SecondFactor, Ticket
from store.access_tables import provider_attempt, recovery_code, second_factor, sign_in_ticket
from store.tables import staff_session


class AccessRepository:
    """jobseeker.storage_access.Access on one connection."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection

    async def second_factor(self, account_id: int) -> SecondFactor | None:
        """Read it."""
        names = ("account_id", "secret", "pending", "last_step", "pending_at", "confirmed_at")
        query = select(*(second_factor.c[name] for name in names)).where(second_factor.c.account_id == account_id)
        row = (await self.connection.execute(query)).first()
        return None if row is None else SecondFactor(*row)

    async def put_pending(self, account_id: int, sealed: str, *, now: datetime) -> None:
        """Insert, or replace what was pending."""
        values = {"pending": sealed, "pending_at": now}
        insert_into = postgresql.insert if self.connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert_into(second_factor).values(account_id=account_id, secret="", last_step=0, **values)
        await self.connection.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_=values))

    async def confirm(self, account_id: int, *, step: int, now: datetime) -> None:
        """The pending one is in force."""
        values = {
            "secret": second_factor.c.pending,
            "pending": "",
            "pending_at": None,
            "last_step": step,
            "confirmed_at": now,
        }
        await self.connection.execute(
            update(second_factor).where(second_factor.c.account_id == account_id).values(values)
        )

    async def use_step(self, account_id: int, step: int) -> bool:
        """Only forwards."""
        columns = second_factor.c
        this = update(second_factor).where(columns.account_id == account_id, columns.last_step < step)
        return (await self.connection.execute(this.values(last_step=step))).rowcount == 1

    async def drop_second_factor(self, account_id: int) -> bool:
        """With its recovery codes."""
        await self.connection.execute(delete(recovery_code).where(recovery_code.c.account_id == account_id))
        gone = await self.connection.execute(delete(second_factor).where(second_factor.c.account_id == account_id))
        return bool(gone.rowcount)

    async def put_recovery_codes(self, account_id: int, hashes: Sequence[str]) -> None:
        """Replace all."""
        await self.connection.execute(delete(recovery_code).where(recovery_code.c.account_id == account_id))
        rows = [{"account_id": account_id, "code_hash": one} for one in hashes]
        await self.connection.execute(insert(recovery_code), rows)

    async def use_recovery_code(self, account_id: int, code_hash: str, *, now: datetime) -> bool:
        """Compare-and-set."""
        columns = recovery_code.c
        this = update(recovery_code).where(
            columns.account_id == account_id, columns.code_hash == code_hash, columns.used_at.is_(None)
        )
        return (await self.connection.execute(this.values(used_at=now))).rowcount == 1

    async def recovery_codes_left(self, account_id: int) -> int:
        """How many have not been used."""
        columns = recovery_code.c
        query = select(func.count()).where(columns.account_id == account_id, columns.used_at.is_(None))
        return int((await self.connection.execute(query)).scalar_one())

    async def add_ticket(self, token_hash: str, ticket: Ticket, *, expires_at: datetime) -> None:
        """Insert."""
        values = {"token_hash": token_hash, "account_id": ticket.account_id, "step": ticket.step}
        await self.connection.execute(insert(sign_in_ticket).values(**values, expires_at=expires_at))

    async def ticket(self, token_hash: str, now: datetime) -> Ticket | None:
        """One that has not run out."""
        columns = sign_in_ticket.c
        query = select(columns.account_id, columns.step).where(
            columns.token_hash == token_hash, columns.expires_at > now
        )
        row = (await self.connection.execute(query)).first()
        return None if row is None else Ticket(*row)

    async def drop_ticket(self, token_hash: str) -> bool:
        """Delete it."""
        gone = await self.connection.execute(delete(sign_in_ticket).where(sign_in_ticket.c.token_hash == token_hash))
        return gone.rowcount == 1

    async def drop_tickets(self, account_id: int) -> None:
        """All of this account."""
        await self.connection.execute(delete(sign_in_ticket).where(sign_in_ticket.c.account_id == account_id))

    async def drop_expired(self, now: datetime) -> None:
        """Delete what has run out."""
        for table in (sign_in_ticket, provider_attempt):
            await self.connection.execute(delete(table).where(table.c.expires_at <= now))

    async def add_attempt(self, state_hash: str, *, browser_hash: str, expires_at: datetime) -> None:
        """Insert."""
        values: dict[str, Any] = {"state_hash": state_hash, "browser_hash": browser_hash, "expires_at": expires_at}
        await self.connection.execute(insert(provider_attempt), values)

    async def take_attempt(self, state_hash: str, now: datetime) -> str | None:
        """Delete and return in one statement: of two requests one gets it."""
        columns = provider_attempt.c
        statement = (
            delete(provider_attempt)
            .where(columns.state_hash == state_hash)
            .returning(columns.browser_hash, columns.expires_at)
        )
        row = (await self.connection.execute(statement)).first()
        return None if row is None or row.expires_at <= now else str(row.browser_hash)

    async def end_sessions(self, account_id: int, *, keep: str = "") -> int:
        """Delete them."""
        these = delete(staff_session).where(
            staff_session.c.account_id == account_id, staff_session.c.token_hash != keep
        )
        return int((await self.connection.execute(these)).rowcount)

    async def mark_session(self, token_hash: str) -> None:
        """A code was given in it."""
        this = update(staff_session).where(staff_session.c.token_hash == token_hash)
        await self.connection.execute(this.values(second_factor=True))

    async def sealed_secrets(self) -> Sequence[tuple[int, str, str]]:
        """All, locked until the transaction ends: nobody confirms one meanwhile."""
        columns = second_factor.c
        query = select(columns.account_id, columns.secret, columns.pending).order_by(columns.account_id)
        rows = (await self.connection.execute(query.with_for_update())).all()
        return [(row.account_id, row.secret, row.pending) for row in rows]

    async def reseal(self, account_id: int, *, secret: str, pending: str) -> None:
        """Write both anew."""
        this = update(second_factor).where(second_factor.c.account_id == account_id)
        await self.connection.execute(this.values(secret=secret, pending=pending))
