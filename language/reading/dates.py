"""Days in a text, in every way people here write them: 2026/3/2, 民國115年3月2日, 115/3/2, 三月二號, 2 March, yesterday. What the day is of is others' business.

A day that does not exist, that lacks a part or that can be read in two ways is found as such and never turned into a day:
whoever asked puts the question again.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from language.reading.folding import fold
from language.reading.numbers import chinese_number

ROC_OFFSET = 1911  # year 1 of the Republic of China calendar is 1912
_HYPHENS = "-\u2010\u2011\u2212\uff0d"
_HAN_DIGITS = {"零": "0", "〇": "0", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9"}  # fmt: skip
_NUM = r"(?:\d{1,4}|[零〇一二三四五六七八九十百]+)"
_MONTH_NAMES = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH_NAMES |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "|".join(sorted(_MONTH_NAMES, key=len, reverse=True))
_ERA = r"(?:(?P<era>民国|公元|西元)\s*)?"
_YEAR_ZH = rf"(?:{_ERA}(?P<y>{_NUM})\s*年\s*的?|(?P<rel>今年|去年|前年|明年)\s*的?)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:农历|阴历|旧历|lunar)\s*(?:{_NUM}\s*年)?\s*(?P<lunar>{_NUM}\s*月\s*(?:初|{_NUM}))",
        rf"{_YEAR_ZH}?\s*(?P<m>{_NUM})\s*月\s*(?P<lunar>初[一二三四五六七八九十])",
        rf"{_YEAR_ZH}?\s*(?P<m>{_NUM})\s*月\s*(?P<d>{_NUM})\s*[日号]?(?![\d月个人天])",
        rf"{_YEAR_ZH}\s*(?P<m>{_NUM})\s*月(?P<open>)",
        rf"(?P<relmonth>上个?月|这个?月|本月|下个?月)\s*(?P<d>{_NUM})\s*[日号]?",
        rf"(?<![\d.,]){_ERA}(?P<y>\d{{2,4}})\s*(?P<s>[/.-])\s*(?P<m>\d{{1,2}})\s*(?P=s)\s*(?P<d>\d{{1,2}})(?![\d.])",
        r"(?<![\d./-])(?P<a>\d{1,2})(?P<s>[/.-])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4})(?!\d)",
        r"(?<![\d,.])(?P<y>(?:19|20)\d\d|1[0-2]\d|0\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?![\d,.])",
        rf"(?<![a-z\d])(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<mon>{_MONTH})\b\.?,?(?:\s*(?P<y>\d{{4}}))?",
        rf"\b(?P<mon>{_MONTH})\.?\s+(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s+(?P<y>\d{{4}}))?",
        rf"\b(?P<mon>{_MONTH})\.?,?\s+(?P<y>\d{{4}})(?P<open>)",
        r"(?<![\d./-])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/.])",
        rf"(?<!\d)(?P<m>{_NUM})\s*月(?P<open>)(?:初|中|底|末|上旬|中旬|下旬)?(?!\d)",
        r"(?P<days>大前天|前天|昨天|昨日|今天|今日|明天|the day before yesterday|yesterday|today|tomorrow)",
        rf"(?P<ago>{_NUM})\s*(?:天前|days?\s+ago)",
    )
)  # the first that fits a place wins
_DAYS = {"大前天": -3, "前天": -2, "the day before yesterday": -2, "昨天": -1, "昨日": -1, "yesterday": -1, "今天": 0, "今日": 0, "today": 0, "明天": 1, "tomorrow": 1}  # fmt: skip
_YEARS = {"今年": 0, "去年": -1, "前年": -2, "明年": 1}


@dataclass(frozen=True)
class DayFound:
    """A day at a place of the text. problem: "" or "impossible" (no such day), "incomplete" (a part is missing), "ambiguous" (it is
    one of `options`), "lunar" (by the lunar calendar); `day` is None with any problem."""

    start: int
    end: int
    day: date | None
    problem: str = ""
    options: tuple[date, ...] = ()


@dataclass(frozen=True)
class Window:
    """In which days an answer can lie: decides what a short year means. english: a text without Chinese may put the day first."""

    today: date
    earliest: date
    latest: date
    english: bool = False


def days_in(text: str, window: Window) -> list[DayFound]:
    """Every day of a text, in its order. A day without a year is the last such day up to today."""
    folded = "".join("-" if raw in _HYPHENS else one for raw, one in zip(text, fold(text), strict=True))
    found: list[DayFound] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            if all(match.end() <= one.start or match.start() >= one.end for one in found):
                found.append(_found(match, window))
    return sorted(found, key=lambda one: one.start)


def _found(match: re.Match[str], window: Window) -> DayFound:
    at = match.span()
    parts = match.groupdict()
    if parts.get("lunar"):
        return DayFound(*at, None, "lunar")
    if parts.get("open") is not None:
        return DayFound(*at, None, "incomplete")
    if parts.get("days"):
        return DayFound(*at, window.today + timedelta(days=_DAYS[parts["days"]]))
    if parts.get("ago"):
        days = _number(parts["ago"])
        return (
            DayFound(*at, window.today - timedelta(days=days)) if days < 36_500 else DayFound(*at, None, "impossible")
        )
    options = tuple(dict.fromkeys(_options(parts, window)))
    if not options:
        return DayFound(*at, None, "impossible")
    if not (parts.get("y") or parts.get("rel")) and options[0] < window.today - timedelta(days=366):
        return DayFound(*at, None, "incomplete")  # 29 February without a year
    return DayFound(*at, options[0]) if len(options) == 1 else DayFound(*at, None, "ambiguous", options)


def _options(parts: dict[str, str | None], window: Window) -> Iterator[date]:
    for month, day in _month_and_day(parts, window):
        years = list(_years(parts, window, month, day))
        dates = [made for year in years if (made := _date(year, month, day)) is not None]
        fitting = [one for one in dates if window.earliest <= one <= window.latest]
        yield from fitting or dates[:1]


def _month_and_day(parts: dict[str, str | None], window: Window) -> Iterator[tuple[int, int]]:
    """The month and day as written; both orders where either can be meant."""
    if parts.get("a"):
        first, second = int(parts["a"] or 0), int(parts["b"] or 0)
        day_first = bool(parts.get("y")) or window.english
        if first <= 12 or not day_first:
            yield first, second
        if day_first and second <= 12:
            yield second, first
        return
    day = _number(parts.get("d") or "")
    if parts.get("relmonth"):
        step = {"上": -1, "下": 1}.get((parts["relmonth"] or "")[0], 0)
        yield (window.today.month - 1 + step) % 12 + 1, day
    else:
        yield _MONTH_NAMES.get(parts.get("mon") or "") or _number(parts.get("m") or ""), day


def _years(parts: dict[str, str | None], window: Window, month: int, day: int) -> Iterator[int]:
    """The years that can be meant; the likelier first."""
    this = window.today.year
    if parts.get("rel"):
        yield this + _YEARS[parts["rel"] or ""]
    elif parts.get("relmonth"):
        first = (parts["relmonth"] or "")[0]
        yield this + {("上", 12): -1, ("下", 1): 1}.get((first, month), 0)
    elif parts.get("y"):
        yield from _written_year(parts)
    else:
        made = _date(this, month, day)
        yield this if made is not None and made <= window.today else _last_year_with(this, month, day)


def _last_year_with(this: int, month: int, day: int) -> int:
    """The last year with this day; for 29 February up to four years back."""
    return next((year for year in range(this - 1, this - 9, -1) if _date(year, month, day)), this - 1)


def _written_year(parts: dict[str, str | None]) -> Iterator[int]:
    written = parts["y"] or ""
    year = _number(written)
    if parts.get("era") == "民国":
        yield year + ROC_OFFSET
    elif year >= 1000 or parts.get("era"):
        yield year
    else:
        yield year + ROC_OFFSET
        if len(written) == 2 and written.isdigit():  # 70/3/2: 1981 or 1970; 26/3/2: 2026
            yield 2000 + year
            yield 1900 + year


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(words: str) -> int:
    """A number in digits or Chinese words, also digit by digit (二〇二六); 0 for none."""
    if words.isdecimal():
        return int(words)
    if len(words) > 2 and all(one in _HAN_DIGITS for one in words):
        return int("".join(_HAN_DIGITS[one] for one in words))
    return int(chinese_number(words) or 0) if words else 0
