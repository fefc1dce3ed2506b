"""Which sheets there are, which column holds which field of a topic file. Words that people read are in data/editing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

WORDS = Path("data/editing/knowledge_sheet.yml")
README, CHINESE, ENGLISH, SETTINGS, SOURCES, QUESTIONS, LISTS = (
    "readme",
    "zh",
    "en",
    "settings",
    "sources",
    "questions",
    "lists",
)
VERSIONS = "versions"  # a hidden sheet: which state of each topic file was exported
LANGUAGES = ("zh", "en")
KINDS: Mapping[str, tuple[str, ...]] = {
    "zh": ("official", "lay", "story", "chat", "typo", "mixed", "elder"),
    "en": ("official", "lay", "story", "chat", "typo", "learner", "mixed"),
}
TOPIC = "topic"
LIST_FIELDS = ("contact", "confirm")
# A field of a topic file: ("title", "zh"), ("risk",), ("sources", 0, "url"), ("questions", "en", "lay").
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Column:
    """A column: its name in data/editing and in code, its width, and the list its cells are chosen from."""

    name: str
    width: int
    choices: str = ""
    locked: bool = False


SHEETS: Mapping[str, tuple[Column, ...]] = {
    CHINESE: (
        Column(TOPIC, 26, locked=True),
        Column("title", 24),
        Column("short", 52),
        Column("answer", 90),
        Column("pending", 52),
    ),
    ENGLISH: (
        Column(TOPIC, 26, locked=True),
        Column("title", 32),
        Column("short", 52),
        Column("answer", 90),
        Column("pending", 52),
    ),
    SETTINGS: (
        Column(TOPIC, 26, locked=True),
        Column("group", 12, "group"),
        Column("risk", 12, "risk"),
        Column("decides", 22, "office"),
        Column("contact", 38),
        Column("confidence", 12, "confidence"),
        Column("confirm", 30),
        Column("as_of", 8),
        Column("reviewed_on", 14),
    ),
    SOURCES: (Column(TOPIC, 26, TOPIC), Column("number", 8), Column("zh", 50), Column("en", 60), Column("url", 60)),
    QUESTIONS: (
        Column(TOPIC, 26, TOPIC),
        Column("language", 12, "language"),
        Column("kind", 14, "kind"),
        Column("question", 100),
    ),
}
ONE_ROW_PER_TOPIC = (CHINESE, ENGLISH, SETTINGS)
MAY_BE_EMPTY = {"pending", "confirm", "url", "number"}


def path_of(sheet: str, column: str) -> Path_:
    """The field that a column of a one-row-per-topic sheet holds."""
    return (column,) if sheet == SETTINGS else (column, sheet)


@dataclass(frozen=True)
class Words:
    """The words of the spreadsheet, in both languages."""

    content: Mapping[str, Any]

    @classmethod
    def load(cls, root: Path) -> Words:
        """Read data/editing/knowledge_sheet.yml."""
        return cls(yaml.load((root / WORDS).read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))

    def sheet(self, sheet: str) -> str:
        """The name on a sheet's tab."""
        return str(self.content["sheets"][sheet])

    def header(self, column: str) -> str:
        """The heading of a column."""
        return str(self.content["columns"][column]["header"])

    def note(self, column: str) -> str:
        """The note on a column's heading."""
        return str(self.content["columns"][column]["note"])

    def problem(self, key: str, language: str, /, **values: object) -> str:
        """What is wrong, in one language."""
        return str(self.content["problems"][key][language]).format(**values)

    @property
    def lines(self) -> list[str]:
        """What stands on the first sheet."""
        return str(self.content["readme"]).splitlines()
