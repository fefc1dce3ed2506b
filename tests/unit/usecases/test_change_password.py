"""Changing one's own password: what is asked, what is counted, what ends, what is written down."""

from __future__ import annotations

import asyncio

import pyotp
import pytest

from jobseeker.errors import NotSignedIn, PasswordRefused, SignInExpired, SignInFailed, TooManyAttempts, WrongCode
from jobseeker.records import Account
from jobseeker.usecases.lockout import FREE_ATTEMPTS
from jobseeker.usecases.staff_sessions import HalfSignedIn, SignedIn
from tests.doubles.kit import Kit

PASSWORD, FRESH = "a long password", "another long one"


async def signed_in(kit: Kit, password: str = PASSWORD) -> SignedIn:
    """A session of mei's, by password alone."""
    found = await kit.services.sign_in("mei", password)
    assert isinstance(found, SignedIn)
    return found


async def change(kit: Kit, session: SignedIn, password: str = PASSWORD, fresh: str = FRESH, code: str = "") -> int:
    """What the page asks for."""
    return await kit.services.access.change_password(
        session.account, session.session_token, password=password, new_password=fresh, code=code
    )


async def enrolled(kit: Kit, account: Account, session: SignedIn) -> tuple[str, tuple[str, ...]]:
    """(key, recovery codes) of a second factor that is in force; the clock is past its first code."""
    factor = kit.services.access.second_factor
    begun = await factor.begin(account, password=PASSWORD)
    codes = await factor.confirm(account, session.session_token, pyotp.TOTP(begun.key).at(kit.clock.at))
    kit.later(90)
    return begun.key, codes


async def test_the_new_one_counts_and_the_old_one_no_longer(kit: Kit) -> None:
    await kit.account("mei")
    assert await change(kit, await signed_in(kit)) == 0
    with pytest.raises(SignInFailed):
        await kit.services.sign_in("mei", PASSWORD)
    await signed_in(kit, FRESH)
    kept = str(await kit.rows("SELECT * FROM audit")) + str(await kit.rows("SELECT * FROM staff_session"))
    assert FRESH not in kept
    assert PASSWORD not in kept


async def test_other_sessions_end_this_one_goes_on_and_others_peoples_too(kit: Kit) -> None:
    mei, _ = await kit.account("mei"), await kit.account("lin")
    mine, elsewhere, forgotten = [await signed_in(kit) for _ in range(3)]
    lin = await kit.services.sign_in("lin", PASSWORD)
    assert isinstance(lin, SignedIn)
    assert await change(kit, mine) == 2
    for ended in (elsewhere, forgotten):
        with pytest.raises(NotSignedIn):
            await kit.services.current_account(ended.session_token)
    assert (await kit.services.current_account(mine.session_token)).csrf_token == mine.csrf_token
    await kit.services.current_account(lin.session_token)
    rows = await kit.rows("SELECT actor, detail FROM audit WHERE action = 'password.changed'")
    assert [actor for actor, _ in rows] == [f"account:{mei.id}"]
    assert '"sessions_ended":2' in str(rows[0][1]).replace(" ", "").replace("'", '"')


@pytest.mark.parametrize("fresh", ["", "eleven char", "x" * 257, PASSWORD])
async def test_one_that_is_too_short_too_long_or_the_same_is_refused_and_costs_no_attempt(kit: Kit, fresh: str) -> None:
    await kit.account("mei")
    mine, elsewhere = await signed_in(kit), await signed_in(kit)
    for _ in range(FREE_ATTEMPTS + 1):
        with pytest.raises(PasswordRefused):
            await change(kit, mine, fresh=fresh)
    await kit.services.current_account(elsewhere.session_token)
    await signed_in(kit)


@pytest.mark.parametrize("fresh", ["x" * 12, "x" * 256, "密碼密碼密碼密碼密碼密碼"])
async def test_the_shortest_the_longest_and_any_characters_are_taken(kit: Kit, fresh: str) -> None:
    await kit.account("mei")
    await change(kit, await signed_in(kit), fresh=fresh)
    await signed_in(kit, fresh)


async def test_a_wrong_present_one_counts_with_the_lock_out(kit: Kit) -> None:
    """Whoever finds a session open cannot guess the password behind it."""
    await kit.account("mei")
    mine = await signed_in(kit)
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(SignInFailed):
            await change(kit, mine, "a wrong password")
    for attempt in (change(kit, mine), kit.services.sign_in("mei", PASSWORD)):
        with pytest.raises(TooManyAttempts):
            await attempt  # also with the right one, here and at the door
    refused = await kit.rows("SELECT count(*) FROM audit WHERE action = 'session.refused'")
    assert refused == [(FREE_ATTEMPTS,)]
    kit.later(16)
    await change(kit, mine)
    assert await kit.rows("SELECT failed_sign_ins, locked_until FROM account") == [(0, None)]


