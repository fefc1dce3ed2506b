"""The actions: what they say and ask for, and how a wish for a language is read from button or words."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.handoff import RequestHandoff
from actions.language import SwitchLanguage
from actions.menu import ShowMenu
from actions.serve import main
from content import load_pack


class Said:
    """What an action reads of a tracker."""

    def __init__(self, text: str = "", command: str = "") -> None:
        self.latest_message: dict[str, Any] = {"text": text, "metadata": {"command": command}}


def run(action: Any, said: Said) -> list[Any]:
    dispatcher = CollectingDispatcher()
    assert asyncio.run(action.run(dispatcher, said, {})) == []
    assert all(not message["text"] for message in dispatcher.messages)
    return [message["custom"] for message in dispatcher.messages]


def test_handoff_is_a_command() -> None:
    assert run(RequestHandoff(), Said()) == [{"command": {"name": "request_handoff", "params": {}}}]


@pytest.mark.parametrize(
    ("said", "variety"),
    [
        (Said("please speak english"), "en"),
        (Said("請用簡體字"), "zh-Hans"),
        (Said("繁體", "/language zh-Hant"), "zh-Hant"),
        (Said("", "/language en"), "en"),
    ],
)
def test_the_language_asked_for_is_switched_to(said: Said, variety: str) -> None:
    asked, told = run(SwitchLanguage(), said)
    assert asked == {"command": {"name": "set_variety", "params": {"variety": variety}}}
    assert told["say"]["key"] == "language_switched"


@pytest.mark.parametrize("said", [Said("換個語言"), Said("x", "/language fr")])
def test_a_language_nobody_named_is_asked_for(said: Said) -> None:
    assert [item["say"]["key"] for item in run(SwitchLanguage(), said)] == ["language_choice"]


def test_every_text_an_action_says_exists(root: Path) -> None:
    texts = load_pack(root).responses
    keys = [
        item["say"]["key"]
        for items in (
            run(ShowMenu(), Said()),
            run(SwitchLanguage(), Said("english please")),
            run(SwitchLanguage(), Said("?")),
        )
        for item in items
        if "say" in item
    ]
    assert len(keys) == 3
    assert set(keys) <= set(texts)


def test_only_loopback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--interface", "0.0.0.0"]) == 2
    assert "127.0.0.1 only" in capsys.readouterr().err
