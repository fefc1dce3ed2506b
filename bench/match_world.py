"""Generated vacancies and profiles for bench_match.py: the real taxonomy and places, skewed as a public employment service is. Seeded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from content import load_places, load_taxonomy
from jobseeker.matching import Catalogue
from jobseeker.profile import Held, Job, Profile, Wishes
from jobseeker.vacancies import Pay, Vacancy

DAY = date(2026, 11, 28)
SHARES = {  # of vacancies by county, per cent, by eye from the population statistics; the rest shares what is left
    "tw_new_taipei": 17, "tw_taipei": 16, "tw_taichung": 13, "tw_taoyuan": 12, "tw_kaohsiung": 11, "tw_tainan": 8, "tw_hsinchu_city": 4,
    "tw_hsinchu_county": 3, "tw_changhua": 4,
}  # fmt: skip
HOURS = (("full_time", "part_time", "temporary", "unknown"), (0.70, 0.18, 0.04, 0.08))
CONTRACTS = (("permanent", "fixed_term", "dispatch", "internship", "unknown"), (0.52, 0.10, 0.08, 0.02, 0.28))
SHIFTS = (
    (
        ("day",),
        (),
        ("day", "evening"),
        ("rotating",),
        ("evening",),
        ("night",),
        ("day", "weekend"),
        ("day", "evening", "night"),
    ),
    (0.42, 0.20, 0.09, 0.10, 0.05, 0.04, 0.07, 0.03),
)
TEXT = "x" * 200


class World:
    """Draws vacancies and profiles. The same seed gives the same ones."""

    def __init__(self, root: Path, seed: int = 1) -> None:
        self.taxonomy, places = load_taxonomy(root), load_places(root, "tw")
        self.catalogue = Catalogue(self.taxonomy, places)
        self.draw = np.random.default_rng(seed)
        order = self.draw.permutation(sorted(self.taxonomy.occupations))
        self.occupations: list[str] = order.tolist()
        self.occupation_shares = _zipf(len(self.occupations), 0.9)
        self.districts = [place.id for place in places.values() if place.kind == "district"]
        left = (100 - sum(SHARES.values())) / (22 - len(SHARES))
        by_county: dict[str, int] = {}
        weights = []
        for name in self.districts:
            county = places[name].county
            rank = by_county[county] = by_county.get(county, 0) + 1
            weights.append(SHARES.get(county, left) / rank**0.6)
        self.district_shares = np.array(weights) / sum(weights)
        everyday = [name for name, skill in self.taxonomy.skills.items() if skill.kind in ("soft", "digital")]
        self.everyday = sorted(everyday)
        self.everyday_shares = _zipf(len(self.everyday), 1.0)
        self.languages = sorted(name for name, skill in self.taxonomy.skills.items() if skill.kind == "language")
        self.level_of_pay = self.draw.normal(36_000, 6_000, len(self.occupations)).clip(29_500, 80_000)
        self.skills_of = []
        self.licences_of = []
        for name in self.occupations:
            essential, optional = self.taxonomy.essential(name), self.taxonomy.optional(name)
            kinds = self.taxonomy.skills
            plain = [[item for item in part if kinds[item].kind != "licence"] for part in (essential, optional)]
            self.skills_of.append(plain)
            self.licences_of.append([item for item in (*essential, *optional) if kinds[item].kind == "licence"])

    def vacancies(self, count: int, first_id: int = 1, batch: int = 20_000) -> Iterator[list[Vacancy]]:
        """`count` vacancies in lists of `batch`."""
        for start in range(0, count, batch):
            size = min(batch, count - start)
            yield self._batch(size, first_id + start)

    def _batch(self, size: int, first_id: int) -> list[Vacancy]:
        draw = self.draw
        occupation = draw.choice(len(self.occupations), size, p=self.occupation_shares)
        place = draw.choice(len(self.districts), size, p=self.district_shares)
        hours, shifts, contract = (
            draw.choice(len(names), size, p=shares) for names, shares in (HOURS, SHIFTS, CONTRACTS)
        )
        age = np.minimum(90, draw.exponential(20, size)).astype(int)
        open_for = draw.integers(1, 60, size)
        pay = self.level_of_pay[occupation] * draw.lognormal(0, 0.13, size)
        chance = draw.random((size, 8))
        everyday = draw.choice(len(self.everyday), (size, 3), p=self.everyday_shares)
        noise = draw.random((size, 24))
        result = []
        for n in range(size):
            essential, optional = self.skills_of[occupation[n]]
            luck, dice = chance[n], noise[n]
            asked = [name for name, dot in zip(essential, dice[:12], strict=False) if dot < 0.7]
            helps = [name for name, dot in zip(optional, dice[12:], strict=False) if dot < 0.4]
            asked += [self.everyday[everyday[n, m]] for m in range(int(luck[0] * 3))]
            licences = [name for name in self.licences_of[occupation[n]] if luck[1] < 0.5][:2]
            result.append(
                Vacancy(
                    id=first_id + n,
                    source="bench",
                    source_id=str(first_id + n),
                    title="",
                    employer="",
                    text=TEXT if luck[2] < 0.8 else "",
                    language="zh",
                    posted_on=DAY - timedelta(int(age[n])),
                    expires_on=None if luck[3] < 0.3 else DAY + timedelta(int(open_for[n])),
                    occupation_id=self.occupations[occupation[n]] if luck[4] < 0.95 else "",
                    essential_skills=tuple(dict.fromkeys(asked)),
                    optional_skills=tuple(helps),
                    licences=tuple(licences),
                    languages={
                        self.languages[int(dice[0] * 5)]: ("basic", "conversational", "fluent")[int(dice[1] * 3)]
                    }
                    if luck[5] < 0.15
                    else {},
                    years_of_experience=float(int(luck[6] * 4)) if luck[6] > 0.5 else None,
                    pay=_pay(float(pay[n]), HOURS[0][hours[n]], float(luck[7])),
                    hours=HOURS[0][hours[n]],  # type: ignore[arg-type]
                    shifts=SHIFTS[0][shifts[n]],
                    contract=CONTRACTS[0][contract[n]],  # type: ignore[arg-type]
                    place_id=self.districts[place[n]],
                    remote=bool(dice[2] < 0.01),
                )
            )
        return result

    def profiles(self, count: int) -> list[Profile]:
        """`count` profiles: some tell a lot, some next to nothing (one in fifty nothing at all)."""
        return [self._profile() for _ in range(count)]

    def _profile(self) -> Profile:
        draw = self.draw
        if draw.random() < 0.02:
            return Profile()
        number = int(draw.choice(len(self.occupations), p=self.occupation_shares))
        other = int(draw.choice(len(self.occupations), p=self.occupation_shares))
        told = draw.uniform(0.15, 0.8)
        names = [name for part in self.skills_of[number] for name in part if draw.random() < told]
        names += [name for part in self.skills_of[other] for name in part if draw.random() < 0.2]
        names += [self.everyday[n] for n in draw.choice(len(self.everyday), 2, p=self.everyday_shares)]
        names += [name for name in self.licences_of[number] if draw.random() < 0.6]
        evidence = ("stated", "stated", "stated", "evidenced", "verified")
        held = [
            Held(name, evidence[int(draw.integers(5))], hedged=bool(draw.random() < 0.1))  # type: ignore[arg-type]
            for name in dict.fromkeys(names)
        ]
        held += [Held(self.languages[int(draw.integers(5))], level="conversational")] if draw.random() < 0.4 else []
        place = self.districts[int(draw.choice(len(self.districts), p=self.district_shares))]
        firm = [
            name
            for name, share in (("hours", 0.1), ("shifts", 0.08), ("commute", 0.12), ("pay", 0.05))
            if draw.random() < share
        ]
        wishes = Wishes(
            occupations=(self.occupations[number],) if draw.random() < 0.6 else (),
            commute_km=float(draw.choice([5, 10, 15, 30])) if draw.random() < 0.5 else None,
            pay_low=Decimal(int(self.level_of_pay[number]) // 1000 * 1000) if draw.random() < 0.5 else None,
            hours=(("full_time",) if draw.random() < 0.8 else ("part_time",)) if draw.random() < 0.6 else (),
            shifts=("day",) if draw.random() < 0.4 else (),
            avoid_shifts=("night",) if draw.random() < 0.2 else (),
            contracts=("permanent",) if draw.random() < 0.2 else (),
            firm=tuple(firm),
            weights={"commute": 2.0} if draw.random() < 0.15 else {},
        )
        jobs = (
            (Job(self.occupations[number], years=float(draw.integers(1, 15)), latest=True),)
            if draw.random() < 0.7
            else ()
        )
        return Profile(tuple(held), jobs, wishes, place if draw.random() < 0.9 else "")


def _zipf(size: int, exponent: float) -> np.ndarray:  # type: ignore[type-arg]
    weights = 1.0 / np.arange(1, size + 1) ** exponent
    result: np.ndarray = weights / weights.sum()  # type: ignore[type-arg]
    return result


def _pay(monthly: float, hours: str, luck: float) -> Pay:
    if luck < 0.15:
        return Pay()
    if hours in ("part_time", "temporary"):
        return Pay(Decimal(max(196, round(monthly / 174))), None, "hour")
    low = Decimal(round(monthly / 500) * 500)
    return Pay(low) if luck < 0.4 else Pay(low, low + Decimal(round(monthly * luck * 0.3 / 500) * 500))
