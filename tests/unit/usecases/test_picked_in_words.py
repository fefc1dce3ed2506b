"""Choices answered in words, and "why?" after an answer, on the real pack and a real database."""

from __future__ import annotations

import pytest

from jobseeker.messages import Say, Understanding
from jobseeker.ports import Turn, TurnRequest
from tests.doubles.kit import Kit


async def test_did_you_mean_is_answered_by_the_place_in_the_list(kit: Kit) -> None:
    started = await kit.start()
    (asked,) = await kit.ask(started, "給付或是什麼")
    assert asked.rendered is not None
    assert [one["payload"] for one in asked.rendered["buttons"]][:2] == ["/topic ui_amount", "/topic ui_duration"]
    (reply,) = await kit.ask(started, "第二個")
    assert (reply.act, reply.topic) == ("faq", "ui_duration")
    assert kit.dialogue.requests[-1].command == "/topic ui_duration"


async def test_by_its_title_on_a_platform_whose_row_is_not_rendered_yet(kit: Kit) -> None:
    started = await kit.start(channel="line")
    await kit.say(started, "給付或是什麼")
    await kit.work()
    ((rendered,),) = await kit.rows("SELECT rendered FROM outbox ORDER BY id DESC LIMIT 1")
    assert rendered in (None, "null")
    await kit.say(started, "the first one")
    await kit.work()
    assert kit.dialogue.requests[-1].command == "/topic ui_amount"


async def test_only_the_newest_reply_is_answered(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "給付或是什麼")
    await kit.ask(started, "謝謝你喔")
    await kit.ask(started, "第二個")
    assert kit.dialogue.requests[-1].command == ""


async def test_asking_for_a_person_by_the_words_of_the_button(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "給付或是什麼")
    (reply,) = await kit.ask(started, "都不是，找真人")
    assert (reply.act, reply.escalation.level) == ("talk_to_human", "immediate")


async def test_a_crisis_is_never_taken_for_a_choice(kit: Kit) -> None:
    started = await kit.start()
    await kit.ask(started, "給付或是什麼")
    (reply,) = await kit.ask(started, "我想死")
    assert reply.act == "crisis"


class WhyOfNothing:
    """A dialogue engine that takes everything for a question about vacancies, of which it has listed none."""

    def __init__(self, before: str) -> None:
        self.before = before

    async def turn(self, request: TurnRequest) -> Turn:
        """As the action says it."""
        if request.text == "???":
            return Turn(Understanding("out_of_scope", 0.9), (Say("utterance", "act_out_of_scope"),))
        if request.text == "first":
            topics = ("ui_amount",) if self.before == "faq" else ()
            label = "faq/ui_amount" if self.before == "faq" else self.before
            say = Say("faq", "ui_amount") if self.before == "faq" else Say("utterance", "precheck_back")
            return Turn(Understanding(label, 0.99, (), "answer", topics), (say,))
        says = (Say("cards", "why_of_what", {"items": []}), Say("utterance", "precheck_ask_reason"))
        return Turn(Understanding("explain_match", 0.99), says)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ("faq", "失業給付可以領多少"),
        ("benefit_precheck", "就業中心和勞保局"),
        ("benefit_deadlines", "就業中心和勞保局"),
        ("find_jobs", "還沒有列出職缺"),
    ],
)
async def test_why_is_about_the_answer_it_follows(
    kit: Kit, monkeypatch: pytest.MonkeyPatch, before: str, words: str
) -> None:
    monkeypatch.setattr(kit.services.answer_message, "dialogue", WhyOfNothing(before))
    started = await kit.start()
    await kit.ask(started, "first")
    await kit.ask(started, "???")  # what was not understood is no answer
    for _ in range(2):  # asked twice, it is still about the same answer
        reply, again = await kit.ask(started, "為什麼")
        assert reply.rendered is not None
        assert words in reply.rendered["text"]
        assert again.say.key == "precheck_ask_reason", "the open question is kept"
