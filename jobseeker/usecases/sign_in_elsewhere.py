"""Staff sign in at a provider that their agency runs (OpenID Connect). The protocol with it is connectors/oidc.py; sessions staff_sessions.py.

The provider says who somebody is. Whether they may come in, and as what, is said here: an account must be there already, and its role is
never the provider's to give.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from jobseeker.clock import Clock
from jobseeker.errors import IdentityRefused, SignInExpired
from jobseeker.ports import Secrets
from jobseeker.storage import Store, UnitOfWork
from jobseeker.usecases.staff_sessions import HalfSignedIn, SignedIn, StaffSessions

ATTEMPT_SECONDS = 600


@dataclass(frozen=True)
class Identity:
    """What the provider vouches for. email: "" unless the provider has verified it. strong: it asked for a second factor."""

    issuer: str
    subject: str
    email: str
    strong: bool


class Provider(Protocol):
    """An OpenID Connect provider; authorization code with PKCE."""

    async def address(self, *, state: str, nonce: str, challenge: str) -> str:
        """Where the browser goes. Raises ProviderUnavailable."""
        ...

    async def identity(self, *, code: str, verifier: str, nonce: str) -> Identity:
        """Exchange the code. Raises ProviderUnavailable, IdentityRefused: the ID token does not hold."""
        ...


@dataclass(frozen=True)
class Begun:
    """A sign-in that goes on elsewhere. browser_token: into a cookie of the browser that began it."""

    address: str
    browser_token: str


class SignInElsewhere:
    """Begins and finishes. Verifier and nonce follow from the browser's secret: nothing of them is in the database."""

    def __init__(
        self, store: Store, clock: Clock, secrets: Secrets, sessions: StaffSessions, provider: Provider
    ) -> None:
        self.store, self.clock, self.secrets, self.sessions, self.provider = store, clock, secrets, sessions, provider

    async def begin(self) -> Begun:
        """A new attempt, ten minutes. Raises ProviderUnavailable."""
        browser, state = self.secrets.token(), self.secrets.token()
        challenge = _encoded(hashlib.sha256(_derived(browser, "verifier").encode()).digest())
        address = await self.provider.address(state=state, nonce=_derived(browser, "nonce"), challenge=challenge)
        now = self.clock.now()
        async with self.store.write() as work:
            await work.access.drop_expired(now)
            await work.access.add_attempt(
                self.secrets.digest(state),
                browser_hash=self.secrets.digest(browser),
                expires_at=now + timedelta(seconds=ATTEMPT_SECONDS),
            )
        return Begun(address, browser)

    async def finish(self, *, state: str, code: str, browser_token: str) -> SignedIn | HalfSignedIn:
        """The browser is back with a code.

        Raises:
            SignInExpired: no such attempt, used before, too late, or begun by another browser.
            IdentityRefused: the provider's answer does not hold, or no account is theirs.
            ProviderUnavailable: it did not answer.
        """
        async with self.store.write() as work:  # used up whatever becomes of it
            begun_by = await work.access.take_attempt(self.secrets.digest(state), self.clock.now())
        if begun_by is None or not hmac.compare_digest(begun_by, self.secrets.digest(browser_token)):
            raise SignInExpired
        identity = await self.provider.identity(
            code=code, verifier=_derived(browser_token, "verifier"), nonce=_derived(browser_token, "nonce")
        )
        async with self.store.write() as work:
            outcome = await self._admit(work, identity)
        if isinstance(outcome, str):
            raise IdentityRefused(outcome)
        return outcome

    async def _admit(self, work: UnitOfWork, identity: Identity) -> SignedIn | HalfSignedIn | str:
        """In, or why not. The first time an account is found by its e-mail, from then on by the subject alone."""
        subject, now = f"{identity.issuer} {identity.subject}", self.clock.now()
        found = await work.accounts.by_provider(subject, identity.email)
        why = ""
        if found is None:
            why = "no account has this subject or verified e-mail"
        elif found[1] and found[1] != subject:
            why = "the account of this e-mail belongs to another subject"
        elif not found[0].active:
            why = "the account is off"
        if found is None or why:
            detail = {"what": "provider", "why": why, "account_id": None if found is None else found[0].id}
            await work.ledger.record(at=now, actor="provider", action="session.refused", detail=detail)
            return why
        account, known = found
        if not known:
            await work.accounts.set_provider(account.id, subject=subject)
            await work.ledger.record(
                at=now, actor=f"account:{account.id}", action="account.connected", detail={"issuer": identity.issuer}
            )
        return await self.sessions.proceed(work, account, how="provider", strong=identity.strong)


def _derived(browser: str, what: str) -> str:
    """43 characters that only who has the browser's secret can work out."""
    return _encoded(hmac.new(browser.encode("utf-8", "surrogatepass"), what.encode(), hashlib.sha256).digest())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
