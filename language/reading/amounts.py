"""Years of experience, pay and commute in a folded text, each with its place. Which skill the years belong to is decided in language/skills.py."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jobseeker.vacancies import Pay, PayPeriod
from language.reading.numbers import CHINESE_NUMBER, ENGLISH_NUMBERS, amounts, chinese_number

MAX_YEARS = 60
ROC_OFFSET = 1911  # year 1 of the Republic of China calendar is 1912
_WORDS = "|".join(sorted(ENGLISH_NUMBERS, key=len, reverse=True))
_YEARS = re.compile(
    rf"(?<![\d.])(?P<zh>\d{{1,2}}(?:\.\d+)?|{CHINESE_NUMBER}{{1,3}}|半)\s*(?:[~到至 ]\s*(?:\d{{1,2}}|{CHINESE_NUMBER}{{1,3}})\s*)?[几多余]?\s*(?:个)?\s*年(?P<half>半)?(?!级|制|代|薪|终|底|初|次|\d|前|后|内|生|轻|龄|纪|假|度)"
    rf"|(?<![\d.,a-z])(?P<en>\d{{1,2}}(?:\.\d+)?|\b(?:{_WORDS}))\s*\+?(?P<and>\s+and\s+a\s+half)?\s*(?:(?:~|to|or|\s)\s*\d{{1,2}}\s*)?\+?\s*(?:years?|yrs?|yr)\b(?!\s+(?:old|ago|of age))"
)
_MONTHS = re.compile(
    rf"(?<![\d.])(?P<zh>\d{{1,2}}|{CHINESE_NUMBER}{{1,2}}|半)\s*[几多]?\s*个\s*[多半]?\s*月(?!薪|领|后|内|前)"
    rf"|\b(?P<en>\d{{1,2}}|{_WORDS})\s*months?\b(?!\s+ago)"
)
_SINCE = re.compile(
    r"\bsince\s+(?:[a-z]+\s+)?(?P<en>(?:19|20)\d\d)\b|(?:从|自|由)?\s*(?P<roc>民国)?\s*(?P<zh>(?:19|20)\d\d|(?<=民国)\s*\d{2,3})\s*年?(?:\s*\d{1,2}\s*月)?\s*(?:~|到|至|-)?\s*(?:至今|到现在|现在|迄今|今|起|开始|以来|present\b|now\b|current\b)"
)
_YEAR = r"(?:(?P<roc{0}>民国)\s*)?(?P<y{0}>(?:19|20)\d\d|(?<!\d)\d{{2,3}}(?=\s*[年./])|(?<=民国)\d{{2,3}})\s*年?(?:\s*[./年]?\s*(?P<m{0}>1[0-2]|0?[1-9])\s*月?)?"
_RANGE = re.compile(_YEAR.format("a") + r"(?:\s*(?:~|到|至|to|until)+\s*|\s+)" + _YEAR.format("b") + r"(?!\d)")
_CALENDAR = re.compile(r"19\d\d|20\d\d|民国|\d年")
_BEFORE_TIME = frozenset("0123456789零〇一二两三四五六七八九十百几数多余个半 ")
WINDOW = 24  # characters before and after a word of time that a length of time can take
_PERIODS: tuple[tuple[PayPeriod, re.Pattern[str]], ...] = (
    ("hour", re.compile(r"时薪|每小时|一小时|一个小时|/时|/小时|/h(?:ou)?r?\b|\ban hour|per hour|hourly|钟点")),
    ("day", re.compile(r"日薪|每日|一天|每天|/日|/天|\ba day|per day|daily")),
    ("year", re.compile(r"年薪|每年|/年|\ba year|per year|per annum|annual|yearly")),
    ("month", re.compile(r"月薪|每月|一个月|每个月|月收|月领|/月|月入|\ba month|per month|monthly|/month|/mo\b|底薪|起薪")),
)  # fmt: skip
_MONEY = re.compile(
    r"薪|待遇|收入|工资|salary|salaries|\bpay\b|\bpaid\b|wage|earn|nt\$|\$|元|块|twd|ntd|赚|领|月入|\bmake\b"
)
_NOT_MONEY = re.compile(
    r"\s*(?:岁|人|名|位|小时|天|日(?!薪)|月(?![薪收领入])|年(?!薪)|个|点|分|公里|km|kg|公斤|吨|cm|mm|%|hours?|hrs?|days?|years?|yrs?|people|minutes?|mins?|坪|家|次|件|:|项|级|号|楼|字|页|类|桌)"
)
_RANGE_SIGN = re.compile(
    r"\s*(?:元|块|nt\$|nt|\$|twd)?\s*(?:~|到|至|to\b|\s)\s*(?:nt\$|nt|\$|twd)?\s*"
)  # a hyphen is folded to a blank
_OPEN = re.compile(r"\s*(?:元|块|nt|ntd|twd)?\s*(?:以上|起|\+|or more|and up|or above|upwards)")
_PAST = re.compile(r"以前|之前|上一份|前一份|前公司|原本|当时|last job|used to|previous|before|was paid|以前的")
_THRESHOLD = re.compile(
    r"经常性薪资[^,。]{0,4}$|达$"
)  # 面議（經常性薪資達4萬元或以上）: what the law asks for, no offer
_SENTENCE = re.compile(r"[。!?;\n]|,(?!\d{3})")
LIMITS: dict[str, tuple[int, int]] = {
    "hour": (100, 9_999),
    "day": (500, 60_000),
    "month": (8_000, 1_500_000),
    "year": (150_000, 20_000_000),
}
BARE_MONTH = (20_000, 200_000)
MAX_SHORT_ANSWER = 40  # characters
_BARE = re.compile("[万k]")
_COMMUTE = re.compile(r"(?P<zh>\d{1,3}(?:\.\d)?)\s*公里|(?P<en>\d{1,3}(?:\.\d)?)\s*(?:km|kilometers?|kilometres?)\b")
_NEAR = re.compile(
    r"内|以内|之内|范围|附近|通勤|within|at most|up to|max|no more than|not more than|from (?:home|here)|commut|radius|不超过"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Years of something, at a place of the text."""

    start: int
    end: int
    years: float


