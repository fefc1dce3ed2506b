"""Reads an edited spreadsheet into plain texts, and notes what Excel or a slip of the hand did to it. Compares nothing."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.exceptions import InvalidFileException

from app.knowledge_sheet.layout import SHEETS, VERSIONS, Column, Words
from app.knowledge_sheet.problems import Problems

_SPACES = re.compile("[\u00a0\u2007\u202f]")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]|_x000[dD]_")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
# What Excel and Word put in place of what was typed.
REPLACED: Mapping[str, str] = {"…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-"}


@dataclass(frozen=True)
class Cell:
    """A cleaned text and where it stands."""

    text: str
    place: str


@dataclass(frozen=True)
class Row:
    """One row: column name -> cell; every column of the sheet is there."""

    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """What a column says; empty where nothing stands."""
        return self.cells[column].text

    def place(self, column: str) -> str:
        """Where it stands: "C12"."""
        return self.cells[column].place


@dataclass(frozen=True)
class Workbook:
    """`rows` of every sheet that could be read; `versions`: topic -> the state of its file that was exported, where that is kept."""

    rows: Mapping[str, list[Row]]
    versions: Mapping[str, str]


def read_workbook(file: Path, problems: Problems) -> Workbook:
    """All sheets. What is wrong with the form is added to `problems`; a sheet that cannot be read is left out.

    Raises SheetRefused where the file is no workbook.
    """
    words = problems.words
    try:
        book = load_workbook(file)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError) as problem:
        problems.add("unreadable", file.name, why=str(problem)[:120])
        problems.raise_if_any()
        raise  # not reached
    found: dict[str, list[Row]] = {}
    names = {name.strip().casefold(): name for name in book.sheetnames}
    for sheet, columns in SHEETS.items():
        title = words.sheet(sheet)
        if title.casefold() not in names:
            problems.add("missing_sheet", title)
            continue
        rows = _read_sheet(book[names[title.casefold()]], title, columns, words, problems)
        if rows is not None:
            found[sheet] = rows
    versions = {}
    if VERSIONS in book.sheetnames:
        versions = {
            str(topic): str(version)
            for topic, version, *_ in book[VERSIONS].iter_rows(values_only=True, min_col=1, max_col=2)
        }
    return Workbook(found, versions)


def _read_sheet(
    sheet: Any, title: str, columns: tuple[Column, ...], words: Words, problems: Problems
) -> list[Row] | None:
    for merged in sheet.merged_cells.ranges:
        problems.add("merged", title, str(merged.coord).split(":")[0], cells=merged.coord)
    where = _columns(sheet, title, columns, words, problems)
    if where is None:
        return None
    rows = []
    for cells in sheet.iter_rows(min_row=2):
        row = Row(
            {
                name: Cell(_text(cells[number], title, problems), cells[number].coordinate)
                for name, number in where.items()
            }
        )
        if any(cell.text for cell in row.cells.values()):
            rows.append(row)
    return rows


def _columns(
    sheet: Any, title: str, columns: tuple[Column, ...], words: Words, problems: Problems
) -> dict[str, int] | None:
    """Where each column is now, by its heading: columns may have changed places."""
    headings = [_plain(cell.value) for cell in next(sheet.iter_rows(max_row=1))]
    where: dict[str, int] = {}
    for column in columns:
        heading = _plain(words.header(column.name))
        if heading not in headings:
            problems.add("missing_column", title, "A1", column=words.header(column.name))
        elif headings.count(heading) > 1:
            problems.add("double_column", title, "A1", column=words.header(column.name))
        else:
            where[column.name] = headings.index(heading)
    return where if len(where) == len(columns) else None


def _plain(value: object) -> str:
    return "".join(clean(value).split()).casefold() if isinstance(value, str) else ""


def _text(cell: Any, title: str, problems: Problems) -> str:
    """The text of a cell; what is no text is noted."""
    value = cell.value
    if value is None or isinstance(cell, MergedCell):
        return ""
    if cell.data_type == "f":
        problems.add("formula", title, cell.coordinate)
        return ""
    if cell.data_type == "e":
        problems.add("error_value", title, cell.coordinate, value=value)
        return ""
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value):
        return str(int(value))
    problems.add("not_text", title, cell.coordinate, value=value)
    return ""


def clean(text: str) -> str:
    """Line ends, spaces and invisible characters as we write them; no space at the end of a line."""
    text = _INVISIBLE.sub("", _SPACES.sub(" ", text)).replace("\r\n", "\n").replace("\r", "\n")
    return _TRAILING.sub("", text).strip()


def replaced_back(text: str) -> str:
    """A text without what Excel puts in by itself; two texts that differ in that only are the same."""
    for put, typed in REPLACED.items():
        text = text.replace(put, typed)
    return "".join(clean(text).split())


def as_meant(text: str, before: str, language: str) -> str:
    """What a cell's text means for the file: the old text where only Excel changed it; in English, without the signs that Excel put in.

    In Chinese … and “ ” are ordinary signs and stay.
    """
    if replaced_back(text) == replaced_back(before) and _lines(text) == _lines(before):
        return before
    if language == "en":
        for put, typed in REPLACED.items():
            if put not in before:
                text = text.replace(put, typed)
    return text


def _lines(text: str) -> int:
    return len(text.split("\n"))
