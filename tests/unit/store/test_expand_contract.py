"""A migration may add; what takes away waits for a later release and says so. So the release before goes on while the database is already the next one's.

Every step is run and its tables are compared before and after, so that nothing depends on how it is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from store.migrate import MIGRATIONS
from store.released import RELEASED

pytestmark = pytest.mark.slow
# What was done before there was a release that could be in the way. Nothing is added here any more.
BEFORE_THE_FIRST_RELEASE = {
    "0012": ["audit.digest: must be given now", "audit.hash: must be given now", "audit.position: must be given now"],
}
TEXTS = (sa.String, sa.Text)


def snapshot(connection: sa.Connection) -> sa.MetaData:
    """The tables as they are."""
    tables = sa.MetaData()
    tables.reflect(connection)
    return tables


def breaks(before: sa.MetaData, after: sa.MetaData) -> list[str]:
    """What a release that knows only `before` could not do any more with `after`."""
    problems: list[str] = []
    for name, old in before.tables.items():
        new = after.tables.get(name)
        if new is None:
            problems.append(f"{name}: gone")
            continue
        problems += [f"{name}.{column.name}: gone" for column in old.columns if column.name not in new.c]
        for column in new.columns:
            was = old.c.get(column.name)
            if not column.nullable and column.server_default is None and not column.primary_key and (was is None or was.nullable):  # fmt: skip
                problems.append(f"{name}.{column.name}: must be given now")
            if was is not None and narrowed(was.type, column.type):
                problems.append(f"{name}.{column.name}: takes less now")
        problems += [f"{name}: {', '.join(columns)} must be unique now" for columns in sorted(unique(new) - unique(old)) if set(columns) <= set(old.c.keys())]  # fmt: skip
    return sorted(problems)


def narrowed(was: Any, now: Any) -> bool:
    """Whether something that was taken is not taken any more."""
    if isinstance(was, TEXTS) and isinstance(now, TEXTS):
        return now.length is not None and (was.length is None or now.length < was.length)
    return was._type_affinity is not now._type_affinity


def unique(table: sa.Table) -> set[tuple[str, ...]]:
    """The sets of columns that must be unique."""
    found = {tuple(sorted(each.columns.keys())) for each in table.constraints if isinstance(each, sa.UniqueConstraint)}
    return found | {tuple(sorted(index.columns.keys())) for index in table.indexes if index.unique}


def verdict(revision: str, found: list[str], contract: str | None, releases: Mapping[str, str]) -> list[str]:
    """What is wrong with a step. contract: the release since which nothing uses what it takes away, as the migration says."""
    if contract is None:
        return [f"{problem}; see docs/runbooks/upgrade.md" for problem in found]
    if contract not in releases:
        return [f"CONTRACT = {contract!r}: store/released.py knows no such release"]
    if releases[contract] >= revision:
        return [f"CONTRACT = {contract!r}: that release ended at {releases[contract]}, this is part of it"]
    return [] if found else ["CONTRACT: takes nothing away"]


def steps(folder: Path, url: str) -> dict[str, tuple[list[str], str | None]]:
    """revision -> (what it breaks, its CONTRACT) of every migration, from the first to the last."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    script = ScriptDirectory.from_config(config)
    found: dict[str, tuple[list[str], str | None]] = {}
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            before = snapshot(connection)
            for each in reversed(list(script.walk_revisions())):
                command.upgrade(config, each.revision)
                after = snapshot(connection)
                found[each.revision] = (breaks(before, after), getattr(each.module, "CONTRACT", None))
                before = after
    finally:
        engine.dispose()
    return found


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # reflecting an index on an expression
def test_no_migration_takes_away_what_the_release_before_uses(tmp_path: Path) -> None:
    found = steps(MIGRATIONS, f"sqlite:///{tmp_path}/steps.db")
    assert len(found) >= 14
    old = {revision: problems for revision, (problems, _) in found.items() if revision <= "0014" and problems}
    assert old == BEFORE_THE_FIRST_RELEASE
    wrong = {
        revision: problems
        for revision, (broken, contract) in found.items()
        if revision > "0014" and (problems := verdict(revision, broken, contract, RELEASED))
    }
    assert wrong == {}


def test_releases_end_at_revisions_that_there_are() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    known = {each.revision for each in ScriptDirectory.from_config(config).walk_revisions()}
    assert len(known) >= 14
    assert set(RELEASED.values()) <= known
    assert not {"9999"} <= known  # a revision that there is not would be noticed


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("ALTER TABLE t DROP COLUMN b", "t.b: gone"),
        ("ALTER TABLE t RENAME COLUMN b TO c", "t.b: gone"),
        ("ALTER TABLE t RENAME TO u", "t: gone"),
        ("DROP TABLE t", "t: gone"),
        ("ALTER TABLE t ADD COLUMN c INTEGER", ""),
        ("ALTER TABLE t ADD COLUMN c INTEGER NOT NULL DEFAULT 0", ""),
        ("CREATE UNIQUE INDEX i ON t (b)", "t: b must be unique now"),
        ("CREATE INDEX i ON t (b)", ""),
        ("CREATE TABLE u (id INTEGER PRIMARY KEY, x TEXT NOT NULL)", ""),
    ],
)
def test_what_takes_away_would_be_found(statement: str, problem: str) -> None:
    engine = sa.create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, b VARCHAR(8))")
        before = snapshot(connection)
        connection.exec_driver_sql(statement)
        assert breaks(before, snapshot(connection)) == ([problem] if problem else [])
    engine.dispose()


def test_a_narrower_or_a_required_column_would_be_found() -> None:
    def table(*columns: sa.Column[Any]) -> sa.MetaData:
        made = sa.MetaData()
        sa.Table("t", made, sa.Column("id", sa.Integer(), primary_key=True), *columns)
        return made

    assert breaks(table(sa.Column("a", sa.String(64))), table(sa.Column("a", sa.String(32)))) == ["t.a: takes less now"]
    assert breaks(table(sa.Column("a", sa.Text())), table(sa.Column("a", sa.Integer()))) == ["t.a: takes less now"]
    assert breaks(table(sa.Column("a", sa.String(32))), table(sa.Column("a", sa.Text()))) == []
    assert breaks(table(), table(sa.Column("a", sa.Integer(), nullable=False))) == ["t.a: must be given now"]


def test_taking_away_is_a_later_releases_and_says_so() -> None:
    gone, releases = ["t.b: gone"], {"0.1.0": "0016"}
    assert verdict("0017", gone, None, releases) == ["t.b: gone; see docs/runbooks/upgrade.md"]
    assert verdict("0017", gone, "0.1.0", releases) == []
    assert "no such release" in verdict("0017", gone, "0.2.0", releases)[0]
    assert "part of it" in verdict("0016", gone, "0.1.0", releases)[0]
    assert verdict("0017", [], "0.1.0", releases) == ["CONTRACT: takes nothing away"]
