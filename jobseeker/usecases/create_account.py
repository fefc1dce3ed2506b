"""A new member of staff. Signing in is sign_in.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest
from jobseeker.ports import PasswordHasher
from jobseeker.records import Account
from jobseeker.storage import Store

ROLES = ("counsellor", "supervisor", "editor", "auditor", "worker_representative")
MIN_PASSWORD_CHARACTERS, MAX_PASSWORD_CHARACTERS = 12, 256
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


def may_be_password(password: str) -> bool:
    """Whether its length is enough and not too much. No rules of composition: they make passwords worse."""
    return MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS


class CreateAccount:
    """Adds an account; the password is kept only as an argon2id hash."""

    def __init__(self, store: Store, clock: Clock, hasher: PasswordHasher) -> None:
        self.store, self.clock, self.hasher = store, clock, hasher

    async def __call__(
        self,
        *,
        login: str,
        name: str,
        password: str,
        role: str = "counsellor",
        languages: Sequence[str] = ("zh", "en"),
        actor: str = "system",
        first_password: bool = False,
    ) -> Account:
        """Create it. first_password: made for somebody who must change it before anything else. Raises MalformedRequest: the login is taken or not well formed, the password is too short, the role is unknown."""
        login, name = login.strip().lower(), name.strip()
        if not _LOGIN.fullmatch(login):
            raise MalformedRequest("login: 1-64 of a-z 0-9 . _ @ -, starting with a letter or digit")
        if not 1 <= len(name) <= 64:
            raise MalformedRequest("name: 1-64 characters")
        if not may_be_password(password):
            raise MalformedRequest(f"password: {MIN_PASSWORD_CHARACTERS}-{MAX_PASSWORD_CHARACTERS} characters")
        if role not in ROLES:
            raise MalformedRequest(f"role: one of {', '.join(ROLES)}")
        password_hash = await self.hasher.hash(password)
        now = self.clock.now()
        async with self.store.write() as work:
            account = await work.accounts.add(
                login=login,
                name=name,
                password_hash=password_hash,
                role=role,
                languages=languages,
                now=now,
                first_password=first_password,
            )
            if account is None:
                raise MalformedRequest("login: already taken")
            await work.ledger.record(
                at=now, actor=actor, action="account.created", detail={"account_id": account.id, "role": role}
            )
        return account

    async def is_first(self) -> bool:
        """Whether there is no account yet."""
        async with self.store.read() as work:
            return await work.accounts.count() == 0
