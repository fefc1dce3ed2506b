"""Values inside a text, as facts that any language can say: names, amounts, days, lists, texts within texts. No wording.

A value is a text or a number as it is; {"zh", "en"} a name; {"key", "params"} a text of data/responses, filled in turn;
{"twd": amount}; {"date": ISO date}; {"moment": local ISO date and time}, {"moment_short"} for a button; {"offices": [keys of the directory]}; {"topics": [ids]}; a
list of any of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from jobseeker.figures import amount, figure_text

if TYPE_CHECKING:
    from jobseeker.rendering import Words

LISTED = 4  # of a long list so many are named


def spoken(value: Any, words: Words) -> str:
    """The value in the reader's language. Raises LookupError for a text, office or form of value that does not exist."""
    if value is None:
        return ""
    if isinstance(value, (bool, str)):
        return str(value)
    if isinstance(value, (int, float)):
        return amount(round(value, 1))
    if isinstance(value, Mapping):
        return _form(value, words)
    return listed([spoken(one, words) for one in value], words)


def _form(value: Mapping[str, Any], words: Words) -> str:
    if "key" in value:
        return text(value, words)
    if "zh" in value and "en" in value:
        return str(value[words.language])
    if "twd" in value:
        return figure_text("twd", int(value["twd"]), words.language)
    if "date" in value:
        return figure_text("date", str(value["date"]), words.language)
    if "moment" in value:
        return _moment(str(value["moment"]), words)
    if "moment_short" in value:
        at = datetime.fromisoformat(str(value["moment_short"]))
        day, weekday = f"{at.month}/{at.day}", words.line(f"weekday_{at.weekday()}")
        return words.line("moment_short", date=day, weekday=weekday, time=f"{at:%H:%M}")
    if "topics" in value:
        return listed([words.topic(topic) for topic in value["topics"]], words)
    if "offices" in value:
        return words.offices(value["offices"])
    raise LookupError(f"no value has the form {sorted(value)}")


def _moment(local: str, words: Words) -> str:
    at = datetime.fromisoformat(local)
    day, weekday = figure_text("date", at.date().isoformat(), words.language), words.line(f"weekday_{at.weekday()}")
    return words.line("moment", date=day, weekday=weekday, time=f"{at:%H:%M}")


def text(value: Mapping[str, Any], words: Words) -> str:
    """{"key", "params"} as a text."""
    return words.line(value["key"], **{name: spoken(one, words) for name, one in (value.get("params") or {}).items()})


def listed(parts: list[str], words: Words) -> str:
    """Several things in one sentence; of many the first few, and how many more."""
    between = words.line("list_between")
    if len(parts) <= LISTED + 1:
        return between.join(parts)
    return words.line("list_and_more", names=between.join(parts[:LISTED]), more=str(len(parts) - LISTED))
