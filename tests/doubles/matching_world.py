"""A small world for matching tests: taxonomy, places, and Hypothesis strategies for vacancies and profiles that use all of their fields."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from content.ranking import load_ranking
from jobseeker.matching import Catalogue, Facts, RankingPolicy
from jobseeker.matching.index.snapshot import Snapshot
from jobseeker.matching.matcher import Matcher
from jobseeker.matching.policy import Requirement
from jobseeker.matching.query import Query
from jobseeker.matching.score import Scored, order_key, score
from jobseeker.places import Place
from jobseeker.profile import Held, Job, Profile, Wishes
from jobseeker.taxonomy import Occupation, Relation, Skill, SkillKind, Taxonomy
from jobseeker.vacancies import LANGUAGE_LEVELS, SHIFTS, Pay, Vacancy

DAY = date(2026, 11, 28)
ROOT = Path(__file__).resolve().parent.parent.parent
KINDS: dict[str, SkillKind] = {"s": "hard", "l": "language", "c": "licence"}
SKILLS = [f"s{n:02}" for n in range(30)]
LANGUAGES = [f"l{n}" for n in range(4)]
LICENCES = [f"c{n}" for n in range(6)]
OCCUPATIONS = [f"o{n:02}" for n in range(14)]
LIMITS = ["pay", "hours", "shifts", "commute", "occupation", "contract", "remote"]


def taxonomy() -> Taxonomy:
    """44 skills and 14 occupations with relations of every kind, drawn once with a fixed seed."""
    draw = random.Random(20261128)
    names = [*SKILLS, *LANGUAGES, *LICENCES]
    relations = [Relation("broader", draw.choice(SKILLS), draw.choice(SKILLS)) for _ in range(10)]
    relations += [Relation("transferable", draw.choice(SKILLS), draw.choice(SKILLS)) for _ in range(14)]
    relations += [Relation("related", draw.choice(OCCUPATIONS), draw.choice(OCCUPATIONS)) for _ in range(10)]
    relations += [Relation("essential", name, draw.choice(SKILLS)) for name in OCCUPATIONS for _ in range(4)]
    relations += [Relation("optional", name, draw.choice(SKILLS)) for name in OCCUPATIONS for _ in range(4)]
    isco = {
        name: f"{draw.randint(1, 3)}{draw.randint(1, 2)}{draw.randint(1, 2)}{draw.randint(1, 2)}"
        for name in OCCUPATIONS
    }
    return Taxonomy(
        {name: Skill(name, KINDS[name[0]], {"zh": name, "en": name}) for name in names},
        {name: Occupation(name, isco[name], {"zh": name, "en": name}) for name in OCCUPATIONS},
        relations,
        "test",
    )


def places() -> dict[str, Place]:
    """Three counties with four districts each."""
    found = {}
    for county in range(3):
        found[f"p{county}"] = Place(f"p{county}", "county", {}, f"p{county}", 24 + county * 0.3, 121.0)
        for n in range(4):
            name = f"p{county}d{n}"
            found[name] = Place(name, "district", {}, f"p{county}", 24 + county * 0.3 + n * 0.05, 121 + n * 0.07)
    return found


CATALOGUE = Catalogue(taxonomy(), places())
PLACES = list(CATALOGUE.places)


def policy() -> RankingPolicy:
    """The real policy, with one licence required by law."""
    real = load_ranking(ROOT)
    return RankingPolicy(real.rows, (Requirement("c0", ("o03",), date(2026, 1, 1), ("c1",)),), real.labels)


POLICY = policy()
PARAMETERS = POLICY.on(DAY)


def several(names: list[str], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    """Up to `most` different names."""
    return st.lists(st.sampled_from(names), max_size=most, unique=True).map(tuple)


amounts = st.integers(24_000, 70_000).map(Decimal)


@st.composite
def vacancy_lists(draw: st.DrawFn, most: int = 40) -> list[Vacancy]:
    """Vacancies with ids 1, 2, … from a drawn size and seed (drawing each field by Hypothesis takes 20 times as long)."""
    size, seed = draw(st.integers(0, most)), draw(st.integers(0, 10**6))
    source = random.Random(seed)
    return [vacancy(source, number) for number in range(1, size + 1)]


def some(source: random.Random, names: Sequence[str], most: int) -> tuple[str, ...]:
    """Up to `most` different names."""
    return tuple(source.sample(list(names), source.randint(0, most)))


def vacancy(source: random.Random, number: int) -> Vacancy:
    """One vacancy; few different values, so that ties occur."""
    amount, other = (Decimal(source.randrange(24_000, 70_000, 1_000)) for _ in range(2))
    pays = [Pay(), Pay(amount), Pay(amount, other), Pay(amount / 175, None, "hour"), Pay(Decimal(50), None, "piece")]
    return Vacancy(
        id=number,
        source="test",
        source_id=str(number),
        title="t",
        employer="e",
        text="x" * source.choice([0, 200]),
        language="zh",
        posted_on=DAY - timedelta(source.randint(-1, 6)),
        expires_on=source.choice([None, None, DAY, DAY - timedelta(1), DAY + timedelta(9)]),
        occupation_id=source.choice(["", "unheard_of", *OCCUPATIONS]),
        essential_skills=some(source, [*SKILLS, "unheard_of"], 4),
        optional_skills=some(source, SKILLS, 3),
        licences=some(source, LICENCES, 2),
        languages={name: source.choice(LANGUAGE_LEVELS) for name in some(source, LANGUAGES, 2)},
        years_of_experience=source.choice([None, 0.5, 3.0]),
        pay=source.choice(pays),
        hours=source.choice(["full_time", "part_time", "temporary", "unknown"]),
        shifts=some(source, SHIFTS, 3),
        contract=source.choice(["permanent", "fixed_term", "unknown"]),
        place_id=source.choice(["", *PLACES]),
        remote=source.random() < 0.25,
    )


@st.composite
def profiles(draw: st.DrawFn, least_firm: int = 0) -> Profile:
    """A profile; `least_firm`: so many wishes at least are limits."""
    names = draw(several([*SKILLS, *LANGUAGES, *LICENCES], 8))
    held = tuple(
        Held(
            name,
            draw(st.sampled_from(["stated", "evidenced", "verified"])),
            level=draw(st.sampled_from(["", *LANGUAGE_LEVELS])) if name in LANGUAGES else "",
            hedged=draw(st.booleans()),
        )
        for name in names
    )
    jobs = tuple(
        Job(draw(st.sampled_from(OCCUPATIONS)), years=draw(st.sampled_from([None, 1.0, 5.0])), latest=number == 0)
        for number in range(draw(st.integers(0, 2)))
    )
    wishes = Wishes(
        occupations=draw(several(OCCUPATIONS, 2)),
        skills=draw(several(SKILLS, 2)),
        avoid_skills=draw(several(SKILLS, 2)),
        places=draw(several(PLACES, 2)),
        commute_km=draw(st.sampled_from([None, 3.0, 15.5])),
        pay_low=draw(st.one_of(st.none(), amounts)),
        hours=draw(several(["full_time", "part_time"], 1)),
        shifts=draw(several(list(SHIFTS), 2)),
        avoid_shifts=draw(several(list(SHIFTS), 1)),
        contracts=draw(several(["permanent", "fixed_term"], 1)),
        remote=draw(st.booleans()),
        firm=tuple(
            draw(st.lists(st.sampled_from(LIMITS), min_size=least_firm, max_size=max(3, least_firm), unique=True))
        ),
        weights=draw(
            st.dictionaries(st.sampled_from(["commute", "pay", "essential_skills"]), st.floats(0, 5), max_size=2)
        ),
    )
    return Profile(held, jobs, wishes, draw(st.sampled_from(["", *PLACES])))


def matcher(found: list[Vacancy]) -> Matcher:
    """A matcher over them."""
    return Matcher.over(CATALOGUE, POLICY, found, DAY)


def by_brute_force(query: Query, snapshot: Snapshot, facts: list[Facts]) -> list[tuple[Facts, Scored]]:
    """Score all of them one by one and sort: what every search must equal. Those that a limit rules out come last, marked as broken."""
    scored = [(item, score(query, item, snapshot.rarity_by_name)) for item in facts]
    return sorted(scored, key=lambda pair: (bool(pair[1].broken), *order_key(pair[1].score, pair[0])))


def as_json(value: Any) -> Any:
    """Records as plain values, for comparing byte by byte."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    return value
