"""Numbers in words and digits, in Chinese and English, as plain values: 三萬五, 十幾, 3萬4千8, 35k, "a couple of". What is counted is others' business."""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1_000}
ENGLISH_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20,
    "thirty": 30, "several": 3, "a few": 3, "few": 3, "a couple of": 2, "couple of": 2, "a couple": 2, "half a": 0.5, "over a decade": 10, "a decade": 10,
}  # fmt: skip
CHINESE_NUMBER = "[零〇一二两三四五六七八九十百几数]"
_AMOUNT = re.compile(
    r"(?P<wan>\d+(?:\.\d+)?|[一二两三四五六七八九十百]+)\s*万(?:\s*(?P<qian>\d(?:\.\d)?|[一二两三四五六七八九])(?:\s*千(?P<bai>\d|[一二三四五六七八九])?)?(?![\d.]))?(?P<rest>\d{3,4})?"
    r"|(?P<k>\d+(?:\.\d+)?)\s*k(?![a-z])"
    r"|(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
    r"|(?P<han>[一二两三四五六七八九]百[零一二三四五六七八九十]*|[一二两三四五六七八九]千[零一二三四五六七八九百十]*)"
)


def chinese_number(words: str) -> float | None:
    """三十五 -> 35, 十幾 -> 10, 兩三 -> 2 (the lower), 幾 -> 3; None for what is no number. Takes folded text."""
    plain = words.replace("数", "几")
    if plain == "几":
        return 3
    plain = plain.rstrip("几") or plain
    if re.fullmatch("[一二两三四五六七八九]{2}", plain):
        return float(_DIGITS[plain[0]])
    total, digit = 0, 0
    for character in plain:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            total += (digit or 1) * _UNITS[character]
            digit = 0
        else:
            return None
    return float(total + digit)


def amounts(folded: str) -> list[tuple[int, int, Decimal]]:
    """Every amount of money's form in a folded text as (start, end, value)."""
    found = []
    for match in _AMOUNT.finditer(folded):
        value = _amount(match)
        if value is not None:
            found.append((match.start(), match.end(), value))
    return found


def _amount(match: re.Match[str]) -> Decimal | None:
    if match["wan"]:
        total = _plain(match["wan"]) * 10_000
        if match["rest"] and not match["qian"]:
            return _whole(total + Decimal(match["rest"]))
        if match["qian"]:
            total += _plain(match["qian"]) * 1_000
        if match["bai"]:
            total += _plain(match["bai"]) * 100
        return _whole(total)
    if match["k"]:
        return _whole(Decimal(match["k"]) * 1_000)
    if match["digits"]:
        return Decimal(match["digits"].replace(",", ""))
    return _plain(match["han"])


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1))


def _plain(words: str) -> Decimal:
    if re.fullmatch(r"\d+(?:\.\d+)?", words):
        return Decimal(words)
    if re.fullmatch("[一二两三四五六七八九]百[一二三四五六七八九]", words):  # 兩百五: fifty, not five
        return Decimal(_DIGITS[words[0]] * 100 + _DIGITS[words[2]] * 10)
    return Decimal(int(chinese_number(words) or 0))
