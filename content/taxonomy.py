"""Reads data/taxonomy/*.csv into a `Taxonomy` and writes them back sorted. What must hold between the rows is content/taxonomy_lint.py."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import get_args

from content.csv_file import CsvFile, write_rows
from content.esco import add_esco
from jobseeker.errors import ContentError
from jobseeker.taxonomy import IscoGroup, Occupation, Relation, RelationKind, Skill, SkillKind, Taxonomy

FOLDER = "data/taxonomy"
SKILL_COLUMNS = ("id", "kind", "name_zh", "name_en", "aliases_zh", "aliases_en", "isco")
OCCUPATION_COLUMNS = ("id", "isco", "name_zh", "name_en", "aliases_zh", "aliases_en")
RELATION_COLUMNS = ("kind", "source", "target")
ISCO_COLUMNS = ("code", "name_zh", "name_en", "unit_groups")
TABLES = {
    "skills": SKILL_COLUMNS,
    "occupations": OCCUPATION_COLUMNS,
    "relations": RELATION_COLUMNS,
    "isco": ISCO_COLUMNS,
}
SYMMETRIC = ("transferable", "related")
_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_SKILL_KINDS: dict[str, SkillKind] = {kind: kind for kind in get_args(SkillKind)}
_RELATION_KINDS: dict[str, RelationKind] = {kind: kind for kind in get_args(RelationKind)}


@dataclass
class TaxonomyRows:
    """What was read, with the line of every row, and everything that could not be read."""

    skills: dict[str, Skill] = field(default_factory=dict)
    occupations: dict[str, Occupation] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    isco: dict[str, IscoGroup] = field(default_factory=dict)
    skill_lines: dict[str, int] = field(default_factory=dict)
    occupation_lines: dict[str, int] = field(default_factory=dict)
    relation_lines: list[int] = field(default_factory=list)
    problems: list[ContentError] = field(default_factory=list)
    version: str = ""


def load_taxonomy(root: Path, esco: Path | None = None) -> Taxonomy:
    """The taxonomy below `root`, with what `jobseeker taxonomy import-esco` wrote to `esco` added where that is given.

    Raises ContentError at the first row that cannot be read or names what does not exist, and for an `esco` that is no
    such file. Files that have not changed since are not read again: the taxonomy is the same object, and nobody changes it.
    """
    paths = [root / FOLDER / f"{name}.csv" for name in TABLES] + ([esco] if esco else [])
    return _load(
        root, esco, tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.exists())
    )


@lru_cache(maxsize=4)
def _load(root: Path, esco: Path | None, _signature: tuple[tuple[Path, int, int], ...]) -> Taxonomy:
    rows = read_rows(root)
    if rows.problems:
        raise rows.problems[0]
    taxonomy = Taxonomy(rows.skills, rows.occupations, rows.relations, rows.version, rows.isco)
    return add_esco(taxonomy, esco) if esco else taxonomy


def read_rows(root: Path) -> TaxonomyRows:
    """All rows of the four files; what is wrong with single rows is collected in `problems`."""
    rows = TaxonomyRows()
    digest = hashlib.sha256()
    readers = {
        "isco": _read_isco,
        "skills": _read_skills,
        "occupations": _read_occupations,
        "relations": _read_relations,
    }
    for name, read in readers.items():
        try:
            file = CsvFile(root / FOLDER / f"{name}.csv", f"{FOLDER}/{name}.csv", TABLES[name])
            digest.update(file.text.encode())
            read(file, rows)
        except ContentError as problem:
            rows.problems.append(problem)
    rows.version = digest.hexdigest()[:16]
    return rows


def _read_isco(file: CsvFile, rows: TaxonomyRows) -> None:
    for line, (code, name_zh, name_en, unit_groups) in file.rows():
        if code in rows.isco or not re.fullmatch(r"\d{1,2}", code):
            rows.problems.append(
                file.error(line, f"`{code}` should be a code of one or two digits that stands here once")
            )
            continue
        rows.isco[code] = IscoGroup(code, {"zh": name_zh, "en": name_en}, tuple(unit_groups.split()))


def _read_skills(file: CsvFile, rows: TaxonomyRows) -> None:
    known = _known_groups(rows)
    for line, (key, kind, name_zh, name_en, aliases_zh, aliases_en, isco) in file.rows():
        problems = [*_check_key(key, rows.skill_lines), *_check_names(name_zh, name_en)]
        rows.skill_lines.setdefault(key, line)
        if kind not in _SKILL_KINDS:
            problems.append(f"`kind` should be one of {', '.join(_SKILL_KINDS)}, not “{kind}”")
        groups = tuple(isco.split())
        problems += [f"`isco` {code} is no ISCO-08 group" for code in groups if len(code) < 2 or code not in known]
        rows.problems += [file.error(line, problem) for problem in problems]
        if problems:
            continue
        rows.skills[key] = Skill(
            key, _SKILL_KINDS[kind], {"zh": name_zh, "en": name_en}, _aliases(aliases_zh, aliases_en), groups
        )


def _read_occupations(file: CsvFile, rows: TaxonomyRows) -> None:
    known = _known_groups(rows)
    for line, (key, isco, name_zh, name_en, aliases_zh, aliases_en) in file.rows():
        problems = [*_check_key(key, rows.occupation_lines), *_check_names(name_zh, name_en)]
        rows.occupation_lines.setdefault(key, line)
        if len(isco) != 4 or isco not in known:
            problems.append(f"`isco` should be one ISCO-08 unit group (four digits), not “{isco}”")
        rows.problems += [file.error(line, problem) for problem in problems]
        if problems:
            continue
        rows.occupations[key] = Occupation(key, isco, {"zh": name_zh, "en": name_en}, _aliases(aliases_zh, aliases_en))


def _read_relations(file: CsvFile, rows: TaxonomyRows) -> None:
    lines = {"occupations": rows.occupation_lines, "skills": rows.skill_lines}
    for line, (kind, source, target) in file.rows():
        if kind not in _RELATION_KINDS:
            rows.problems.append(
                file.error(line, f"`kind` should be one of {', '.join(_RELATION_KINDS)}, not “{kind}”")
            )
            continue
        sources = "occupations" if kind in ("essential", "optional", "related") else "skills"
        targets = "occupations" if kind == "related" else "skills"
        if source not in lines[sources] or target not in lines[targets]:
            rows.problems += [
                file.error(line, f"`{column}` {key} is not in {table}.csv")
                for column, key, table in (("source", source, sources), ("target", target, targets))
                if key not in lines[table]
            ]
            continue
        rows.relations.append(Relation(_RELATION_KINDS[kind], source, target))
        rows.relation_lines.append(line)


def _known_groups(rows: TaxonomyRows) -> set[str]:
    units = {unit for group in rows.isco.values() for unit in group.unit_groups}
    return set(rows.isco) | units | {unit[:3] for unit in units}


def _check_key(key: str, known: Mapping[str, int]) -> Iterator[str]:
    if not _ID.fullmatch(key):
        yield f"the id “{key}” should be lower snake case, like forklift_driving"
    if key in known:
        yield f"the id {key} stands here twice; keep one row"


def _check_names(name_zh: str, name_en: str) -> Iterator[str]:
    for column, name in (("name_zh", name_zh), ("name_en", name_en)):
        if not name.strip():
            yield f"`{column}` is empty"


def _aliases(zh: str, en: str) -> dict[str, tuple[str, ...]]:
    return {"zh": tuple(zh.split("|")) if zh else (), "en": tuple(en.split("|")) if en else ()}


def sorted_table(name: str, rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows as the file keeps them: cells trimmed, symmetric pairs with the smaller id first, sorted, none twice."""
    tidy = {tuple(_tidy(name, row)) for row in rows}
    return [list(row) for row in sorted(tidy)]


def _tidy(name: str, row: Sequence[str]) -> list[str]:
    cells = ["|".join(part.strip() for part in cell.split("|")) if " " in cell else cell for cell in row]
    if name == "relations" and cells[0] in SYMMETRIC and cells[1] > cells[2]:
        cells[1:] = [cells[2], cells[1]]
    return cells


def sort_files(root: Path, write: bool) -> list[str]:
    """Bring the files into their form (sorted, LF, UTF-8 without byte order mark); the names of those that differed."""
    changed = []
    for name, columns in TABLES.items():
        file = CsvFile(root / FOLDER / f"{name}.csv", f"{FOLDER}/{name}.csv", columns)
        text = write_rows(columns, sorted_table(name, [cells for _, cells in file.rows()]))
        if text != file.text:
            changed.append(file.shown_as)
            if write:
                file.path.write_bytes(text.encode())
    return changed
