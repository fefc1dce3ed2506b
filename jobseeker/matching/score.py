"""The score of one vacancy for one query: the sum of whole points, its limits and what is missing. How values come about is features.py."""

from __future__ import annotations

from dataclasses import dataclass

from jobseeker.matching.facts import Facts, monthly_offer
from jobseeker.matching.features import FULL, VALUE_OF, Rarity
from jobseeker.matching.policy import FEATURES
from jobseeker.matching.query import Query
from jobseeker.matching.records import Missing, Reason
from jobseeker.vacancies import LANGUAGE_LEVELS


def points(weight: int, value: int) -> int:
    """weight x value / 1000, rounded half up. Whole numbers, so that sums are exact and the same on every machine."""
    return (weight * value + 500) // FULL


@dataclass(frozen=True)
class Scored:
    """The score with its reasons, in the order of FEATURES. `broken`: limits that rule the vacancy out."""

    score: int
    reasons: tuple[Reason, ...]
    broken: tuple[str, ...] = ()


def score(query: Query, facts: Facts, rarity: Rarity) -> Scored:
    """Score one vacancy. The points of the reasons add up to the score exactly."""
    reasons = []
    for feature in FEATURES:
        value, detail = VALUE_OF[feature](query, facts, rarity)
        weight = query.weights[feature]
        reasons.append(Reason(feature, points(weight, value), weight, value / FULL, detail))
    return Scored(int(sum(reason.points for reason in reasons)), tuple(reasons), broken_limits(query, facts))


def required_by_law(query: Query, facts: Facts) -> tuple[str, ...]:
    """Licences without which the law forbids this work: those asked for, and those of the occupation."""
    laws = query.parameters.by_law
    return tuple(
        name for name in sorted(laws) if name in facts.licences or (facts.occupation and facts.occupation in laws[name])
    )


def broken_limits(query: Query, facts: Facts) -> tuple[str, ...]:
    """The limits that this vacancy breaks, in the order of LIMITS. What is not known breaks none."""
    wishes, firm = query.profile.wishes, query.firm
    broken = []
    if any(not query.lawful(name) for name in required_by_law(query, facts)):
        broken.append("licence_by_law")
    if query.occupation_limited and facts.occupation and facts.occupation not in query.occupation_allowed:
        broken.append("occupation")
    if "commute" in firm and int(query.tenths[query.locality_number(facts.place, facts.remote)]) > query.firm_tenths:
        broken.append("commute")
    if "remote" in firm and wishes.remote and not facts.remote:
        broken.append("remote")
    if "pay" in firm and query.wish_monthly is not None:
        _, top = monthly_offer(facts, query.parameters)
        if top is not None and top < query.wish_monthly:
            broken.append("pay")
    if "hours" in firm and wishes.hours and facts.hours not in ("unknown", *wishes.hours):
        broken.append("hours")
    if "shifts" in firm and facts.shifts and not any(_fits(query, name) for name in facts.shifts):
        broken.append("shifts")
    if "contract" in firm and wishes.contracts and facts.contract not in ("unknown", *wishes.contracts):
        broken.append("contract")
    return tuple(broken)


def _fits(query: Query, shift: str) -> bool:
    wishes = query.profile.wishes
    return shift not in wishes.avoid_shifts and (not wishes.shifts or shift in wishes.shifts)


def missing(query: Query, facts: Facts) -> tuple[Missing, ...]:
    """What the vacancy asks for and the profile does not show: essentials first, then licences, languages, experience, what helps."""
    found = [Missing("essential", name) for name in facts.essential if not query.covers(name)]
    lacking = {name for name in facts.licences if not query.covers(name)}
    lacking |= {name for name in required_by_law(query, facts) if not query.lawful(name)}
    found += [Missing("licence", name) for name in sorted(lacking)]
    found += [
        Missing("language", name, level)
        for name, level in sorted(facts.languages.items())
        if query.language_level(name) < LANGUAGE_LEVELS.index(level)
    ]
    years = years_in(query, facts.occupation)
    if facts.years and years is not None and years < facts.years:
        found.append(Missing("experience", facts.occupation, f"{facts.years:g}"))
    return (*found, *(Missing("optional", name) for name in facts.optional if not query.covers(name)))


def years_in(query: Query, occupation: str) -> float | None:
    """Years in this kind of work by the jobs told; None where a job of the kind has no years (nobody is said to lack them)."""
    if not occupation:
        return None
    least = query.parameters.number("occupation.firm_at_least")
    digits, related = (
        query.parameters.numbers("occupation.shared_digits"),
        query.parameters.number("occupation.related"),
    )
    total = 0.0
    for job in query.profile.jobs:
        if job.occupation_id not in query.catalogue.taxonomy.occupations:
            continue
        if query.catalogue.closeness(job.occupation_id, occupation, digits, related).value >= least:
            if job.years is None:
                return None
            total += job.years
    return total


def order_key(scored: int, facts: Facts) -> tuple[int, int, int]:
    """Sorting by this puts the best first: by score, then the newest, then the lowest id."""
    return -scored, -facts.posted_on.toordinal(), facts.id


def rarity_step(count: int, total: int, base: int, per_doubling: int, most: int) -> int:
    """The rarity, in whole steps, of one skill that `count` of `total` vacancies name: base + log2((N+1)/(n+1)) x per_doubling.

    Computed with whole numbers (the length of a power in bits), so that it is the same on every machine.
    """
    ratio: int = (total + 1) ** per_doubling // (count + 1) ** per_doubling
    return min(most, base + ratio.bit_length() - 1)
