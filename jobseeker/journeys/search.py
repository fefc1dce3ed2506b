"""What is searched for: a profile for this search (saved, and what the message says on top), and what the person does not want to see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jobseeker.profile import Held, Profile, Reading, Wishes
from jobseeker.storage_jobs import NOT_FOR_ME, Mark
from jobseeker.vacancies import Vacancy

HEAVIER = 1.5  # how much more a feature counts at each "matters more"
WEIGHABLE = ("commute", "pay", "hours", "shifts", "contract", "occupation", "essential_skills", "freshness")
MOST = 3.0  # ranking.yml: factor.most has the last word
WEIGHED_BY_REASON: Mapping[str, tuple[str, ...]] = {
    "too_far": ("commute",),
    "pay": ("pay",),
    "hours": ("hours", "shifts"),
}  # reasons of "not for me" that say what matters


@dataclass(frozen=True)
class Search:
    """All that a ranking depends on beside the vacancies and the day: logged, so that it can be run again.

    hidden: vacancies the person does not want; avoid_occupations: kinds of work they do not want;
    like: the vacancy that others like it are searched for, itself left out (0: none);
    unnamed: how many of `hidden` do not say which kind of work they are, where only one kind was asked for.
    """

    profile: Profile = field(default_factory=Profile)
    hidden: tuple[int, ...] = ()
    avoid_occupations: tuple[str, ...] = ()
    like: int = 0
    unnamed: int = 0

    @property
    def wishes(self) -> Wishes:
        """What the person looks for."""
        return self.profile.wishes

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known to search by."""
        wishes, profile = self.wishes, self.profile
        return not (
            any(held.id for held in profile.held)
            or profile.jobs
            or profile.home
            or wishes.occupations
            or wishes.skills
            or wishes.places
            or wishes.hours
            or wishes.shifts
            or wishes.avoid_shifts
            or wishes.pay_low is not None
            or wishes.remote
            or wishes.contracts
        )

    def wishing(self, **changes: Any) -> Search:
        """The same with other wishes."""
        return replace(self, profile=replace(self.profile, wishes=replace(self.wishes, **changes)))

    @property
    def avoided(self) -> tuple[str, ...]:
        """Kinds of work that are not shown: said in this search, or kept in the profile; what is wished for now is none of them."""
        wished = set(self.wishes.occupations)
        return _ids(one for one in (*self.avoid_occupations, *self.wishes.avoid_occupations) if one not in wished)

    @property
    def left_out(self) -> tuple[int, ...]:
        """Vacancies that are not ranked."""
        return tuple(sorted({*self.hidden, *((self.like,) if self.like else ())}))

    def knowing(self, skill_id: str) -> Search:
        """The same with one more skill, for "what if"."""
        if any(held.id == skill_id for held in self.profile.held):
            return self
        return replace(self, profile=replace(self.profile, held=(*self.profile.held, Held(skill_id))))

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "profile": self.profile.to_dict(),
            "hidden": list(self.hidden),
            "avoid_occupations": list(self.avoid_occupations),
            "like": self.like,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Search:
        """Read the JSON form back."""
        return cls(
            Profile.from_dict(value["profile"]),
            tuple(value.get("hidden", ())),
            tuple(value.get("avoid_occupations", ())),
            int(value.get("like") or 0),
        )


@dataclass(frozen=True)
class Said:
    """What a message adds to a search: what was read in it, and steering words.

    weigh: features that should count more; only: shifts and work from home are a limit; at_least: pay is one.
    """

    reading: Reading = field(default_factory=Reading)
    near: bool = False
    weigh: tuple[str, ...] = field(default_factory=tuple)
    only: bool = False
    at_least: bool = False

    @property
    def occupations(self) -> tuple[str, ...]:
        """Kinds of work asked for."""
        return _ids(found.id for found in self.reading.occupations if found.status != "negated")

    @property
    def adds_nothing(self) -> bool:
        """Whether the message names nothing to search by."""
        return self.reading.empty and not self.weigh and not self.near


def searched(saved: Profile, said: Said, before: Search | None) -> Search:
    """The search a message asks for.

    A message that names a kind of work or a skill begins anew from the saved profile; any other refines the search before,
    so "and in Taoyuan?" or "no nights" keep the kind of work.
    """
    reading = said.reading
    fresh = bool(said.occupations or [one for one in reading.skills if one.status == "wanted"])
    base = Search(saved) if before is None or fresh else replace(before, like=0)
    if (
        before is not None and fresh
    ):  # the place and the limits said before still hold where the message has none of its own
        base = _keeping(base, before)
    return _refined(base, said)


KEPT = ("places", "commute_km", "hours", "shifts", "avoid_shifts", "pay_low", "pay_period", "remote", "contracts", "firm", "weights")  # fmt: skip


def _keeping(base: Search, before: Search) -> Search:
    """A new search with what was said before and has nothing to do with the kind of work: place, hours, pay, what the person can do."""
    kept = base.wishing(**{name: getattr(before.wishes, name) for name in KEPT})
    profile = replace(kept.profile, home=before.profile.home)
    if before.profile.version == base.profile.version:  # else the profile was saved since, and may have lost some
        profile = replace(profile, held=before.profile.held)
    return replace(kept, profile=profile, avoid_occupations=before.avoid_occupations)


