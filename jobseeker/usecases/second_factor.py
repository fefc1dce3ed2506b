"""The second factor of staff: enrolling, giving a code, recovery codes, taking it away. The password is sign_in.py's to check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jobseeker.clock import Clock
from jobseeker.errors import MalformedRequest, NoSuchAccount, NotAllowed, SignInExpired, WrongCode
from jobseeker.ports import OneTimeCodes, Secrets, Vault
from jobseeker.records import Account
from jobseeker.storage import Store, UnitOfWork
from jobseeker.storage_access import SecondFactor
from jobseeker.usecases.lockout import note_failure, refuse_locked
from jobseeker.usecases.seal_columns import SealColumns
from jobseeker.usecases.sign_in import SignIn
from jobseeker.usecases.staff_sessions import SignedIn, StaffSessions

RECOVERY_CODES = 10
CODE_DIGITS = 6


@dataclass(frozen=True)
class Enrolment:
    """What goes into an authenticator app, shown once: `uri` for its camera or link, `key` to be typed."""

    uri: str
    key: str

    def to_dict(self) -> dict[str, str]:
        """JSON form."""
        return {"uri": self.uri, "key": self.key}


class FactorKeeper:
    """What signing in and enrolling share: codes checked once, secrets sealed. Inside a transaction that has locked the account."""

    def __init__(self, clock: Clock, secrets: Secrets, codes: OneTimeCodes, vault: Vault) -> None:
        self.clock, self.secrets, self.codes, self.vault = clock, secrets, codes, vault

    async def begin(self, work: UnitOfWork, account: Account) -> Enrolment:
        """A new secret, pending until a code of it is given. Raises NoEncryptionKey."""
        key = self.codes.new_secret()
        await work.access.put_pending(account.id, self.vault.seal(_purpose(account.id), key), now=self.clock.now())
        return Enrolment(self.codes.uri(key, account.login), key)

    async def confirm(self, work: UnitOfWork, account: Account, code: str) -> tuple[str, ...] | None:
        """The pending secret comes into force with this code of it; the recovery codes. None: the code is not of it."""
        factor, now = await work.access.second_factor(account.id), self.clock.now()
        if factor is None or not factor.pending:
            return None
        step = self.codes.step(self.vault.open(_purpose(account.id), factor.pending), _plain(code), now)
        if step is None:
            return None
        await work.access.confirm(account.id, step=step, now=now)
        made = tuple(f"{self.secrets.code()}-{self.secrets.code()}" for _ in range(RECOVERY_CODES))
        await work.access.put_recovery_codes(account.id, [self._recovery_hash(account, one) for one in made])
        await work.ledger.record(at=now, actor=f"account:{account.id}", action="second_factor.enrolled")
        return made

    async def use(self, work: UnitOfWork, account: Account, factor: SecondFactor, code: str) -> str:
        """Use a code up: "code", "recovery code", or "" where it is none, was used, or is older than one that was."""
        given, now = _plain(code), self.clock.now()
        if len(given) == CODE_DIGITS:
            step = self.codes.step(self.vault.open(_purpose(account.id), factor.secret), given, now)
            return "code" if step is not None and await work.access.use_step(account.id, step) else ""
        if not await work.access.use_recovery_code(account.id, self._recovery_hash(account, given), now=now):
            return ""
        left = await work.access.recovery_codes_left(account.id)
        await work.ledger.record(
            at=now, actor=f"account:{account.id}", action="second_factor.recovery_code_used", detail={"left": left}
        )
        return "recovery code"

    async def proves(self, work: UnitOfWork, account: Account, code: str) -> bool:
        """Whether the code counts (it is used up), or none is asked of this account."""
        factor = await work.access.second_factor(account.id)
        if factor is None or factor.confirmed_at is None:
            return True
        return bool(await self.use(work, account, factor, code))

    def _recovery_hash(self, account: Account, code: str) -> str:
        """Eighty random bits: a plain digest is enough. Of this account alone."""
        return self.secrets.digest(f"recovery:{account.id}:{_plain(code)}")


class FinishSignIn:
    """The second step of a sign-in, with the ticket of the first."""

    def __init__(self, store: Store, keeper: FactorKeeper, sessions: StaffSessions) -> None:
        self.store, self.keeper, self.sessions = store, keeper, sessions

    async def enrol(self, ticket: str) -> Enrolment:
        """For a ticket whose account needs a second factor and has none: the secret, shown once. Raises SignInExpired, NoEncryptionKey."""
        async with self.store.write() as work:
            found = await work.access.ticket(self.keeper.secrets.digest(ticket), self.keeper.clock.now())
            account = None if found is None or found.step != "enrol" else await work.accounts.get(found.account_id)
            factor = None if account is None else await work.access.second_factor(account.id)
            if account is None or not account.active or (factor is not None and factor.confirmed_at is not None):
                raise SignInExpired
            return await self.keeper.begin(work, account)

    async def __call__(self, ticket: str, code: str) -> SignedIn:
        """A session.

        Raises:
            SignInExpired: no such ticket (any more).
            WrongCode: counted like a wrong password; the ticket stays, until there were too many.
            TooManyAttempts: locked for a while.
        """
        digest, now = self.keeper.secrets.digest(ticket), self.keeper.clock.now()
        async with self.store.write() as work:
            found = await work.access.ticket(digest, now)
            known = None if found is None else await work.accounts.lock(found.account_id)
            if found is None or known is None or not known.account.active:
                raise SignInExpired
            refuse_locked(known, now)
            signed_in = await self._try(work, known.account, found.step, code)
            if signed_in is None:
                await note_failure(work, known.account, "code", now)
            elif not await work.access.drop_ticket(digest):
                raise SignInExpired  # the same ticket a moment ago: its session is the one
        if signed_in is None:
            raise WrongCode
        return signed_in

    async def _try(self, work: UnitOfWork, account: Account, step: str, code: str) -> SignedIn | None:
        factor = await work.access.second_factor(account.id)
        if step == "enrol":
            if factor is not None and factor.confirmed_at is not None:
                raise SignInExpired  # enrolled meanwhile, elsewhere: that code is asked for from now on
            made = await self.keeper.confirm(work, account, code)
            if made is None:
                return None
            return await self.sessions.open(work, account, how="enrolment", second_factor=True, recovery_codes=made)
        if factor is None or factor.confirmed_at is None:
            raise SignInExpired  # taken away meanwhile
        how = await self.keeper.use(work, account, factor, code)
        return await self.sessions.open(work, account, how=how, second_factor=True) if how else None


class ManageSecondFactor:
    """What a signed-in member of staff does with their own, and a supervisor with others'."""

    def __init__(self, store: Store, keeper: FactorKeeper, sign_in: SignIn) -> None:
        self.store, self.keeper, self.sign_in = store, keeper, sign_in

    async def status(self, account: Account) -> dict[str, Any]:
        """{"enrolled", "required", "enrolled_at", "recovery_codes_left"}."""
        async with self.store.read() as work:
            factor = await work.access.second_factor(account.id)
            left = await work.access.recovery_codes_left(account.id)
        since = None if factor is None else factor.confirmed_at
        return {
            "enrolled": since is not None,
            "required": account.role in self.sign_in.sessions.second_factor_roles,
            "enrolled_at": None if since is None else since.isoformat(),
            "recovery_codes_left": left,
        }

    async def begin(self, account: Account, *, password: str, code: str = "") -> Enrolment:
        """A new secret. Where there is one in force a code of it is needed beside the password: a session left open is not enough.

        Raises SignInFailed, WrongCode (both counted), TooManyAttempts, NoEncryptionKey.
        """
        async with self.store.read() as work:
            found = await work.accounts.credentials(account.login)
        if found is None:
            raise NoSuchAccount
        await self.sign_in.check(found, password)
        async with self.store.write() as work:
            known = await work.accounts.lock(account.id)
            if known is None:
                raise NoSuchAccount
            refuse_locked(known, self.keeper.clock.now())
            made = None
            if await self.keeper.proves(work, account, code):
                made = await self.keeper.begin(work, account)
            else:
                await note_failure(work, account, "code", self.keeper.clock.now())
        if made is None:
            raise WrongCode
        return made

    async def confirm(self, account: Account, session_token: str, code: str) -> tuple[str, ...]:
        """The new secret is in force: the recovery codes, shown once. All other sessions end. Raises WrongCode (counted), TooManyAttempts."""
        digest = self.keeper.secrets.digest(session_token)
        async with self.store.write() as work:
            known = await work.accounts.lock(account.id)
            if known is None:
                raise NoSuchAccount
            refuse_locked(known, self.keeper.clock.now())
            made = await self.keeper.confirm(work, account, code)
            if made is None:
                await note_failure(work, account, "code", self.keeper.clock.now())
            else:
                await work.access.mark_session(digest)
                await work.access.end_sessions(account.id, keep=digest)
                await work.access.drop_tickets(account.id)
        if made is None:
            raise WrongCode
        return made

    async def reset(self, account: Account, account_id: int) -> None:
        """Take somebody's second factor away (the telephone is lost) and end their sessions. For supervisors, of others.

        Raises NotAllowed, NoSuchAccount, MalformedRequest.
        """
        if account.role != "supervisor":
            raise NotAllowed
        if account.id == account_id:
            raise MalformedRequest("account: another supervisor resets yours, or the command line")
        async with self.store.write() as work:
            await self._reset(work, account_id, f"account:{account.id}")

    async def reset_by_login(self, login: str, actor: str) -> None:
        """The same from the command line. Raises NoSuchAccount."""
        async with self.store.write() as work:
            found = await work.accounts.by_login(login.strip().lower())
            if found is None:
                raise NoSuchAccount
            await self._reset(work, found.id, actor)

    async def _reset(self, work: UnitOfWork, account_id: int, actor: str) -> None:
        if await work.accounts.lock(account_id) is None:
            raise NoSuchAccount
        was = await work.access.drop_second_factor(account_id)
        await work.access.drop_tickets(account_id)
        ended = await work.access.end_sessions(account_id)
        detail = {"account_id": account_id, "was_enrolled": was, "sessions_ended": ended}
        await work.ledger.record(at=self.keeper.clock.now(), actor=actor, action="second_factor.reset", detail=detail)


