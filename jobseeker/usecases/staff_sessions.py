"""What a sign-in ends with: a session, or a ticket for the step that is missing. Who has proved what is sign_in.py's and others'."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobseeker.clock import Clock
from jobseeker.ports import Secrets
from jobseeker.records import Account
from jobseeker.storage import UnitOfWork
from jobseeker.storage_access import Ticket, TicketStep

TICKET_SECONDS = 300


@dataclass(frozen=True)
class SignedIn:
    """What the console keeps: `session_token` goes into the cookie, `csrf_token` to the page. recovery_codes: made now, shown once."""

    account: Account
    session_token: str
    csrf_token: str
    expires_at: datetime
    recovery_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class HalfSignedIn:
    """The password (or the provider) was right; `step` is still missing. ticket: for the page alone, five minutes, no session."""

    ticket: str
    step: TicketStep


class StaffSessions:
    """Opens sessions. Each is new: nobody can plant one beforehand."""

    def __init__(
        self, clock: Clock, secrets: Secrets, *, hours: float, second_factor_roles: Collection[str] = frozenset()
    ) -> None:
        self.clock, self.secrets = clock, secrets
        self.lasts, self.second_factor_roles = timedelta(hours=hours), frozenset(second_factor_roles)

    async def proceed(
        self, work: UnitOfWork, account: Account, *, how: str, strong: bool = False
    ) -> SignedIn | HalfSignedIn:
        """The first step is done: a session, or what is still missing. strong: a second factor was shown elsewhere."""
        factor = await work.access.second_factor(account.id)
        enrolled = factor is not None and factor.confirmed_at is not None
        if strong or not (enrolled or account.role in self.second_factor_roles):
            return await self.open(work, account, how=how, second_factor=strong)
        token, now = self.secrets.token(), self.clock.now()
        await work.access.drop_expired(now)
        ticket = Ticket(account.id, "code" if enrolled else "enrol")
        expires_at = now + timedelta(seconds=TICKET_SECONDS)
        await work.access.add_ticket(self.secrets.digest(token), ticket, expires_at=expires_at)
        await work.ledger.record(
            at=now,
            actor=f"account:{account.id}",
            action="session.half_opened",
            detail={"how": how, "step": ticket.step},
        )
        return HalfSignedIn(token, ticket.step)

    async def open(
        self,
        work: UnitOfWork,
        account: Account,
        *,
        how: str,
        second_factor: bool,
        recovery_codes: tuple[str, ...] = (),
    ) -> SignedIn:
        """A session; all failures before are forgotten."""
        token, csrf_token = self.secrets.token(), self.secrets.token()
        now = self.clock.now()
        expires_at = now + self.lasts
        await work.accounts.drop_expired_sessions(now)
        await work.accounts.note_sign_in(account.id, failed=0, locked_until=None)
        await work.accounts.add_session(
            token_hash=self.secrets.digest(token),
            account_id=account.id,
            csrf_token=csrf_token,
            now=now,
            expires_at=expires_at,
            second_factor=second_factor,
        )
        detail = {"how": how, "second_factor": second_factor}
        await work.ledger.record(at=now, actor=f"account:{account.id}", action="session.opened", detail=detail)
        return SignedIn(account, token, csrf_token, expires_at, recovery_codes)
