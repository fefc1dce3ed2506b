"""The SQLite file an import writes: its tables, written once and read as a whole. Knows nothing of CSV and nothing of our own taxonomy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jobseeker.errors import ContentError

FORMAT = "1"
PREFERRED, ALTERNATIVE, HIDDEN = 0, 1, 2
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE concept (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL,
    isco TEXT NOT NULL
);
CREATE TABLE label (
    concept INTEGER NOT NULL REFERENCES concept, rank INTEGER NOT NULL, text TEXT NOT NULL, key TEXT NOT NULL,
    alias INTEGER NOT NULL
);
CREATE TABLE relation (
    kind TEXT NOT NULL, source INTEGER NOT NULL REFERENCES concept, target INTEGER NOT NULL REFERENCES concept
);
"""
_INDEXES = "CREATE INDEX label_key ON label (key); CREATE INDEX relation_source ON relation (source, kind);"


@dataclass(frozen=True)
class Concept:
    """A skill or an occupation of ESCO. `kind` is empty for an occupation; `isco` holds ISCO-08 codes, space-separated."""

    number: int
    id: str
    type: str
    kind: str
    label: str
    isco: str


@contextmanager
def writing(target: Path) -> Iterator[sqlite3.Connection]:
    """A new database that takes the place of `target` in one step, and only when everything went well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    unfinished.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(unfinished)) as connection:
            connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_TABLES}")
            yield connection
            connection.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
            connection.commit()
            connection.executescript(_INDEXES)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)


def add_concepts(connection: sqlite3.Connection, concepts: Iterable[Concept]) -> None:
    """Write concepts."""
    rows = ((c.number, c.id, c.type, c.kind, c.label, c.isco) for c in concepts)
    connection.executemany("INSERT INTO concept VALUES (?, ?, ?, ?, ?, ?)", rows)


def add_labels(connection: sqlite3.Connection, labels: Iterable[tuple[int, int, str, str, bool]]) -> None:
    """Write labels: concept number, rank, text, key, whether ordinary text is free of it so that it can be an alias."""
    connection.executemany("INSERT INTO label VALUES (?, ?, ?, ?, ?)", labels)


def add_relations(connection: sqlite3.Connection, relations: Iterable[tuple[str, int, int]]) -> None:
    """Write relations: kind, concept number, concept number."""
    connection.executemany("INSERT INTO relation VALUES (?, ?, ?)", relations)


def add_meta(connection: sqlite3.Connection, values: dict[str, str]) -> None:
    """Write what should be known about the import."""
    connection.executemany("INSERT INTO meta VALUES (?, ?)", sorted(values.items()))


@dataclass
class Contents:
    """All of a database. `labels`: concept number, text, key of those that can be aliases, preferred labels first."""

    meta: dict[str, str]
    concepts: list[Concept]
    labels: list[tuple[int, str, str]]
    relations: list[tuple[str, int, int]]


def read(path: Path) -> Contents:
    """Everything in the file. Raises ContentError when it is missing or was not written by this program."""
    advice = "run `jobseeker taxonomy import-esco DIR`"
    if not path.is_file():
        raise ContentError(str(path), 1, f"there is no imported ESCO; {advice}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            meta = dict(connection.execute("SELECT key, value FROM meta"))
            if meta.get("format") != FORMAT:
                raise ContentError(str(path), 1, f"the file is of another version of this program; {advice} again")
            return Contents(
                meta,
                [Concept(*row) for row in connection.execute("SELECT * FROM concept ORDER BY number")],
                list(
                    connection.execute("SELECT concept, text, key FROM label WHERE alias ORDER BY rank, concept, rowid")
                ),
                list(connection.execute("SELECT kind, source, target FROM relation ORDER BY rowid")),
            )
    except sqlite3.DatabaseError as problem:
        raise ContentError(str(path), 1, f"the file cannot be read ({problem}); {advice} again") from problem
