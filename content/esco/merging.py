"""Adds an imported ESCO to our taxonomy: the same skill becomes one, the rest gets ids of its own. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from content.esco import database
from content.esco.database import Contents
from jobseeker.taxonomy import Occupation, Relation, RelationKind, Skill, SkillKind, Taxonomy, alias_key

_KINDS: dict[str, SkillKind] = {"hard": "hard", "soft": "soft", "digital": "digital", "language": "language"}
_RELATIONS: dict[str, RelationKind] = {
    "broader": "broader",
    "essential": "essential",
    "optional": "optional",
    "occupation_broader": "related",
}


def add_esco(ours: Taxonomy, path: Path) -> Taxonomy:
    """Our taxonomy with the concepts of an imported ESCO. Raises ContentError when `path` is not such a file.

    - An ESCO skill whose preferred label is the English name or an alias of one of ours is that skill: its labels become
      aliases of ours, its relations point to ours.
    - Every other concept is added as `esco:<uuid>`; its Chinese name is its English label, as ESCO has no Chinese.
    - An alias keeps one meaning: ours come first, then preferred labels, then the others by position. Labels that ordinary
      text is full of are no aliases.
    - The same relation is not added twice; an occupation and the broader one above it are `related`.
    """
    contents = database.read(path)
    same = _same_skills(ours, contents)
    aliases = _free_aliases(ours, contents)
    skills, occupations = dict(ours.skills), dict(ours.occupations)
    ids: list[str] = []
    for concept in contents.concepts:
        found = aliases.get(concept.number, [])
        if concept.number in same:
            skill = skills[same[concept.number]]
            merged = {**skill.aliases, "en": (*skill.aliases.get("en", ()), *found)}
            skills[skill.id] = replace(skill, aliases=merged)
            ids.append(skill.id)
            continue
        name, other = {"zh": concept.label, "en": concept.label}, tuple(a for a in found if a != concept.label)
        if concept.type == "skill":
            isco = tuple(concept.isco.split())
            skills[concept.id] = Skill(concept.id, _KINDS[concept.kind], name, {"zh": (), "en": other}, isco)
        else:
            occupations[concept.id] = Occupation(concept.id, concept.isco, name, {"zh": (), "en": other})
        ids.append(concept.id)
    added = _new_relations(ours, contents, ids)
    version = f"{ours.version}+esco{contents.meta['version']}"
    return Taxonomy(skills, occupations, [*ours.relations, *added], version, ours.isco)


def _same_skills(ours: Taxonomy, contents: Contents) -> dict[int, str]:
    """Number of an ESCO skill -> our skill that carries its preferred label as name or alias."""
    owner = _owners(ours.skills)
    found = {}
    for concept in contents.concepts:
        if concept.type == "skill" and (skill := owner.get(alias_key(concept.label))):
            found[concept.number] = skill
    return found


def _free_aliases(ours: Taxonomy, contents: Contents) -> dict[int, list[str]]:
    """Labels nobody else carries yet, by concept; skills and occupations do not stand in each other's way."""
    taken = {"skill": set(_owners(ours.skills)), "occupation": set(_owners(ours.occupations))}
    types = {concept.number: concept.type for concept in contents.concepts}
    found: dict[int, list[str]] = {}
    for number, text, key in contents.labels:
        keys = taken[types[number]]
        if key not in keys:
            keys.add(key)
            found.setdefault(number, []).append(text)
    return found


def _owners(table: Mapping[str, Skill] | Mapping[str, Occupation]) -> dict[str, str]:
    return {
        alias_key(text): entry.id
        for entry in table.values()
        for text in (*entry.aliases.get("en", ()), entry.name["en"])
    }


def _new_relations(ours: Taxonomy, contents: Contents, ids: list[str]) -> list[Relation]:
    """Relations we do not have, with ids instead of numbers. How ours hang together is not for ESCO to say, and where two
    concepts became one skill, `broader` must still not go in a circle."""
    known = {(r.kind, r.source, r.target) for r in ours.relations}
    wider: dict[str, list[str]] = {}
    for relation in ours.relations:
        if relation.kind == "broader":
            wider.setdefault(relation.source, []).append(relation.target)
    added = []
    for name, source, target in contents.relations:
        kind, ends = _RELATIONS.get(name), (ids[source], ids[target])
        if kind is None or (kind, *ends) in known:
            continue
        known.add((kind, *ends))
        if kind == "broader":
            if (ends[0] in ours.skills and ends[1] in ours.skills) or _reaches(wider, ends[1], ends[0]):
                continue
            wider.setdefault(ends[0], []).append(ends[1])
        added.append(Relation(kind, *ends))
    return added


def _reaches(wider: Mapping[str, list[str]], start: str, goal: str) -> bool:
    pending, seen = [start], {start}
    while pending:
        node = pending.pop()
        if node == goal:
            return True
        fresh = [target for target in wider.get(node, ()) if target not in seen]
        seen.update(fresh)
        pending += fresh
    return False
