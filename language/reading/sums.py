"""Amounts of money and lengths of time in an answer about oneself, decimals and signs kept: 34.8k, 3萬4千8, 負5000, 兩年半. What they are of is others' business."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from language.reading.folding import fold
from language.reading.numbers import amounts, chinese_number

NEGATIVE = re.compile(
    r"(?<![\d万萬千kK年月日/.])\s*[-\u2010\u2011\u2212\uff0d]\s*(?=\$?\s*\d)|负|負|minus\s+|negative\s+", re.IGNORECASE
)
_PERIODS = (
    ("hour", re.compile(r"时薪|每小时|小时|钟点|an hour|per hour|hourly|/h(?:r|our)?\b")),
    ("day", re.compile(r"日薪|每天|一天|日领|a day|per day|daily|/day")),
    ("week", re.compile(r"周薪|每周|一周|每星期|a week|per week|weekly|/week|/wk")),
    ("year", re.compile(r"年薪|每年|一年|a year|per year|annual|yearly|per annum|/yr|/year|\bpa\b")),
    ("month", re.compile(r"月|month|/mo\b")),
)  # fmt: skip
_MONEY = re.compile(r"元|块|nt\$?|\$|twd|ntd|万|千|k")
_NOT_MONEY = re.compile(
    r"\s*(?:岁|人|名|位|个(?!月薪)|年|月|日|号|天|小时|years?|months?|days?|people|kids?|children|%)"
)
_YEARS = re.compile(
    r"(?P<n>\d{1,3}(?:\.\d+)?|[一二两三四五六七八九十]{1,3}|半|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)\s*(?:个)?\s*(?P<u>年|years?|yrs?)(?P<half>半|\s+and\s+a\s+half)?(?!\s*(?:old|ago|前|次))"
)
_MONTHS = re.compile(
    r"(?P<n>\d{1,4}|[一二两三四五六七八九十百]{1,4}|半|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen)\b)\s*(?:个半?\s*月|months?|mths?\b)(?!\s*(?:ago|前))"
)
_ENGLISH = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "eighteen": 18}  # fmt: skip
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Sum:
    """An amount as written; value in its own unit, negative where it is said so; period: "" where none is named."""

    value: Decimal
    words: str
    period: str
    is_money: bool


@dataclass(frozen=True)
class Months:
    """A length of time in whole months; unit: "year" or "month", as it was said."""

    value: int
    words: str
    unit: str


def sums_in(text: str) -> list[Sum]:
    """Every amount, in the order of the text. A decimal stays one: "34.8" is not 34."""
    folded = fold(text)
    period = next((name for name, pattern in _PERIODS if pattern.search(folded)), "")
    found = []
    for start, end, value in amounts(folded):
        if _NOT_MONEY.match(folded, end):
            continue
        if folded[start:end].replace(",", "").isdecimal() or re.fullmatch(r"[\d,]+\.\d+", folded[start:end]):
            written = re.match(r"[\d,]+(?:\.\d+)?", folded[start:])
            value = Decimal(written[0].rstrip(",").replace(",", "")) if written else value
        sign = -1 if NEGATIVE.search(text[:start][-10:] + text[start : start + 1]) else 1
        money = bool(_MONEY.search(folded[max(0, start - 4) : end + 2])) or abs(value) >= 1_000
        found.append(Sum(sign * value, text[start:end].strip(), period, money))
    return found


def months_in(text: str) -> list[Months]:
    """Every length of time, in the order of the text."""
    folded = fold(text)
    found: list[tuple[int, Months]] = []
    for match in _YEARS.finditer(folded):
        value = _number(match["n"]) * MONTHS_A_YEAR + (6 if match["half"] else 0)
        found.append((match.start(), Months(_signed(value, text, match), match[0], "year")))
    for match in _MONTHS.finditer(folded):
        found.append((match.start(), Months(_signed(_number(match["n"]), text, match), match[0], "month")))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _signed(value: Decimal, text: str, match: re.Match[str]) -> int:
    negative = NEGATIVE.search(text[: match.start()][-10:] + text[match.start() : match.start() + 1])
    return int(value) * (-1 if negative else 1)


def _number(words: str) -> Decimal:
    if words == "半":
        return Decimal("0.5")
    if words in _ENGLISH:
        return Decimal(_ENGLISH[words])
    return Decimal(words) if words[0].isdigit() else Decimal(str(chinese_number(words) or 0))
