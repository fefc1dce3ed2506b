"""One function per feature: (query, facts) -> value in whole per mille, and the facts for a sentence. Weights and sums are score.py.

The index (search.py) computes the same values for many vacancies at once; tests hold the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jobseeker.matching.facts import QUALITY, Facts, monthly_offer
from jobseeker.matching.query import Query
from jobseeker.vacancies import LANGUAGE_LEVELS

Rarity = Mapping[str, int]
Value = tuple[int, dict[str, Any]]
FULL = 1000


def skill_coverage(query: Query, skills: Sequence[str], rarity: Rarity) -> Value:
    """sum(rarity x credit) / sum(rarity) over the skills asked for; neutral where none is named.

    Rarity is an inverse document frequency (K. Sparck Jones, 1972) in whole steps, credit the evidence level in percent.
    """
    if not skills:
        return query.neutral, {"state": "none_named"}
    asked = sum(rarity[name] for name in skills)
    got = sum(rarity[name] * query.credit[name].percent for name in skills if name in query.credit)
    partly = [name for name in skills if name in query.credit and not query.covers(name)]
    return 10 * got // asked, {
        "state": "named",
        "held": [name for name in skills if query.covers(name)],
        "partly": [
            {"skill": name, "how": query.credit[name].how, "through": query.credit[name].through} for name in partly
        ],
        "missing": [name for name in skills if name not in query.credit and not query.covers(name)],
    }


def essential_skills(query: Query, facts: Facts, rarity: Rarity) -> Value:
    """Coverage of the skills a vacancy cannot do without."""
    return skill_coverage(query, facts.essential, rarity)


def optional_skills(query: Query, facts: Facts, rarity: Rarity) -> Value:
    """Coverage of the skills that help."""
    return skill_coverage(query, facts.optional, rarity)


def occupation(query: Query, facts: Facts, _: Rarity) -> Value:
    """Closeness to the nearest of the wished, latest and earlier occupations: the same, related, or by ISCO-08 digits in common (ILO, 2012)."""
    if not facts.occupation:
        return query.neutral, {"state": "not_given"}
    if not query.origins:
        return query.neutral, {"state": "no_wish", "occupation": facts.occupation}
    digits = query.parameters.numbers("occupation.shared_digits")
    related = query.parameters.number("occupation.related")
    judged = [
        (closeness.value * origin.share // FULL, closeness.relation, origin)
        for origin in query.origins
        for closeness in [query.catalogue.closeness(origin.occupation, facts.occupation, digits, related)]
    ]
    value, relation, origin = max(judged, key=lambda item: item[0])
    return value, {
        "state": "compared",
        "occupation": facts.occupation,
        "nearest": origin.occupation,
        "source": origin.source,
        "relation": relation,
    }


def commute(query: Query, facts: Facts, _: Rarity) -> Value:
    """h^2 / (h^2 + d^2): all at the door, half at distance h; straight line between centres of places; remote work counts in full."""
    number = query.locality_number(facts.place, facts.remote)
    value = int(query.locality_values[number])
    if facts.remote:
        return value, {"state": "remote"}
    if not facts.place:
        return value, {"state": "not_given"}
    if not query.places_from:
        return value, {"state": "no_wish", "place": facts.place}
    tenths = [(int(query.catalogue.tenths_from(name)[number]), name) for name in query.places_from]
    distance, start = min(tenths, key=lambda item: item[0])
    return value, {
        "state": "distance",
        "km": distance / 10,
        "from": start,
        "place": facts.place,
        "half_km": query.half_tenths / 10,
    }


def pay(query: Query, facts: Facts, _: Rarity) -> Value:
    """The middle of the offer against the wish, both in TWD a month: all from the wish on, falling in a straight line to nothing.

    Not disclosed has a value of its own; by the piece or case cannot be compared and is neutral.
    """
    offer = {"low": facts.pay_low, "high": facts.pay_high, "period": facts.pay_period}
    if facts.pay_low is None:
        return query.parameters.number("pay.undisclosed"), {"state": "undisclosed"}
    middle, _top = monthly_offer(facts, query.parameters)
    if middle is None:
        return query.neutral, {"state": "not_comparable", **offer}
    wish = query.wish_monthly
    if wish is None:
        return query.neutral, {"state": "no_wish", **offer, "monthly": middle}
    nothing = wish * query.parameters.number("pay.nothing_at") // FULL
    value = FULL if middle >= wish else max(0, FULL * (middle - nothing) // max(1, wish - nothing))
    wishes = query.profile.wishes
    wished = {"wish": str(wishes.pay_low), "wish_period": wishes.pay_period, "wish_monthly": wish}
    return value, {"state": "compared", **offer, "monthly": middle, **wished}


def _choice(query: Query, given: str, wished: tuple[str, ...], name: str) -> Value:
    if given == "unknown":
        return query.neutral, {"state": "not_given"}
    if not wished:
        return query.neutral, {"state": "no_wish", name: given}
    fits = given in wished
    return FULL if fits else 0, {
        "state": "as_wished" if fits else "not_as_wished",
        name: given,
        "wished": sorted(wished),
    }


def hours(query: Query, facts: Facts, _: Rarity) -> Value:
    """All if the hours are among the wished ones, else nothing."""
    return _choice(query, facts.hours, query.profile.wishes.hours, "hours")


def contract(query: Query, facts: Facts, _: Rarity) -> Value:
    """All if the kind of contract is among the wished ones, else nothing."""
    return _choice(query, facts.contract, query.profile.wishes.contracts, "contract")


def shifts(query: Query, facts: Facts, _: Rarity) -> Value:
    """The share of a vacancy's shifts that are wished and not to be avoided."""
    wishes = query.profile.wishes
    if not facts.shifts:
        return query.neutral, {"state": "not_given"}
    if not wishes.shifts and not wishes.avoid_shifts:
        return query.neutral, {"state": "no_wish", "shifts": list(facts.shifts)}
    fitting = [
        name
        for name in facts.shifts
        if name not in wishes.avoid_shifts and (not wishes.shifts or name in wishes.shifts)
    ]
    state = "as_wished" if len(fitting) == len(facts.shifts) else "partly" if fitting else "not_as_wished"
    return FULL * len(fitting) // len(facts.shifts), {
        "state": state,
        "shifts": list(facts.shifts),
        "fitting": fitting,
        "wished": sorted(wishes.shifts),
        "avoided": sorted(wishes.avoid_shifts),
    }


