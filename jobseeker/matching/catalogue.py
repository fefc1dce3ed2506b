"""Taxonomy and places numbered for matching: what covers what, how close occupations are, how far places lie apart. No weights."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from jobseeker.places import Place, distance_km
from jobseeker.taxonomy import Taxonomy

Ints = npt.NDArray[np.int32]
UNKNOWN, REMOTE = 0, 1  # localities before the first place
FIRST_PLACE = 2
NO_DISTANCE = -1


@dataclass(frozen=True)
class Closeness:
    """How close two occupations are. relation: same, related, unit_group, minor_group, sub_major_group, major_group, none."""

    value: int  # per mille
    relation: str


BY_DIGITS = ("none", "major_group", "sub_major_group", "minor_group", "unit_group")


class Catalogue:
    """All skills, occupations and places in sorted order; index 0 of occupations and localities means "not known"."""

    def __init__(self, taxonomy: Taxonomy, places: Mapping[str, Place] | None = None) -> None:
        self.taxonomy, self.places = taxonomy, dict(sorted((places or {}).items()))
        self.skills: tuple[str, ...] = tuple(sorted(taxonomy.skills))
        self.occupations: tuple[str, ...] = ("", *sorted(taxonomy.occupations))
        self.localities: tuple[str, ...] = ("", "", *self.places)
        self.skill_number = {name: number for number, name in enumerate(self.skills)}
        self.occupation_number = {name: number for number, name in enumerate(self.occupations)}
        self.locality_number = {name: FIRST_PLACE + number for number, name in enumerate(self.places)}
        self._kilometres: dict[str, Ints] = {}
        self._closeness: dict[tuple[str, tuple[int, ...], int], Ints] = {}

    @cached_property
    def version(self) -> str:
        """Names taxonomy and places by content: numbering in an index is valid for this version only."""
        digest = hashlib.sha256(repr((self.taxonomy.version, self.skills, self.occupations)).encode())
        for relation in self.taxonomy.relations:
            digest.update(f"{relation.kind}\0{relation.source}\0{relation.target}\n".encode())
        for place in self.places.values():
            digest.update(f"{place.id}\0{place.county}\0{place.lat}\0{place.lon}\n".encode())
        return digest.hexdigest()[:16]

    def wider(self, skill_id: str) -> frozenset[str]:
        """All wider skills, over every step; a skill covers its wider ones. Empty for an unknown skill."""
        return self.taxonomy.widened(skill_id) - {skill_id}

    def numbers_of(self, skill_ids: Iterable[str]) -> list[int]:
        """Their numbers in ascending order, each once; what the taxonomy does not know is left out."""
        return sorted({self.skill_number[name] for name in skill_ids if name in self.skill_number})

    def names_of(self, numbers: Sequence[int] | npt.NDArray[Any]) -> tuple[str, ...]:
        """Skill ids of numbers."""
        return tuple(self.skills[int(number)] for number in numbers)

    # --- occupations

    def closeness(self, origin: str, target: str, digits: tuple[int, ...], related: int) -> Closeness:
        """How close `target` is to `origin`: the same, related in the taxonomy, or by ISCO-08 digits in common; the highest counts."""
        if origin == target:
            return Closeness(1000, "same")
        ours, theirs = self.taxonomy.occupations[origin].isco, self.taxonomy.occupations[target].isco
        shared = next((n for n in range(4, 0, -1) if len(ours) >= n and ours[:n] == theirs[:n]), 0)
        best = Closeness(digits[shared], BY_DIGITS[shared])
        if target in self.taxonomy.related(origin) and related > best.value:
            best = Closeness(related, "related")
        return best

    def closeness_to_all(self, origin: str, digits: tuple[int, ...], related: int) -> Ints:
        """The value for every occupation by number, shape (occupations,); index 0 is 0. Kept for the next time."""
        key = (origin, digits, related)
        if key not in self._closeness:
            ours = self.taxonomy.occupations[origin].isco
            values = np.full(len(self.occupations), digits[0], np.int32)
            for shared in range(1, 5):
                if len(ours) >= shared:
                    values[self._isco_prefixes[shared - 1] == ours[:shared]] = digits[shared]
            near = [self.occupation_number[name] for name in self.taxonomy.related(origin)]
            values[near] = np.maximum(values[near], related)
            values[self.occupation_number[origin]] = 1000
            values[0] = 0
            self._closeness[key] = values
        return self._closeness[key]

    @cached_property
    def _isco_prefixes(self) -> list[npt.NDArray[np.str_]]:
        codes = ["", *(self.taxonomy.occupations[name].isco for name in self.occupations[1:])]
        return [np.array([code[:n] if len(code) >= n else "" for code in codes]) for n in range(1, 5)]

    # --- places

    def prepare(self) -> None:
        """Work out all distances now (0.2 s for Taiwan) instead of at first use; for services."""
        for name in self.places:
            self.tenths_from(name)

    def tenths_from(self, origin: str) -> Ints:
        """Distance in 100 m from a place to every locality by number; 0 within a county that is itself the origin, -1 where unknown.

        Straight line between the centres, rounded to 100 m so that it is the same on every machine.
        """
        if origin not in self._kilometres:
            start = self.places[origin]
            row = [NO_DISTANCE, 0]
            for place in self.places.values():
                within = start.kind == "county" and place.county == start.id
                row.append(0 if within else round(10 * distance_km(start.lat, start.lon, place.lat, place.lon)))
            self._kilometres[origin] = np.array(row, np.int32)
        return self._kilometres[origin]

    def nearest_place(self, lat: float, lon: float, farthest_km: float = 25.0) -> str:
        """The place whose centre is nearest to a point, "" where none is near. Districts go before counties."""
        best, found = farthest_km, ""
        for place in self.places.values():
            if place.kind == "district" and abs(place.lat - lat) < 0.5 and abs(place.lon - lon) < 0.5:
                distance = distance_km(lat, lon, place.lat, place.lon)
                if distance < best:
                    best, found = distance, place.id
        return found
