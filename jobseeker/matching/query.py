"""A profile made ready for matching on one day: skills with credit, origins, wishes in comparable units, weights. No vacancy is looked at."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from jobseeker.errors import UnusableProfile
from jobseeker.matching.catalogue import NO_DISTANCE, REMOTE, Catalogue, Ints
from jobseeker.matching.facts import monthly
from jobseeker.matching.policy import FEATURES, Parameters
from jobseeker.profile.records import Held, Profile
from jobseeker.vacancies import LANGUAGE_LEVELS

LIMITS = ("licence_by_law", "occupation", "commute", "remote", "pay", "hours", "shifts", "contract")
FIRM = frozenset(LIMITS[1:])
Bools = npt.NDArray[np.bool_]
FAR = 9_999_999  # 100 m; stands for "no distance known" where the least of several is taken


@dataclass(frozen=True)
class Credit:
    """How far a skill counts (percent) and why. how: held, narrower (a held one covers it), transferable, wanted; through: the
    skill of the profile that it comes from."""

    percent: int
    how: str
    through: str

    @property
    def covers(self) -> bool:
        """Whether the person has the skill, and not only something near."""
        return self.how in ("held", "narrower")


@dataclass(frozen=True)
class Origin:
    """An occupation from which others are judged. source: wish, latest_job, earlier_job; share: per mille of the closeness."""

    occupation: str
    source: str
    share: int


@dataclass(frozen=True)
class Query:
    """The whole input of a ranking. Two queries with equal fields give equal rankings on the same vacancies."""

    profile: Profile
    catalogue: Catalogue
    parameters: Parameters
    day: date

    # --- weights

    @cached_property
    def weights(self) -> Mapping[str, int]:
        """Points each feature can give: the policy's weight times the person's factor, kept within the policy's bounds.

        Raises UnusableProfile for a feature that does not exist or a factor that is no number.
        """
        least, most = self.parameters.number("factor.least"), self.parameters.number("factor.most")
        weights = {feature: self.parameters.number(f"weight.{feature}") for feature in FEATURES}
        for feature, factor in sorted(self.profile.wishes.weights.items()):
            if feature not in weights:
                raise UnusableProfile(f"wishes.weights: {feature!r} is not a feature; there are {', '.join(FEATURES)}")
            if isinstance(factor, bool) or not isinstance(factor, (int, float)) or not math.isfinite(factor):
                raise UnusableProfile(f"wishes.weights: the factor of {feature} should be a number, not {factor!r}")
            weights[feature] = weights[feature] * min(most, max(least, round(factor * 1000))) // 1000
        return weights

    @cached_property
    def neutral(self) -> int:
        """The value (per mille) of what is not known or not wished."""
        return self.parameters.number("neutral.value")

    # --- skills

    @cached_property
    def held(self) -> Mapping[str, Held]:
        """What the person has, by id; of several entries for one id the best counts."""
        best: dict[str, Held] = {}
        for held in self.profile.held:
            if held.id in self.catalogue.skill_number:
                known = best.get(held.id)
                if known is None or self._own_percent(held) > self._own_percent(known):
                    best[held.id] = held
        return best

    def _own_percent(self, held: Held) -> int:
        percent = self.parameters.number(f"credit.{held.evidence}")
        return percent * self.parameters.number("credit.hedged") // 100 if held.hedged else percent

    @cached_property
    def credit(self) -> Mapping[str, Credit]:
        """Skill id -> credit, for every skill that counts at all. The highest counts; a skill to be avoided counts nothing.

        Adding a skill to the profile can only raise a credit or add one.
        """
        narrower, near = self.parameters.number("credit.narrower"), self.parameters.number("credit.transferable")
        found: dict[str, Credit] = {}

        def offer(name: str, credit: Credit) -> None:
            known = found.get(name)
            if known is None or credit.percent > known.percent:
                found[name] = credit

        for name, held in sorted(self.held.items()):
            percent = self._own_percent(held)
            offer(name, Credit(percent, "held", name))
            for wider in sorted(self.catalogue.wider(name)):
                offer(wider, Credit(percent * narrower // 100, "narrower", name))
        for name, held in sorted(self.held.items()):
            for neighbour in sorted(self.catalogue.taxonomy.transferable(name)):
                offer(neighbour, Credit(self._own_percent(held) * near // 100, "transferable", name))
        for name in sorted(self.profile.wishes.skills):
            if name in self.catalogue.skill_number:
                offer(name, Credit(self.parameters.number("credit.wanted"), "wanted", name))
        avoided = set(self.profile.wishes.avoid_skills)
        return {name: credit for name, credit in sorted(found.items()) if name not in avoided and credit.percent}

    def covers(self, skill_id: str) -> bool:
        """Whether the person has this skill or licence, or a narrower one."""
        return skill_id in self.credit_covered

    @cached_property
    def credit_covered(self) -> frozenset[str]:
        """Every skill and licence the person has, the wider ones of each included."""
        wider = {name for held in self.held for name in self.catalogue.wider(held)}
        return frozenset(wider | set(self.held))

    def lawful(self, licence: str) -> bool:
        """Whether a licence that the law requires is there, or one that will do as well."""
        return any(self.covers(name) for name in (licence, *self.parameters.instead.get(licence, ())))

    @cached_property
    def covered_numbers(self) -> Bools:
        """covers() for every skill by number, shape (skills,)."""
        return self._marked(self.credit_covered)

    @cached_property
    def lawful_numbers(self) -> Bools:
        """lawful() for every skill by number; only licences of `licences_by_law` matter."""
        return self._marked(name for name in (*self.credit_covered, *self.parameters.by_law) if self.lawful(name))

    def _marked(self, names: Iterable[str]) -> Bools:
        marked = np.zeros(max(1, len(self.catalogue.skills)), bool)
        marked[self.catalogue.numbers_of(names)] = True
        return marked

    @cached_property
    def credit_percent(self) -> Ints:
        """Percent for every skill by number, shape (skills,)."""
        values = np.zeros(max(1, len(self.catalogue.skills)), np.int32)
        for name, credit in self.credit.items():
            values[self.catalogue.skill_number[name]] = credit.percent
        return values

    def language_level(self, language_id: str) -> int:
        """Index into LANGUAGE_LEVELS, -1 where the language is not held; without a level told it counts as the lowest.

        Of several entries the highest level counts: one with a certificate and no level takes nothing away.
        """
        if language_id not in self.held:
            return -1
        told = [held.level for held in self.profile.held if held.id == language_id and held.level in LANGUAGE_LEVELS]
        return max((LANGUAGE_LEVELS.index(level) for level in told), default=0)

    # --- occupation

    @cached_property
    def origins(self) -> tuple[Origin, ...]:
        """Occupations that others are judged from: wishes, the latest job, earlier jobs."""
        known = self.catalogue.taxonomy.occupations
        found = [Origin(name, "wish", 1000) for name in self.profile.wishes.occupations if name in known]
        for job in self.profile.jobs:
            if job.occupation_id in known:
                source = "latest_job" if job.latest else "earlier_job"
                found.append(Origin(job.occupation_id, source, self.parameters.number(f"occupation.{source}")))
        return tuple(dict.fromkeys(found))

    @cached_property
    def occupation_values(self) -> Ints:
        """Value (per mille) for every occupation by number; index 0 (not given) and a query without origins are neutral."""
        values = np.full(len(self.catalogue.occupations), self.neutral if not self.origins else 0, np.int32)
        for origin in self.origins:
            np.maximum(values, self._closeness(origin.occupation) * origin.share // 1000, out=values)
        values[0] = self.neutral
        return values

    def _closeness(self, origin: str) -> Ints:
        digits, related = (
            self.parameters.numbers("occupation.shared_digits"),
            self.parameters.number("occupation.related"),
        )
        return self.catalogue.closeness_to_all(origin, digits, related)

    @cached_property
    def occupation_limited(self) -> bool:
        """Whether the kind of work is a limit."""
        return "occupation" in self.firm and any(origin.source == "wish" for origin in self.origins)

    @cached_property
    def occupation_allowed(self) -> frozenset[str]:
        """The occupations within a firm wish: those wished for and their like."""
        wished = [origin.occupation for origin in self.origins if origin.source == "wish"]
        least = self.parameters.number("occupation.firm_at_least")
        return frozenset(
            self.catalogue.occupations[number]
            for name in wished
            for number in np.flatnonzero(self._closeness(name) >= least).tolist()
        )

    # --- places

    @cached_property
    def places_from(self) -> tuple[str, ...]:
        """Places from which distance is measured: the wished ones, else home; the nearest counts."""
        wished = tuple(name for name in self.profile.wishes.places if name in self.catalogue.places)
        home = (self.profile.home,) if self.profile.home in self.catalogue.places else ()
        return wished or home

    @cached_property
    def tenths(self) -> Ints:
        """Distance in 100 m to every locality by number; -1 where it is not known."""
        best = np.full(len(self.catalogue.localities), FAR, np.int32)
        for place in self.places_from:
            row = self.catalogue.tenths_from(place)
            np.minimum(best, np.where(row == NO_DISTANCE, FAR, row), out=best)
        return np.where(best == FAR, NO_DISTANCE, best).astype(np.int32)

    @cached_property
    def half_tenths(self) -> int:
        """Distance (100 m) at which the way to work counts half: what the person named, else the policy's."""
        named = self.profile.wishes.commute_km
        return max(1, round(10 * named) if named else 10 * self.parameters.number("commute.half_km"))

    @cached_property
    def firm_tenths(self) -> int:
        """Distance (100 m) beyond which a firm wish excludes."""
        named = self.profile.wishes.commute_km
        return round(10 * named) if named is not None else 10 * self.parameters.number("commute.firm_km")

    @cached_property
    def reach_tenths(self) -> int:
        """Distance (100 m) within which "so many more jobs" are counted."""
        named = self.profile.wishes.commute_km
        return max(round(10 * named) if named else 0, 10 * self.parameters.number("reach.km"))

    @cached_property
    def locality_values(self) -> Ints:
        """Value (per mille) of the way to work for every locality: h^2 / (h^2 + d^2), half at distance h; remote 1000."""
        half = self.half_tenths**2
        distance = self.tenths.astype(np.int64)
        values = np.where(distance == NO_DISTANCE, self.neutral, 1000 * half // (half + distance * distance))
        values[REMOTE] = 1000
        return values.astype(np.int32)

    def locality_number(self, place: str, remote: bool) -> int:
        """The number under which a vacancy's place is looked up."""
        return REMOTE if remote else self.catalogue.locality_number.get(place, 0)

    # --- wishes

    @cached_property
    def wish_monthly(self) -> int | None:
        """The wished pay in TWD a month, None where nothing comparable is wished. Raises UnusableProfile for a pay that is none."""
        wishes = self.profile.wishes
        if wishes.pay_low is None:
            return None
        if not wishes.pay_low.is_finite() or wishes.pay_low < 0:
            raise UnusableProfile(f"wishes.pay_low should be an amount of money, not {wishes.pay_low}")
        amount = int(wishes.pay_low)
        return (monthly(amount, wishes.pay_period, self.parameters) or None) if amount else None

    @cached_property
    def firm(self) -> frozenset[str]:
        """The wishes that are limits. Raises UnusableProfile for one that cannot be a limit."""
        unknown = sorted(set(self.profile.wishes.firm) - FIRM)
        if unknown:
            raise UnusableProfile(f"wishes.firm: {unknown[0]!r} cannot be a limit; these can: {', '.join(LIMITS[1:])}")
        return frozenset(self.profile.wishes.firm)

    def without_limit(self, limit: str) -> Query:
        """The same query with one firm wish taken as a preference."""
        wishes = self.profile.wishes
        return self.with_profile(
            replace(self.profile, wishes=replace(wishes, firm=tuple(name for name in wishes.firm if name != limit)))
        )

    def with_profile(self, profile: Profile) -> Query:
        """The same day and policy for another profile."""
        return Query(profile, self.catalogue, self.parameters, self.day)

    def with_skill(self, skill_id: str, level: str = "") -> Query:
        """The same query for a person who also has this skill (as told; a language at `level`)."""
        return self.with_profile(replace(self.profile, held=(*self.profile.held, Held(skill_id, level=level))))

    @cached_property
    def ignored(self) -> tuple[str, ...]:
        """Ids of the profile that taxonomy and places do not know and that therefore count nothing."""
        wishes, known = self.profile.wishes, self.catalogue
        skills = [*(held.id for held in self.profile.held), *wishes.skills, *wishes.avoid_skills]
        occupations = [*wishes.occupations, *(job.occupation_id for job in self.profile.jobs if job.occupation_id)]
        places = [*wishes.places, *([self.profile.home] if self.profile.home else [])]
        return tuple(
            dict.fromkeys(
                [name for name in skills if name not in known.skill_number]
                + [name for name in occupations if name not in known.occupation_number]
                + [name for name in places if name not in known.places]
            )
        )
