"""How well skills are read from texts that were marked by hand: span F1, status, hedging. Knows the form of the marked files (tests/data/skills_*.yml)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.skill_lines import SkillLines
from jobseeker.errors import ContentError

_MARK = re.compile(r"\[([^\[\]]+)\]\((\w+) ([+~-])(\??)\)")
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


@dataclass(frozen=True)
class Marked:
    """A text without its marks, and the marks."""

    language: str
    kind: str
    text: str
    marks: tuple[Mark, ...]


def read_marked(path: Path) -> list[Marked]:
    """All texts of a file. Raises ContentError where a mark is not of the form `[words](id +)`."""
    content = yaml.safe_load(path.read_text("utf-8"))
    texts = [
        _marked(path, language, kind, text)
        for language, kinds in content.items()
        for kind, listed in kinds.items()
        for text in listed
    ]
    if not texts:
        raise ContentError(str(path), 1, "there is no text in it")
    return texts


def _marked(path: Path, language: str, kind: str, text: str) -> Marked:
    plain, marks, at = "", [], 0
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        words, identifier, sign, hedge = match.groups()
        marks.append(Mark(identifier, len(plain), len(plain) + len(words), _STATUS[sign], bool(hedge)))
        plain, at = plain + words, match.end()
    plain += text[at:]
    if "](" in plain:
        raise ContentError(str(path), 1, f"a mark is not of the form [words](id +): {text}")
    return Marked(language, kind, plain, tuple(marks))


def evaluate(texts: Sequence[Marked], lines: SkillLines, show: bool = False) -> str:
    """The report as text: a table by language and one by status; with `show` also what was read wrongly."""
    by_language: dict[str, Counter[str]] = {}
    status: Counter[tuple[str, str]] = Counter()
    total: Counter[str] = Counter()
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
        if show and (counts["exact"] < max(len(marked.marks), len(found)) or any(gold != got for gold, got in pairs)):
            wrong.append(_difference(marked, found))
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
    return "\n".join([*wrong, *lines_out])


def _found(result: Mapping[str, Any]) -> Iterator[Mark]:
    for group in ("skills", "licences", "languages"):
        for item in result[group]:
            yield Mark(item["id"], item["start"], item["end"], item["status"], item["hedged"])


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


def _difference(marked: Marked, found: Sequence[Mark]) -> str:
    def shown(marks: Sequence[Mark]) -> set[str]:
        return {f"{marked.text[m.start : m.end]}={m.id}:{m.status}" for m in marks}

    missing, extra = shown(marked.marks) - shown(found), shown(found) - shown(marked.marks)
    return f"{marked.text.strip()}\n    missing {sorted(missing)}\n    extra   {sorted(extra)}"


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
