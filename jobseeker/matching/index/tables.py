"""Points of a query for every code that a column can hold, so that scoring a row is looking up and adding. Same values as ../features.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from jobseeker.matching.catalogue import Ints
from jobseeker.matching.facts import QUALITY
from jobseeker.matching.features import FULL
from jobseeker.matching.index.segment import (
    CONTRACTS,
    FIRST_DAY,
    HOURS,
    NOT_COMPARABLE,
    SHIFT_SETS,
    UNDISCLOSED,
    Array,
    Segment,
)
from jobseeker.matching.query import Query
from jobseeker.vacancies import SHIFTS

RULED_OUT = -1_000_000  # so far below any score that no sum comes back above zero
_BITS = np.array([[(number >> bit) & 1 for bit in range(8)] for number in range(256)], np.int32)

_QUALITY = (FULL * _BITS[: 1 << len(QUALITY)].sum(axis=1) // len(QUALITY)).astype(np.int32)


def weighed(weight: int, values: Ints) -> Ints:
    """points() of ../score.py for an array of values."""
    return ((weight * values + 500) // FULL).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Tables:
    """Points by code, shape (codes,), int32. A code that a limit rules out holds RULED_OUT."""

    occupation: Ints
    locality: Ints
    terms: Ints
    licence_set: Ints
    language_set: Ints
    posted: Ints  # index: day - FIRST_DAY, clipped to its length
    quality: Ints
    credit: Ints  # rarity x percent, by skill number
    percent: Ints
    rules_out: dict[str, Array]  # limit -> which codes of its column break it


def tables_of(query: Query, segment: Segment, rarity: Ints) -> Tables:
    """Work them out. Costs some 0.3 ms."""
    weights = query.weights
    rules_out: dict[str, Array] = {}
    occupation = weighed(weights["occupation"], query.occupation_values)
    if query.occupation_limited:
        allowed = query.occupation_allowed
        numbers = [0, *(query.catalogue.occupation_number[name] for name in allowed)]
        rules_out["occupation"] = np.ones(len(occupation), bool)
        rules_out["occupation"][numbers] = False
    locality = weighed(weights["commute"], query.locality_values)
    if "commute" in query.firm:
        rules_out["commute"] = query.tenths > query.firm_tenths
    if "remote" in query.firm and query.profile.wishes.remote:
        rules_out["remote"] = np.arange(len(locality)) != 1
    terms = _terms(query, rules_out)
    licence_set = _licences(query, segment, rules_out)
    percent = query.credit_percent
    return Tables(
        occupation=_without(occupation, rules_out.get("occupation")),
        locality=_without(_without(locality, rules_out.get("commute")), rules_out.get("remote")),
        terms=terms,
        licence_set=licence_set,
        language_set=weighed(weights["language"], _languages(query, segment)),
        posted=_posted(
            max(0, query.day.toordinal() - FIRST_DAY),
            query.parameters.number("freshness.half_days"),
            weights["freshness"],
        ),
        quality=weighed(weights["quality"], _QUALITY),
        credit=(percent * rarity).astype(np.int32),
        percent=percent,
        rules_out=rules_out,
    )


def _without(values: Ints, broken: Array | None) -> Ints:
    return values if broken is None else np.where(broken, RULED_OUT, values).astype(np.int32)


def _choice(names: tuple[str, ...], wished: tuple[str, ...], neutral: int) -> Ints:
    if not wished:
        return np.full(len(names), neutral, np.int32)
    return np.array([neutral if name == "unknown" else FULL * (name in wished) for name in names], np.int32)


def _terms(query: Query, rules_out: dict[str, Array]) -> Ints:
    """Hours, contract and shifts together, shape (TERMS,)."""
    wishes, neutral, weights, firm = query.profile.wishes, query.neutral, query.weights, query.firm
    hours, contracts = _choice(HOURS, wishes.hours, neutral), _choice(CONTRACTS, wishes.contracts, neutral)
    fits = np.array(
        [name not in wishes.avoid_shifts and (not wishes.shifts or name in wishes.shifts) for name in SHIFTS], np.int32
    )
    bits = _BITS[:SHIFT_SETS, : len(SHIFTS)]
    fitting, given = bits @ fits, bits.sum(axis=1)
    asked = bool(wishes.shifts or wishes.avoid_shifts)
    shifts = FULL * fitting // np.maximum(1, given) if asked else np.full(SHIFT_SETS, neutral)
    shifts = np.where(given == 0, neutral, shifts).astype(np.int32)
    total = (
        weighed(weights["hours"], hours)[:, None, None]
        + weighed(weights["contract"], contracts)[None, :, None]
        + weighed(weights["shifts"], shifts)[None, None, :]
    )
    shape = total.shape
    if "hours" in firm and wishes.hours:
        broken = np.array([name not in ("unknown", *wishes.hours) for name in HOURS])
        rules_out["hours"] = np.broadcast_to(broken[:, None, None], shape).reshape(-1)
    if "shifts" in firm and asked:
        broken = (given > 0) & (fitting == 0)
        rules_out["shifts"] = np.broadcast_to(broken[None, None, :], shape).reshape(-1)
    if "contract" in firm and wishes.contracts:
        broken = np.array([name not in ("unknown", *wishes.contracts) for name in CONTRACTS])
        rules_out["contract"] = np.broadcast_to(broken[None, :, None], shape).reshape(-1)
    flat = total.reshape(-1)
    for limit in ("hours", "shifts", "contract"):
        flat = _without(flat, rules_out.get(limit))
    return flat.astype(np.int32)


def _sums(values: Array, start: Array) -> Array:
    summed = np.concatenate((np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)))
    result: Array = summed[start[1:]] - summed[start[:-1]]
    return result


def _licences(query: Query, segment: Segment, rules_out: dict[str, Array]) -> Ints:
    start = segment.licence_set_start.astype(np.int64)
    asked = np.diff(start)
    held = _sums(query.covered_numbers[segment.licence_set_items], start)
    values = np.where(asked == 0, FULL, FULL * held // np.maximum(1, asked)).astype(np.int32)
    law_start = segment.law_set_start.astype(np.int64)
    broken = _sums(~query.lawful_numbers[segment.law_set_items], law_start) > 0
    rules_out["licence_by_law"] = broken
    return _without(weighed(query.weights["licence"], values), broken)


def _languages(query: Query, segment: Segment) -> Ints:
    start = segment.language_set_start.astype(np.int64)
    asked = np.diff(start)
    numbers, levels = np.divmod(segment.language_set_items.astype(np.int64), 4)
    has = np.full(max(1, len(query.catalogue.skills)), -1, np.int64)
    for name in query.held:
        has[query.catalogue.skill_number[name]] = query.language_level(name)
    short = np.array(query.parameters.numbers("language.levels_short"), np.int64)
    level = has[numbers]
    value = np.where(level >= 0, short[np.clip(levels - level, 0, len(short) - 1)], 0)
    return np.where(asked == 0, FULL, _sums(value, start) // np.maximum(1, asked)).astype(np.int32)


@lru_cache(maxsize=16)
def _posted(today: int, half: int, weight: int) -> Ints:
    """By day of posting up to the query's day; a posting from the future counts as of today. Few persons weigh it differently."""
    age = today - np.arange(today + 1, dtype=np.int64)
    return weighed(weight, (FULL * half // np.maximum(1, half + age)).astype(np.int32))


def pay_points(query: Query, middle: Ints) -> Ints:
    """Points for pay, from the column `pay_middle`."""
    undisclosed = query.parameters.number("pay.undisclosed")
    wish = query.wish_monthly
    if wish is None:
        values = np.full(middle.shape, query.neutral, np.int64)
    else:
        nothing = wish * query.parameters.number("pay.nothing_at") // FULL
        sloping = FULL * (middle.astype(np.int64) - nothing) // max(1, wish - nothing)
        values = np.where(middle >= wish, FULL, np.maximum(0, sloping))
    values = np.where(middle == UNDISCLOSED, undisclosed, np.where(middle == NOT_COMPARABLE, query.neutral, values))
    return weighed(query.weights["pay"], values.astype(np.int32))


def most_pay_points(query: Query) -> int:
    """No vacancy gets more for pay; without a wish to compare with that is little."""
    if query.wish_monthly is not None:
        return query.weights["pay"]
    values = np.array([query.neutral, query.parameters.number("pay.undisclosed")], np.int32)
    return int(weighed(query.weights["pay"], values).max())
