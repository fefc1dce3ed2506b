"""Staff change their own password. Signing in is sign_in.py, codes are second_factor.py, a first password create_account.py."""

from __future__ import annotations

from jobseeker.errors import NoSuchAccount, NotSignedIn, PasswordRefused, SignInFailed, WrongCode
from jobseeker.records import Account, Credentials
from jobseeker.storage import Store, UnitOfWork
from jobseeker.usecases.create_account import may_be_password
from jobseeker.usecases.lockout import note_failure, refuse_locked
from jobseeker.usecases.second_factor import FactorKeeper
from jobseeker.usecases.sign_in import SignIn


class ChangePassword:
    """A session left open is not enough: the present password is asked for, and a code where there is a second factor."""

    def __init__(self, store: Store, keeper: FactorKeeper, sign_in: SignIn) -> None:
        self.store, self.keeper, self.sign_in = store, keeper, sign_in

    async def __call__(
        self, account: Account, session_token: str, *, password: str, new_password: str, code: str = ""
    ) -> int:
        """The new one is in force and all other sessions of the account are over; how many there were.

        Raises:
            PasswordRefused: the new one is too short, too long, or the present one. Costs no attempt.
            SignInFailed, WrongCode: the present password or the code is wrong; counted together.
            TooManyAttempts: locked for a while.
            NotSignedIn: the session ended, or the account was switched off, meanwhile.
        """
        if not may_be_password(new_password) or new_password == password:
            raise PasswordRefused
        async with self.store.read() as work:
            found = await work.accounts.credentials(account.login)
        if found is None:
            raise NoSuchAccount
        await self.sign_in.check(found, password)
        fresh = await self.sign_in.hasher.hash(new_password)
        async with self.store.write() as work:
            fresh_session = await self._still_as_checked(work, found, session_token)
            ended = await self._change(work, account, session_token, fresh, None if fresh_session else code)
        if ended is None:
            raise WrongCode
        return ended

    async def _still_as_checked(self, work: UnitOfWork, found: Credentials, session_token: str) -> bool:
        """Nobody has locked, changed or ended anything while the password was checked; the account is ours until the end.

        True: this sign-in has given a code already and can do nothing but change the first password, so none is asked again.
        """
        now, digest = self.keeper.clock.now(), self.keeper.secrets.digest(session_token)
        known, session = await work.accounts.lock(found.account.id), await work.accounts.session(digest, now)
        if known is None or session is None or not known.account.active or session.account.id != known.account.id:
            raise NotSignedIn
        refuse_locked(known, now)
        if known.password_hash != found.password_hash:
            raise SignInFailed
        return known.account.must_change_password and session.second_factor

    async def _change(
        self, work: UnitOfWork, account: Account, session_token: str, password_hash: str, code: str | None
    ) -> int | None:
        """How many sessions ended; None: the code is wrong, and that is counted. code: None where none is asked."""
        now = self.keeper.clock.now()
        if code is not None and not await self.keeper.proves(work, account, code):
            await note_failure(work, account, "code", now)
            return None
        await work.accounts.set_password(account.id, password_hash)
        await work.access.drop_tickets(account.id)
        ended = await work.access.end_sessions(account.id, keep=self.keeper.secrets.digest(session_token))
        await work.ledger.record(
            at=now, actor=f"account:{account.id}", action="password.changed", detail={"sessions_ended": ended}
        )
        return ended
