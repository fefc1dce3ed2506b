"""What a reader finds of a person's case in one message: records and the reader's form. Reading itself is language/case_reader.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol


@dataclass(frozen=True)
class Said:
    """One thing a message says of a case.

    name: a field of Circumstances; value: as Circumstances has it, None with a problem; words: as written; problem: why it is asked
    back ("" none): see the texts precheck_bad_<problem>; options: values of which one may be meant, as `/answer` takes them.
    """

    name: str
    value: Any
    words: str = ""
    problem: str = ""
    options: tuple[str, ...] = ()


class CaseReader(Protocol):
    """Reads a message; `asked` is the field that was asked for, "" for none. Never raises on any text."""

    def __call__(self, text: str, *, asked: str, today: date, english: bool) -> tuple[Said, ...]: ...
