"""Reads packs/*/policy/ranking.yml into a RankingPolicy; every error names file and line. What the numbers mean is in jobseeker/matching."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from content.yaml_file import LineDict, LineList, YamlFile
from jobseeker.matching.policy import FEATURES, NAMES, PolicyRow, RankingPolicy, Requirement, Value
from jobseeker.taxonomy import Taxonomy

LISTS = {"occupation.shared_digits": 5, "language.levels_short": 4}
MOST_POINTS = 10_000  # of all weights together; times the greatest factor it must fit into 15 bits


def load_ranking(root: Path, country: str = "tw") -> RankingPolicy:
    """The ranking policy of a pack. Raises ContentError. A file that has not changed is not read again."""
    path = root / "packs" / country / "policy" / "ranking.yml"
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _load(path, path.relative_to(root).as_posix(), changed)


@lru_cache(maxsize=4)
def _load(path: Path, shown_as: str, _changed: int) -> RankingPolicy:
    return read_ranking(YamlFile(path, shown_as))


def read_ranking(file: YamlFile) -> RankingPolicy:
    """All rows, checked: every name there and known, whole numbers, days in order, weights within bounds. Raises ContentError."""
    section = file.get(file.root, "ranking", LineDict)
    for name in section:
        if name not in NAMES:
            raise file.error(section.lines[name], f"`{name}:` is not known to the ranking")
    missing = sorted(NAMES - set(section))
    if missing:
        raise file.error(section.line, f"`{missing[0]}:` is missing")
    rows = {name: _rows(file, file.get(section, name, LineDict), name) for name in section}
    newest = sum(_whole(rows[f"weight.{feature}"][-1].value) for feature in FEATURES)
    if newest != MOST_POINTS:
        raise file.error(section.line, f"the weights add up to {newest}, not to {MOST_POINTS}")
    if _whole(rows["factor.most"][-1].value) > 3_000:
        raise file.error(section.lines["factor.most"], "a factor above 3000 does not fit the index (15 bits a score)")
    laws = file.get(file.root, "licences_by_law", LineList, LineList())
    labels = {name: file.bilingual(file.get(section, name, LineDict), "label") for name in section}
    return RankingPolicy(rows, tuple(_requirement(file, item) for item in laws), labels)


def _rows(file: YamlFile, entry: LineDict, name: str) -> tuple[PolicyRow, ...]:
    file.get(entry, "owner", str)
    file.get(entry, "unit", str)
    items = file.get(entry, "rows", LineList)
    if not items:
        raise file.error(entry.lines["rows"], f"`{name}` has no rows")
    rows = []
    for line, item in zip(items.lines, items, strict=True):
        if not isinstance(item, LineDict):
            raise file.error(line, "a row should look like `value:`, `valid_from:`, `source:`")
        rows.append(PolicyRow(_value(file, item, name), file.day(item, "valid_from"), file.bilingual(item, "source")))
    starts = [row.valid_from for row in rows]
    if starts != sorted(set(starts)):
        raise file.error(entry.lines["rows"], f"the rows of `{name}` should start on different days, oldest first")
    return tuple(rows)


def _value(file: YamlFile, row: LineDict, name: str) -> Value:
    value = file.get(row, "value", (int, LineList))
    numbers = value if isinstance(value, LineList) else [value]
    if isinstance(value, LineList) != (name in LISTS) or len(numbers) != LISTS.get(name, 1):
        raise file.error(row.lines["value"], f"`{name}` needs {LISTS.get(name, 'one')} whole number(s)")
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise file.error(row.lines["value"], f"`{name}` needs whole numbers from 0 on, not {number!r}")
    return tuple(value) if isinstance(value, LineList) else value


def _whole(value: Value) -> int:
    assert isinstance(value, int)
    return value


def _requirement(file: YamlFile, item: LineDict) -> Requirement:
    file.get(item, "owner", str)
    return Requirement(
        file.get(item, "licence", str),
        file.texts(item, "occupations", LineList()),
        file.day(item, "valid_from"),
        file.texts(item, "or", LineList()),
        file.bilingual(item, "source"),
    )


def find_unknown_ids(policy: RankingPolicy, taxonomy: Taxonomy) -> list[str]:
    """Licences and occupations of `licences_by_law` that the taxonomy does not have: their rules would never apply."""
    licences = {name for rule in policy.requirements for name in (rule.licence, *rule.instead)}
    occupations = {name for rule in policy.requirements for name in rule.occupations}
    return sorted((licences - set(taxonomy.skills)) | (occupations - set(taxonomy.occupations)))
