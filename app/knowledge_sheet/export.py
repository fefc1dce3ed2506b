"""Writes the topic files into a spreadsheet made for people: frozen headings, widths, notes, lists to choose from, locked ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from app.knowledge_sheet.layout import (
    KINDS,
    LISTS,
    ONE_ROW_PER_TOPIC,
    QUESTIONS,
    README,
    SHEETS,
    SOURCES,
    TOPIC,
    VERSIONS,
    Column,
    Words,
    path_of,
)
from app.knowledge_sheet.topic_text import TopicContent, TopicText
from content import load_pack
from content.readers import CONFIDENCES, GROUPS, RISKS
from jobseeker.knowledge import Pack

TEXT_FORMAT = "@"  # keeps Excel from making numbers and dates of what is typed
SPARE_ROWS = 500
HEAD = PatternFill("solid", fgColor="DCE6F1")
NOTE_WIDTH, NOTE_HEIGHT = 380, 110
LINE_CHARACTERS, LINE_HEIGHT, TALLEST = 44, 15, 240


def topic_files(root: Path, country: str) -> dict[str, Path]:
    """Topic id -> its file, sorted by id."""
    return {path.stem: path for path in sorted((root / "packs" / country / "knowledge").glob("*.yml"))}


def read_topics(root: Path, country: str) -> dict[str, TopicText]:
    """All topic files as they are now."""
    return {topic: TopicText(path.read_bytes().decode("utf-8")) for topic, path in topic_files(root, country).items()}


def export_sheet(root: Path, file: Path, country: str = "tw") -> tuple[int, int]:
    """Write the spreadsheet; gives the numbers of topics and questions. Raises ContentError where a topic file is wrong."""
    pack = load_pack(root, country)
    words = Words.load(root)
    texts = read_topics(root, country)
    topics = {topic: text.content for topic, text in texts.items()}
    book = Workbook()
    book.properties.created = book.properties.modified = datetime(2026, 1, 1, tzinfo=UTC).replace(
        tzinfo=None
    )  # Excel knows no zones
    first = book.active
    first.title = words.sheet(README)
    first.column_dimensions["A"].width = 120
    for line in words.lines:
        first.append([line])
    choices = _choices(pack)
    for sheet, columns in SHEETS.items():
        _fill(book.create_sheet(words.sheet(sheet)), sheet, columns, words, _rows(sheet, topics), choices)
    _lists(book.create_sheet(words.sheet(LISTS)), choices, pack)
    versions = book.create_sheet(VERSIONS)
    versions.sheet_state = "hidden"
    for topic, text in texts.items():
        versions.append([topic, text.version])
    file.parent.mkdir(parents=True, exist_ok=True)
    book.save(file)
    return len(topics), sum(len(questions) for content in topics.values() for questions in content.questions.values())


def _rows(sheet: str, topics: Mapping[str, TopicContent]) -> Iterator[Sequence[str]]:
    for topic, content in topics.items():
        if sheet == SOURCES:
            yield from ((topic, str(number), *source) for number, source in enumerate(content.sources, start=1))
        elif sheet == QUESTIONS:
            yield from (
                (topic, language, kind, text) for (language, kind), texts in content.questions.items() for text in texts
            )
        else:
            yield (topic, *(content.fields.get(path_of(sheet, column.name), "") for column in SHEETS[sheet][1:]))


def _fill(
    sheet: Any,
    name: str,
    columns: Sequence[Column],
    words: Words,
    rows: Iterator[Sequence[str]],
    choices: Mapping[str, list[str]],
) -> None:
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = column.width
        head = sheet.cell(1, number, words.header(column.name))
        head.font, head.fill = Font(bold=True), HEAD
        note = Comment(words.note(column.name), "jobseeker")
        note.width, note.height = NOTE_WIDTH, NOTE_HEIGHT
        head.comment = note
    last = 1
    for last, row in enumerate(rows, start=2):
        for number, (column, value) in enumerate(zip(columns, row, strict=True), start=1):
            _write(sheet.cell(last, number), value, column)
        if name in ONE_ROW_PER_TOPIC:
            lines = max(value.count("\n") + 1 + len(value) // LINE_CHARACTERS for value in row)
            sheet.row_dimensions[last].height = min(TALLEST, LINE_HEIGHT * lines)
    sheet.freeze_panes = "B2"
    _offer_lists(sheet, columns, choices, words.sheet(LISTS), last + SPARE_ROWS)
    if name in ONE_ROW_PER_TOPIC:  # no password: it keeps ids from slips, it does not lock anyone out
        sheet.protection.sheet = True
        sheet.protection.formatCells = sheet.protection.formatColumns = sheet.protection.formatRows = False
    else:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"


def _write(cell: Any, value: str, column: Column) -> None:
    if value:
        cell.value = value
        cell.data_type = "s"  # a text that begins with = is a text
    cell.number_format = TEXT_FORMAT
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.protection = Protection(locked=column.locked)


def _choices(pack: Pack) -> dict[str, list[str]]:
    return {
        TOPIC: sorted(pack.topics),
        "group": list(GROUPS),
        "risk": list(RISKS),
        "confidence": list(CONFIDENCES),
        "office": sorted(pack.offices),
        "language": list(KINDS),
        "kind": sorted({kind for kinds in KINDS.values() for kind in kinds}),
    }


def _offer_lists(
    sheet: Any, columns: Sequence[Column], choices: Mapping[str, list[str]], lists: str, last: int
) -> None:
    for number, column in enumerate(columns, start=1):
        if column.choices:
            letter = get_column_letter(list(choices).index(column.choices) + 1)
            rule = DataValidation(
                type="list",
                formula1=f"'{lists}'!${letter}$2:${letter}${len(choices[column.choices]) + 1}",
                allow_blank=False,
            )
            rule.showErrorMessage = True
            sheet.add_data_validation(rule)
            rule.add(f"{get_column_letter(number)}2:{get_column_letter(number)}{last}")


def _lists(sheet: Any, choices: Mapping[str, list[str]], pack: Pack) -> None:
    for number, (name, values) in enumerate(choices.items(), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = 28
        sheet.cell(1, number, name).font = Font(bold=True)
        for row, value in enumerate(values, start=2):
            sheet.cell(row, number, value)
    names = len(choices) + 1  # what the office ids stand for
    sheet.column_dimensions[get_column_letter(names)].width = 60
    for row, office in enumerate(choices["office"], start=2):
        sheet.cell(row, names, f"{office}: {pack.offices[office].name['zh']} / {pack.offices[office].name['en']}")
    sheet.freeze_panes = "A2"
    sheet.protection.sheet = True
