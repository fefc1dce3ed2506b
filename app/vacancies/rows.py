"""What every reader of a file gives: raw fields of one posting, or why there are none; and how far the file is read. No formats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """Why a row was refused or is doubtful. `code`: of `reasons:` in packs/<country>/vacancy_files.yml, with its values."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RawPosting:
    """The fields of one posting as its source writes them. `number`: line, row or item of the file, from 1."""

    number: int
    fields: Mapping[str, Any]
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class BadRow:
    """Nothing could be made of this line, row or item."""

    number: int
    reason: Reason
    source_id: str = ""
    title: str = ""


@dataclass(frozen=True)
class Header:
    """The names of a table's columns; what a table yields first."""

    names: tuple[str, ...]


class Meter:
    """How much of a file has been read: `done` of `total`, in whatever unit."""

    def __init__(self, total: int = 0) -> None:
        self.total, self.done = total, 0
