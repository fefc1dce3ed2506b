"""How a figure looks in a sentence: its unit in the reader's language. Values are in packs/*/policy, never here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from jobseeker.knowledge import Figure, Office

MARK = re.compile(r"\[\[([a-z0-9_.]+)(?:\|(bare))?\]\]")

_ENGLISH_UNITS: Mapping[str, tuple[str, str]] = {
    "days": ("day", "days"),
    "months": ("month", "months"),
    "years": ("year", "years"),
    "hours": ("hour", "hours"),
    "people": ("person", "people"),
    "times": ("time", "times"),
}
_CHINESE_UNITS: Mapping[str, str] = {
    "percent": "%", "twd": "元", "days": "天", "months": "個月", "years": "年", "hours": "小時", "people": "人", "times": "倍",
    "km": "公里", "age": "歲",
}  # fmt: skip
UNITS = frozenset({*_CHINESE_UNITS, *_ENGLISH_UNITS, "date", "number"})


def amount(value: int | float | str) -> str:
    """A number with thousands separators and no needless decimals: 45800 -> "45,800", 1.5 -> "1.5"."""
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def figure_text(unit: str, value: int | float | str, language: str, bare: bool = False) -> str:
    """The figure as it stands in a sentence.

    Args:
        unit: one of `UNITS`.
        value: a number; for unit "date" an ISO date text.
        language: "zh" or "en".
        bare: the number alone.
    """
    if unit == "date":
        day = date.fromisoformat(str(value))
        if language == "en":
            return f"{day.day} {day:%B %Y}"
        return f"{day.year}年{day.month}月{day.day}日"
    number = amount(value)
    if bare or unit == "number":
        return number
    if language != "en":
        return number + _CHINESE_UNITS[unit]
    if unit in _ENGLISH_UNITS:
        return f"{number} {_ENGLISH_UNITS[unit][0 if number == '1' else 1]}"
    return {"percent": f"{number}%", "twd": f"NT${number}", "km": f"{number} km", "age": number}[unit]


class FigureBook:
    """All figures and phone numbers of a pack; fills the marks of a text and tells which rows it used."""

    def __init__(self, figures: Mapping[str, Figure], offices: Mapping[str, Office]) -> None:
        self.figures = figures
        self.offices = offices

    def fill(self, text: str, language: str, day: date, used: dict[str, str] | None = None) -> str:
        """Replace every `[[mark]]`. Raises LookupError for a name that does not exist.

        `used` receives {figure name: valid_from} for each figure put in, for the audit trail.
        """
        return MARK.sub(self._filler(language, day, used if used is not None else {}), text)

    def _filler(self, language: str, day: date, used: dict[str, str]) -> Callable[[re.Match[str]], str]:
        def fill(match: re.Match[str]) -> str:
            name, bare = match.group(1), bool(match.group(2))
            kind, _, key = name.partition(".")
            if kind in ("tel", "name") and key in self.offices:
                office = self.offices[key]
                return office.phone if kind == "tel" else office.name[language]
            if name not in self.figures:
                raise LookupError(f"no figure, office or phone is called {name!r}")
            figure = self.figures[name]
            row = figure.on(day)
            used[name] = row.valid_from.isoformat()
            return figure_text(figure.unit, row.value, language, bare)

        return fill
