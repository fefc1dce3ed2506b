"""The report of an import as a CSV file that a spreadsheet opens safely, and its sentences. What is reported is decided elsewhere."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from app.vacancies.rows import Reason
from content.vacancy_files import VacancyFiles

HEADER = ("file", "row", "source_id", "title", "kept", "code", "reason_zh", "reason_en")
_NAMED = {"pay_period_assumed": ("value",), "pay_unit_doubtful": ("expected",)}  # their values are names of the pack
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe in front."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA) and not _is_number(text) else text


def sentence(words: VacancyFiles, reason: Reason, language: str) -> str:
    """What a reason says, "zh" or "en"."""
    given = {}
    for name, value in reason.values.items():
        named = words.names.get(value) if name == "field" or (name in _NAMED.get(reason.code, ())) else None
        given[name] = (named or value)[language] if named or isinstance(value, Mapping) else value
    return words.reasons[reason.code][language].format(**given)


@dataclass(frozen=True)
class Line:
    """One row of the report. `kept`: the vacancy was imported all the same. `number` None: not of a file."""

    file: str
    number: int | None
    source_id: str
    title: str
    kept: bool
    reason: Reason


class Report:
    """Writes lines as they come; the file is made with the first one. `counts`: code -> how often.

    Used as a context manager. `path` None: only counted.
    """

    def __init__(self, words: VacancyFiles, path: Path | None) -> None:
        self._words, self.path = words, path
        self._file: IO[str] | None = None
        self._writer: Any = None
        self.counts: Counter[str] = Counter()
        self.first: list[Line] = []

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def written(self) -> bool:
        """Whether there is a file."""
        return self._file is not None

    def add(self, line: Line) -> None:
        """One more line."""
        self.counts[line.reason.code] += 1
        if len(self.first) < 5 and not line.kept:
            self.first.append(line)
        if self.path is None:
            return
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")  # with a mark: Excel reads it as UTF-8
            self._writer = csv.writer(self._file)
            self._writer.writerow(HEADER)
        texts = [sentence(self._words, line.reason, language) for language in ("zh", "en")]
        cells = (
            line.file,
            line.number,
            line.source_id,
            line.title,
            "yes" if line.kept else "no",
            line.reason.code,
            *texts,
        )
        self._writer.writerow([safe_cell(cell) for cell in cells])


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """A CSV file of safe cells; how many rows."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for row in rows:
            count += 1
            writer.writerow([safe_cell(cell) for cell in row])
    return count


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdigit()
