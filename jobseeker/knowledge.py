"""What the assistant knows, as data: topics, figures, offices, responses. Reading files is in content/, wording in packs/ and data/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Bilingual = Mapping[str, str]  # {"zh": Traditional Chinese, "en": English}
Risk = Literal["none", "complex", "adverse", "crisis"]


@dataclass(frozen=True)
class Cited:
    """A law or programme an answer rests on."""

    title: Bilingual
    url: str = ""


@dataclass(frozen=True)
class Question:
    """One way to ask for a topic. `line` is where it stands in its file."""

    text: str
    language: str
    kind: str
    line: int = 0


@dataclass(frozen=True)
class Topic:
    """One FAQ topic: what docs/content.md describes."""

    id: str
    group: str
    title: Bilingual
    risk: Risk
    decides: str
    contact: tuple[str, ...]
    confidence: str
    confirm: tuple[str, ...]
    as_of: int
    reviewed_on: date
    short: Bilingual
    answer: Bilingual
    sources: tuple[Cited, ...]
    pending: Bilingual = field(default_factory=dict)
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class FigureRow:
    """A figure's value from a day on. `value`: int, Decimal as str in JSON, or ISO date text, by the figure's unit."""

    value: int | float | str
    valid_from: date
    source: Cited
    confidence: str = "high"


@dataclass(frozen=True)
class Figure:
    """A number that anyone must justify, with all its rows, oldest first."""

    name: str
    unit: str
    label: Bilingual
    owner: str
    rows: tuple[FigureRow, ...]

    def on(self, day: date) -> FigureRow:
        """The row in force on `day`. Raises LookupError before the first row."""
        current = [row for row in self.rows if row.valid_from <= day]
        if not current:
            raise LookupError(f"figure {self.name} has no value for {day.isoformat()}")
        return current[-1]


@dataclass(frozen=True)
class Office:
    """An office or hotline; `verified` is False where its number could not be checked."""

    key: str
    name: Bilingual
    phone: str
    hours: Bilingual
    url: str = ""
    verified: bool = True


@dataclass(frozen=True)
class Choice:
    """A button of a response."""

    title: Bilingual
    payload: str


@dataclass(frozen=True)
class Response:
    """Something the assistant says that is not an FAQ answer. `{name}` in the text is filled from the say's params."""

    key: str
    text: Bilingual
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Pack:
    """Everything that is true of one country, and what the assistant says."""

    country: str
    topics: Mapping[str, Topic]
    figures: Mapping[str, Figure]
    offices: Mapping[str, Office]
    responses: Mapping[str, Response]
    concepts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: str = ""  # hash of all files it was read from
