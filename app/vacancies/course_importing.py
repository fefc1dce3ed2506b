"""A file of courses into the store. Formats and values are read by the same parts as vacancies."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.vacancies.addresses import AddressReader
from app.vacancies.formats import SourceFile
from app.vacancies.importing import Wish
from app.vacancies.report import Line, Report
from app.vacancies.rows import BadRow, RawPosting, Reason
from app.vacancies.terms import TermFinder
from app.vacancies.values import Doubt, clean, listed, read_date, read_number
from content.vacancy_files import VacancyFiles
from jobseeker.knowledge import Figure
from jobseeker.likeness import folded
from jobseeker.storage import Store
from jobseeker.vacancies import Course
from language.detect import is_chinese, script_of

COURSE_FIELDS = frozenset(
    [
        "source",
        "source_id",
        "title",
        "title_en",
        "provider",
        "text",
        "language",
        "skills",
        "credential",
        "level",
        "hours",
        "fee",
        "subsidy",
        "subsidy_figure",
        "starts_on",
        "starts_in_days",
        "ends_on",
        "days",
        "place",
        "online",
        "url",
        "withdrawn",
    ]
)
PERCENT = Decimal(100)


@dataclass
class CourseSummary:
    """What came of it."""

    rows: int = 0
    bad: int = 0
    doubts: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    withdrawn: int = 0
    samples_removed: int = 0
    kept_open: str = ""
    unused_columns: tuple[str, ...] = ()


class CourseBuilder:
    """Reads the fields of one course. Raises Doubt for what cannot be kept.

    `figures`: of the pack; `subsidy_figure` names one (a percentage), so that the share is the policy's, not the file's.
    """

    def __init__(
        self,
        words: VacancyFiles,
        addresses: AddressReader,
        terms: TermFinder,
        figures: Mapping[str, Figure],
        today: date,
        source: str,
        fallback: str,
    ) -> None:
        self._words, self._addresses, self._terms, self._figures, self._today = words, addresses, terms, figures, today
        self._source, self._fallback = source, fallback[:64] or "import"

    def build(self, raw: RawPosting) -> tuple[Course, list[Reason]]:
        """The course of a row and what is doubtful about it."""
        fields, notes = raw.fields, list(raw.notes)
        title, provider = clean(fields.get("title")), clean(fields.get("provider"))
        other = fields.get("title_en")
        named = (
            {"en": clean(other)}
            if isinstance(other, str) and other
            else dict(other)
            if isinstance(other, Mapping)
            else {}
        )
        title = title or named.pop("en", "")
        for value, code in ((title, "no_title"), (provider, "no_provider")):
            if not value:
                raise Doubt(Reason(code))
        text = clean(fields.get("text"))
        starts, ends = self._days(fields)
        source_id = clean(fields.get("source_id")) or _made_id(provider, title, starts)
        course = Course(
            id=0,
            source=self._source or clean(fields.get("source"))[:64] or self._fallback,
            source_id=source_id[:191],
            title=title[:200],
            provider=provider[:200],
            text=text,
            language=_language(fields, f"{title}\n{text}"),
            skills=self._skills(fields, notes),
            credential=clean(fields.get("credential")),
            level=int(_number(fields, "level") or 0) if "level" in fields else 1,
            hours=_whole(fields, "hours"),
            fee=_number(fields, "fee"),
            subsidy=self._subsidy(fields),
            starts_on=starts,
            ends_on=ends,
            place_id=self._place(fields, notes),
            online=self._yes(fields.get("online")),
            url=url if (url := clean(fields.get("url"))).startswith("http") else "",
            title_other=named,
        )
        return course, notes

    def _days(self, fields: Mapping[str, Any]) -> tuple[date | None, date | None]:
        starts = None if _empty(fields, "starts_on") else read_date(fields["starts_on"], "starts_on")
        ends = None if _empty(fields, "ends_on") else read_date(fields["ends_on"], "ends_on")
        if not _empty(fields, "starts_in_days"):
            starts = self._today + timedelta(days=int(read_number(fields["starts_in_days"], "starts_in_days")))
        if starts is not None and not _empty(fields, "days"):
            ends = starts + timedelta(days=int(read_number(fields["days"], "days")))
        if starts and ends and ends < starts:
            raise Doubt(Reason("dates_reversed", {"value": ends.isoformat(), "expected": starts.isoformat()}))
        return starts, ends

    def _skills(self, fields: Mapping[str, Any], notes: list[Reason]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for item in listed(fields.get("skills")):
            skill = self._terms.skill(item)
            if skill:
                found[skill] = None
            else:
                notes.append(Reason("skill_unknown", {"field": "skills", "value": item[:60]}))
        return tuple(found)

    def _subsidy(self, fields: Mapping[str, Any]) -> Decimal | None:
        """A share from 0 to 1; 80, 80% and 0.8 are the same."""
        name = clean(fields.get("subsidy_figure"))
        if name:
            if name not in self._figures:
                raise Doubt(Reason("value_unknown", {"field": "subsidy_figure", "value": name}))
            return Decimal(str(self._figures[name].on(self._today).value)) / PERCENT
        if _empty(fields, "subsidy"):
            return None
        share = read_number(clean(fields["subsidy"]).rstrip("%％"), "subsidy")
        share = share / PERCENT if share > 1 or "%" in clean(fields["subsidy"]) else share
        if not 0 <= share <= 1:
            raise Doubt(Reason("number_unknown", {"field": "subsidy", "value": clean(fields["subsidy"])}))
        return share

    def _place(self, fields: Mapping[str, Any], notes: list[Reason]) -> str:
        given = clean(fields.get("place"))
        if not given or given in self._addresses.places:
            return given
        found = self._addresses.find(given)
        if not found and not self._yes(fields.get("online")):
            notes.append(Reason("place_unknown", {"value": given[:60]}))
        return found

    def _yes(self, value: Any) -> bool:
        return value if isinstance(value, bool) else bool(self._words.words["yes"].search(clean(value).casefold()))


async def import_courses(
    file: SourceFile, builder: CourseBuilder, store: Store, report: Report, wish: Wish, *, now: datetime, today: date
) -> CourseSummary:
    """All rows in one transaction: there are a few thousand courses at most. Raises UnreadableFile."""
    summary = CourseSummary()
    courses: dict[tuple[str, str], Course] = {}
    named_bad: set[str] = set()
    unnamed_bad = 0
    for row in file.rows():
        summary.rows += 1
        if isinstance(row, BadRow):
            source_id, title, reason, course = row.source_id, row.title, row.reason, None
        else:
            source_id, title = clean(row.fields.get("source_id")), clean(row.fields.get("title"))
            try:
                course, notes = builder.build(row)
                if (course.source, course.source_id) in courses:
                    raise Doubt(Reason("same_id_twice", {"value": course.source_id}))
                courses[course.source, course.source_id] = course
                for note in notes:
                    summary.doubts += 1
                    report.add(Line(file.path.name, row.number, source_id, title, True, note))
                continue
            except Doubt as doubt:
                reason = doubt.reason
        summary.bad += 1
        unnamed_bad += not source_id
        named_bad.add(source_id)
        report.add(Line(file.path.name, row.number, source_id, title, False, reason))
    summary.unused_columns = tuple(file.columns.unused)
    await _keep(summary, courses, named_bad, bool(unnamed_bad), store, wish, now, today)
    return summary


async def _keep(
    summary: CourseSummary,
    courses: Mapping[tuple[str, str], Course],
    named_bad: set[str],
    unnamed_bad: bool,
    store: Store,
    wish: Wish,
    now: datetime,
    today: date,
) -> None:
    sources = {source for source, _ in courses}
    async with store.write() as work:
        if wish.dry_run:
            summary.outcomes += await work.courses.compare(list(courses.values()))
            return
        summary.outcomes += await work.courses.put(list(courses.values()), now=now, today=today)
        if wish.full and (unnamed_bad or not courses):
            summary.kept_open = "bad_rows" if unnamed_bad else "empty"
        elif wish.full:
            for source in sorted(sources):
                there = await work.courses.ids_of_source(source)
                gone = [key for name, key in there.items() if (source, name) not in courses and name not in named_bad]
                summary.withdrawn += await work.courses.withdraw(gone, now=now)
        if courses and wish.sample_source and sources != {wish.sample_source}:
            samples = await work.courses.ids_of_source(wish.sample_source)
            summary.samples_removed = await work.courses.withdraw(list(samples.values()), now=now)


def _made_id(provider: str, title: str, starts: date | None) -> str:
    parts = (folded(provider), folded(title), starts.isoformat() if starts else "")
    return "auto-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def _language(fields: Mapping[str, Any], text: str) -> str:
    given = clean(fields.get("language"))
    if given in ("zh-Hant", "zh-Hans", "en"):
        return given
    if not is_chinese(text):
        return "en"
    return "zh-Hans" if script_of(text) == "Hans" else "zh-Hant"


def _empty(fields: Mapping[str, Any], name: str) -> bool:
    return fields.get(name) in (None, "")


def _number(fields: Mapping[str, Any], name: str) -> Decimal | None:
    return None if _empty(fields, name) else read_number(fields[name], name)


def _whole(fields: Mapping[str, Any], name: str) -> int | None:
    value = _number(fields, name)
    return None if value is None else int(value)