def years_of(folded: str, today: date) -> list[Span]:
    """Every length of experience in a text, as said or as the distance of two dates; in the order of the text."""
    found: list[Span] = []
    if _CALENDAR.search(folded):
        found += _ranges(folded, today)
        found += _since(folded, today)
    for begin, end in _windows(folded, ("年", "year", "yr")):
        for match in _YEARS.finditer(folded, begin, end):
            years = _count(match["zh"], match["en"])
            if years is not None and years <= MAX_YEARS:
                found.append(Span(match.start(), match.end(), years + (0.5 if match["half"] or match["and"] else 0)))
    for begin, end in _windows(folded, ("月", "month")):
        for match in _MONTHS.finditer(folded, begin, end):
            months = _count(match["zh"], match["en"])
            if months is not None:
                found.append(Span(match.start(), match.end(), round(months / 12, 2)))
    found.sort(key=lambda span: (span.start, -span.end))
    kept: list[Span] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def date_ranges(folded: str, today: date) -> list[Span]:
    """Only the lengths between two dates ("2015/03 - 2018/06", 「民國98年~103年」, 「2019年至今」), in the order of the text."""
    return sorted([*_ranges(folded, today), *_since(folded, today)], key=lambda span: span.start)


def _ranges(folded: str, today: date) -> Iterator[Span]:
    for match in _RANGE.finditer(folded):
        if (years := _between(match, today)) is not None:
            yield Span(match.start(), match.end(), years)


def _since(folded: str, today: date) -> Iterator[Span]:
    for match in _SINCE.finditer(folded):
        year = int(match["en"] or match["zh"])
        year += ROC_OFFSET if year < 200 else 0
        if 0 <= today.year - year <= MAX_YEARS:
            yield Span(match.start(), match.end(), float(max(today.year - year, 1)))


