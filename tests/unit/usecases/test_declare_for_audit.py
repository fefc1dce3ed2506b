"""Two voluntary questions: consent first, an answer never in a message, deleted, exported and erased with the person's data."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from jobseeker.fairness.declared import AGE_BANDS, QUESTIONS, SEXES, read_answer
from jobseeker.usecases.privacy_effects import erase
from jobseeker.usecases.start_conversation import Started
from store.schema import metadata
from tests.doubles.kit import NOW, Kit


async def key_of(kit: Kit, started: Started, words: str, payload: str) -> str:
    return (await kit.ask(started, words, payload))[-1].say.key


async def kept(kit: Kit) -> list[tuple[object, ...]]:
    return await kit.rows("SELECT age_band, sex FROM self_declaration ORDER BY person_id")


async def answer_both(kit: Kit, started: Started) -> None:
    assert await key_of(kit, started, "公平檢查", "/fairness") == "fairness_ask"
    assert await key_of(kit, started, "願意", "/fairness yes") == "fairness_question_age"
    assert await key_of(kit, started, "55–64歲", "/fairness age-55_64") == "fairness_question_sex"
    assert await key_of(kit, started, "女性", "/fairness sex-female") == "fairness_done"


async def test_nothing_is_kept_without_consent(kit: Kit) -> None:
    started = await kit.start()
    assert await key_of(kit, started, "55–64歲", "/fairness age-55_64") == "fairness_ask"
    assert await key_of(kit, started, "不要", "/fairness no") == "fairness_declined"
    assert await kept(kit) == []


@pytest.mark.parametrize("variety", ["zh-Hant", "en"])
async def test_answers_are_kept_and_stand_in_no_other_table(kit: Kit, variety: str) -> None:
    started = await kit.start(variety)
    await answer_both(kit, started)
    assert await kept(kit) == [("55_64", "female")]
    assert kit.dialogue.requests == [], "the dialogue engine is not told"
    looked_at = 0
    async with kit.services.engines.reader.connect() as connection:
        for name in metadata.tables:
            if name == "self_declaration":
                continue
            rows = (await connection.execute(text(f"SELECT * FROM {name}"))).all()
            looked_at += len(rows)
            if name in ("inbox", "audit", "consent", "conversation"):
                assert rows, name
            for said in ("55_64", "55–64", "sex-female", "女性"):
                assert name == "outbox" or said not in repr(rows), (name, said)
    assert looked_at > 10
    asked = await kit.rows("SELECT text, command FROM inbox ORDER BY seq DESC LIMIT 2")
    assert {command for _, command in asked} == {"/fairness"}


async def test_an_answer_can_be_changed_passed_over_and_taken_back(kit: Kit) -> None:
    started = await kit.start()
    await answer_both(kit, started)
    assert await key_of(kit, started, "不想說（性別）", "/fairness sex-skip") == "fairness_done"
    assert await kept(kit) == [("55_64", None)]
    await kit.ask(started, "45–54歲", "/fairness age-45_54")
    assert await kept(kit) == [("45_54", None)]
    await kit.ask(started, "不想說（年齡）", "/fairness age-skip")
    assert await kept(kit) == [], "a row that says nothing goes"
    await kit.ask(started, "女性", "/fairness sex-female")
    assert await key_of(kit, started, "刪除這兩個回答", "/fairness forget") == "consent_withdrawn_fairness"
    assert await kept(kit) == []
    person = (await kit.conversation(started)).person
    async with kit.services.store.read() as work:
        assert not await work.profiles.has_consented(person, "fairness")


async def test_withdrawing_the_consent_deletes_the_answers(kit: Kit) -> None:
    started = await kit.start()
    await answer_both(kit, started)
    kit.dialogue.commands = [[("set_consent", {"purpose": "fairness", "given": False, "notice_version": "x"})]]
    assert (await kit.ask(started, "刪除這兩個回答", "/consent fairness-off"))[
        -1
    ].say.key == "consent_withdrawn_fairness"
    assert await kept(kit) == []


async def test_a_counsellor_who_speaks_learns_nothing(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "願意", "/fairness yes")
    await kit.services.open_case(started.conversation.id, reasons=("asked_for_human",))
    await kit.services.claim_case(await kit.account(), 1)
    await kit.say(started, "55–64歲", "/fairness age-55_64")
    await kit.work()
    assert "55" not in repr(await kit.rows("SELECT text, command FROM inbox"))
    assert await kept(kit) == [], "nobody is asked while a person speaks"


async def test_export_erasure_and_retention_know_it_also_of_a_channel_connected_later(kit: Kit) -> None:
    web, line = await kit.start(), await kit.start(channel="line")
    await answer_both(kit, web)
    one, other = await kit.conversation(web), await kit.conversation(line)
    async with (
        kit.services.engines.writer.begin() as connection
    ):  # the web conversation now belongs to the other person
        await connection.execute(text(f"UPDATE conversation SET person_id = '{other.person}' WHERE id = '{one.id}'"))
    async with kit.services.store.read() as work:
        exported = await work.privacy.export(other.person)
    assert exported["self_declaration"][0]["age_band"] == "55_64"
    async with kit.services.store.write() as work:
        counts = await erase(work, other.person, NOW)
    assert counts["self_declaration"] == 1
    assert await kept(kit) == []


async def test_it_is_deleted_when_its_time_is_over(kit: Kit) -> None:
    started = await kit.start()
    await answer_both(kit, started)
    kit.clock.at = NOW + timedelta(days=364)
    await kit.services.keep_to_retention()
    assert len(await kept(kit)) == 1
    kit.clock.at = NOW + timedelta(days=366)
    await kit.services.keep_to_retention()
    assert await kept(kit) == []


async def test_the_overview_offers_it_and_says_it_is_off(kit: Kit) -> None:
    from jobseeker.messages import Command
    from jobseeker.usecases.talk_about_privacy import TalkAboutPrivacy

    started = await kit.start()
    told = await TalkAboutPrivacy(kit.services.store)(started.conversation.id, "consent_change", Command("consent"))
    [line] = [one for one in told.says[0].params["lines"] if "fairness" in json.dumps(one["params"])]
    assert line["key"] == "consent_line_off"
    assert line["buttons"][0]["payload"] == "/fairness"


def test_every_answer_has_its_button_in_both_languages(kit: Kit) -> None:
    responses = kit.services.composer.answers.pack.responses
    payloads = {
        button.payload
        for name in ("fairness_question_age", "fairness_question_sex")
        for button in responses[name].choices
    }
    expected = {
        f"/fairness {question}-{value}" for question, values in QUESTIONS.items() for value in (*values, "skip")
    }
    assert payloads == expected
    assert len(payloads) == len(AGE_BANDS) + len(SEXES) + 2
    for payload in payloads:
        assert read_answer(payload.split()[1]) is not None
    assert read_answer("age-58") is None
    assert read_answer("sex") is None
