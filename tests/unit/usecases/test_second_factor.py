"""The second factor: enrolling, codes once, lock-out with the password's, recovery, reset, keys that change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from app.encryption import new_key
from jobseeker.errors import (
    MalformedRequest,
    NoEncryptionKey,
    NoSuchAccount,
    NotAllowed,
    NotSignedIn,
    SealBroken,
    SignInExpired,
    SignInFailed,
    TooManyAttempts,
    WrongCode,
)
from jobseeker.records import Account
from jobseeker.usecases.lockout import FREE_ATTEMPTS
from jobseeker.usecases.second_factor import RECOVERY_CODES
from jobseeker.usecases.staff_sessions import TICKET_SECONDS, HalfSignedIn, SignedIn
from tests.doubles.kit import Kit, open_kit

pytestmark = pytest.mark.slow  # with `make test`


PASSWORD = "a long password"
OLD_KEY, NEW_KEY = new_key(), new_key()


@pytest.fixture
async def kit(database_url: str) -> AsyncIterator[Kit]:
    """Services with a key; supervisors must have a second factor."""
    async with open_kit(database_url, encryption_keys=OLD_KEY, second_factor_roles=("supervisor",)) as opened:
        yield opened


def code(kit: Kit, key: str, steps: int = 0) -> str:
    """What the authenticator app shows, `steps` half minutes from now."""
    return pyotp.TOTP(key).at(kit.clock.at, counter_offset=steps)


async def half(kit: Kit, login: str = "mei") -> HalfSignedIn:
    """The first step of signing in."""
    found = await kit.services.sign_in(login, PASSWORD)
    assert isinstance(found, HalfSignedIn)
    return found


async def finish(kit: Kit, given: str, login: str = "mei") -> SignedIn:
    """Both steps."""
    return await kit.services.access.finish_sign_in((await half(kit, login)).ticket, given)


async def enrolled(kit: Kit, login: str = "mei", role: str = "counsellor") -> tuple[Account, str, tuple[str, ...]]:
    """An account with a second factor that has been confirmed: (account, key, recovery codes). The clock is past its first code."""
    account = await kit.account(login, role)
    begun = await kit.services.access.second_factor.begin(account, password=PASSWORD)
    codes = await kit.services.access.second_factor.confirm(account, "", code(kit, begun.key))
    kit.later(90)
    return account, begun.key, codes


async def test_enrolling_from_within_and_signing_in_with_a_code(kit: Kit) -> None:
    account = await kit.account("mei")
    signed_in = await kit.services.sign_in("mei", PASSWORD)
    assert isinstance(signed_in, SignedIn)  # a counsellor may, a supervisor must
    begun = await kit.services.access.second_factor.begin(account, password=PASSWORD)
    assert begun.uri.startswith("otpauth://totp/")
    assert begun.key in begun.uri
    assert isinstance(await kit.services.sign_in("mei", PASSWORD), SignedIn)  # not in force before its first code
    codes = await kit.services.access.second_factor.confirm(account, signed_in.session_token, code(kit, begun.key))
    assert len(set(codes)) == RECOVERY_CODES
    assert (await kit.services.current_account(signed_in.session_token)).second_factor
    kit.later(30)
    assert (await finish(kit, code(kit, begun.key))).account == account
    status = await kit.services.access.second_factor.status(account)
    assert (status["enrolled"], status["required"], status["recovery_codes_left"]) == (True, False, RECOVERY_CODES)


async def test_confirming_ends_the_other_sessions(kit: Kit) -> None:
    account = await kit.account("mei")
    other, mine = await kit.services.sign_in("mei", PASSWORD), await kit.services.sign_in("mei", PASSWORD)
    assert isinstance(other, SignedIn)
    assert isinstance(mine, SignedIn)
    begun = await kit.services.access.second_factor.begin(account, password=PASSWORD)
    await kit.services.access.second_factor.confirm(account, mine.session_token, code(kit, begun.key))
    await kit.services.current_account(mine.session_token)
    with pytest.raises(NotSignedIn):
        await kit.services.current_account(other.session_token)


async def test_the_password_alone_opens_no_session(kit: Kit) -> None:
    await enrolled(kit)
    ticket = (await half(kit)).ticket
    assert await kit.rows("SELECT count(*) FROM staff_session") == [(0,)]
    with pytest.raises(NotSignedIn):
        await kit.services.current_account(ticket)  # a ticket is no session


async def test_a_role_that_must_have_one_enrols_while_signing_in(kit: Kit) -> None:
    await kit.account("boss", "supervisor")
    first = await half(kit, "boss")
    assert first.step == "enrol"
    with pytest.raises(WrongCode):
        await kit.services.access.finish_sign_in(first.ticket, "000000")  # nothing shown yet: no code is right
    begun = await kit.services.access.finish_sign_in.enrol(first.ticket)
    signed_in = await kit.services.access.finish_sign_in(first.ticket, code(kit, begun.key))
    assert len(signed_in.recovery_codes) == RECOVERY_CODES
    assert (await kit.services.current_account(signed_in.session_token)).account.login == "boss"
    kit.later(30)
    again = await half(kit, "boss")
    assert again.step == "code"
    with pytest.raises(SignInExpired):
        await kit.services.access.finish_sign_in.enrol(again.ticket)  # who has one cannot get another this way
    assert (await kit.services.access.finish_sign_in(again.ticket, code(kit, begun.key))).recovery_codes == ()


async def test_two_tickets_enrol_once(kit: Kit) -> None:
    await kit.account("boss", "supervisor")
    mine, thief = await half(kit, "boss"), await half(kit, "boss")
    begun = await kit.services.access.finish_sign_in.enrol(mine.ticket)
    await kit.services.access.finish_sign_in(mine.ticket, code(kit, begun.key))
    with pytest.raises(SignInExpired):
        await kit.services.access.finish_sign_in.enrol(thief.ticket)
    with pytest.raises(SignInExpired):
        await kit.services.access.finish_sign_in(thief.ticket, code(kit, begun.key))


async def test_a_session_from_before_the_rule_does_not_last(kit: Kit, database_url: str) -> None:
    async with open_kit(database_url, encryption_keys=OLD_KEY) as before:
        await before.account("boss", "supervisor")
        session = await before.services.sign_in("boss", PASSWORD)
        assert isinstance(session, SignedIn)
        await before.services.current_account(session.session_token)
    with pytest.raises(NotSignedIn):
        await kit.services.current_account(session.session_token)


async def test_no_code_is_taken_twice_nor_an_older_one_after_it(kit: Kit) -> None:
    _, key, _ = await enrolled(kit)
    earlier, now = code(kit, key, -1), code(kit, key)
    await finish(kit, now)
    for used in (now, earlier):  # both are within the window
        with pytest.raises(WrongCode):
            await finish(kit, used)
    kit.later(30)
    await finish(kit, code(kit, key))


async def test_the_first_code_is_used_up_by_enrolling(kit: Kit) -> None:
    account = await kit.account("mei")
    begun = await kit.services.access.second_factor.begin(account, password=PASSWORD)
    first = code(kit, begun.key)
    await kit.services.access.second_factor.confirm(account, "", first)
    with pytest.raises(WrongCode):
        await finish(kit, first)


async def test_one_code_in_two_requests_at_once_opens_one_session(kit: Kit) -> None:
    _, key, _ = await enrolled(kit)
    tickets = [(await half(kit)).ticket for _ in range(4)]
    now = code(kit, key)
    found = await asyncio.gather(
        *(kit.services.access.finish_sign_in(ticket, now) for ticket in tickets), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in found) == ["SignedIn", "WrongCode", "WrongCode", "WrongCode"]
    assert await kit.rows("SELECT count(*) FROM staff_session") == [(1,)]


async def test_one_ticket_in_two_requests_at_once_opens_one_session(kit: Kit) -> None:
    _, key, _ = await enrolled(kit)
    ticket, steps = (await half(kit)).ticket, (0, 1)
    found = await asyncio.gather(
        *(kit.services.access.finish_sign_in(ticket, code(kit, key, step)) for step in steps), return_exceptions=True
    )
    assert sum(isinstance(one, SignedIn) for one in found) == 1
    assert await kit.rows("SELECT count(*) FROM staff_session") == [(1,)]


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_telephone_whose_clock_is_half_a_minute_off_is_forgiven(kit: Kit, steps: int, fits: bool) -> None:
    _, key, _ = await enrolled(kit)
    if fits:
        await finish(kit, code(kit, key, steps))
    else:
        with pytest.raises(WrongCode):
            await finish(kit, code(kit, key, steps))


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "１２３４５６", "\ud800", "0" * 32])
async def test_what_is_no_code_is_wrong(kit: Kit, given: str) -> None:
    await enrolled(kit)
    with pytest.raises(WrongCode):
        await finish(kit, given)


async def test_a_code_is_taken_as_it_is_typed(kit: Kit) -> None:
    _, key, _ = await enrolled(kit)
    now = code(kit, key)
    await finish(kit, f" {now[:3]} {now[3:]} ")


async def test_another_accounts_code_does_not_fit(kit: Kit) -> None:
    await enrolled(kit, "mei")
    _, key, codes = await enrolled(kit, "lin")
    for given in (code(kit, key), codes[0]):
        with pytest.raises(WrongCode):
            await finish(kit, given, "mei")


async def test_a_recovery_code_works_once_and_none_is_kept_in_clear(kit: Kit) -> None:
    account, key, codes = await enrolled(kit)
    kept = str(await kit.rows("SELECT * FROM recovery_code")) + str(await kit.rows("SELECT * FROM second_factor"))
    assert key not in kept
    assert not any(one in kept or one.replace("-", "") in kept for one in codes)
    await finish(kit, codes[0].lower())
    with pytest.raises(WrongCode):
        await finish(kit, codes[0])
    await finish(kit, codes[1].replace("-", " "))
    assert (await kit.services.access.second_factor.status(account))["recovery_codes_left"] == RECOVERY_CODES - 2
    used = await kit.rows("SELECT count(*) FROM audit WHERE action = 'second_factor.recovery_code_used'")
    assert used == [(2,)]


async def test_wrong_codes_and_wrong_passwords_lock_together(kit: Kit) -> None:
    _, key, _ = await enrolled(kit)
    ticket = (await half(kit)).ticket
    for _ in range(FREE_ATTEMPTS - 1):
        with pytest.raises(WrongCode):
            await kit.services.access.finish_sign_in(ticket, "000000")
    await half(kit)  # the right password alone forgives nothing
    with pytest.raises(SignInFailed):
        await kit.services.sign_in("mei", "wrong")
    with pytest.raises(SignInExpired):
        await kit.services.access.finish_sign_in(ticket, code(kit, key))  # the tickets are gone with the lock
    with pytest.raises(TooManyAttempts) as locked:
        await kit.services.sign_in("mei", PASSWORD)
    kit.later(locked.value.retry_after_seconds)
    with pytest.raises(WrongCode):
        await finish(kit, "000000")
    with pytest.raises(TooManyAttempts) as longer:
        await kit.services.sign_in("mei", PASSWORD)
    assert longer.value.retry_after_seconds > locked.value.retry_after_seconds
    kit.later(longer.value.retry_after_seconds)
    await finish(kit, code(kit, key))
    assert await kit.rows("SELECT failed_sign_ins, locked_until FROM account") == [(0, None)]


async def test_guesses_at_once_are_all_counted_and_stop_at_the_lock(kit: Kit) -> None:
    await enrolled(kit)
    tickets = [(await half(kit)).ticket for _ in range(12)]
    found = await asyncio.gather(
        *(kit.services.access.finish_sign_in(ticket, "000000") for ticket in tickets), return_exceptions=True
    )
    assert sum(isinstance(one, WrongCode) for one in found) == FREE_ATTEMPTS
    assert all(isinstance(one, WrongCode | SignInExpired | TooManyAttempts) for one in found)


async def test_a_ticket_ends_by_itself_and_with_its_use(kit: Kit) -> None:
    _, key, _ = await enrolled(kit)
    late = (await half(kit)).ticket
    kit.later(TICKET_SECONDS)
    for ticket in (late, "", "made up", "\ud800"):
        with pytest.raises(SignInExpired):
            await kit.services.access.finish_sign_in(ticket, code(kit, key))
    used = (await half(kit)).ticket
    await kit.services.access.finish_sign_in(used, code(kit, key))
    kit.later(30)
    with pytest.raises(SignInExpired):
        await kit.services.access.finish_sign_in(used, code(kit, key))


async def test_another_secret_needs_password_and_code(kit: Kit) -> None:
    account, key, codes = await enrolled(kit)
    factor = kit.services.access.second_factor
    with pytest.raises(SignInFailed):
        await factor.begin(account, password="wrong", code=code(kit, key))
    with pytest.raises(WrongCode):
        await factor.begin(account, password=PASSWORD)  # a session left open is not enough
    begun = await factor.begin(account, password=PASSWORD, code=codes[0])
    await finish(kit, code(kit, key))  # the old one counts until the new one is confirmed
    with pytest.raises(WrongCode):
        await factor.confirm(account, "", code(kit, key, 1))
    fresh = await factor.confirm(account, "", code(kit, begun.key))
    kit.later(30)
    for old in (code(kit, key), codes[1]):
        with pytest.raises(WrongCode):
            await finish(kit, old)
    await finish(kit, fresh[0])


async def test_a_supervisor_resets_others_and_it_is_in_the_audit(kit: Kit) -> None:
    mei, key, _ = await enrolled(kit)
    session = await finish(kit, code(kit, key))
    boss = await kit.account("boss", "supervisor")
    factor = kit.services.access.second_factor
    with pytest.raises(NotAllowed):
        await factor.reset(mei, boss.id)
    with pytest.raises(MalformedRequest):
        await factor.reset(boss, boss.id)
    with pytest.raises(NoSuchAccount):
        await factor.reset(boss, 99)
    waiting = (await half(kit)).ticket
    await factor.reset(boss, mei.id)
    with pytest.raises(NotSignedIn):
        await kit.services.current_account(session.session_token)
    with pytest.raises(SignInExpired):
        await kit.services.access.finish_sign_in(waiting, code(kit, key, 1))
    assert isinstance(await kit.services.sign_in("mei", PASSWORD), SignedIn)
    rows = await kit.rows("SELECT actor FROM audit WHERE action = 'second_factor.reset'")
    assert rows == [(f"account:{boss.id}",)]
    await factor.reset_by_login(" BOSS ", "command line")
    with pytest.raises(NoSuchAccount):
        await factor.reset_by_login("nobody", "command line")


async def test_an_account_that_is_off_gets_no_further(kit: Kit) -> None:
    mei, key, _ = await enrolled(kit)
    boss = await kit.account("boss", "supervisor")
    waiting = (await half(kit)).ticket
    await kit.services.access.accounts.change(boss, mei.id, role=None, active=False, email=None)
    with pytest.raises(SignInExpired):
        await kit.services.access.finish_sign_in(waiting, code(kit, key))
    with pytest.raises(SignInFailed):
        await kit.services.sign_in("mei", PASSWORD)


async def test_without_a_key_nothing_is_enrolled_and_nothing_kept(database_url: str, tmp_path: Path) -> None:
    async with open_kit(database_url, var_dir=tmp_path, encryption_keys="") as bare:
        account = await bare.account("mei")
        with pytest.raises(NoEncryptionKey):
            await bare.services.access.second_factor.begin(account, password=PASSWORD)
        assert await bare.rows("SELECT count(*) FROM second_factor") == [(0,)]
    with pytest.raises(ValueError, match="ENCRYPTION_KEYS"):
        async with open_kit(database_url, var_dir=tmp_path, encryption_keys="", second_factor_roles=("supervisor",)):
            pass


async def test_keys_are_changed_without_anybody_enrolling_again(kit: Kit, database_url: str) -> None:
    _, key, _ = await enrolled(kit)
    async with open_kit(database_url, encryption_keys=NEW_KEY) as lost:
        lost.clock.at = kit.clock.at
        with pytest.raises(SealBroken):
            await lost.services.access.rotate_keys("test")
        with pytest.raises(SealBroken):
            await finish(lost, code(kit, key))
    async with open_kit(database_url, encryption_keys=f"{NEW_KEY},{OLD_KEY}") as both:
        assert await both.services.access.rotate_keys("test") == (1, 1)
        assert await both.services.access.rotate_keys("test") == (1, 0)
    async with open_kit(database_url, encryption_keys=NEW_KEY) as after:
        after.clock.at = kit.clock.at
        await finish(after, code(kit, key))


async def test_a_secret_that_was_moved_to_another_account_does_not_open(kit: Kit) -> None:
    mei, _, _ = await enrolled(kit, "mei")
    lin, lins_key, _ = await enrolled(kit, "lin")
    async with kit.services.store.write() as work:
        factor = await work.access.second_factor(lin.id)
        assert factor is not None
        await work.access.reseal(mei.id, secret=factor.secret, pending="")
    with pytest.raises(SealBroken):
        await finish(kit, code(kit, lins_key), "mei")
