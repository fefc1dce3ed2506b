"""Makes a segment from facts: collects, counts how rare skills are, sorts, bounds. Nothing is searched here."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from jobseeker.matching.catalogue import REMOTE, Catalogue
from jobseeker.matching.facts import QUALITY, Facts, monthly_offer
from jobseeker.matching.index.segment import (
    BLOCK,
    COLUMNS,
    CONTRACTS,
    FIRST_DAY,
    HOURS,
    NEVER,
    NOT_COMPARABLE,
    PERIODS,
    SHIFT_SETS,
    UNDISCLOSED,
    Array,
    Segment,
)
from jobseeker.matching.policy import Parameters
from jobseeker.matching.score import rarity_step
from jobseeker.vacancies import LANGUAGE_LEVELS, SHIFTS

COLLECTED = {
    "ids": "q", "posted": "H", "expires": "H", "occupation": "H", "locality": "H", "place": "H", "terms": "H", "licence_set": "I",
    "language_set": "I", "quality": "B", "half_years": "B", "pay_low": "i", "pay_high": "i", "pay_period": "B", "pay_middle": "i",
    "pay_top": "i", "essential_count": "B", "skill_count": "H",
}  # fmt: skip


class Builder:
    """Collects facts one by one; `finish` makes the segment. `rarity`: of an index that the segment joins; without, it is counted here."""

    def __init__(self, catalogue: Catalogue, parameters: Parameters) -> None:
        self.catalogue, self.parameters = catalogue, parameters
        self._values = {name: array(code) for name, code in COLLECTED.items()}
        self._skills = array("H")
        self._licence_sets: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        self._language_sets: dict[tuple[int, ...], int] = {}
        self._add = {name: column.append for name, column in self._values.items()}
        self._hours = {name: code for code, name in enumerate(HOURS)}
        self._contracts = {name: code for code, name in enumerate(CONTRACTS)}
        self._periods = {name: code for code, name in enumerate(PERIODS)}
        self._shift_bit = {name: 1 << bit for bit, name in enumerate(SHIFTS)}
        self._told_bit = {name: 1 << bit for bit, name in enumerate(QUALITY)}
        self._laws = {name: frozenset(items) for name, items in parameters.by_law.items()}

    def __len__(self) -> int:
        return len(self._values["ids"])

    def add(self, facts: Facts) -> None:
        """Take one vacancy."""
        add, number = self._add, self.catalogue.skill_number
        add["ids"](facts.id)
        add["posted"](_day(facts.posted_on.toordinal()))
        add["expires"](_day(facts.expires_on.toordinal()) if facts.expires_on else NEVER)
        add["occupation"](self.catalogue.occupation_number[facts.occupation])
        place = self.catalogue.locality_number.get(facts.place, 0)
        add["place"](place)
        add["locality"](REMOTE if facts.remote else place)
        shift_set = sum(self._shift_bit[name] for name in facts.shifts)
        terms = self._hours.get(facts.hours, 0) * len(CONTRACTS) + self._contracts.get(facts.contract, 0)
        add["terms"](terms * SHIFT_SETS + shift_set)
        licences = tuple(number[name] for name in facts.licences)
        languages = tuple(number[name] * 4 + LANGUAGE_LEVELS.index(level) for name, level in facts.languages.items())
        sets, language_sets = self._licence_sets, self._language_sets
        add["licence_set"](sets.setdefault((licences, self._by_law(facts)), len(sets)))
        add["language_set"](language_sets.setdefault(languages, len(language_sets)))
        add["quality"](sum(self._told_bit[name] for name in facts.told))
        add["half_years"](int(facts.years * 2))
        self._add_pay(facts)
        add["essential_count"](len(facts.essential))
        skills = [number[name] for name in (*facts.essential, *facts.optional)]
        add["skill_count"](len(skills))
        self._skills.extend(skills)

    def _add_pay(self, facts: Facts) -> None:
        add = self._add
        if facts.pay_low is None:
            low = high = middle = top = UNDISCLOSED
        else:
            low, high = facts.pay_low, UNDISCLOSED if facts.pay_high is None else facts.pay_high
            offered, best = monthly_offer(facts, self.parameters)
            middle, top = (NOT_COMPARABLE,) * 2 if offered is None or best is None else (offered, best)
        add["pay_low"](low)
        add["pay_high"](high)
        add["pay_period"](self._periods.get(facts.pay_period, 0))
        add["pay_middle"](middle)
        add["pay_top"](top)

    def _by_law(self, facts: Facts) -> tuple[int, ...]:
        if not self._laws:
            return ()
        needed = [
            name
            for name, occupations in self._laws.items()
            if name in facts.licences or facts.occupation in occupations
        ]
        return tuple(self.catalogue.numbers_of(needed))

    # --- finishing

    def rarity(self) -> Array:
        """Rarity of every skill by number among the vacancies taken so far, shape (skills,)."""
        total = len(self)
        counts = np.bincount(np.array(self._skills, np.int64), minlength=max(1, len(self.catalogue.skills)))
        base, per_doubling, most = (
            self.parameters.number(f"rarity.{name}") for name in ("base", "per_doubling", "most")
        )
        return np.array([rarity_step(int(count), total, base, per_doubling, most) for count in counts], np.int32)

    def finish(self, rarity: Array | None = None) -> tuple[Segment, Array]:
        """The segment, and the rarity it uses. The builder is empty afterwards."""
        rarity = self.rarity() if rarity is None else rarity
        columns = self._sorted_columns(rarity)
        localities = len(self.catalogue.localities)
        cells = columns["occupation"].astype(np.int64) * localities + columns["locality"]
        cell_count = len(self.catalogue.occupations) * localities
        columns["cell_start"] = np.searchsorted(cells, np.arange(cell_count + 1))
        columns["by_id"] = np.argsort(columns["ids"], kind="stable")
        columns["top_sorted"] = np.sort(columns["pay_top"])
        columns |= self._sets()
        columns |= self._blocks(columns)
        columns |= self._bounds(columns, rarity)
        return Segment({name: np.ascontiguousarray(columns[name], kind) for name, kind in COLUMNS.items()}), rarity

    def _sorted_columns(self, rarity: Array) -> dict[str, Array]:
        columns: dict[str, Array] = {
            name: np.frombuffer(column, column.typecode) if len(column) else np.zeros(0, column.typecode)
            for name, column in self._values.items()
        }
        counts = columns["skill_count"].astype(np.int64)
        starts = np.concatenate(([0], np.cumsum(counts)))[:-1]
        order = self._order(columns, starts, rarity)
        columns = {name: column[order] for name, column in columns.items()}
        counts = columns.pop("skill_count").astype(np.int64)
        ends = np.cumsum(counts)
        columns["skill_start"] = np.concatenate(([0], ends))
        taken = np.repeat(starts[order] - (ends - counts), counts) + np.arange(int(ends[-1]) if len(ends) else 0)
        columns["skills"] = np.array(self._skills, np.uint16)[taken]
        summed = np.concatenate(([0], np.cumsum(rarity[columns["skills"]], dtype=np.int64)))
        begin = columns["skill_start"][:-1]
        middle = begin + columns["essential_count"]
        columns["essential_rarity"] = summed[middle] - summed[begin]
        columns["optional_rarity"] = summed[columns["skill_start"][1:]] - summed[middle]
        return columns

    def _order(self, columns: Mapping[str, Array], starts: Array, rarity: Array) -> Array:
        """By cell, and within it such that vacancies which ask for much the same are neighbours: the closer are the bounds of
        blocks. First by how much is asked for in all, then by the rarest essential skill."""
        counts = columns["essential_count"].astype(np.int64)
        row = np.repeat(np.arange(len(counts)), counts)
        ends = np.cumsum(counts)
        within = np.arange(len(row)) - np.repeat(ends - counts, counts)
        skills = np.array(self._skills, np.int64)[starts[row] + within]
        key = rarity[skills].astype(np.int64) * 65_536 + skills
        named = np.flatnonzero(counts)
        rarest, asked = np.zeros(len(counts), np.int64), np.zeros(len(counts), np.int64)
        if len(named):
            first = (ends - counts)[named]
            rarest[named] = np.maximum.reduceat(key, first)
            asked[named] = np.add.reduceat(rarity[skills].astype(np.int64), first)
        no_optional = columns["skill_count"] == columns["essential_count"]
        keys = (columns["ids"], -rarest, asked // 16, no_optional, columns["locality"], columns["occupation"])
        return np.lexsort(keys)

    def _sets(self) -> dict[str, Array]:
        licences, laws = list(self._licence_sets), list(self._licence_sets)
        return {
            **_ragged("licence_set", [item[0] for item in licences]),
            **_ragged("law_set", [item[1] for item in laws]),
            **_ragged("language_set", list(self._language_sets)),
        }

    def _blocks(self, columns: Mapping[str, Array]) -> dict[str, Array]:
        sizes = np.diff(columns["cell_start"])
        cell_block = np.concatenate((np.zeros(1, np.int64), np.cumsum(-(-sizes // BLOCK))))
        blocks = np.diff(cell_block)
        number = np.arange(int(cell_block[-1])) - np.repeat(cell_block[:-1], blocks)
        first = np.repeat(columns["cell_start"][:-1], blocks) + number * BLOCK
        result: dict[str, Array] = {"cell_block": cell_block, "block_start": np.append(first, len(columns["ids"]))}
        if not len(first):
            return result | {"block_newest": first, "block_unnamed": first}
        unnamed = (columns["essential_rarity"] == 0) + 2 * (columns["optional_rarity"] == 0)
        newest = np.maximum.reduceat(columns["posted"], first)
        return result | {"block_newest": newest, "block_unnamed": np.bitwise_or.reduceat(unnamed, first)}

    def _bounds(self, columns: Mapping[str, Array], rarity: Array) -> dict[str, Array]:
        """For each skill and block, and for each skill and occupation, the largest share of the skill in a vacancy's rarity, per
        mille, rounded up: with the person's credit it gives a bound on coverage."""
        skill_count = max(1, len(self.catalogue.skills))
        counts = np.diff(columns["skill_start"])
        row = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(row)) - np.repeat(columns["skill_start"][:-1], counts)
        essential = within < columns["essential_count"][row]
        block_of_row = np.repeat(np.arange(len(columns["block_start"]) - 1), np.diff(columns["block_start"]))
        occupation_of_block = columns["occupation"][columns["block_start"][:-1]].astype(np.int64)
        result: dict[str, Array] = {}
        for prefix, which, name in (("", essential, "essential"), ("optional_", ~essential, "optional")):
            rows, skills = row[which], columns["skills"][which].astype(np.int64)
            share = -(-1000 * rarity[skills].astype(np.int64) // columns[f"{name}_rarity"][rows])
            skill, block, best = _largest(skills, block_of_row[rows], share, max(1, len(occupation_of_block)))
            result |= _by_skill(f"{prefix}block_bound", "block", skill, block, best, skill_count)
            occupations = occupation_of_block[block]
            skill, occupation, best = _largest(skill, occupations, best, len(self.catalogue.occupations))
            result |= _by_skill(f"{prefix}bound", "occupation", skill, occupation, best, skill_count)
        return result


def _largest(skill: Array, group: Array, share: Array, groups: int) -> tuple[Array, Array, Array]:
    """The largest share of each skill in each group: (skill, group, share), by skill and group."""
    key = skill * groups + group
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate((np.ones(min(1, len(key)), bool), key[1:] != key[:-1])))
    best = np.maximum.reduceat(share[order], first) if len(first) else share
    return key[first] // groups, key[first] % groups, best


def _by_skill(prefix: str, of: str, skill: Array, group: Array, share: Array, skills: int) -> dict[str, Array]:
    start = np.searchsorted(skill, np.arange(skills + 1))
    return {f"{prefix}_skill_start": start, f"{prefix}_{of}": group, f"{prefix}_share": share}


def _ragged(name: str, sets: Sequence[tuple[int, ...]]) -> dict[str, npt.NDArray[np.int64]]:
    ends = np.cumsum([len(items) for items in sets], dtype=np.int64)
    return {
        f"{name}_start": np.concatenate((np.zeros(1, np.int64), ends)),
        f"{name}_items": np.array([item for items in sets for item in items], np.int64),
    }


def _day(ordinal: int) -> int:
    return min(NEVER - 1, max(0, ordinal - FIRST_DAY))


def build(facts: Iterable[Facts], catalogue: Catalogue, parameters: Parameters) -> tuple[Segment, Array]:
    """A segment from facts in any order."""
    builder = Builder(catalogue, parameters)
    for item in facts:
        builder.add(item)
    return builder.finish()
