"""What is hidden of a text before a case is claimed."""

from __future__ import annotations

import pytest

from jobseeker.masking import MASK, masked


@pytest.mark.parametrize(
    "secret",
    [
        "A123456789",
        "AC12345678",
        "0912-345-678",
        "0912345678",
        "02 2396 1266 01",
        "me.x@example.com.tw",
        "4512 3456 7890 1234",
    ],
)
def test_identifiers_are_hidden(secret: str) -> None:
    shown = masked(f"我的資料是{secret}，謝謝")
    assert secret not in shown
    assert MASK in shown
    assert shown.startswith("我的資料是")
    assert shown.endswith("，謝謝")
    assert len(shown) == len(f"我的資料是{secret}，謝謝")


@pytest.mark.parametrize("text", ["月薪 45,800 元", "2026年11月23日", "案件 12", "1955", "做了 10 年"])
def test_ordinary_numbers_stay(text: str) -> None:
    assert masked(text) == text