def licence(query: Query, facts: Facts, _: Rarity) -> Value:
    """The share of the licences asked for that the person has; all where none is asked for."""
    if not facts.licences:
        return FULL, {"state": "none_asked"}
    held = [name for name in facts.licences if query.covers(name)]
    missing = [name for name in facts.licences if name not in held]
    return FULL * len(held) // len(facts.licences), {"state": "asked", "held": held, "missing": missing}


def language(query: Query, facts: Facts, _: Rarity) -> Value:
    """The mean over the languages asked for: all at the level or above, less for each level short, nothing without the language."""
    if not facts.languages:
        return FULL, {"state": "none_asked"}
    short = query.parameters.numbers("language.levels_short")
    met: list[dict[str, str]] = []
    missing: list[dict[str, str]] = []
    total = 0
    for name, level in sorted(facts.languages.items()):
        has = query.language_level(name)
        steps = max(0, LANGUAGE_LEVELS.index(level) - has)
        total += short[steps] if has >= 0 else 0
        entry = {"id": name, "asked": level, "level": LANGUAGE_LEVELS[has] if has >= 0 else ""}
        (missing if has < 0 or steps else met).append(entry)
    return total // len(facts.languages), {"state": "asked", "met": met, "missing": missing}


def freshness(query: Query, facts: Facts, _: Rarity) -> Value:
    """h / (h + age): all on the day of posting, half after h days."""
    half = query.parameters.number("freshness.half_days")
    days = max(0, (query.day - facts.posted_on).days)
    return FULL * half // max(1, half + days), {
        "state": "known",
        "posted_on": facts.posted_on.isoformat(),
        "days": days,
    }


def quality(query: Query, facts: Facts, _: Rarity) -> Value:
    """The share of what a reader needs that the vacancy tells: pay, a text, place, hours, occupation, skills."""
    return FULL * len(facts.told) // len(QUALITY), {
        "state": "known",
        "told": list(facts.told),
        "not_told": [name for name in QUALITY if name not in facts.told],
    }


VALUE_OF: Mapping[str, Callable[[Query, Facts, Rarity], Value]] = {
    "essential_skills": essential_skills,
    "optional_skills": optional_skills,
    "occupation": occupation,
    "commute": commute,
    "pay": pay,
    "hours": hours,
    "shifts": shifts,
    "licence": licence,
    "language": language,
    "contract": contract,
    "freshness": freshness,
    "quality": quality,
}
