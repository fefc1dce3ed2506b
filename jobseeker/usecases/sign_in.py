"""Staff sign in by password and out; who somebody is by their session. The second step is second_factor.py, cookies console/sessions.py."""

from __future__ import annotations

from collections.abc import Collection

from jobseeker.clock import Clock
from jobseeker.errors import NotSignedIn, SignInFailed
from jobseeker.ports import PasswordHasher, Secrets
from jobseeker.records import Credentials, StaffSession
from jobseeker.storage import Store
from jobseeker.usecases.lockout import note_failure, refuse_locked
from jobseeker.usecases.staff_sessions import HalfSignedIn, SignedIn, StaffSessions


class SignIn:
    """Checks a password, and opens a session or says what is still missing."""

    def __init__(
        self, store: Store, clock: Clock, hasher: PasswordHasher, secrets: Secrets, sessions: StaffSessions
    ) -> None:
        self.store, self.clock, self.hasher, self.secrets, self.sessions = store, clock, hasher, secrets, sessions
        self._decoy: str | None = None

    async def __call__(self, login: str, password: str) -> SignedIn | HalfSignedIn:
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
        await self.check(found, password)
        rehashed = await self.hasher.hash(password) if self.hasher.is_outdated(found.password_hash) else None
        async with self.store.write() as work:
            now_is = await work.accounts.lock(found.account.id)
            if now_is is None or not now_is.account.active:
                raise SignInFailed
            refuse_locked(now_is, self.clock.now())  # guesses beside this one may have locked it meanwhile
            if rehashed is not None:
                await work.accounts.note_sign_in(
                    found.account.id, failed=now_is.failed_sign_ins, locked_until=None, password_hash=rehashed
                )
            return await self.sessions.proceed(work, now_is.account, how="password")

    async def check(self, found: Credentials, password: str) -> None:
        """The password is right and the account not locked. Raises SignInFailed (counted), TooManyAttempts."""
        refuse_locked(found, self.clock.now())
        if not await self.hasher.verify(found.password_hash, password):
            async with self.store.write() as work:
                await note_failure(work, found.account, "password", self.clock.now())
            raise SignInFailed

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

    def __init__(
        self, store: Store, clock: Clock, secrets: Secrets, second_factor_roles: Collection[str] = frozenset()
    ) -> None:
        self.store, self.clock, self.secrets = store, clock, secrets
        self.second_factor_roles = frozenset(second_factor_roles)

    async def __call__(self, session_token: str) -> StaffSession:
        """The session with its account and CSRF token.

        Raises NotSignedIn: no such session, it ran out, the account is off, or its role needs a second factor that was not given.
        """
        async with self.store.read() as work:
            session = await work.accounts.session(self.secrets.digest(session_token), self.clock.now())
        if session is None or not session.account.active:
            raise NotSignedIn
        if session.account.role in self.second_factor_roles and not session.second_factor:
            raise NotSignedIn
        return session
