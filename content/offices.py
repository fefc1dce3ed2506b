"""Reads packs/*/policy/offices.yml into a calendar; every error names file and line. Public holidays come from the `holidays` library.

What staff enter at the desk is in the store and laid over it (jobseeker/office_hours.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays

from content.yaml_file import LineDict, LineList, YamlFile
from jobseeker.handoff_records import OfficeDay
from jobseeker.office_hours import Calendar, HandoffOffice, Holiday, Hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(24:00|([01]\d|2[0-3]):([0-5]\d))")
LANGUAGES = {"zh": "zh_TW", "en": "en_US"}


def load_calendar(root: Path, country: str = "tw") -> Calendar:
    """The calendar of a pack. Raises ContentError. A file that has not changed is not read again."""
    path = root / "packs" / country / "policy" / "offices.yml"
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _load(path, path.relative_to(root).as_posix(), changed)


@lru_cache(maxsize=4)
def _load(path: Path, shown_as: str, _changed: int) -> Calendar:
    return read_calendar(YamlFile(path, shown_as))


def read_calendar(file: YamlFile) -> Calendar:
    """Offices, weeks, exceptional days, checked. Raises ContentError."""
    root = file.root
    try:
        zone = ZoneInfo(file.get(root, "zone", str))
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise file.error(root.lines["zone"], f"`zone:` is no time zone: {problem}") from problem
    entries = file.get(root, "offices", LineDict)
    offices = {name: _office(file, name, file.get(entries, name, LineDict)) for name in entries}
    default = file.get(root, "default", str)
    if default not in offices:
        raise file.error(root.lines["default"], f"`default: {default}` is none of the offices")
    listed = file.get(root, "exceptions", LineList, LineList())
    days = tuple(_exception(file, line, item, offices) for line, item in zip(listed.lines, listed, strict=True))
    return Calendar(offices, default, zone, public_holidays(file), days)


def public_holidays(file: YamlFile) -> Holiday:
    """The function that names the public holidays of the country under `holidays:`."""
    country = file.get(file.root, "holidays", str)
    try:
        named = {key: holidays.country_holidays(country, language=code) for key, code in LANGUAGES.items()}
    except NotImplementedError as problem:
        raise file.error(file.root.lines["holidays"], f"no public holidays are known of {country!r}") from problem

    def holiday(day: date) -> Mapping[str, str] | None:
        return {key: found[day] for key, found in named.items()} if day in named["en"] else None

    return holiday


def _office(file: YamlFile, name: str, entry: LineDict) -> HandoffOffice:
    week = file.get(entry, "week", LineDict)
    unknown = sorted(set(week) - set(WEEKDAYS))
    if unknown:
        raise file.error(
            week.lines[unknown[0]], f"`{unknown[0]}:` is no day; it should be one of {', '.join(WEEKDAYS)}"
        )
    hours = {
        WEEKDAYS.index(day): tuple(_hours(file, week.lines[day], text) for text in file.texts(week, day))
        for day in week
    }
    for day in week:
        spans = hours[WEEKDAYS.index(day)]
        if list(spans) != sorted(spans) or any(a[1] > b[0] for a, b in pairwise(spans)):
            raise file.error(week.lines[day], f"the hours of `{day}:` should be in order and not overlap")
    return HandoffOffice(
        name,
        file.bilingual(entry, "name"),
        hours,
        file.texts(entry, "serves", ()),
        file.get(entry, "directory", str, ""),
    )


def _hours(file: YamlFile, line: int, text: str) -> Hours:
    if not _SPAN.fullmatch(text):
        raise file.error(line, f"hours should look like 08:30-17:30, not {text!r}")
    begins, ends = text.split("-")
    opens, closes = time.fromisoformat(begins), time(23, 59, 59) if ends == "24:00" else time.fromisoformat(ends)
    if opens >= closes:
        raise file.error(line, f"{text!r} ends before it begins")
    return opens, closes


def _exception(file: YamlFile, line: int, item: object, offices: Mapping[str, HandoffOffice]) -> OfficeDay:
    if not isinstance(item, LineDict):
        raise file.error(line, "an exception should look like `day:`, `office:`, `hours:`, `reason:`, `source:`")
    office, hours = file.get(item, "office", str, ""), file.get(item, "hours", str)
    if office and office not in offices:
        raise file.error(item.lines["office"], f"`office: {office}` is none of the offices")
    file.bilingual(item, "source")
    if hours:
        _hours(file, item.lines["hours"], hours)
    opens, _, closes = hours.partition("-")
    return OfficeDay(file.day(item, "day"), opens, closes, file.bilingual(item, "reason"), office)
