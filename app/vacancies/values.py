"""Cells to values: dates (also of the Republic of China calendar), numbers, pay, words. No fields, no formats; what is not understood raises Doubt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from app.vacancies.rows import Reason

ROC_OFFSET = 1911  # year 1 of the Republic of China calendar is 1912
LOCAL = timezone(timedelta(hours=8))  # Taiwan has no summer time
_ISO = re.compile(r"^(\d{4})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?(?:[T ].*)?$")
_ROC = re.compile(r"^(?:民國|roc)?\s?(\d{2,3})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})日?$", re.IGNORECASE)
_DIGITS = re.compile(r"^(\d{4}|[01]\d{2})(\d{2})(\d{2})$")
_ENGLISH = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d-%b-%Y")
_SEPARATOR = re.compile(r"[、;；\n,，|]|(?<=[\u4e00-\u9fff])/|/(?=[\u4e00-\u9fff])")
_EXCEL_DAY_0 = date(1899, 12, 30)
_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(萬|万|千|k\b|m\b)?(?:\s*(\d{1,4})(?!\d|[,.%]))?", re.IGNORECASE)
_FACTOR = {"萬": 10_000, "万": 10_000, "千": 1_000, "k": 1_000, "m": 1_000_000}
_NOT_PAY = re.compile(r"\d[\d,.]*\s*(?:%|％|人|名|天(?!薪)|日(?!薪)|個月|小時(?!薪)|hours|days|年終|點)")
ASSUMED = (("hour", 100, 999), ("day", 1_000, 5_999), ("month", 15_000, 249_999), ("year", 250_000, 10_000_000))


class Doubt(ValueError):
    """A value that is not understood."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.code)
        self.reason = reason


def clean(value: Any) -> str:
    """A cell as text: normal width, no spaces around; 1 for 1.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else unicodedata.normalize("NFKC", str(value)).strip()


def read_date(value: Any, field: str) -> date:
    """A day. Raises Doubt for what is no date, or one whose order of day and month is open (11/12/2026)."""
    if isinstance(value, datetime):
        return value.astimezone(LOCAL).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    text = clean(value)
    try:
        if "T" in text and text[:4].isdigit():
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
            return moment.astimezone(LOCAL).date() if moment.tzinfo else moment.date()
        if found := _ISO.match(text):
            return date(*map(int, found.groups()))
        if found := _ROC.match(text):
            year, month, day = map(int, found.groups())
            return date(year + ROC_OFFSET, month, day)
        if found := _DIGITS.match(text):
            year, month, day = map(int, found.groups())
            return date(year if year > 1_900 else year + ROC_OFFSET, month, day)
        if text.isdigit() and 40_000 < int(text) < 60_000:  # a day as a spreadsheet counts it
            return _EXCEL_DAY_0 + timedelta(days=int(text))
        for form in _ENGLISH:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
    except ValueError:
        pass
    raise Doubt(Reason("date_unknown", {"field": field, "value": text[:40]}))


def read_number(value: Any, field: str) -> Decimal:
    """A number: 36,000, 3.6萬, 36K, full-width. Raises Doubt."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return Decimal(str(value))
    text = clean(value)
    try:
        number = Decimal(text.replace(",", ""))
        if number.is_finite():
            return number
    except InvalidOperation:
        pass
    found = amounts(text)
    if len(found) == 1 and not re.search(r"[^\d\s.,元$萬万千kKmMNTDWntdw年歲人名小時級-]", text):
        return found[0]
    raise Doubt(Reason("number_unknown", {"field": field, "value": text[:40]}))


def amounts(text: str) -> list[Decimal]:
    """All amounts of money in a text, in order: 3萬6 is 36,000, 38k is 38,000."""
    found = []
    for number, unit, rest in _AMOUNT.findall(_NOT_PAY.sub(" ", text)):
        value = Decimal(number.replace(",", "")) * _FACTOR.get(unit.lower(), 1)
        if rest and unit in ("萬", "万"):  # 3萬6, 3萬6千 is read by the next match, 3萬6000
            value += Decimal(rest) * (1_000 if len(rest) == 1 else 1)
        found.append(value)
        if rest and unit not in ("萬", "万"):
            found.append(Decimal(rest))
    return found


def matching(patterns: Mapping[str, re.Pattern[str]], text: str) -> str:
    """The first value whose pattern is in the text; "" for none."""
    return next((value for value, pattern in patterns.items() if pattern.search(text)), "")


def all_matching(patterns: Mapping[str, re.Pattern[str]], text: str) -> tuple[str, ...]:
    """All values whose pattern is in the text."""
    return tuple(value for value, pattern in patterns.items() if pattern.search(text))


def assumed_period(amount: Decimal) -> str:
    """The unit that an amount without one most likely has; "" where it could be anything."""
    return next((period for period, low, high in ASSUMED if low <= amount <= high), "")


def listed(value: Any) -> list[str]:
    """A list, or a text with several things in it."""
    if value in (None, ""):
        return []
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value if clean(item)]
    return [part.strip() for part in _SEPARATOR.split(clean(value)) if part.strip()]
