"""The id of a skill or occupation that a field names by id, name or alias. Skills in running text are language/skills.py's."""

from __future__ import annotations

from jobseeker.likeness import folded
from jobseeker.taxonomy import Occupation, Skill, Taxonomy
from language.detect import to_traditional


class TermFinder:
    """Names and aliases of a taxonomy, however they are spelled; a name comes before another's alias."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._skills = _index([*taxonomy.skills.values()])
        self._occupations = _index([*taxonomy.occupations.values()])

    def skill(self, name: str) -> str:
        """The id of a skill, language or licence; "" for none."""
        return _look(self._skills, name)

    def occupation(self, name: str) -> str:
        """The id of an occupation; "" for none."""
        return _look(self._occupations, name)


def _index(terms: list[Skill | Occupation] | list[Skill] | list[Occupation]) -> dict[str, str]:
    found: dict[str, str] = {}
    for term in terms:
        found.setdefault(term.id, term.id)
    for term in terms:
        for name in term.name.values():
            found.setdefault(folded(name), term.id)
    for term in terms:
        for names in term.aliases.values():
            for name in names:
                found.setdefault(folded(name), term.id)
    return found


def _look(index: dict[str, str], name: str) -> str:
    return index.get(name) or index.get(folded(name)) or index.get(folded(to_traditional(name))) or ""