def _windows(folded: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of the text around a word of time: a length stands right before it. Stretches do not overlap."""
    last = 0
    for word in words:
        at = folded.find(word)
        while at >= 0:
            begin, end = max(at - WINDOW, last), min(at + len(word) + WINDOW, len(folded))
            if begin < at and (len(word) > 1 or folded[at - 1] in _BEFORE_TIME):
                yield begin, end
                last = at + len(word)
            at = folded.find(word, at + len(word))


def _count(chinese: str | None, english: str | None) -> float | None:
    if chinese is not None:
        if chinese == "半":
            return 0.5
        return float(chinese) if chinese[0].isdigit() else chinese_number(chinese)
    if english is None:
        return None
    return float(english) if english[0].isdigit() else float(ENGLISH_NUMBERS[english])


def _between(match: re.Match[str], today: date) -> float | None:
    begin, finish = int(match["ya"]), int(match["yb"])
    begin += ROC_OFFSET if begin < 200 else 0
    finish += ROC_OFFSET if finish < 200 else 0
    if not 1940 <= begin <= finish <= today.year + 1:
        return None
    if match["ma"] and match["mb"]:
        months = (finish - begin) * 12 + int(match["mb"]) - int(match["ma"])
        return round(max(months, 1) / 12, 2)
    return float(max(finish - begin, 1))


def pay_of(folded: str) -> Pay:
    """The pay that a person names as a wish: the last one that is not said of the past; `Pay()` where none is named."""
    if not _speaks_of_money(folded):
        return _bare(folded, _money(folded))
    named = [pay for start, pay in _offers(folded) if not _PAST.search(folded, _clause_start(folded, start), start)]
    return named[-1] if named else Pay()


def advertised_pay(folded: str) -> Pay:
    """The pay that an advertisement gives: the first one; `Pay()` for 「面議」, also with the legal threshold behind it."""
    if not _speaks_of_money(folded):
        return Pay()
    named = [pay for start, pay in _offers(folded) if not _THRESHOLD.search(folded, max(0, start - 8), start)]
    return named[0] if named else Pay()


def _speaks_of_money(folded: str) -> bool:
    return bool(_MONEY.search(folded)) or any(pattern.search(folded) for _, pattern in _PERIODS)


def _money(folded: str) -> list[tuple[int, int, Decimal]]:
    return [amount for amount in amounts(folded) if not _NOT_MONEY.match(folded, amount[1])]


def _offers(folded: str) -> Iterator[tuple[int, Pay]]:
    """(place, pay) of every amount or range that stands beside a word of pay and is plausible for its period."""
    found = _money(folded)
    at = 0
    while at < len(found):
        start, end, low = found[at]
        high: Decimal | None = None
        if at + 1 < len(found) and _RANGE_SIGN.fullmatch(folded, end, found[at + 1][0]):
            at += 1
            end, high = found[at][1], found[at][2]
            low = low * 10_000 if low < 20 and high >= 20_000 else low  # 3~4萬
            low = low * 1_000 if low < 1_000 <= high / 10 and high >= 10_000 else low  # 35~40k
        at += 1
        period = _period(folded, start, end, low)
        if period is not None and LIMITS[period][0] <= low <= LIMITS[period][1]:
            yield start, Pay(low, high if high is not None and high >= low else None, period)


def _bare(folded: str, found: list[tuple[int, int, Decimal]]) -> Pay:
    """「希望35k」, 「3萬5就好」: a short answer whose amount can only be a month's pay."""
    likely = [
        value
        for start, end, value in found
        if _BARE.search(folded[start:end]) and BARE_MONTH[0] <= value <= BARE_MONTH[1]
    ]
    return Pay(likely[-1], None, "month") if likely and len(folded) <= MAX_SHORT_ANSWER else Pay()


def _clause_start(folded: str, at: int) -> int:
    begin = 0
    for match in _SENTENCE.finditer(folded, 0, at):
        begin = match.end()
    return begin


def _period(folded: str, start: int, end: int, low: Decimal) -> PayPeriod | None:
    before, after = folded[max(0, start - 14) : start], folded[end : end + 14]
    nearest: tuple[int, PayPeriod] | None = None
    for period, pattern in _PERIODS:
        for match in pattern.finditer(before):
            distance = len(before) - match.end()
            if nearest is None or distance < nearest[0]:
                nearest = (distance, period)
        if (found := pattern.search(after)) and (nearest is None or found.start() < nearest[0]):
            nearest = (found.start(), period)
    if nearest is not None:
        return nearest[1]
    if not _MONEY.search(before) and not _MONEY.search(after[:8]):
        return None
    return "hour" if low < 1_000 else "month"


def commute_of(folded: str) -> float | None:
    """The farthest way to work in km that a text allows ("within 10 km"), or None."""
    for match in _COMMUTE.finditer(folded):
        if _NEAR.search(folded, max(0, match.start() - 14), min(len(folded), match.end() + 8)):
            return float(match["zh"] or match["en"])
    return None
