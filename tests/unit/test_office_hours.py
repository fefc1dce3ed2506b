"""Opening hours: the week, Taiwan's public holidays, exceptional days, business days, slots, a change of the clocks."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from content.offices import load_calendar, read_calendar
from content.yaml_file import YamlFile
from jobseeker.errors import ContentError
from jobseeker.handoff_records import OfficeDay, PastWait
from jobseeker.handoff_rules import upper_bound_minutes
from jobseeker.office_hours import Calendar, HandoffOffice

TYPHOON = {"zh": "颱風停班", "en": "typhoon"}


def taipei(text: str) -> datetime:
    """A local time in Taipei."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Taipei"))


@pytest.fixture(scope="module")
def calendar(root: Path) -> Calendar:
    """The pack's."""
    return load_calendar(root)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        ("2026-11-23T08:29", False),
        ("2026-11-23T08:30", True),
        ("2026-11-23T12:00", False),  # noon break
        ("2026-11-23T13:00", True),
        ("2026-11-23T17:30", False),
        ("2026-11-28T10:00", False),  # a Saturday
        ("2026-12-25T10:00", False),  # Constitution Day, a Friday, a day off since 2025
        ("2026-09-28T10:00", False),  # Teachers' Day, a Monday, since 2025
        ("2026-10-26T10:00", False),  # in place of Sunday 25 October
        ("2025-02-08T10:00", True),  # a Saturday that was made up for
        ("2026-05-01T10:00", False),
    ],
)
def test_open_by_week_holidays_and_exceptions(calendar: Calendar, now: str, is_open: bool) -> None:
    assert calendar.is_open("national", taipei(now)) is is_open


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-23T12:10", "2026-11-23T13:00"),
        ("2026-11-27T18:00", "2026-11-30T08:30"),  # over a weekend
        ("2026-12-24T18:00", "2026-12-28T08:30"),  # over Constitution Day and a weekend
        ("2026-12-31T18:00", "2027-01-04T08:30"),
        ("2027-02-03T18:00", "2027-02-11T08:30"),  # the Lunar New Year
    ],
)
def test_next_opening(calendar: Calendar, now: str, opens: str) -> None:
    opening = calendar.next_opening("national", taipei(now))
    assert opening is not None
    assert calendar.local(opening) == opens


def test_a_holiday_is_named_in_both_languages(calendar: Calendar) -> None:
    assert calendar.why_closed("national", date(2026, 12, 25)) == {"zh": "行憲紀念日", "en": "Constitution Day"}
    assert calendar.why_closed("national", date(2026, 11, 28)) is None


def test_a_day_that_staff_enter_wins_and_the_later_entry_wins(calendar: Calendar) -> None:
    day = date(2026, 11, 24)
    off = calendar.with_days([OfficeDay(day, "", "", TYPHOON)])
    assert not off.is_open("national", taipei("2026-11-24T10:00"))
    assert off.why_closed("national", day) == TYPHOON
    again = off.with_days([OfficeDay(day, "10:00", "12:00", {"zh": "恢復", "en": "open again"})])
    assert again.is_open("national", taipei("2026-11-24T10:00"))
    own = again.with_days(
        [OfficeDay(day, "", "", TYPHOON, office="national"), OfficeDay(day, "08:00", "09:00", TYPHOON)]
    )
    assert not own.is_open("national", taipei("2026-11-24T08:30")), "the office's own entry wins over one for all"


def test_business_days_leave_out_holidays(calendar: Calendar) -> None:
    assert calendar.business_days_after(date(2026, 12, 22), 5) == date(2026, 12, 30)
    assert calendar.business_days_after(date(2026, 12, 22), 0) == date(2026, 12, 22)
    typhoon = calendar.with_days([OfficeDay(date(2026, 12, 23), "", "", TYPHOON)])
    assert typhoon.business_days_after(date(2026, 12, 22), 5) == date(2026, 12, 31)


def test_slots_lie_in_hours_and_are_spread(calendar: Calendar) -> None:
    slots = [calendar.local(slot) for slot in calendar.slots("national", taipei("2026-11-27T16:00"), 4, 60)]
    assert len(slots) == 4
    assert slots[0].startswith("2026-11-30T08:30")
    assert slots[-1] > "2026-11-30T14"
    today = calendar.slots("national", taipei("2026-11-27T09:10"), 2, 60)
    assert calendar.local(today[0]) == "2026-11-27T10:30"


