"""Reads the CSV files of the official ESCO download row by row; every error names file and line. What the rows mean is importing.py."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from jobseeker.errors import ContentError

ROWS_PER_REPORT = 10_000
_CONCEPT = re.compile(r"/(?:skill|occupation)/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")

Progress = Callable[[str, int, bool], None]  # file, rows so far, whether it is done


class EscoFolder:
    """The folder with the CSV files, as they come from the ESCO portal; each may be compressed with gzip (`.csv.gz`).

    `digest` names the rows read so far.
    """

    def __init__(self, folder: Path, progress: Progress) -> None:
        self.folder, self.progress, self.digest = folder, progress, hashlib.sha256()
        if not folder.is_dir():
            raise ContentError(
                str(folder), 1, "there is no such folder; give the one with the CSV files of the ESCO download"
            )

    def find(self, name: str) -> Path | None:
        """The file of that name, plain or compressed."""
        return next((path for path in (self.folder / name, self.folder / f"{name}.gz") if path.is_file()), None)

    def require(self, names: Sequence[str]) -> None:
        """Raises ContentError when one of these files is not there."""
        missing = [name for name in names if not self.find(name)]
        if missing:
            raise ContentError(
                str(self.folder),
                1,
                f"{', '.join(missing)} is missing; download the classification (English, CSV) and the relations from the "
                "ESCO portal and unpack both into this folder",
            )

    def rows(self, name: str, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
        """Line (1-based) and the cells of these columns, row by row. Nothing where the file is not there.

        Raises ContentError for a missing column, a torn row, text that is not UTF-8, or a file that is not CSV or gzip.
        """
        path = self.find(name)
        if path is None:
            return
        count = 0
        with open_binary(path) as binary:
            reader = csv.reader(io.TextIOWrapper(binary, "utf-8-sig", newline=""), strict=True)
            begins = 1
            try:
                where = self._positions(path, next(reader, []), columns)
                for begins, row in _followed(reader):
                    if not row:
                        continue
                    if len(row) <= max(where):
                        raise ContentError(
                            path.name, begins, f"the row has only {len(row)} cells; is the file complete?"
                        )
                    count += 1
                    self.digest.update("\t".join(row).encode())
                    if count % ROWS_PER_REPORT == 0:
                        self.progress(path.name, count, False)
                    yield begins, [row[position] for position in where]
            except UnicodeDecodeError as problem:
                raise ContentError(
                    path.name, _undecodable_line(path), "the file must be UTF-8, as downloaded"
                ) from problem
            except csv.Error as problem:
                raise ContentError(path.name, reader.line_num, f"this is not valid CSV: {problem}") from problem
            except (gzip.BadGzipFile, EOFError) as problem:
                raise ContentError(path.name, begins, f"the file cannot be unpacked: {problem}") from problem
        self.progress(path.name, count, True)

    def _positions(self, path: Path, header: Sequence[str], columns: Sequence[str]) -> list[int]:
        for column in columns:
            if column not in header:
                raise ContentError(
                    path.name, 1, f"the column `{column}` is missing; found {', '.join(header) or 'nothing'}"
                )
        return [header.index(column) for column in columns]


def _followed(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins in: a cell may hold line breaks, so the reader's own count is where a row ends."""
    begins = reader.line_num + 1  # type: ignore[attr-defined]
    for row in reader:
        yield begins, row
        begins = reader.line_num + 1  # type: ignore[attr-defined]


def open_binary(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked where its name says gzip."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _undecodable_line(path: Path) -> int:
    with open_binary(path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def concept_id(uri: str) -> str | None:
    """`esco:<uuid>` of the address of a skill or an occupation; None for anything else (a group, for instance)."""
    match = _CONCEPT.search(uri.strip())
    return f"esco:{match.group(1)}" if match else None


def labels(cell: str) -> list[str]:
    """The labels of one cell: one a line in the main files, with " | " between them in the collections."""
    return [label.strip() for part in cell.split("\n") for label in part.split(" | ") if label.strip()]
