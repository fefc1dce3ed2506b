"""A résumé as an effect: made before the transaction, kept with the message that asked for it, fetched by its link until it expires."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.resume_files import making
from jobseeker.errors import FileNotMade, UnknownFile
from jobseeker.profile import Held, Profile
from tests.doubles.kit import Kit

PROFILE = Profile(held=(Held("excel", "evidenced", 3),))


def store(kind: str = "json", **contact: str) -> tuple[str, dict[str, Any]]:
    return "store_file", {"format": kind, "profile": PROFILE.to_dict(), "contact": contact}


async def test_a_file_is_kept_and_its_link_is_said_once(kit: Kit) -> None:
    started = await kit.start("en")
    kit.dialogue.commands = [[store(name="Ann Lee")]]
    replies = await kit.ask(started, "thank you")
    (card,) = replies[-1].rendered["cards"]  # type: ignore[index]
    assert card["type"] == "file"
    assert card["url"] in card["text"]
    token = card["url"].removeprefix("/api/v1/files/")
    found = await kit.services.fetch_file(token)
    assert (found.name, found.media_type) == ("resume-2026-11-23.json", "application/json")
    assert json.loads(found.content)["basics"]["name"] == "Ann Lee"
    rows = await kit.rows("SELECT person_id, token_hash FROM stored_file")
    assert len(rows) == 1
    assert rows[0][0] == (await kit.conversation(started)).person  # erased with the person
    assert token not in rows[0][1]
    assert "Ann Lee" not in str(await kit.rows("SELECT content FROM profile"))


async def test_a_link_ends_and_the_file_goes(kit: Kit) -> None:
    started = await kit.start()
    kit.dialogue.commands = [[store()], [store()]]
    replies = await kit.ask(started, "謝謝")
    token = replies[-1].rendered["cards"][0]["url"].rsplit("/", 1)[1]  # type: ignore[index]
    kit.later(7 * 86_400 - 1)
    assert (await kit.services.fetch_file(token)).content
    kit.later(2)
    with pytest.raises(UnknownFile):
        await kit.services.fetch_file(token)
    with pytest.raises(UnknownFile):
        await kit.services.fetch_file("guessed")
    await kit.ask(started, "謝謝")
    assert len(await kit.rows("SELECT id FROM stored_file")) == 1  # the old one is deleted


async def test_a_file_that_cannot_be_made_is_said_and_keeps_nothing(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> bytes:
        raise FileNotMade("no font")

    monkeypatch.setattr(making, "to_pdf", broken)
    started = await kit.start()
    kit.dialogue.commands = [[store("pdf")]]
    replies = await kit.ask(started, "謝謝")
    assert replies[-1].say.key == "resume_failed"
    assert await kit.rows("SELECT id FROM stored_file") == []


async def test_nothing_is_said_by_an_effect_while_a_person_speaks(kit: Kit) -> None:
    started = await kit.start()
    account = await kit.account()
    kit.dialogue.commands = [[store()]]

    async def a_counsellor_comes_in(_: Any) -> None:
        case = await kit.services.open_case(started.conversation.id, reasons=["asked_for_human"])
        await kit.services.claim_case(account, case.id)

    kit.dialogue.before = a_counsellor_comes_in
    received = await kit.say(started, "謝謝")
    assert await kit.work() == ["done"]
    assert await kit.replies_to(received) == []
    assert len(await kit.rows("SELECT id FROM stored_file")) == 1
