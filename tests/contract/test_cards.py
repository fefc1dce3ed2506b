"""Every type of card on LINE and Telegram, made by the real renderers: shown in the platform's own way, all of it, within its limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from connectors.line import LineConnector, LineSettings
from connectors.line_cards import CARDS as LINE_CARDS
from connectors.telegram import TelegramConnector, TelegramSettings
from connectors.telegram_cards import CARDS as TELEGRAM_CARDS
from jobseeker.answers import Answers
from jobseeker.messages import Reply
from jobseeker.rendering import RENDERERS
from tests.doubles.platforms.line import Platform as Line
from tests.doubles.platforms.specification import SPECS, line_schemas, telegram_schemas
from tests.doubles.platforms.telegram import read_markdown

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason=f"{SPECS} is not on this machine")
DAY = date(2026, 11, 23)
LINK = "https://jobs.example.gov.tw/api/v1/files/abc"


def named(zh: str, en: str) -> dict[str, str]:
    """In both languages."""
    return {"zh": zh, "en": en}


ITEMS: Mapping[str, dict[str, Any]] = {
    "file": {"type": "file", "title": "file_title_pdf", "url": LINK},
    "profile": {
        "type": "profile",
        "groups": [
            {
                "label": "profile_group_conditions",
                "items": [
                    {"label": "profile_item_home", "name": named(f"第{n}區", f"district {n}"), "remove": "home"} for n in range(40)
                ],
            }
        ],
        "buttons": "profile_check_buttons",
    },
    "occupation": {
        "type": "occupation", "id": "warehouse_worker", "title": named("倉儲人員", "Warehouse worker"),
        "shared": [named("堆高機操作", "forklift")], "missing": [named("盤點", "stocktaking")], "open": 12,
    },
}  # fmt: skip


def rendered(answers: Answers, kind: str, language: str = "zh") -> Mapping[str, Any]:
    """The card."""
    words = answers.in_language(language, DAY)
    return RENDERERS[kind](ITEMS[kind], words)


COMPARE = {
    "type": "compare",
    "columns": [{"title": "倉儲人員", "payload": "a1"}, {"title": "門市人員", "payload": "a2"}],
    "rows": [
        {"label": "雇主", "cells": ["大成物流", "好鄰居超市"]},
        {"label": "待遇", "cells": ["月薪 32,000 元", "時薪 200 元"]},
    ],
    "buttons": [],
    "text": "1. 倉儲人員\n雇主：大成物流\n待遇：月薪 32,000 元\n\n2. 門市人員\n雇主：好鄰居超市\n待遇：時薪 200 元",
}


def cards(answers: Answers) -> list[Mapping[str, Any]]:
    """One of each kind; vacancies and courses are in the tests of each connector."""
    return [*(rendered(answers, kind) for kind in ITEMS), COMPARE]


def line(card: Mapping[str, Any]) -> Mapping[str, Any]:
    """The Flex message of a card; the platform would take it."""
    connector = LineConnector(LineSettings(channel_secret="s", channel_access_token="t"))
    messages = list(connector.render(Reply("bot", "zh-Hant", "看：", (), (card,))))
    problems = line_schemas("messaging-api").problems("PushMessageRequest", {"to": "U1", "messages": messages})
    assert problems + [text for message in messages for text in Line.refusals(message)] == []
    text, flex = messages
    assert text["text"] == "看："  # it is shown, not told
    assert len(json.dumps(flex["contents"]).encode()) < 50_000  # of a carousel
    return flex


def telegram(card: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The messages of a card; the platform would take them."""
    connector = TelegramConnector(TelegramSettings(bot_token="1:x", webhook_secret="s"))
    messages = list(connector.render(Reply("bot", "zh-Hant", "看：", (), (card,))))
    for message in messages:
        assert telegram_schemas().problems("sendMessage", {"chat_id": 1, **message}) == []
        assert read_markdown(message["text"])[1] == ""
    return messages[1:]


