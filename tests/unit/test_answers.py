"""Rendered answers: every topic, every variety, with sources, figures of the day and the offer where it is due."""

from __future__ import annotations

import dataclasses
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from jobseeker.answers import Answers
from jobseeker.figures import MARK, figure_text
from jobseeker.knowledge import FigureRow, Pack
from jobseeker.messages import Escalation, Say
from language.detect import script_of, to_simplified

DAY = date(2026, 11, 21)
VARIETIES = ("zh-Hant", "zh-Hans", "en")


def whole(answers: Answers, topic: str, variety: str) -> str:
    """All a person can read of a topic: the short reply and its details."""
    reply = answers.render(Say("faq", topic), variety=variety, day=DAY)
    return "\n".join([reply.text, *(str(card["text"]) for card in reply.cards)])


def test_there_are_all_topics(pack: Pack) -> None:
    assert len(pack.topics) >= 90


@pytest.mark.parametrize("variety", VARIETIES)
def test_every_topic_renders_with_source_office_and_phone(answers: Answers, pack: Pack, variety: str) -> None:
    for topic in pack.topics.values():
        for form in ("short", "full"):
            reply = answers.render(Say("faq", topic.id, {"form": form}), variety=variety, day=DAY)
            assert not MARK.search(reply.text), topic.id
            assert "{" not in reply.text, topic.id
            assert reply.sources, topic.id
            assert str(topic.as_of) in reply.text, topic.id
            assert re.search(r"\d{3,}", reply.text), f"{topic.id}: no phone number"
            assert reply.topic == topic.id


def test_every_topic_mentions_what_it_must(answers: Answers, shared: Path) -> None:
    facts = yaml.safe_load((shared / "facts" / "facts_tw.yaml").read_text("utf-8"))
    assert len(facts) == 90
    missing = [
        (topic["id"], variety, pattern)
        for topic in facts
        for variety in ("zh-Hant", "en")
        for pattern in topic["must_mention"]
        if not re.search(pattern, whole(answers, topic["id"], variety))
    ]
    assert missing == []


def test_an_uncertain_fact_says_with_whom_to_confirm(answers: Answers, pack: Pack) -> None:
    uncertain = [topic.id for topic in pack.topics.values() if topic.confidence != "high"]
    assert len(uncertain) > 10
    for topic in uncertain:
        assert "確認" in whole(answers, topic, "zh-Hant"), topic
        assert "confirm" in whole(answers, topic, "en").lower(), topic


def test_adverse_topics_always_offer_a_counsellor(answers: Answers, pack: Pack) -> None:
    adverse = [topic for topic in pack.topics.values() if topic.risk in ("adverse", "crisis")]
    assert len(adverse) > 10
    for topic in adverse:
        for form in ("short", "full"):
            for variety in VARIETIES:
                reply = answers.render(Say("faq", topic.id, {"form": form}), variety=variety, day=DAY)
                assert "/human" in [button.payload for button in reply.buttons], topic.id


@pytest.mark.parametrize("level", ["offer", "immediate"])
def test_a_raised_level_adds_the_offer(answers: Answers, level: str) -> None:
    plain = answers.render(Say("faq", "ui_amount"), variety="en", day=DAY)
    raised = answers.render(Say("faq", "ui_amount"), variety="en", day=DAY, escalation=Escalation(level, ("dispute",)))  # type: ignore[arg-type]
    assert "/human" not in [button.payload for button in plain.buttons]
    assert "/human" in [button.payload for button in raised.buttons]
    assert raised.to_dict()["escalation"] == {"level": level, "reasons": ["dispute"]}


def test_the_figure_of_the_day_is_used(pack: Pack) -> None:
    old = pack.figures["unemployment.rate"]
    changed = dataclasses.replace(old, rows=(*old.rows, FigureRow(65, date(2027, 1, 1), old.rows[-1].source)))
    answers = Answers(dataclasses.replace(pack, figures={**pack.figures, old.name: changed}), to_simplified)
    before = answers.render(Say("faq", "ui_amount"), variety="zh-Hant", day=date(2026, 12, 31))
    after = answers.render(Say("faq", "ui_amount"), variety="zh-Hant", day=date(2027, 1, 1))
    assert "60%" in before.text
    assert "65%" in after.text
    assert after.versions["figures"]["unemployment.rate"] == "2027-01-01"


def test_simplified_is_derived(answers: Answers, pack: Pack) -> None:
    traditional = [topic for topic in pack.topics if script_of(whole(answers, topic, "zh-Hans")) != "Hans"]
    assert traditional == []


