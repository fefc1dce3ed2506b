"""Reads a résumé, pasted or out of a file: its sections, jobs with their dates, skills, licences and languages. Opening files is language/files/."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from jobseeker.profile.reading import Found, Reading
from language.reading.amounts import date_ranges
from language.reading.folding import fold
from language.skills import SkillReader

Section = Literal[
    "person", "jobs", "education", "skills", "languages", "licences", "wishes", "about", "references", "start"
]
_HEADINGS: Mapping[Section, str] = {
    "person": "個人資料|基本資料|聯絡方式|聯絡資料|personal|personal details|contact|personal information",
    "jobs": "工作經歷|工作經驗|經歷|職業經歷|工作履歷|任職經歷|實習經歷|工作经历|工作经验|work experience|experience|employment|employment history|work history|professional experience|career",
    "education": "學歷|教育程度|教育背景|學校|education|academic background|schooling",
    "skills": "專長|技能|專業技能|專業能力|工作技能|擅長工具|電腦技能|skills|technical skills|key skills|core skills|computer skills|abilities",
    "languages": "語言|語言能力|外語能力|語文能力|languages|language skills",
    "licences": "證照|專業證照|證書|駕照|執照|licences|licenses|certificates|certifications|certificates and licences|licences and certificates",
    "wishes": "求職條件|希望待遇|應徵職務|希望職務|求職意願|希望工作|期望工作|objective|career objective|job objective|desired position|position sought",
    "about": "自傳|自我介紹|關於我|簡介|about me|profile|summary|professional summary|autobiography",
    "references": "推薦人|諮詢人|references|referees",
}  # fmt: skip
_HEADING_OF: Mapping[str, Section] = {
    fold(word): section for section, words in _HEADINGS.items() for word in words.split("|")
}
_DECORATION = " 【】[]<>#*■●◆▌◎一二三四五六七八九十、.0123456789\t\r\n"
_ABOUT_WHO = re.compile(
    r"^[ \t>*·•-]*(?:中文|英文|法定|full|first|last|given|family)?[ ]*(?:姓名|名字|性[別别]|年[齡龄]|生日|出生[^:：\n]{0,6}|[國国]籍|籍[貫贯]|照片|相片|大[頭头][照貼贴]|[郵邮][遞递][區区][號号]|"
    r"婚姻[^:：\n]{0,4}|宗教|血型|[學学]校(?:名[稱称])?|[畢毕][業业][學学]校|name|sex|gender|age|date of birth|birth ?date|birthday|place of birth|birthplace|nationality|"
    r"citizenship|photo|picture|post ?code|postal code|zip(?: code)?|marital status|religion|school|university|college)[ ]*[:：].*?(?=$|[,，;；|｜\t]|[ 　]{2}|[ 　][^ :：\n]{2,8}[:：])",
    re.IGNORECASE | re.MULTILINE,
)  # lines that say who somebody is: nothing in them counts
_SILENT: frozenset[Section] = frozenset(["references"])
MAX_LINES_OF_A_JOB = 12


@dataclass(frozen=True)
class Part:
    """A stretch of the text below one heading; offsets in the original."""

    section: Section
    start: int
    end: int


@dataclass(frozen=True)
class Entry:
    """One job: its stretch of the text and its length in years."""

    start: int
    end: int
    years: float


class ResumeReader:
    """Reads résumés with the words of a SkillReader.

    What stands below "Objective" is wished for, what stands below "References" is another person's, a job's years are those of its
    dates, and a skill told within a job has at least that job's years.
    """

    def __init__(self, reader: SkillReader) -> None:
        self.reader = reader

    def read(self, text: str) -> Reading:
        """All that a résumé says of its writer. Never raises on any text."""
        text = _ABOUT_WHO.sub(lambda line: " " * len(line[0]), text)
        reading = Reading()
        for part in sections(text):
            if part.section not in _SILENT:
                reading = _add(reading, _in_section(self._read_part(text, part), part))
        return reading

    def _read_part(self, text: str, part: Part) -> Reading:
        found = self.reader.read(text[part.start : part.end], speaker="person")
        moved = _each(found, lambda item: replace(item, start=item.start + part.start, end=item.end + part.start))
        if part.section in ("jobs", "about", "start"):
            entries = jobs(text, part, self.reader.today())
            return replace(
                moved,
                skills=tuple(_with_years(item, entries) for item in moved.skills),
                occupations=tuple(_with_years(item, entries) for item in moved.occupations),
            )
        return moved


def sections(text: str) -> list[Part]:
    """The parts of a résumé by their headings, in order; without any heading all of it is one part "start"."""
    parts: list[Part] = []
    section: Section = "start"
    begin, at = 0, 0
    for line in text.splitlines(keepends=True):
        found = _heading(line)
        if found is not None and found != section:
            parts.append(Part(section, begin, at))
            section, begin = found, at
        at += len(line)
    parts.append(Part(section, begin, len(text)))
    return [part for part in parts if part.end > part.start]


def _heading(line: str) -> Section | None:
    """The section that a line opens: it is a heading alone, or one with a colon and something behind it."""
    name = fold(line).split(":", 1)[0].strip(_DECORATION)
    name = " ".join(name.split())
    return _HEADING_OF.get(name) or _HEADING_OF.get(name.replace(" ", ""))


def jobs(text: str, part: Part, today: date) -> list[Entry]:
    """The jobs of a part: each begins at a line with two dates and goes on to the next such line."""
    folded = fold(text[part.start : part.end])
    starts: list[tuple[int, float]] = []
    for span in date_ranges(folded, today):
        line = folded.rfind("\n", 0, span.start) + 1
        starts.append((line, span.years))
    entries = []
    for number, (line, years) in enumerate(starts):
        end = starts[number + 1][0] if number + 1 < len(starts) else len(folded)
        lines = folded[line:end].split("\n")
        end = min(end, line + len("\n".join(lines[:MAX_LINES_OF_A_JOB])))
        entries.append(Entry(part.start + line, part.start + end, years))
    return entries


def _with_years(item: Found, entries: Sequence[Entry]) -> Found:
    inside = next((entry for entry in entries if entry.start <= item.start < entry.end), None)
    if inside is None or item.status != "held":
        return item
    return replace(item, years=max(item.years or 0.0, inside.years))


def _in_section(reading: Reading, part: Part) -> Reading:
    """What the heading says of all that stands below it."""
    if part.section == "wishes":
        return _each(reading, lambda item: replace(item, status="wanted") if item.status == "held" else item)
    if part.section == "education":  # where somebody went to school is not where they live
        return replace(reading, occupations=(), places=(), pay_low=None)
    if part.section == "person":
        return replace(reading, occupations=(), pay_low=None)
    if part.section in ("jobs", "skills"):
        return replace(reading, places=(), pay_low=None, hours=(), shifts=(), avoid_shifts=(), remote=None)
    return reading


def _each(reading: Reading, change: Callable[[Found], Found]) -> Reading:
    changed = {name: tuple(map(change, getattr(reading, name))) for name in _LISTS}
    return replace(reading, **changed)  # type: ignore[arg-type]


def _add(one: Reading, two: Reading) -> Reading:
    """Both readings as one; of the same id the better told is kept: held before the rest, the longer before the shorter."""
    lists = {name: tuple(_merged([*getattr(one, name), *getattr(two, name)])) for name in _LISTS}
    return replace(
        two,
        **lists,
        pay_low=two.pay_low if two.pay_low is not None else one.pay_low,
        pay_period=two.pay_period if two.pay_low is not None else one.pay_period,
        hours=_union(one.hours, two.hours),
        shifts=_union(one.shifts, two.shifts),
        avoid_shifts=_union(one.avoid_shifts, two.avoid_shifts),
        commute_km=two.commute_km if two.commute_km is not None else one.commute_km,
        remote=two.remote if two.remote is not None else one.remote,
    )


def _merged(items: Sequence[Found]) -> Iterator[Found]:
    kept: dict[tuple[str, str], Found] = {}
    for item in items:
        key = (item.id, item.status)
        known = kept.get(key)
        if known is None:
            kept[key] = item
            continue
        years = [value for value in (known.years, item.years) if value is not None]
        kept[key] = replace(
            known,
            years=max(years) if years else None,
            level=known.level or item.level,
            hedged=known.hedged and item.hedged,
        )
    yield from kept.values()


def _union(one: tuple[str, ...], two: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*one, *two]))


_LISTS = ("skills", "licences", "languages", "occupations", "places")
