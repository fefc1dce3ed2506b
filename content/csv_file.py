"""CSV with a header row and line numbers; every error names file and line. No knowledge of any particular file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from jobseeker.errors import ContentError

BYTE_ORDER_MARK = "\ufeff"


class CsvFile:
    """One table. `columns` is the header it must have, in this order; `rows()` gives line number and cells."""

    def __init__(self, path: Path, shown_as: str, columns: Sequence[str]) -> None:
        self.path, self.shown_as, self.columns = path, shown_as, tuple(columns)
        try:
            self.text = path.read_bytes().decode("utf-8")
        except FileNotFoundError as problem:
            raise ContentError(shown_as, 1, "the file is missing") from problem
        except UnicodeDecodeError as problem:
            raise ContentError(
                shown_as, problem.object.count(b"\n", 0, problem.start) + 1, "the file must be saved as UTF-8"
            ) from problem

    def error(self, line: int, problem: str) -> ContentError:
        """An error at a line of this file."""
        return ContentError(self.shown_as, line, problem)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line (1-based) and cells of each row below the header. Raises ContentError for a wrong header or a torn row."""
        reader = csv.reader(io.StringIO(self.text.removeprefix(BYTE_ORDER_MARK), newline=""), strict=True)
        begins = 1
        try:
            for number, cells in enumerate(reader):
                if number == 0:
                    self._check_header(cells)
                elif len(cells) != len(self.columns):
                    raise self.error(
                        begins,
                        f"the row has {len(cells)} cells, not {len(self.columns)} ({', '.join(self.columns)}); "
                        "a comma inside a cell needs quotation marks around the cell",
                    )
                else:
                    yield begins, cells
                begins = reader.line_num + 1
        except csv.Error as problem:
            raise self.error(begins, f"this is not valid CSV: {problem}") from problem
        if begins == 1:
            raise self.error(1, f"the header row is missing: {','.join(self.columns)}")

    def _check_header(self, cells: Sequence[str]) -> None:
        missing = [column for column in self.columns if column not in cells]
        if missing:
            raise self.error(1, f"the column `{missing[0]}` is missing; the header is {','.join(self.columns)}")
        if tuple(cells) != self.columns:
            raise self.error(1, f"the header should be {','.join(self.columns)}")


def write_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The text of a table as these files keep it: header, comma, quotation marks only where needed, LF."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return target.getvalue()
