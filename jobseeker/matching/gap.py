"""What lies between a profile and an occupation or vacancy, and what else a person could do. Facts only; courses and sentences are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobseeker.matching.facts import Facts
from jobseeker.matching.index.snapshot import Snapshot
from jobseeker.matching.query import Query
from jobseeker.matching.records import Missing
from jobseeker.matching.score import missing, required_by_law


@dataclass(frozen=True)
class Transfer:
    """A missing skill that comes easily from one the person has."""

    skill: str
    through: str


@dataclass(frozen=True)
class Gap:
    """kind: occupation or vacancy; target: its id. Skills are in the order of how rare they are among vacancies, rarest first.

    missing also names licences, languages and years that a vacancy asks for, and licences that the law asks for.
    """

    kind: str
    target: str
    essential_held: tuple[str, ...]
    essential_missing: tuple[str, ...]
    optional_held: tuple[str, ...]
    optional_missing: tuple[str, ...]
    transfers: tuple[Transfer, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Direction:
    """An occupation that the skills held point to. `closeness` per mille: the share of its skills held, weighted by rarity."""

    occupation: str
    closeness: int
    shared: tuple[str, ...]
    missing: tuple[str, ...]
    open_vacancies: int


def gap_to_occupation(query: Query, rarity: Mapping[str, int], occupation: str) -> Gap:
    """What an occupation asks for by the taxonomy. An unknown occupation has an empty gap."""
    taxonomy = query.catalogue.taxonomy
    facts = Facts(
        0,
        query.day,
        occupation=occupation if occupation in taxonomy.occupations else "",
        essential=tuple(sorted(set(taxonomy.essential(occupation)))),
        optional=tuple(sorted(set(taxonomy.optional(occupation)) - set(taxonomy.essential(occupation)))),
    )
    return _gap(query, rarity, "occupation", occupation, facts)


def gap_to_vacancy(query: Query, rarity: Mapping[str, int], facts: Facts) -> Gap:
    """What one vacancy asks for."""
    return _gap(query, rarity, "vacancy", str(facts.id), facts)


def _gap(query: Query, rarity: Mapping[str, int], kind: str, target: str, facts: Facts) -> Gap:
    essential, optional = _by_rarity(facts.essential, rarity), _by_rarity(facts.optional, rarity)
    transfers = [
        Transfer(name, query.credit[name].through)
        for name in (*essential, *optional)
        if not query.covers(name) and name in query.credit and query.credit[name].how == "transferable"
    ]
    return Gap(
        kind,
        target,
        tuple(name for name in essential if query.covers(name)),
        tuple(name for name in essential if not query.covers(name)),
        tuple(name for name in optional if query.covers(name)),
        tuple(name for name in optional if not query.covers(name)),
        tuple(transfers),
        missing(query, facts),
    )


def _by_rarity(skills: Sequence[str], rarity: Mapping[str, int]) -> list[str]:
    return sorted(skills, key=lambda name: (-rarity.get(name, 0), name))


def explore(query: Query, snapshot: Snapshot, k: int = 5, known: bool = False) -> tuple[Direction, ...]:
    """Occupations that the skills held point to, closest first; those done or wished already only where `known` is set.

    closeness = sum(rarity held) / sum(rarity) over the occupation's skills, an essential one counting twice. Occupations that
    need a licence by law which the person lacks are listed like others: the licence is among what is missing.
    """
    taxonomy, rarity = query.catalogue.taxonomy, snapshot.rarity_by_name
    done = {origin.occupation for origin in query.origins}
    found = []
    for occupation in sorted(taxonomy.occupations):
        if occupation in done and not known:
            continue
        essential = tuple(sorted(set(taxonomy.essential(occupation))))
        optional = tuple(sorted(set(taxonomy.optional(occupation)) - set(essential)))
        weights = {name: rarity[name] for name in optional if name in rarity}
        weights |= {name: 2 * rarity[name] for name in essential if name in rarity}
        shared = [name for name in weights if query.covers(name)]
        if not shared:
            continue
        law = required_by_law(query, Facts(0, query.day, occupation=occupation))
        lacking = [name for name in law if not query.lawful(name)]
        lacking += [name for name in essential if not query.covers(name)]
        closeness = 1000 * sum(weights[name] for name in shared) // sum(weights.values())
        found.append((closeness, occupation, shared, list(dict.fromkeys(lacking))))
    found.sort(key=lambda item: (-item[0], item[1]))
    return tuple(
        Direction(
            occupation,
            closeness,
            tuple(_by_rarity(shared, rarity)),
            tuple(_by_rarity(lacking, rarity)),
            open_in(snapshot, occupation),
        )
        for closeness, occupation, shared, lacking in found[:k]
    )


def open_in(snapshot: Snapshot, occupation: str) -> int:
    """How many vacancies of an occupation are open."""
    number = snapshot.catalogue.occupation_number[occupation]
    counts = [part.counts["occupation"] for part in snapshot.parts]
    return sum(int(counted[number]) for counted in counts if number < len(counted))
