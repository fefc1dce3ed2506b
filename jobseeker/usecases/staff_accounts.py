"""Accounts as supervisors keep them: who is there, role, on or off, whose e-mail at the provider. Making one is create_account.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest, NoSuchAccount, NotAllowed
from jobseeker.records import Account, StaffMember
from jobseeker.storage import Store, UnitOfWork
from jobseeker.usecases.create_account import ROLES

LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class StaffAccounts:
    """Lists and changes. A change of role, or switching off, ends all sessions of the account."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock

    async def list(self, account: Account) -> Sequence[StaffMember]:
        """All, by login. For supervisors. Raises NotAllowed."""
        _only_supervisors(account)
        async with self.store.read() as work:
            return await work.accounts.all()

    async def change(
        self, account: Account, account_id: int, *, role: str | None, active: bool | None, email: str | None
    ) -> None:
        """What is given. For supervisors, of others: nobody gives themselves a role or locks themselves out.

        Raises NotAllowed, NoSuchAccount, MalformedRequest.
        """
        _only_supervisors(account)
        if account.id == account_id:
            raise MalformedRequest("account: another supervisor changes yours, or the command line")
        if role is not None and role not in ROLES:
            raise MalformedRequest(f"role: one of {', '.join(ROLES)}")
        async with self.store.write() as work:
            found = await work.accounts.get(account_id)
            if found is None:
                raise NoSuchAccount
            if email is not None:
                await self._set_email(work, found, email, f"account:{account.id}")
            wanted = (role or found.role, found.active if active is None else active)
            if wanted != (found.role, found.active):
                await work.accounts.set_place(account_id, role=wanted[0], active=wanted[1])
                await work.access.drop_tickets(account_id)
                await work.access.end_sessions(account_id)
                detail = {"account_id": account_id, "role": wanted[0], "active": wanted[1], "before": found.role}
                await work.ledger.record(
                    at=self.clock.now(), actor=f"account:{account.id}", action="account.changed", detail=detail
                )

    async def set_email(self, login: str, email: str, actor: str) -> None:
        """From the command line. Raises NoSuchAccount, MalformedRequest."""
        async with self.store.write() as work:
            found = await work.accounts.by_login(login.strip().lower())
            if found is None:
                raise NoSuchAccount
            await self._set_email(work, found, email, actor)

    async def _set_email(self, work: UnitOfWork, found: Account, email: str, actor: str) -> None:
        """Another e-mail is another person at the provider: the subject of before no longer counts."""
        email = email.strip().lower()
        if email and (len(email) > LONGEST_EMAIL or not _EMAIL.fullmatch(email)):
            raise MalformedRequest("email: an address like name@example.gov.tw, or empty")
        if not await work.accounts.set_provider(found.id, email=email, subject=""):
            raise MalformedRequest("email: another account has it")
        await work.ledger.record(
            at=self.clock.now(), actor=actor, action="account.email_set", detail={"account_id": found.id}
        )


def _only_supervisors(account: Account) -> None:
    if account.role != "supervisor":
        raise NotAllowed
