"""Skills, occupations and how they hang together, as records with look-ups. Reading the files is content/taxonomy.py; finding them in text is language/."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

SkillKind = Literal["hard", "soft", "digital", "language", "licence"]
RelationKind = Literal["broader", "essential", "optional", "transferable", "related"]
_Table = Mapping[str, Mapping[str, tuple[str, ...]]]


def alias_key(alias: str) -> str:
    """An alias without differences of width, case and spacing: two aliases with one key are the same alias."""
    return " ".join(unicodedata.normalize("NFKC", alias).casefold().split())


@dataclass(frozen=True)
class Skill:
    """One skill, language or licence. `aliases`: language ("zh", "en") -> what people write; `isco`: ISCO-08 group codes."""

    id: str
    kind: SkillKind
    name: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    isco: tuple[str, ...] = ()


@dataclass(frozen=True)
class Occupation:
    """One occupation with its ISCO-08 unit group (4 digits)."""

    id: str
    isco: str
    name: Mapping[str, str]
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """`broader`: skill -> wider skill. `essential`, `optional`: occupation -> skill. `transferable`: skill -> skill, both
    ways. `related`: occupation -> occupation, both ways."""

    kind: RelationKind
    source: str
    target: str


@dataclass(frozen=True)
class IscoGroup:
    """A major (one digit) or sub-major (two digits) group of ISCO-08 and, for a sub-major group, its unit groups."""

    code: str
    name: Mapping[str, str]
    unit_groups: tuple[str, ...] = ()


class Taxonomy:
    """All of it, with look-ups by id. `version` names the content (a hash), for the log of automated results."""

    def __init__(
        self,
        skills: Mapping[str, Skill],
        occupations: Mapping[str, Occupation],
        relations: Sequence[Relation],
        version: str = "",
        isco: Mapping[str, IscoGroup] | None = None,
    ) -> None:
        self.skills, self.occupations, self.relations, self.version = skills, occupations, tuple(relations), version
        self.isco: Mapping[str, IscoGroup] = isco or {}

    def essential(self, occupation_id: str) -> tuple[str, ...]:
        """Skill ids an occupation cannot do without; empty for an unknown occupation."""
        return self._by_source["essential"].get(occupation_id, ())

    def optional(self, occupation_id: str) -> tuple[str, ...]:
        """Skill ids that help in an occupation."""
        return self._by_source["optional"].get(occupation_id, ())

    def broader(self, skill_id: str) -> tuple[str, ...]:
        """The next wider skills."""
        return self._by_source["broader"].get(skill_id, ())

    def widened(self, skill_id: str) -> frozenset[str]:
        """All skills that whoever has this one has, too: `broader`, followed to the end. Empty for an unknown skill.

        A licence of level B includes that of level C; a licence includes the trade it is for.
        """
        found: set[str] = set()
        pending = list(self.broader(skill_id))
        while pending:
            key = pending.pop()
            if key not in found:
                found.add(key)
                pending += self.broader(key)
        return frozenset(found)

    def transferable(self, skill_id: str) -> tuple[str, ...]:
        """Skills that come easily with this one."""
        return self._both_ways["transferable"].get(skill_id, ())

    def related(self, occupation_id: str) -> tuple[str, ...]:
        """Occupations close to this one."""
        return self._both_ways["related"].get(occupation_id, ())

    def needed_by(self, skill_id: str, kind: Literal["essential", "optional"]) -> tuple[str, ...]:
        """Occupations this skill is essential (or optional) for."""
        return self._by_target[kind].get(skill_id, ())

    @cached_property
    def _by_source(self) -> _Table:
        return self._table(("broader", "essential", "optional"), forward=True, backward=False)

    @cached_property
    def _by_target(self) -> _Table:
        return self._table(("essential", "optional"), forward=False, backward=True)

    @cached_property
    def _both_ways(self) -> _Table:
        return self._table(("transferable", "related"), forward=True, backward=True)

    def _table(self, kinds: Sequence[RelationKind], forward: bool, backward: bool) -> _Table:
        """kind -> id -> the ids at the other end, in the order of the relations."""
        found: dict[str, dict[str, list[str]]] = {kind: {} for kind in kinds}
        for relation in self.relations:
            if relation.kind in found:
                table = found[relation.kind]
                if forward:
                    table.setdefault(relation.source, []).append(relation.target)
                if backward:
                    table.setdefault(relation.target, []).append(relation.source)
        return {kind: {key: tuple(ends) for key, ends in table.items()} for kind, table in found.items()}
