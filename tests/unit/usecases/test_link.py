"""The same person on two channels: a code made on one and entered on the other; profile, case and files follow; undone again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jobseeker.messages import InboundMessage
from jobseeker.profile.records import Held, Profile
from jobseeker.usecases.link_channels import CODE_SECONDS, FREE_ATTEMPTS
from jobseeker.usecases.start_conversation import Started
from tests.doubles.kit import Kit

pytestmark = pytest.mark.slow  # with `make test`


async def code_of(kit: Kit, person: Started) -> str:
    """They ask for a code."""
    (reply,) = await kit.ask(person, "連結帳號")
    code: str = reply.say.params["code"]
    assert code in str(reply.rendered)
    return code


async def person_of(kit: Kit, started: Started) -> str:
    """Whose conversation it is now."""
    return (await kit.conversation(started)).person


async def save_profile(kit: Kit, started: Started, skill: str) -> None:
    """A profile of one skill."""
    person = await person_of(kit, started)
    async with kit.services.store.write() as work:
        version = await work.profiles.newest_version(person) + 1
        content = Profile(held=(Held(skill),), version=version)
        await work.profiles.add(person, content, inbox_id=None, now=kit.clock.at)


async def skills(kit: Kit, started: Started) -> list[str]:
    """What the profile in force holds."""
    async with kit.services.store.read() as work:
        return [held.id for held in (await work.profiles.current(await person_of(kit, started))).held]


async def test_profile_and_consent_follow_the_person(kit: Kit) -> None:
    first, second = await kit.start(), await kit.start()
    await save_profile(kit, first, "welding")
    (done,) = await kit.ask(second, f"/link {(await code_of(kit, first)).lower()}")
    assert "已經連結" in str(done.rendered)
    assert await person_of(kit, second) == await person_of(kit, first) == first.conversation.id
    assert await skills(kit, second) == ["welding"]
    rows = await kit.rows("SELECT person_id, purpose, given FROM consent")
    assert rows == [(first.conversation.id, "link", True)]
    actions = [action for (action,) in await kit.rows("SELECT action FROM audit ORDER BY id")]
    assert actions == ["channel.link_offered", "channel.linked", "channel.linked"]


async def test_the_person_with_the_code_is_told_and_can_undo_it(kit: Kit) -> None:
    first, second = await kit.start(), await kit.start()
    await save_profile(kit, first, "welding")
    await save_profile(kit, second, "cooking")
    await kit.ask(second, f"/link {await code_of(kit, first)}")
    assert await skills(kit, second) == ["welding"]  # nothing is merged
    async with kit.services.store.read() as work:
        told = (await work.outbox.after(first.conversation.id, 0, 50))[-1]
    assert told.say.key == "link_done_elsewhere"
    assert "/unlink" in [button["payload"] for button in (told.rendered or {})["buttons"]]
    (undone,) = await kit.ask(first, "取消連結", "/unlink")
    assert undone.say.key == "unlink_done"
    assert await skills(kit, second) == ["cooking"]
    assert await skills(kit, first) == ["welding"]
    (nothing,) = await kit.ask(second, "/unlink")
    assert nothing.say.key == "unlink_none"
    assert (await kit.rows("SELECT given FROM consent ORDER BY id DESC LIMIT 1"))[0][0] == 0


async def test_the_only_profile_there_is_stays_in_force(kit: Kit) -> None:
    first, second = await kit.start(), await kit.start()
    await save_profile(kit, second, "cooking")
    await kit.ask(second, f"/link {await code_of(kit, first)}")
    assert await skills(kit, first) == await skills(kit, second) == ["cooking"]


@pytest.mark.parametrize("how", ["wrong", "used", "late", "replaced"])
async def test_a_code_works_once_and_for_ten_minutes(kit: Kit, how: str) -> None:
    first, second, third = await kit.start(), await kit.start(), await kit.start()
    code = await code_of(kit, first)
    if how == "wrong":
        code = "AAAAAAAA"
    elif how == "used":
        await kit.ask(third, f"/link {code}")
    elif how == "late":
        kit.later(CODE_SECONDS + 1)
    else:
        await code_of(kit, first)
    (reply,) = await kit.ask(second, f"/link {code}")
    assert reply.say.key == "link_wrong"
    assert await person_of(kit, second) == second.conversation.id


async def test_guessing_is_locked_and_the_lock_ends(kit: Kit) -> None:
    first, second = await kit.start(), await kit.start()
    code = await code_of(kit, first)
    for _ in range(FREE_ATTEMPTS):
        (reply,) = await kit.ask(second, "/link AAAAAAAA")
        assert reply.say.key == "link_wrong"
    (reply,) = await kit.ask(second, f"/link {code}")
    assert (reply.say.key, reply.say.params["minutes"]) == ("link_locked", 6)
    kit.later(301)
    (reply,) = await kit.ask(second, f"/link {code}")
    assert reply.say.key == "link_done"


async def test_a_code_entered_where_it_was_made_is_not_used_up(kit: Kit) -> None:
    first, second = await kit.start(), await kit.start()
    code = await code_of(kit, first)
    assert (await kit.ask(first, f"/link {code}"))[0].say.key == "link_here"
    assert (await kit.ask(second, f"/link {code}"))[0].say.key == "link_done"
    assert (await kit.ask(second, f"/link {await code_of(kit, first)}"))[0].say.key == "link_same"


async def test_a_message_that_is_answered_again_after_a_crash_says_the_same(kit: Kit) -> None:
    first, second = await kit.start(), await kit.start()
    code = await code_of(kit, first)
    for _ in range(2):  # the worker died between connecting and finishing the message
        conversation = replace(second.conversation)
        said = await kit.services.answer_message.link.use_code(conversation, code)
        assert said.key == "link_done"
    assert await kit.rows("SELECT count(*) FROM audit WHERE action = 'channel.linked'") == [(2,)]


async def test_a_counsellor_sees_the_persons_other_channels(kit: Kit) -> None:
    first, second, stranger = await kit.start(), await kit.start(), await kit.start()
    await kit.ask(second, "謝謝")
    await kit.ask(second, f"/link {await code_of(kit, first)}")
    case = await kit.services.open_case(first.conversation.id, reasons=["asked_for_human"])
    account = await kit.account()
    file = await kit.services.read_case(account, case.id)
    assert [each.conversation_id for each in file.linked] == [second.conversation.id]
    assert "謝謝" in [line.text for line in file.linked[0].transcript]
    assert file.linked[0].to_dict()["channel"] == "web"
    other = await kit.services.open_case(stranger.conversation.id, reasons=["asked_for_human"])
    assert (await kit.services.read_case(account, other.id)).linked == []


async def test_it_works_over_platforms(kit: Kit) -> None:
    """On one the phrase, on the other the code, as messages of platforms."""
    web = await kit.start()
    code = await code_of(kit, web)
    for number, text in enumerate(("謝謝", f"/link {code}")):
        await kit.services.receive_event(InboundMessage("pigeon", f"e{number}", "U1", text))
    await kit.work()
    rows = await kit.rows("SELECT person_id FROM conversation")
    assert rows == [(web.conversation.id,)] * 2