def _refined(search: Search, said: Said) -> Search:
    reading, wishes = said.reading, search.wishes
    changes: dict[str, Any] = {}
    firm = list(wishes.firm)
    if said.occupations:  # who asks for one kind of work is not shown others, unless they lift it
        changes["occupations"] = said.occupations
        firm += [] if "occupation" in firm else ["occupation"]
    negated = _ids(found.id for found in reading.occupations if found.status == "negated")
    wanted = _ids(found.id for found in reading.skills if found.status == "wanted")
    if wanted:
        changes["skills"] = _ids((*wishes.skills, *wanted))
    places = _ids(found.id for found in reading.places if found.status != "negated")
    if places:
        changes["places"] = places
    for name, values in (("hours", reading.hours), ("shifts", reading.shifts)):
        if values:
            changes[name] = values
    if reading.hours and "hours" not in firm:
        firm.append("hours")
    if reading.avoid_shifts:
        changes["avoid_shifts"] = _ids((*wishes.avoid_shifts, *reading.avoid_shifts))
        changes["shifts"] = tuple(
            one for one in changes.get("shifts", wishes.shifts) if one not in reading.avoid_shifts
        )
    if reading.avoid_shifts or (reading.shifts and said.only):
        firm += [] if "shifts" in firm else ["shifts"]
    if said.at_least and reading.pay_low is not None:
        firm += [] if "pay" in firm else ["pay"]
    if said.only and reading.remote:
        firm += [] if "remote" in firm else ["remote"]
    if reading.pay_low is not None:
        changes |= {"pay_low": reading.pay_low, "pay_period": reading.pay_period}
    if reading.commute_km is not None:
        changes["commute_km"] = reading.commute_km
    if reading.remote is not None:
        changes["remote"] = reading.remote
    changes["firm"] = tuple(firm)
    near = said.near or (bool(places) and _only_a_place(search, said))
    changes["weights"] = heavier(wishes.weights, (*said.weigh, *(("commute",) if near else ())))
    profile = _with_held(search.profile, reading)
    if said.near and not profile.home and places:
        profile = replace(profile, home=places[0])
    refined = replace(search, profile=profile).wishing(**changes)
    return replace(refined, avoid_occupations=_ids((*search.avoid_occupations, *negated)))


def _only_a_place(search: Search, said: Said) -> bool:
    """Whether the place is all there is to go by: then it must not be outweighed by vacancies that merely ask for little."""
    wishes, profile = search.wishes, search.profile
    work = said.occupations or wishes.occupations or wishes.skills or profile.held or profile.jobs or profile.home
    told = said.reading.skills or said.reading.licences or said.reading.languages
    return not (work or told or "commute" in wishes.weights)


def _with_held(profile: Profile, reading: Reading) -> Profile:
    """Skills, licences and languages that the message says the person has count for this search; nothing is saved."""
    known = {held.id for held in profile.held}
    found = (*reading.skills, *reading.licences, *reading.languages)
    lacking = {one.id for one in found if one.status == "negated"}
    added = tuple(
        Held(one.id, years=one.years, level=one.level, words=one.words, hedged=one.hedged)
        for one in found
        if one.status == "held" and one.id not in known
    )
    kept = tuple(held for held in profile.held if held.id not in lacking)
    homes = [one.id for one in reading.places if one.status == "held"]
    return replace(profile, held=(*kept, *added), home=profile.home or (homes[0] if homes else ""))


def heavier(weights: Mapping[str, float], features: Iterable[str]) -> dict[str, float]:
    """The factors after these features were said to matter more."""
    result = dict(weights)
    for feature in dict.fromkeys(features):
        result[feature] = min(MOST, result.get(feature, 1.0) * HEAVIER)
    return result


def respecting(search: Search, marks: Sequence[Mark], vacancies: Mapping[int, Vacancy]) -> Search:
    """The same search, heeding what the person said is not for them: those vacancies are hidden, and why counts.

    Nothing is written into the remembered search, so taking a mark back takes all of it back.
    """
    unwanted = [mark for mark in marks if mark.kind == NOT_FOR_ME]
    features = [feature for mark in unwanted for feature in WEIGHED_BY_REASON.get(mark.reason, ())]
    occupations = [
        vacancies[mark.vacancy_id].occupation_id
        for mark in unwanted
        if mark.reason == "not_my_work" and mark.vacancy_id in vacancies
    ]
    wanted = set(search.wishes.occupations)
    avoid = (*search.avoid_occupations, *(one for one in occupations if one and one not in wanted))
    heeded = search.wishing(weights=heavier(search.wishes.weights, features))
    return replace(
        heeded,
        hidden=tuple(sorted({*search.hidden, *(mark.vacancy_id for mark in unwanted)})),
        avoid_occupations=_ids(avoid),
    )


def lifted(search: Search, limit: str) -> Search:
    """The same without this hard limit; the wish itself stays a preference, but for shifts that were ruled out."""
    changes: dict[str, Any] = {"firm": tuple(name for name in search.wishes.firm if name != limit)}
    if limit == "shifts":
        changes["avoid_shifts"] = ()
    if limit == "commute":
        changes["commute_km"] = None
    return search.wishing(**changes)


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
