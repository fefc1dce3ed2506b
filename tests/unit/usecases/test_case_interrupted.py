"""A case that is open while something else happens: the person erases their data, the person leaves, the machine's clock is set."""

from __future__ import annotations

import pytest

from jobseeker.errors import CaseNotFound, SignInFailed, TooManyAttempts
from jobseeker.handoff_records import Case
from jobseeker.records import Account
from jobseeker.usecases.lockout import FREE_ATTEMPTS, LONGEST_LOCK_SECONDS
from jobseeker.usecases.privacy_effects import erase
from jobseeker.usecases.start_conversation import Started
from tests.doubles.kit import Kit
from tests.unit.usecases.test_desk import here

pytestmark = pytest.mark.slow  # with `make test`


PASSWORD = "a long password"


async def in_hand(kit: Kit, channel: str = "web") -> tuple[Started, Account, Case]:
    """Somebody speaks with a counsellor."""
    mei = await here(kit, "mei")
    started = await kit.start(channel=channel)
    await kit.ask(started, "/human")
    ((number,),) = await kit.rows("SELECT max(id) FROM handoff_case")
    return started, mei, await kit.services.claim_case(mei, number)


async def erased(kit: Kit, started: Started) -> None:
    """Everything of this person goes, as from their other channel or by the retention rule."""
    person = (await kit.conversation(started)).person
    async with kit.services.store.write() as work:
        await erase(work, person, kit.clock.now())
    await kit.work()


async def test_data_are_erased_while_the_counsellor_has_the_case(kit: Kit) -> None:
    started, mei, case = await in_hand(kit)
    await kit.services.reply_as_counsellor(mei, case.id, text="您好", client_message_id="r1")
    await kit.services.handle_case.note(mei, case.id, "a note")
    await erased(kit, started)
    read, desk = kit.services.read_case, kit.services.handle_case
    for attempt in (
        read(mei, case.id),
        read.entries(mei, case.id, 0),
        read.earlier(mei, case.id, 10),
        kit.services.reply_as_counsellor(mei, case.id, text="還在嗎", client_message_id="r2"),
        desk.note(mei, case.id, "another"),
        desk.wrap_up(mei, case.id, outcome="answered"),
        kit.services.return_to_bot(mei, case.id),
        kit.services.claim_case(mei, case.id),
    ):
        with pytest.raises(CaseNotFound):
            await attempt
    assert await kit.services.list_cases(mei, "mine") == []
    assert (
        await kit.rows("SELECT count(*) FROM handoff_case")
        == await kit.rows("SELECT count(*) FROM case_note")
        == [(0,)]
    )


async def test_after_that_the_assistant_answers_and_nothing_that_was_due_fails(kit: Kit) -> None:
    started, mei, _ = await in_hand(kit)
    await erased(kit, started)
    kit.later(4 * 86_400)  # beyond every deadline of the case
    await kit.tick()
    assert await kit.rows("SELECT count(*) FROM deadline WHERE attempts > 0 AND done_at IS NULL") == [(0,)]
    assert "deadline_failed" not in await kit.alerts()
    assert (await kit.conversation(started)).owner == "bot"
    assert [reply.author for reply in await kit.ask(started, "可以領多少")] == ["bot"]
    await here(kit, "lin")
    await kit.ask(started, "/human")  # and a new case is a new case
    ((number,),) = await kit.rows("SELECT max(id) FROM handoff_case")
    assert (await kit.services.claim_case(mei, number)).claimed_by == mei.id


async def test_a_page_that_sends_its_reply_again_after_the_erasure_brings_nothing_back(kit: Kit) -> None:
    started, mei, case = await in_hand(kit)
    await kit.services.reply_as_counsellor(mei, case.id, text="秘密的話", client_message_id="r1")
    await erased(kit, started)
    with pytest.raises(CaseNotFound):
        await kit.services.reply_as_counsellor(mei, case.id, text="秘密的話", client_message_id="r1")
    assert "秘密的話" not in str(await kit.rows("SELECT say FROM outbox"))


async def test_the_person_leaves_without_a_word_and_the_case_can_be_ended(kit: Kit) -> None:
    started, mei, case = await in_hand(kit)
    await kit.services.reply_as_counsellor(mei, case.id, text="您還在嗎？", client_message_id="r1")
    kit.later(20 * 60)
    await kit.services.staff_presence.seen(mei)
    await kit.tick()
    assert (await kit.conversation(started)).owner == "human"  # nobody takes it from a counsellor who is there
    await kit.services.handle_case.wrap_up(mei, case.id, outcome="no_reply")
    assert (await kit.services.return_to_bot(mei, case.id)).outcome == "no_reply"
    assert [reply.author for reply in await kit.ask(started, "可以領多少")][-1] == "bot"  # who comes back is answered


@pytest.mark.parametrize("jump", [-86_400, -3_600, 3_600, 86_400])
async def test_a_clock_that_is_set_loses_no_case_and_counts_no_negative_wait(kit: Kit, jump: int) -> None:
    started = await kit.start()
    await kit.ask(started, "/human")
    kit.later(jump)
    mei = await here(kit, "mei")
    (waiting,) = await kit.services.list_cases(mei, "waiting")
    assert waiting.to_dict(kit.clock.now())["waiting_seconds"] >= 0
    await kit.tick()
    case = await kit.services.claim_case(mei, waiting.id)
    assert case.to_dict(kit.clock.now())["waiting_seconds"] >= 0
    await kit.services.reply_as_counsellor(mei, case.id, text="您好", client_message_id="r1")
    assert [author for _, author in await kit.transcript(started)][-1] == "counsellor"
    boss = await kit.account("boss", "supervisor")
    today = kit.services.composer.rules.live.base.day(kit.clock.now())
    found = await kit.services.supervise.history(boss, today, today)
    assert all(value is None or value >= 0 for value in found["waits"].values()), found["waits"]
    assert (await kit.services.supervise.board(boss))["longest_seconds"] >= 0


async def test_a_lock_made_by_a_clock_that_was_ahead_does_not_last(kit: Kit) -> None:
    await kit.account("mei")
    kit.later(86_400)
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(SignInFailed):
            await kit.services.sign_in("mei", "wrong")
    with pytest.raises(TooManyAttempts):
        await kit.services.sign_in("mei", PASSWORD)
    kit.later(-86_400)  # the clock is right again
    await kit.services.sign_in("mei", PASSWORD)
    for _ in range(FREE_ATTEMPTS + 8):
        with pytest.raises((SignInFailed, TooManyAttempts)) as refused:
            await kit.services.sign_in("mei", "wrong")
        if isinstance(refused.value, TooManyAttempts):
            assert refused.value.retry_after_seconds <= LONGEST_LOCK_SECONDS + 1
            kit.later(refused.value.retry_after_seconds)
