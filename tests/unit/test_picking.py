"""Buttons that are answered in words: which one a text stands for, and what is no such answer."""

from __future__ import annotations

import pytest

from jobseeker.messages import Button
from language.picking import picked

CLARIFY = [
    Button("誰可以領失業給付", "/topic ui_eligibility"),
    Button("自己辭職可以領嗎", "/topic ui_voluntary_quit"),
    Button("I resigned…", "/topic ui_amount"),
    Button("都不是，找真人", "/human"),
]
ERASE = [Button("全部刪除", "/erase yes"), Button("先給我一份資料", "/export"), Button("不要刪", "/erase no")]
REASON = [Button("被資遣或公司關了", "/answer laid_off"), Button("自己辭職", "/answer resigned")]
LIST = [Button("Three more", "/next"), Button("Within 20 km", "/nearby 20")]


@pytest.mark.parametrize(
    ("text", "buttons", "payload"),
    [
        ("第一個", CLARIFY, "/topic ui_eligibility"),
        ("那第二个呢？", CLARIFY, "/topic ui_voluntary_quit"),
        ("2", CLARIFY, "/topic ui_voluntary_quit"),
        ("我要問第二個", CLARIFY, "/topic ui_voluntary_quit"),
        ("The first one please", CLARIFY, "/topic ui_eligibility"),
        ("second", CLARIFY, "/topic ui_voluntary_quit"),
        ("最後一個", CLARIFY, "/topic ui_amount"),
        ("誰可以領失業給付？", CLARIFY, "/topic ui_eligibility"),
        ("谁可以领失业给付", CLARIFY, "/topic ui_eligibility"),
        ("i resigned", CLARIFY, "/topic ui_amount"),
        ("第一個", REASON, "/answer laid_off"),
        ("對", ERASE, "/erase yes"),
        ("yes, please", ERASE, "/erase yes"),
        ("不要", ERASE, "/erase no"),
        ("全部刪除", ERASE, "/erase yes"),
        ("yes", CLARIFY[:1], "/topic ui_eligibility"),
    ],
)
def test_what_is_meant(text: str, buttons: list[Button], payload: str) -> None:
    assert picked(text, buttons) == payload


@pytest.mark.parametrize(
    ("text", "buttons"),
    [
        ("第一筆錢什麼時候到", CLARIFY),
        ("第五個", CLARIFY),
        ("my first job was in a bank", CLARIFY),
        ("2", REASON),  # may be an answer: two dependants
        ("yes", CLARIFY),  # to which?
        ("對", REASON),
        ("第二個", LIST),  # the second vacancy, not the second button
        ("對，可是我先想一想", ERASE),
        ("好可怕", ERASE),
        ("", CLARIFY),
        ("?", CLARIFY),
        ("第一個", []),
    ],
)
def test_what_is_something_else(text: str, buttons: list[Button]) -> None:
    assert picked(text, buttons) == ""