class RotateKeys:
    """Seals anew what older keys sealed, so that those can be taken away: contact data, then second factors."""

    def __init__(self, store: Store, clock: Clock, vault: Vault, columns: SealColumns) -> None:
        self.store, self.clock, self.vault, self.columns = store, clock, vault, columns

    async def __call__(self, actor: str) -> tuple[int, int]:
        """(values looked at, values sealed anew). Raises NoEncryptionKey, SealBroken: said again with the right keys, it goes on."""
        seen, changed = await self.columns()
        async with self.store.write() as work:
            for account_id, *both in await work.access.sealed_secrets():
                fresh = [self._fresh(_purpose(account_id), one) for one in both]
                seen += sum(1 for one in both if one)
                changed += sum(1 for one, other in zip(both, fresh, strict=True) if one != other)
                if fresh != both:
                    await work.access.reseal(account_id, secret=fresh[0], pending=fresh[1])
            detail = {"seen": seen, "changed": changed}
            await work.ledger.record(at=self.clock.now(), actor=actor, action="keys.rotated", detail=detail)
        return seen, changed

    def _fresh(self, purpose: str, sealed: str) -> str:
        if not sealed or not self.vault.is_outdated(sealed):
            return sealed
        return self.vault.seal(purpose, self.vault.open(purpose, sealed))


def _purpose(account_id: int) -> str:
    return f"second_factor:{account_id}"


def _plain(code: str) -> str:
    """As typed from a telephone: without spaces and dashes, in capitals."""
    return "".join(each for each in code.upper() if each.isascii() and each.isalnum())
