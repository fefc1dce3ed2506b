"""From an edited spreadsheet to changed topic files: all problems first, then all files or none. Reading cells is in reading.py."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import unified_diff
from pathlib import Path

from app.knowledge_sheet.compare import Comparison, Wanted
from app.knowledge_sheet.export import read_topics
from app.knowledge_sheet.layout import Words
from app.knowledge_sheet.problems import Problems
from app.knowledge_sheet.reading import read_workbook
from app.knowledge_sheet.topic_text import TopicContent, TopicText
from content import find_problems, load_pack
from jobseeker.knowledge import Pack


@dataclass(frozen=True)
class Change:
    """One topic file that changes: its path, which fields, the difference, and what it will hold."""

    file: str
    fields: tuple[str, ...]
    diff: str
    text: str


def import_sheet(root: Path, file: Path, country: str = "tw", write: bool = True) -> list[Change]:
    """Bring the changed cells of `file` into the topic files.

    Args:
        root: of the project.
        file: the spreadsheet.
        country: of the pack.
        write: False only says what would change.

    Returns:
        One change per topic file that differs, sorted by file.

    Raises:
        SheetRefused: something is wrong; nothing was written.
        ContentError: the topic files were wrong before.
    """
    pack = load_pack(root, country)
    problems = Problems(Words.load(root), {topic.id: topic.title["zh"] for topic in pack.topics.values()})
    book = read_workbook(file, problems)
    texts = read_topics(root, country)
    before = {topic: text.content for topic, text in texts.items()}
    wanted = Comparison(root, pack, before, problems, _day(pack)).run(book.rows)
    for topic, text in texts.items():
        if wanted[topic].content != before[topic] and book.versions.get(topic, text.version) != text.version:
            problems.add("outdated", "", "", topic)
    problems.raise_if_any()
    changes = [
        _change(f"packs/{country}/knowledge/{topic}.yml", text, before[topic], wanted[topic].content)
        for topic, text in texts.items()
        if wanted[topic].content != before[topic]
    ]
    if changes:
        _check_again(root, country, changes, wanted, problems)
    if write:
        _write(root, changes)
    return changes


def _day(pack: Pack) -> date:
    """A day on which every figure has a value."""
    return max(
        (row.valid_from for figure in pack.figures.values() for row in figure.rows), default=date(2026, 1, 1)
    ) + timedelta(days=1)


def _change(file: str, text: TopicText, before: TopicContent, after: TopicContent) -> Change:
    new = text.changed_to(after)
    fields = [
        ".".join(map(str, path))
        for path in sorted({*before.fields, *after.fields}, key=str)
        if before.fields.get(path) != after.fields.get(path)
    ]
    if before.sources != after.sources:
        fields.append("sources")
    fields += [
        f"questions.{'.'.join(key)}"
        for key in sorted(after.questions)
        if before.questions.get(key) != after.questions[key]
    ]
    diff = "".join(
        unified_diff(text.text.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{file}", f"b/{file}")
    )
    return Change(file, tuple(fields), diff, new)


def _check_again(
    root: Path, country: str, changes: list[Change], wanted: Mapping[str, Wanted], problems: Problems
) -> None:
    """`jobseeker validate` on a copy: whatever it says that it did not say before stops the import."""
    known = {(problem.file, problem.problem) for problem in find_problems(root, country)[0]}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(root / "packs", copy / "packs")
        shutil.copytree(root / "data", copy / "data")
        for change in changes:
            (copy / change.file).write_bytes(change.text.encode("utf-8"))
        for problem in find_problems(copy, country)[0]:
            if (problem.file, problem.problem) not in known:
                topic = Path(problem.file).stem
                sheet, cell = wanted[topic].first_changed if topic in wanted else (problem.file, "")
                problems.add("checker", sheet, cell, topic, problem=problem.problem)
    problems.raise_if_any()


def _write(root: Path, changes: list[Change]) -> None:
    """All new files are on the disk before the first old one is replaced."""
    parts = [(root / change.file).with_suffix(".yml.part") for change in changes]
    try:
        for part, change in zip(parts, changes, strict=True):
            part.write_bytes(change.text.encode("utf-8"))
        for part, change in zip(parts, changes, strict=True):
            part.replace(root / change.file)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