async def test_with_a_second_factor_a_code_is_asked_for_and_counted(kit: Kit) -> None:
    account = await kit.account("mei")
    mine = await signed_in(kit)
    key, codes = await enrolled(kit, account, mine)
    now = pyotp.TOTP(key).at(kit.clock.at)
    for wrong in ("", "000000" if now != "000000" else "111111"):
        with pytest.raises(WrongCode):
            await change(kit, mine, code=wrong)
    assert await kit.rows("SELECT failed_sign_ins FROM account") == [(2,)]
    half = await kit.services.sign_in("mei", PASSWORD)  # the password has not changed
    assert isinstance(half, HalfSignedIn)
    assert await change(kit, mine, code=now) == 0
    with pytest.raises(SignInExpired):
        await kit.services.access.finish_sign_in(half.ticket, codes[0])  # begun with the old password
    with pytest.raises(WrongCode):
        await change(kit, mine, FRESH, "a third long one", now)  # a code counts once
    await change(kit, mine, FRESH, "a third long one", codes[0])
    half = await kit.services.sign_in("mei", "a third long one")
    assert isinstance(half, HalfSignedIn)  # and the second factor is still there
    await kit.services.access.finish_sign_in(half.ticket, codes[1])


async def test_wrong_codes_lock_too(kit: Kit) -> None:
    account = await kit.account("mei")
    mine = await signed_in(kit)
    _, codes = await enrolled(kit, account, mine)
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(WrongCode):
            await change(kit, mine, code="nothing")
    with pytest.raises(TooManyAttempts):
        await change(kit, mine, code=codes[0])
    kit.later(16)
    await change(kit, mine, code=codes[0])  # and it was not used up meanwhile


async def test_a_session_that_has_ended_changes_nothing(kit: Kit) -> None:
    await kit.account("mei")
    boss = await kit.account("boss", "supervisor")
    mine, other = await signed_in(kit), await signed_in(kit)
    await kit.services.sign_out(other.session_token)
    with pytest.raises(NotSignedIn):
        await change(kit, other)
    await kit.services.access.accounts.change(boss, mine.account.id, role=None, active=False, email=None)
    with pytest.raises(NotSignedIn):
        await change(kit, mine)
    await kit.services.access.accounts.change(boss, mine.account.id, role=None, active=True, email=None)
    await signed_in(kit)


async def test_of_two_changes_at_once_one_wins_and_its_password_is_the_one(kit: Kit) -> None:
    await kit.account("mei")
    mine, theirs = await signed_in(kit), await signed_in(kit)
    wanted = [FRESH, "the thief's long one"]
    found = await asyncio.gather(
        change(kit, mine, fresh=wanted[0]), change(kit, theirs, fresh=wanted[1]), return_exceptions=True
    )
    won = [number for number, one in enumerate(found) if one == 1]
    assert len(won) == 1, found
    assert isinstance(found[1 - won[0]], NotSignedIn | SignInFailed)
    await signed_in(kit, wanted[won[0]])
    with pytest.raises(SignInFailed):
        await kit.services.sign_in("mei", wanted[1 - won[0]])


async def made_for(kit: Kit, login: str = "mei") -> Account:
    """An account with a password that somebody else made."""
    return await kit.services.create_account(login=login, name=login, password=PASSWORD, first_password=True)


async def duty(kit: Kit, session: SignedIn) -> bool:
    """Whether this session may do nothing but change the password."""
    return (await kit.services.current_account(session.session_token)).account.must_change_password


async def test_a_password_that_was_made_for_somebody_must_be_changed_once(kit: Kit) -> None:
    assert (await made_for(kit)).must_change_password
    mine = await signed_in(kit)
    assert await duty(kit, mine)
    with pytest.raises(PasswordRefused):
        await change(kit, mine, fresh=PASSWORD)
    assert await duty(kit, mine)
    await change(kit, mine)
    assert not await duty(kit, mine)
    assert not await duty(kit, await signed_in(kit, FRESH))
    other = await kit.account("lin")
    assert not other.must_change_password  # made by who signs in with it


async def test_better_parameters_of_the_hash_do_not_end_the_duty(kit: Kit) -> None:
    await made_for(kit)
    kit.services.sign_in.hasher.is_outdated = lambda _: True  # type: ignore[method-assign]
    assert await duty(kit, await signed_in(kit))


async def test_who_comes_from_another_provider_has_no_password_to_change(kit: Kit) -> None:
    account = await made_for(kit)
    mine = await signed_in(kit)
    async with kit.services.store.write() as work:
        await work.accounts.set_provider(account.id, subject="https://id.example mei")
    assert not await duty(kit, mine)


async def test_the_first_change_asks_for_no_second_code_right_after_the_first(kit: Kit) -> None:
    """Whoever enrolled or gave a code to sign in would have to wait for the next one; that session can do nothing else."""
    account = await made_for(kit)
    without = await signed_in(kit)
    key, _ = await enrolled(kit, account, without)
    half = await kit.services.sign_in("mei", PASSWORD)
    assert isinstance(half, HalfSignedIn)
    mine = await kit.services.access.finish_sign_in(half.ticket, pyotp.TOTP(key).at(kit.clock.at))
    await change(kit, mine)
    with pytest.raises(WrongCode):
        await change(kit, mine, FRESH, "a third long one")  # from then on as always
