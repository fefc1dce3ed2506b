"""Staff accounts: signing in, being locked out, sessions that end."""

from __future__ import annotations

import asyncio

import pytest

from jobseeker.errors import MalformedRequest, NotSignedIn, SignInFailed, TooManyAttempts
from jobseeker.usecases.lockout import FREE_ATTEMPTS
from tests.doubles.kit import Kit

PASSWORD = "a long password"


async def test_signing_in_and_out(kit: Kit) -> None:
    account = await kit.account("mei")
    signed_in = await kit.services.sign_in(" MEI ", PASSWORD)
    assert signed_in.account == account
    session = await kit.services.current_account(signed_in.session_token)
    assert (session.account, session.csrf_token) == (account, signed_in.csrf_token)
    assert len({signed_in.session_token, signed_in.csrf_token}) == 2
    await kit.services.sign_out(signed_in.session_token)
    await kit.services.sign_out(signed_in.session_token)
    with pytest.raises(NotSignedIn):
        await kit.services.current_account(signed_in.session_token)


async def test_neither_password_nor_session_is_kept_in_clear(kit: Kit) -> None:
    await kit.account("mei")
    signed_in = await kit.services.sign_in("mei", PASSWORD)
    kept = str(await kit.rows("SELECT token_hash FROM staff_session"))
    assert signed_in.session_token not in kept


async def test_each_sign_in_is_a_new_session(kit: Kit) -> None:
    await kit.account("mei")
    one, two = await kit.services.sign_in("mei", PASSWORD), await kit.services.sign_in("mei", PASSWORD)
    assert one.session_token != two.session_token
    await kit.services.sign_out(one.session_token)
    assert (await kit.services.current_account(two.session_token)).account.login == "mei"


async def test_a_session_ends_by_itself_and_is_swept_away(kit: Kit) -> None:
    await kit.account("mei")
    old = await kit.services.sign_in("mei", PASSWORD)
    kit.later(12 * 3600 + 1)
    with pytest.raises(NotSignedIn):
        await kit.services.current_account(old.session_token)
    await kit.services.sign_in("mei", PASSWORD)
    assert await kit.rows("SELECT count(*) FROM staff_session") == [(1,)]


@pytest.mark.parametrize("token", ["", "x", "\ud800"])
async def test_a_made_up_session_is_nobody(kit: Kit, token: str) -> None:
    with pytest.raises(NotSignedIn):
        await kit.services.current_account(token)


@pytest.mark.parametrize(("login", "password"), [("mei", "wrong"), ("nobody", PASSWORD), ("", ""), ("mei", "")])
async def test_a_wrong_login_and_a_wrong_password_look_the_same(kit: Kit, login: str, password: str) -> None:
    await kit.account("mei")
    with pytest.raises(SignInFailed):
        await kit.services.sign_in(login, password)


async def test_failures_lock_for_longer_each_time_and_success_unlocks(kit: Kit) -> None:
    await kit.account("mei")
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(SignInFailed):
            await kit.services.sign_in("mei", "wrong")
    with pytest.raises(TooManyAttempts) as locked:
        await kit.services.sign_in("mei", PASSWORD)  # also with the right one
    assert 1 <= locked.value.retry_after_seconds <= 16
    kit.later(locked.value.retry_after_seconds)
    with pytest.raises(SignInFailed):
        await kit.services.sign_in("mei", "wrong")
    with pytest.raises(TooManyAttempts) as longer:
        await kit.services.sign_in("mei", PASSWORD)
    assert longer.value.retry_after_seconds > locked.value.retry_after_seconds
    kit.later(longer.value.retry_after_seconds)
    await kit.services.sign_in("mei", PASSWORD)
    assert await kit.rows("SELECT failed_sign_ins, locked_until FROM account") == [(0, None)]


async def test_a_right_guess_among_many_at_once_does_not_get_in_once_it_is_locked(kit: Kit) -> None:
    """All were let through to the password before the first failure was counted; the lock is looked at again at the end."""
    await kit.account("mei")
    guesses = [f"guess {number}" for number in range(FREE_ATTEMPTS + 3)]
    found = await asyncio.gather(
        *(kit.services.sign_in("mei", guess) for guess in guesses), _late(kit), return_exceptions=True
    )
    assert isinstance(found[-1], TooManyAttempts)
    assert await kit.rows("SELECT count(*) FROM staff_session") == [(0,)]


async def _late(kit: Kit) -> object:
    """Has the account from before the failures, and the right password."""
    hasher = kit.services.sign_in.hasher
    verify = hasher.verify

    async def slow(password_hash: str, password: str) -> bool:
        while password == PASSWORD and (await kit.rows("SELECT failed_sign_ins FROM account"))[0][0] < FREE_ATTEMPTS:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return await verify(password_hash, password)

    hasher.verify = slow  # type: ignore[method-assign]
    return await kit.services.sign_in("mei", PASSWORD)


async def test_failures_at_the_same_time_are_all_counted(kit: Kit) -> None:
    await kit.account("mei")
    await asyncio.gather(*(kit.services.sign_in("mei", "wrong") for _ in range(4)), return_exceptions=True)
    assert await kit.rows("SELECT failed_sign_ins FROM account") == [(4,)]


@pytest.mark.parametrize(
    ("login", "name", "password", "role"),
    [
        ("", "n", PASSWORD, "counsellor"),
        ("has space", "n", PASSWORD, "counsellor"),
        ("x" * 65, "n", PASSWORD, "counsellor"),
        ("ok", "", PASSWORD, "counsellor"),
        ("ok", "n", "short", "counsellor"),
        ("ok", "n", "x" * 257, "counsellor"),
        ("ok", "n", PASSWORD, "king"),
    ],
)
async def test_an_account_that_is_not_well_formed_is_refused(
    kit: Kit, login: str, name: str, password: str, role: str
) -> None:
    with pytest.raises(MalformedRequest):
        await kit.services.create_account(login=login, name=name, password=password, role=role)
    assert await kit.services.create_account.is_first()


async def test_a_login_is_taken_once(kit: Kit) -> None:
    await kit.account("mei")
    assert not await kit.services.create_account.is_first()
    with pytest.raises(MalformedRequest, match="taken"):
        await kit.account("mei")
