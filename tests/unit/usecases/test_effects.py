"""What actions ask to keep: written with the message that asked for it, once or not at all. On PostgreSQL as well."""

from __future__ import annotations

from typing import Any

from jobseeker.errors import DialogueUnavailable
from jobseeker.profile import Held, Profile
from jobseeker.usecases.start_conversation import Started
from tests.doubles.kit import Kit

FORKLIFT = Profile(held=(Held("forklift_driving", "evidenced", 3.0, words="堆高機"),), home="tw_taoyuan")
EXCEL = Profile(held=(Held("spreadsheets"),))


def save(profile: Profile) -> tuple[str, dict[str, Any]]:
    return "save_profile", {"profile": profile.to_dict()}


async def current(kit: Kit, started: Started) -> Profile:
    conversation = await kit.conversation(started)
    async with kit.services.store.read() as work:
        return await work.profiles.current(conversation.person)


async def test_a_profile_is_saved_with_the_message_that_confirmed_it(kit: Kit) -> None:
    started = await kit.start()
    assert await current(kit, started) == Profile()
    consent = {"purpose": "profile", "notice_version": "2026-11"}
    kit.dialogue.commands = [[save(FORKLIFT), ("give_consent", consent)]]
    received = await kit.say(started, "謝謝")
    assert await kit.work() == ["done"]
    saved = await current(kit, started)
    assert (saved.held, saved.home, saved.version) == (FORKLIFT.held, "tw_taoyuan", 1)
    person = (await kit.conversation(started)).person
    async with kit.services.store.read() as work:
        assert await work.profiles.has_consented(person, "profile")
        assert not await work.profiles.has_consented(person, "alerts")
    assert await kit.rows("SELECT person_id, version, inbox_id FROM profile") == [(person, 1, received.inbox_id)]
    audit = await kit.rows("SELECT actor, action FROM audit ORDER BY id")
    assert audit == [("jobseeker", "profile.saved"), ("jobseeker", "consent.given")]


async def test_undo_brings_the_version_before_back_and_forgets_nothing(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[save(FORKLIFT)], [save(EXCEL)], [("undo_profile", {})]]
    for _ in range(3):
        await kit.ask(started, "謝謝")
    assert (await current(kit, started)).held == FORKLIFT.held
    assert await kit.rows("SELECT version FROM profile ORDER BY version") == [(1,), (2,), (3,)]
    kit.dialogue.commands = [[("undo_profile", {})]]
    await kit.ask(started, "謝謝")
    assert (await current(kit, started)).held == EXCEL.held  # undoing the undo


async def test_undo_of_the_first_version_leaves_an_empty_profile(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[("undo_profile", {})], [save(FORKLIFT)], [("undo_profile", {})]]
    await kit.ask(started, "謝謝")
    assert await current(kit, started) == Profile()  # nothing to undo: nothing happens
    await kit.ask(started, "謝謝")
    await kit.ask(started, "謝謝")
    assert await current(kit, started) == Profile(version=2)


async def test_a_consent_is_withdrawn_by_a_newer_row(kit: Kit) -> None:
    started = await kit.start()
    asked = {"purpose": "profile", "notice_version": "1"}
    kit.dialogue.commands = [[("give_consent", asked)], [("withdraw_consent", asked)]]
    await kit.ask(started, "謝謝")
    await kit.ask(started, "謝謝")
    async with kit.services.store.read() as work:
        assert not await work.profiles.has_consented((await kit.conversation(started)).person, "profile")


async def test_an_effect_nobody_knows_is_a_breach_of_contract_and_keeps_nothing(kit: Kit) -> None:
    started = await kit.start()
    wrong = [save(FORKLIFT), ("make_coffee", {})]
    kit.dialogue.commands = [wrong, wrong, wrong]
    received = await kit.say(started, "謝謝")
    outcomes = []
    for _ in range(3):
        outcomes += await kit.work()
        kit.later(60)
    assert outcomes == ["retry", "retry", "dead"]
    assert await current(kit, started) == Profile()
    assert [reply.say.key for reply in await kit.replies_to(received)] == ["apology"]


async def test_params_of_another_form_are_a_breach_of_contract(kit: Kit) -> None:
    started = await kit.start()
    forms: list[tuple[str, dict[str, Any]]] = [
        ("save_profile", {}),
        ("save_profile", {"profile": {"age": 58, "held": [{"id": "x", "age": 58}]}}),
        ("give_consent", {"purpose": "everything", "notice_version": "1"}),
    ]
    for form in forms:
        kit.dialogue.commands = [[form]]
        await kit.say(started, "謝謝")
        assert await kit.work() == ["retry"], form
        kit.later(60)
        assert await kit.work() == ["done"]  # the second answer has no effect any more
    assert await current(kit, started) == Profile()


async def test_a_turn_that_fails_first_saves_once(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.problems = [DialogueUnavailable("away")]
    kit.dialogue.commands = [[save(FORKLIFT)]]
    await kit.say(started, "謝謝")
    assert await kit.work() == ["retry"]
    kit.later(60)
    assert await kit.work() == ["done"]
    assert await kit.rows("SELECT version FROM profile") == [(1,)]