def test_every_type_of_card_is_shown_natively() -> None:
    assert set(RENDERERS) == LINE_CARDS == TELEGRAM_CARDS


def test_nothing_of_a_card_is_missing(answers: Answers) -> None:
    looked = 0
    for card in cards(answers):
        on_line = json.dumps(line(card)["contents"], ensure_ascii=False)
        on_telegram = "\n".join(read_markdown(message["text"])[0] for message in telegram(card))
        for part in parts(card):
            assert part in on_line, (card["type"], part)
            assert part in on_telegram, (card["type"], part)
            looked += 1
    assert looked > 50


def parts(card: Mapping[str, Any]) -> list[str]:
    """The texts of a card that must be seen."""
    found = [str(card[name]) for name in ("title", "open") if card.get(name)]
    found += [*card.get("shared", ()), *card.get("missing", ())]
    found += [column["title"] for column in card.get("columns", ())]
    found += [text for row in card.get("rows", ()) for text in (row["label"], *row["cells"])]
    for group in card.get("groups", ()):
        found += [group["label"], *(entry["label"] for entry in group["items"])]
    return found


def test_a_file_is_a_button_that_opens_it(answers: Answers) -> None:
    card = rendered(answers, "file")
    (button,) = line(card)["contents"]["footer"]["contents"]
    assert button["action"]["type"] == "uri"
    assert (button["action"]["uri"], button["action"]["label"][:4]) == (LINK, card["title"][:4])
    (message,) = telegram(card)
    assert message["reply_markup"]["inline_keyboard"][0][0]["url"] == LINK


def test_a_file_without_a_public_address_is_told_in_words(answers: Answers) -> None:
    card = {**rendered(answers, "file"), "url": "/api/v1/files/abc"}
    assert card["text"] in json.dumps(line(card)["contents"], ensure_ascii=False)
    assert "reply_markup" not in telegram(card)[0]


def test_a_comparison_is_side_by_side_and_each_can_be_asked_about() -> None:
    first, second = line(COMPARE)["contents"]["contents"]
    assert [bubble["footer"]["contents"][0]["action"]["data"] for bubble in (first, second)] == ["a1", "a2"]
    shown = json.dumps(first, ensure_ascii=False)
    assert "大成物流" in shown
    assert "好鄰居超市" not in shown
    (message,) = telegram(COMPARE)
    assert [row[0]["callback_data"] for row in message["reply_markup"]["inline_keyboard"]] == ["a1", "a2"]
    assert message["text"].startswith("*1\\. 倉儲人員*")


def test_a_profile_has_its_groups_in_bold_and_goes_on_in_the_next_bubble(answers: Answers) -> None:
    card = rendered(answers, "profile")
    bubbles = line(card)["contents"]["contents"]
    assert len(bubbles) == 2
    assert bubbles[0]["body"]["contents"][0]["weight"] == "bold"
    assert "footer" not in bubbles[0]
    titles = [button["action"]["displayText"] for button in bubbles[-1]["footer"]["contents"]]
    assert titles == [button["title"] for button in card["buttons"]][:4]
    (message,) = telegram(card)
    assert message["text"].startswith("*")
    assert len(message["reply_markup"]["inline_keyboard"]) == len(card["buttons"])


@pytest.mark.parametrize("size", [5_000, 20_000])
def test_a_card_that_is_longer_than_a_message_goes_on_in_the_next(size: int) -> None:
    lines = "\n".join(f"第{number}行的內容" for number in range(size // 8))
    messages = telegram({"type": "profile", "text": lines, "buttons": [{"title": "對", "payload": "a1"}]})
    assert len(messages) > 1
    assert "".join(read_markdown(m["text"])[0] for m in messages).replace("\n", "") == lines.replace("\n", "")
    assert [bool(m.get("reply_markup")) for m in messages] == [False] * (len(messages) - 1) + [True]
