"""CSV, TSV and XLSX row by row under the names of their columns. What a column means is columns.py's."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from app.vacancies.encodings import find_encoding, text_lines
from app.vacancies.rows import BadRow, Header, Meter, RawPosting, Reason
from jobseeker.errors import UnreadableFile

MAX_CELL = 1_000_000  # characters
_DELIMITERS = ",\t;|"


def csv_rows(path: Path, encoding: str, delimiter: str, meter: Meter) -> Iterator[Header | RawPosting | BadRow]:
    """Rows of a CSV file; the first line that is neither empty nor a caption is the header. `delimiter` "" finds it in the first line.

    Raises UnreadableFile when there is no header or a quotation mark is never closed.
    """
    encoding = encoding or find_encoding(path)
    lines = text_lines(path, encoding, meter)
    blank, first = 0, ""
    for first in lines:
        if first.strip("\ufeff \t\r\n,;"):
            break
        blank += 1
    else:
        raise UnreadableFile("the file is empty")
    delimiter = delimiter or max(_DELIMITERS, key=first.count)
    csv.field_size_limit(MAX_CELL)
    counted = _Counted(_chain(first.removeprefix("\ufeff"), lines), blank)
    reader = csv.reader(counted, delimiter=delimiter)
    header: list[str] | None = None
    caption: list[str] = []
    while True:
        number = counted.lines + 1
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            raise UnreadableFile(
                f"line {number}: {problem}; probably a quotation mark is opened and never closed"
            ) from problem
        if cells is None:
            if header is None:
                yield Header(tuple(caption))
            return
        if header is None and _is_caption(cells):
            caption = _header(cells) or caption
        elif header is None:
            header = _header(cells)
            yield Header(tuple(header))
        elif any(cell.strip() for cell in cells):
            yield _row(number, header, cells)


def xlsx_rows(path: Path, meter: Meter) -> Iterator[Header | RawPosting | BadRow]:
    """Rows of the first sheet of a workbook, read as a stream; the first row that is neither empty nor a caption is the header.

    Raises UnreadableFile.
    """
    with path.open("rb") as file:  # by the file, not its name: openpyxl refuses names without .xlsx
        yield from _sheet_rows(file, meter)


def _sheet_rows(file: BinaryIO, meter: Meter) -> Iterator[Header | RawPosting | BadRow]:
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise UnreadableFile(f"this is not an Excel workbook (.xlsx): {problem}") from problem
    try:
        sheet = book.worksheets[0]
        meter.total = sheet.max_row or 0
        header: list[str] | None = None
        caption: list[str] = []
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            meter.done = number
            cells = list(values)
            while cells and cells[-1] in (None, ""):
                cells.pop()
            if not cells:
                continue
            if header is None:
                texts = ["" if value is None else str(value) for value in cells]
                if _is_caption(texts):
                    caption = _header(texts)
                    continue
                header = _header(texts)
                yield Header(tuple(header))
            else:
                yield _row(number, header, cells)
        if caption and header is None:
            yield Header(tuple(caption))
        elif header is None:
            raise UnreadableFile("the first sheet of the workbook is empty")
    finally:
        book.close()


def _is_caption(cells: list[str]) -> bool:
    """Whether a line above the header is a title or a date over the whole table (often merged cells): at most one cell is filled."""
    return sum(bool(cell.strip("\ufeff \t")) for cell in cells) <= 1


def _header(cells: list[str]) -> list[str]:
    names = [" ".join(cell.split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _row(number: int, header: list[str], cells: list[Any]) -> RawPosting | BadRow:
    extra = [cell for cell in cells[len(header) :] if cell not in (None, "")]
    if extra:
        return BadRow(number, Reason("too_many_cells", {"value": len(cells), "expected": len(header)}))
    fields: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=False):
        value = cell.strip() if isinstance(cell, str) else cell
        if isinstance(value, str) and "\ufffd" in value:
            return BadRow(number, Reason("broken_characters"))
        if name and value not in (None, ""):
            fields[name] = f"{fields[name]}\n{value}" if name in fields else value
    return RawPosting(number, fields)


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


class _Counted:
    """An iterator over lines that knows how many were taken: csv.reader counts only those of whole rows."""

    def __init__(self, lines: Iterator[str], already: int) -> None:
        self._iterator, self.lines = lines, already

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        line = next(self._iterator)
        self.lines += 1
        return line