def test_an_office_that_never_opens(calendar: Calendar) -> None:
    never = Calendar({"x": HandoffOffice("x", {"zh": "x", "en": "x"}, {})}, "x", calendar.zone)
    now = taipei("2026-11-23T10:00")
    assert never.next_opening("x", now) is None
    assert never.slots("x", now, 3, 60) == []
    assert never.after_opening("x", now, 30) is None


def test_a_change_of_the_clocks() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    week = {day: ((time(1, 0), time(4, 0)),) for day in range(7)}
    calendar = Calendar({"b": HandoffOffice("b", {"zh": "b", "en": "b"}, week)}, "b", berlin)
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)  # 02:00 -> 03:00, and 03:00 -> 02:00
    for day, hours in ((spring, 2), (autumn, 4), (date(2026, 6, 1), 3)):
        opens, closes = calendar.moment(day, time(1)), calendar.moment(day, time(4))
        assert (closes - opens).total_seconds() == hours * 3_600
        assert calendar.is_open("b", opens)
        assert calendar.closing("b", opens) == closes
    night = datetime(2026, 10, 25, 1, 30, tzinfo=timezone.utc)  # the second 02:30
    assert calendar.is_open("b", night)


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("zone: Asia/Nowhere", "no time zone"),
        ("holidays: XX", "no public holidays"),
        ("default: other", "none of the offices"),
        ('mon: ["17:00-08:00"]', "ends before it begins"),
        ('mon: ["8-17"]', "hours should look like"),
        ('mon: ["08:00-12:00", "11:00-13:00"]', "not overlap"),
        ('funday: ["08:00-12:00"]', "is no day"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(tmp_path: Path, broken: str, problem: str) -> None:
    lines = [
        "zone: Asia/Taipei",
        "holidays: TW",
        "default: a",
        "offices:",
        "  a:",
        "    name: {zh: a, en: a}",
        "    week:",
    ]
    key = broken.partition(":")[0]
    text = "\n".join(broken if line.startswith(key + ":") else line for line in lines)
    text += "\n      " + (broken if "[" in broken else 'mon: ["08:00-12:00"]') + "\n"
    path = tmp_path / "offices.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(ContentError) as raised:
        read_calendar(YamlFile(path, "offices.yml"))
    assert problem in str(raised.value)
    assert "offices.yml" in str(raised.value)


def waits(minutes: list[int], position: int = 1) -> list[PastWait]:
    """Past waits that began on a Monday at nine."""
    start = taipei("2026-11-23T09:00")
    return [PastWait(start, start.replace(hour=9 + one // 60, minute=one % 60), position) for one in minutes]


def test_the_bound_is_a_rounded_percentile_per_place(calendar: Calendar) -> None:
    found = waits([2, 3, 4, 4, 5, 6, 7, 8, 9, 14])
    bound = {"least": 10, "percentile": 90}
    assert upper_bound_minutes(found, 1, calendar, "national", **bound) == 10  # type: ignore[arg-type]
    assert upper_bound_minutes(found, 3, calendar, "national", **bound) == 30  # type: ignore[arg-type]
    assert upper_bound_minutes(found, 100, calendar, "national", **bound) is None, (
        "beyond four hours nothing is promised"
    )  # type: ignore[arg-type]
    assert upper_bound_minutes(found[:9], 1, calendar, "national", **bound) is None, "too few"  # type: ignore[arg-type]


def test_a_night_between_asking_and_answering_is_no_wait(calendar: Calendar) -> None:
    over_night = PastWait(taipei("2026-11-23T17:00"), taipei("2026-11-24T09:00"), 1)
    asked_at_night = PastWait(taipei("2026-11-23T22:00"), taipei("2026-11-24T08:31"), 1)
    found = [*waits([1] * 9), over_night, asked_at_night]
    assert upper_bound_minutes(found, 1, calendar, "national", least=10, percentile=90) is None
    assert upper_bound_minutes(found, 1, calendar, "national", least=9, percentile=90) == 5
