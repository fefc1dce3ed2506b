"""Staff sign in and out; who somebody is by their session. Cookies and CSRF headers are console/sessions.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobseeker.clock import Clock
from jobseeker.errors import NotSignedIn, SignInFailed, TooManyAttempts
from jobseeker.ports import PasswordHasher, Secrets
from jobseeker.records import Account, Credentials, StaffSession
from jobseeker.storage import Store

FREE_ATTEMPTS = 5  # then each failure doubles the wait
FIRST_LOCK_SECONDS, LONGEST_LOCK_SECONDS = 15, 900


@dataclass(frozen=True)
class SignedIn:
    """What the console keeps: `session_token` goes into the cookie, `csrf_token` to the page."""

    account: Account
    session_token: str
    csrf_token: str
    expires_at: datetime


class SignIn:
    """Checks a password and opens a session. A new session each time: nobody can plant one beforehand."""

    def __init__(
        self, store: Store, clock: Clock, hasher: PasswordHasher, secrets: Secrets, *, session_hours: float = 12
    ) -> None:
        self.store, self.clock, self.hasher, self.secrets = store, clock, hasher, secrets
        self.session = timedelta(hours=session_hours)
        self._decoy: str | None = None

    async def __call__(self, login: str, password: str) -> SignedIn:
        """Sign in.

        Raises:
            SignInFailed: wrong login or password, or the account is switched off; it takes as long either way.
            TooManyAttempts: locked for a while; `retry_after_seconds` says how long.
        """
        async with self.store.read() as work:
            found = await work.accounts.credentials(login.strip().lower())
        if found is None:
            await self.hasher.verify(await self._decoy_hash(), password)
            raise SignInFailed
        self._refuse_locked(found)
        if not await self.hasher.verify(found.password_hash, password):
            await self._note_failure(found.account)
            raise SignInFailed
        if not found.account.active:
            raise SignInFailed
        return await self._open_session(found, password)

    def _refuse_locked(self, found: Credentials) -> None:
        now = self.clock.now()
        if found.locked_until is not None and found.locked_until > now:
            raise TooManyAttempts(max(1, int((found.locked_until - now).total_seconds()) + 1))

    async def _note_failure(self, account: Account) -> None:
        now = self.clock.now()
        async with self.store.write() as work:
            failed = await work.accounts.note_failure(account.id)
            if failed >= FREE_ATTEMPTS:
                seconds = min(FIRST_LOCK_SECONDS * 2 ** min(failed - FREE_ATTEMPTS, 10), LONGEST_LOCK_SECONDS)
                await work.accounts.note_sign_in(
                    account.id, failed=failed, locked_until=now + timedelta(seconds=seconds)
                )
            await work.ledger.record(
                at=now, actor=f"account:{account.id}", action="session.refused", detail={"failed": failed}
            )

    async def _open_session(self, found: Credentials, password: str) -> SignedIn:
        rehashed = await self.hasher.hash(password) if self.hasher.is_outdated(found.password_hash) else None
        token, csrf_token = self.secrets.token(), self.secrets.token()
        now = self.clock.now()
        expires_at = now + self.session
        async with self.store.write() as work:
            await work.accounts.drop_expired_sessions(now)
            await work.accounts.note_sign_in(found.account.id, failed=0, locked_until=None, password_hash=rehashed)
            await work.accounts.add_session(
                token_hash=self.secrets.digest(token),
                account_id=found.account.id,
                csrf_token=csrf_token,
                now=now,
                expires_at=expires_at,
            )
            await work.ledger.record(at=now, actor=f"account:{found.account.id}", action="session.opened")
        return SignedIn(found.account, token, csrf_token, expires_at)

    async def _decoy_hash(self) -> str:
        if self._decoy is None:
            self._decoy = await self.hasher.hash(self.secrets.token())
        return self._decoy


class SignOut:
    """Ends a session; ending one that is gone is no error."""

    def __init__(self, store: Store, secrets: Secrets) -> None:
        self.store, self.secrets = store, secrets

    async def __call__(self, session_token: str) -> None:
        """Sign out."""
        async with self.store.write() as work:
            await work.accounts.end_session(self.secrets.digest(session_token))


class CurrentAccount:
    """Who is signed in with this session."""

    def __init__(self, store: Store, clock: Clock, secrets: Secrets) -> None:
        self.store, self.clock, self.secrets = store, clock, secrets

    async def __call__(self, session_token: str) -> StaffSession:
        """The session with its account and CSRF token. Raises NotSignedIn: no such session, it ran out, the account is off."""
        async with self.store.read() as work:
            session = await work.accounts.session(self.secrets.digest(session_token), self.clock.now())
        if session is None or not session.account.active:
            raise NotSignedIn
        return session
