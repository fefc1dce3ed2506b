"""What signing in needs of the store beyond accounts and sessions, as a protocol: second factor, tickets, attempts at a provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

TicketStep = Literal["code", "enrol"]


@dataclass(frozen=True)
class SecondFactor:
    """What is kept of an account's second factor; `secret` and `pending` are sealed. Confirmed: codes are asked for."""

    account_id: int
    secret: str
    pending: str
    last_step: int
    pending_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class Ticket:
    """A sign-in that has its password and still needs `step`."""

    account_id: int
    step: TicketStep


class Access(Protocol):
    """Second factors, recovery codes, tickets, attempts. Nothing is kept in clear."""

    async def second_factor(self, account_id: int) -> SecondFactor | None: ...

    async def put_pending(self, account_id: int, sealed: str, *, now: datetime) -> None:
        """A secret that counts only once a code of it was given. What is confirmed stays in force until then."""
        ...

    async def confirm(self, account_id: int, *, step: int, now: datetime) -> None:
        """The pending secret is the one in force; its code of `step` is used."""
        ...

    async def use_step(self, account_id: int, step: int) -> bool:
        """Compare-and-set: False where a code of this step or a later one was taken before."""
        ...

    async def drop_second_factor(self, account_id: int) -> bool:
        """With its recovery codes. False: there was none."""
        ...

    async def put_recovery_codes(self, account_id: int, hashes: Sequence[str]) -> None:
        """In the place of all there were."""
        ...

    async def use_recovery_code(self, account_id: int, code_hash: str, *, now: datetime) -> bool:
        """False: there is none like this, or it was used."""
        ...

    async def recovery_codes_left(self, account_id: int) -> int: ...

    async def add_ticket(self, token_hash: str, ticket: Ticket, *, expires_at: datetime) -> None: ...

    async def ticket(self, token_hash: str, now: datetime) -> Ticket | None: ...

    async def drop_ticket(self, token_hash: str) -> bool:
        """False: somebody else was faster."""
        ...

    async def drop_tickets(self, account_id: int) -> None: ...

    async def drop_expired(self, now: datetime) -> None:
        """Tickets and attempts whose time is over."""
        ...

    async def add_attempt(self, state_hash: str, *, browser_hash: str, expires_at: datetime) -> None: ...

    async def take_attempt(self, state_hash: str, now: datetime) -> str | None:
        """Its browser_hash, once: it is gone with the call. None: never begun, used, or too late."""
        ...

    async def end_sessions(self, account_id: int, *, keep: str = "") -> int:
        """All sessions of the account but the one with this token hash; how many."""
        ...

    async def mark_session(self, token_hash: str) -> None:
        """A code was given in it."""
        ...

    async def sealed_secrets(self) -> Sequence[tuple[int, str, str]]:
        """(account, secret, pending) of all, for a change of keys."""
        ...

    async def reseal(self, account_id: int, *, secret: str, pending: str) -> None: ...