def test_clarify_offers_titles_as_buttons(answers: Answers) -> None:
    reply = answers.render(
        Say("clarify", "", {"topics": ["faq/ui_amount", "faq/ui_duration"]}), variety="zh-Hant", day=DAY
    )
    assert [button.payload for button in reply.buttons[:2]] == ["/topic ui_amount", "/topic ui_duration"]
    assert all(len(button.title) <= 20 for button in reply.buttons)


def test_one_guess_is_no_choice_and_none_is_no_question(answers: Answers) -> None:
    for variety, one, none in (
        ("zh-Hant", "這個嗎", "不確定您的意思"),
        ("en", "Is this what you mean", "not sure what you mean"),
    ):
        reply = answers.render(Say("clarify", "", {"topics": ["faq/ui_amount", "nothing"]}), variety=variety, day=DAY)
        assert one in reply.text
        assert [button.payload for button in reply.buttons] == ["/topic ui_amount", "/human"]
        reply = answers.render(Say("clarify", "", {"topics": ["nothing", "nothing_else"]}), variety=variety, day=DAY)
        assert none in reply.text
        assert "/human" in [button.payload for button in reply.buttons]


def test_what_a_person_wrote_is_not_touched(answers: Answers) -> None:
    reply = answers.render(
        Say("text", "", {"text": "您好，[[unemployment.rate]] {name}"}), variety="zh-Hans", day=DAY, author="counsellor"
    )
    assert reply.text == "您好，[[unemployment.rate]] {name}"
    assert reply.author == "counsellor"


@pytest.mark.parametrize("say", [Say("faq", "no_such_topic"), Say("utterance", "no_such_line")])
def test_an_unknown_name_is_an_error(answers: Answers, say: Say) -> None:
    with pytest.raises(LookupError):
        answers.render(say, variety="en", day=DAY)


@pytest.mark.parametrize(
    ("unit", "value", "zh", "en"),
    [
        ("percent", 60, "60%", "60%"),
        ("twd", 45800, "45,800元", "NT$45,800"),
        ("days", 1, "1天", "1 day"),
        ("months", 6, "6個月", "6 months"),
        ("age", 45, "45歲", "45"),
        ("times", 1.5, "1.5倍", "1.5 times"),
        ("date", "2026-07-31", "2026年7月31日", "31 July 2026"),
    ],
)
def test_units(unit: str, value: int | float | str, zh: str, en: str) -> None:
    assert figure_text(unit, value, "zh") == zh
    assert figure_text(unit, value, "en") == en


# -- cards -------------------------------------------------------------------------------------------------------------

PROFILE_ITEM = {
    "type": "profile",
    "groups": [
        {"label": "profile_line", "items": []},
        {
            "label": "act_thanks",
            "items": [
                {
                    "label": "profile_line",
                    "params": {"label": {"zh": "堆高機 [[tel.nobody]] {note}", "en": "forklift"}},
                    "notes": [{"key": "profile_line", "params": {"label": 3.0}}, {"key": "profile_line", "params": {"label": 2.5}}],
                    "remove": "forklift_driving",
                }
            ],
        },
    ],
    "buttons": "act_deny",
}  # fmt: skip


def test_a_card_is_rendered_in_each_variety_and_its_text_says_it_all(answers: Answers) -> None:
    say = Say("cards", "act_thanks", {"items": [PROFILE_ITEM]})
    traditional, simplified, english = (
        answers.render(say, variety=variety, day=date(2026, 11, 23)) for variety in ("zh-Hant", "zh-Hans", "en")
    )
    (card,) = english.cards
    (group,) = card["groups"]  # the empty one is left out
    assert group["items"] == [{"label": "• forklift", "note": "• 3, • 2.5", "payload": "/remove forklift_driving"}]
    assert [button["payload"] for button in card["buttons"]] == ["/human", "/help"]
    for part in ("forklift", "3", "2.5"):
        assert part in card["text"]
    assert "堆高機" in traditional.cards[0]["text"]
    entry = simplified.cards[0]["groups"][0]["items"][0]
    assert entry["label"].startswith("• 堆高机 [[tel.nobody]] {note}")  # what a person wrote is no mark of ours
    assert entry["payload"] == "/remove forklift_driving"


def test_a_card_of_an_unknown_type_is_an_error(answers: Answers) -> None:
    say = Say("cards", "act_thanks", {"items": [{"type": "horoscope"}]})
    with pytest.raises(LookupError, match="horoscope"):
        answers.render(say, variety="en", day=date(2026, 11, 23))
