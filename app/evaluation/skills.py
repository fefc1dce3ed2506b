"""How well skills are read from texts that were marked by hand: span F1, status, hedging, years, levels, and the facts of a whole text.

Knows the form of the marked files (tests/data/skills_*.yml): `[words](id status years level)`, status one of + ~ - with ? where hedged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from app.skill_lines import SkillLines
from jobseeker.errors import ContentError

_MARK = re.compile(
    r"\[([^\[\]]+)\]\((\w+) ([+~-])(\??)(?: (\d+(?:\.\d+)?)y)?(?: (basic|conversational|fluent|native))?\)"
)
_STATUS = {"+": "held", "~": "wanted", "-": "negated"}
STATUSES = ("held", "wanted", "negated")


@dataclass(frozen=True)
class Mark:
    """One marked span, offsets in the plain text."""

    id: str
    start: int
    end: int
    status: str
    hedged: bool
    years: float | None = None
    level: str = ""


@dataclass(frozen=True)
class Marked:
    """A text without its marks, and the marks. `says`: facts of the whole text (pay, places, hours, shifts, avoid_shifts)."""

    language: str
    kind: str
    text: str
    marks: tuple[Mark, ...]
    says: Mapping[str, Any] = field(default_factory=dict)


def read_marked(path: Path) -> list[Marked]:
    """All texts of a file. Raises ContentError where a mark is not of the form `[words](id +)`."""
    content = yaml.safe_load(path.read_text("utf-8"))
    texts = [
        _marked(path, language, kind, entry)
        for language, kinds in content.items()
        for kind, listed in kinds.items()
        for entry in listed
    ]
    if not texts:
        raise ContentError(str(path), 1, "there is no text in it")
    return texts


def _marked(path: Path, language: str, kind: str, entry: str | Mapping[str, Any]) -> Marked:
    text, says = (entry, {}) if isinstance(entry, str) else (entry["text"], entry["says"])
    plain, marks, at = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        words, identifier, sign, hedge, years, level = match.groups()
        size, number = len(plain), None if years is None else float(years)
        marks.append(Mark(identifier, size, size + len(words), _STATUS[sign], bool(hedge), number, level or ""))
        plain, at = plain + words, match.end()
    plain += text[at:]
    if "](" in plain:
        raise ContentError(str(path), 1, f"a mark is not of the form [words](id +): {text}")
    return Marked(language, kind, plain, tuple(marks), says)


def evaluate(texts: Sequence[Marked], lines: SkillLines, show: bool = False) -> str:
    """The report as text: a table by language and one by status; with `show` also what was read wrongly."""
    by_language: dict[str, Counter[str]] = {}
    status: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
    facts: Counter[tuple[str, bool]] = Counter()
    wrong: list[str] = []
    for marked in texts:
        found = list(_found(lines.read(marked.text)))
        counts, pairs = _compare(marked.marks, found)
        for table in (
            by_language.setdefault(marked.language, Counter()),
            by_language.setdefault(marked.kind, Counter()),
            total,
        ):
            table.update(counts)
        status.update(pairs)
        compared = [*_beside(marked, found), *_said(marked, lines)]
        facts.update((name, expected == got) for name, expected, got in compared)
        missed = [f"{name} {expected!r}, read {got!r}" for name, expected, got in compared if expected != got]
        whole = counts["exact"] == max(len(marked.marks), len(found)) and all(gold == got for gold, got in pairs)
        if show and not (whole and not missed):
            wrong.append(_difference(marked, found, missed))
    rows = [_row(name, counts) for name, counts in [*by_language.items(), ("all", total)]]
    head = (
        f"{'':10} {'texts':>5} {'marks':>5} {'found':>5} {'P':>6} {'R':>6} {'F1':>6} {'F1 overlap':>10} {'hedged':>7}"
    )
    lines_out = [head, *rows, "", f"{'status':10} {'marks':>5} {'right, of found':>16} {'right, of all':>14}"]
    for name in STATUSES:
        gold = sum(count for (expected, _), count in status.items() if expected == name)
        seen = sum(count for (expected, got), count in status.items() if expected == name and got)
        lines_out.append(
            f"{name:10} {gold:5} {_share(status[name, name], seen):>16} {_share(status[name, name], gold):>14}"
        )
    for name in dict.fromkeys(name for name, _ in facts):
        right, marked_count = facts[name, True], facts[name, True] + facts[name, False]
        lines_out.append(f"{name:12} {marked_count:3} marked, {right} right ({_share(right, marked_count)})")
    return "\n".join([*wrong, *lines_out])


def _found(result: Mapping[str, Any]) -> Iterator[Mark]:
    for group in ("skills", "licences", "languages"):
        for item in result[group]:
            level = item.get("level") or ""
            yield Mark(item["id"], item["start"], item["end"], item["status"], item["hedged"], item["years"], level)


def _beside(marked: Marked, found: Sequence[Mark]) -> Iterator[tuple[str, Any, Any]]:
    """(years or level, as marked, as read) of every mark that names one and was found."""
    for mark in marked.marks:
        for name in ("years", "level"):
            same = next(
                (one for one in found if one.id == mark.id and one.start < mark.end and mark.start < one.end), None
            )
            if getattr(mark, name) and same is not None:
                yield name, getattr(mark, name), getattr(same, name)


def _said(marked: Marked, lines: SkillLines) -> Iterator[tuple[str, Any, Any]]:
    """(name, as marked, as read) of every fact of the whole text."""
    if not marked.says:
        return
    reading = lines.reader.read(marked.text)
    for name, expected in marked.says.items():
        if name == "pay":
            yield name, expected, f"{reading.pay_low} {reading.pay_period}"
        elif name == "places":
            yield name, sorted(expected), sorted(f"{place.id} {place.status}" for place in reading.places)
        else:
            yield name, sorted(expected), sorted(getattr(reading, name))


def _compare(gold: Sequence[Mark], found: Sequence[Mark]) -> tuple[Counter[str], list[tuple[str, str]]]:
    """Counts, and (status marked, status read or "") of every mark. A span is met exactly, or by overlap with the same id."""
    left = list(found)
    counts = Counter(texts=1, marks=len(gold), found=len(found))
    pairs = []
    for mark in gold:
        same = [item for item in left if item.id == mark.id and item.start < mark.end and mark.start < item.end]
        best = min(same, key=lambda item: abs(item.start - mark.start) + abs(item.end - mark.end), default=None)
        if best is None:
            pairs.append((mark.status, ""))
            continue
        left.remove(best)
        counts["overlap"] += 1
        counts["exact"] += (best.start, best.end) == (mark.start, mark.end)
        counts["hedged"] += best.hedged == mark.hedged
        pairs.append((mark.status, best.status))
    return counts, pairs


def _difference(marked: Marked, found: Sequence[Mark], facts: Sequence[str]) -> str:
    def shown(marks: Sequence[Mark]) -> set[str]:
        return {f"{marked.text[m.start : m.end]}={m.id}:{m.status}" for m in marks}

    missing, extra = shown(marked.marks) - shown(found), shown(found) - shown(marked.marks)
    lines = [f"    missing {sorted(missing)}", f"    extra   {sorted(extra)}", *(f"    {fact}" for fact in facts)]
    return "\n".join([marked.text.strip(), *lines])


def _row(name: str, counts: Counter[str]) -> str:
    precision, recall = _ratio(counts["exact"], counts["found"]), _ratio(counts["exact"], counts["marks"])
    loose = 2 * counts["overlap"] / max(1, counts["found"] + counts["marks"])
    exact = 2 * counts["exact"] / max(1, counts["found"] + counts["marks"])
    hedged = _share(counts["hedged"], counts["overlap"])
    return f"{name:10} {counts['texts']:5} {counts['marks']:5} {counts['found']:5} {precision:6.3f} {recall:6.3f} {exact:6.3f} {loose:10.3f} {hedged:>7}"


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
