"""Which format a file has, and its postings as raw fields. Each format has its own module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

from app.vacancies import jobtech, schema_org
from app.vacancies.columns import ColumnReader, check_headers
from app.vacancies.encodings import find_encoding, text_pieces
from app.vacancies.json_files import html_objects, json_lines, json_objects
from app.vacancies.rows import BadRow, Header, Meter, RawPosting, Reason
from app.vacancies.tables import csv_rows, xlsx_rows
from jobseeker.errors import UnreadableFile

Format = Literal["auto", "jsonld", "csv", "tsv", "xlsx", "jsonl", "jobtech"]
FORMATS = get_args(Format)
VACANCY_NEEDS = {"the title": ("title", "title_en"), "a description": ("text", "requirements", "benefits")}
COURSE_NEEDS = {"the title": ("title", "title_en"), "the provider": ("provider",)}
_BY_SUFFIX: dict[str, Format] = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".xlsx": "xlsx", ".xlsm": "xlsx",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".jsonld": "jsonld", ".html": "jsonld", ".htm": "jsonld",
}  # fmt: skip
_Rows = Iterator[RawPosting | BadRow]


class SourceFile:
    """One file to import.

    Args:
        given: a format, or "auto": by the suffix, then by how the file begins.
        encoding: "" finds it.
        columns: turns the columns of tables and the fields of our own JSON into fields.
        needs: what any table must have a column for.
    """

    def __init__(
        self, path: Path, given: str, encoding: str, columns: ColumnReader, needs: dict[str, tuple[str, ...]]
    ) -> None:
        if not path.is_file():
            raise UnreadableFile(f"there is no file {path}")
        if path.stat().st_size == 0:
            raise UnreadableFile("the file is empty")
        self.path, self.meter, self.columns = path, Meter(), columns
        self.format = given if given != "auto" else _format_of(path, encoding)
        self._encoding, self._needs = encoding, needs

    def rows(self) -> _Rows:
        """Postings in the order of the file. Raises UnreadableFile when the file is not of its format."""
        if self.format in ("csv", "tsv"):
            yield from self._table(
                csv_rows(self.path, self._encoding, "\t" if self.format == "tsv" else "", self.meter)
            )
        elif self.format == "xlsx":
            yield from self._table(xlsx_rows(self.path, self.meter))
        else:
            yield from self._objects()

    def _table(self, rows: Iterator[Header | RawPosting | BadRow]) -> _Rows:
        for row in rows:
            if isinstance(row, Header):
                known = set(self.columns.fields({name: name for name in row.names if name}))
                check_headers(known, self._needs, [name for name in row.names if name])
            elif isinstance(row, BadRow):
                yield row
            else:
                yield RawPosting(row.number, self.columns.fields(row.fields), row.notes)

    def _objects(self) -> _Rows:
        html = self.path.suffix.lower() in (".html", ".htm")
        if html:
            items = html_objects(self.path, self._encoding, self.meter)
        elif self.format == "jsonl" or self.path.suffix.lower() in (".jsonl", ".ndjson"):
            items = json_lines(self.path, self._encoding, self.meter)
        else:
            items = json_objects(self.path, self._encoding, self.meter)
        for item in items:
            if isinstance(item, BadRow):
                yield item
            else:
                yield from self._of_object(*item)

    def _of_object(self, number: int, value: dict[str, Any]) -> _Rows:
        kind = self.format
        if kind == "auto":
            kind = "jobtech" if jobtech.is_jobtech(value) else "jsonld" if schema_org.is_schema_org(value) else "jsonl"
        if kind == "jobtech":
            if not jobtech.is_jobtech(value):
                yield BadRow(number, Reason("not_a_posting"))
                return
            fields, notes = jobtech.to_fields(value)
            yield RawPosting(number, fields, notes)
        elif kind == "jsonld":
            found = list(schema_org.postings(value))
            if not found and self.path.suffix.lower() not in (".html", ".htm"):  # a page has other scripts as well
                yield BadRow(number, Reason("not_a_posting"))
            for posting in found:
                fields, notes = schema_org.to_fields(posting)
                yield RawPosting(number, fields, notes)
        else:
            if "source_id" in value:
                value.pop("id", None)  # the store's own, in what was written from it
            yield RawPosting(number, self.columns.fields(value))


def _format_of(path: Path, encoding: str) -> str:
    """By the suffix; a .json or unknown file by its first character ("auto": each object says itself what it is)."""
    with path.open("rb") as file:
        if file.read(4) == b"PK\x03\x04":
            return "xlsx"
    known = _BY_SUFFIX.get(path.suffix.lower())
    if known:
        return "auto" if known == "jsonl" else known
    head = next(text_pieces(path, encoding or find_encoding(path), Meter()), "").lstrip("\ufeff \t\r\n")
    if head[:1] in ("{", "["):
        return "auto"
    if head[:1] == "<":
        raise UnreadableFile("this looks like an HTML or XML page; name it .html if it holds JSON-LD")
    return "csv"
