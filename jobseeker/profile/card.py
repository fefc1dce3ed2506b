"""The facts of the profile card: groups of things, each with what is known of it and the key that takes it out. Words are made in rendering/profile.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jobseeker.places import Place
from jobseeker.profile.drafting import job_key
from jobseeker.profile.records import Held, Job, Profile
from jobseeker.taxonomy import Taxonomy

_GROUP_OF_KIND = {"hard": "can", "digital": "can", "soft": "soft", "licence": "licences", "language": "languages"}
_GROUPS = ("jobs", "can", "licences", "languages", "soft", "wants", "conditions", "avoid", "lacks")
Names = Mapping[str, str]


class CardFacts:
    """Makes the facts. Names come from the taxonomy and the list of places; an id that is gone shows the person's own words."""

    def __init__(self, taxonomy: Taxonomy, places: Mapping[str, Place]) -> None:
        self.taxonomy, self.places = taxonomy, places

    def item(
        self, profile: Profile, *, lacks: Sequence[str] = (), buttons: str = "", removable: bool = True
    ) -> dict[str, Any]:
        """The item of a `cards` say.

        Args:
            lacks: what the person said not to have.
            buttons: the response whose buttons the card gets.
            removable: whether single things can be taken out.
        """
        groups: dict[str, list[dict[str, Any]]] = {name: [] for name in _GROUPS}
        for job in profile.jobs:
            groups["jobs"].append(self._job(job))
        for held in profile.held:
            skill = self.taxonomy.skills.get(held.id)
            groups[_GROUP_OF_KIND[skill.kind] if skill else "can"].append(self._held(held))
        self._wishes(profile, groups)
        for identifier in lacks:
            groups["lacks"].append({"label": "profile_item", "name": self.skill_name(identifier), "remove": ""})
        made: list[dict[str, Any]] = [
            {"label": f"profile_group_{name}", "items": groups[name]} for name in _GROUPS if groups[name]
        ]
        if not removable:
            for group in made:
                for entry in group["items"]:
                    entry["remove"] = ""
        return {"type": "profile", "groups": made, "buttons": buttons}

    def skill_name(self, identifier: str, words: str = "") -> Names:
        """A skill's name in both languages."""
        skill = self.taxonomy.skills.get(identifier)
        return skill.name if skill else {"zh": words or identifier, "en": words or identifier}

    def occupation_name(self, identifier: str, words: str = "") -> Names:
        """An occupation's name in both languages."""
        occupation = self.taxonomy.occupations.get(identifier)
        return occupation.name if occupation else {"zh": words or identifier, "en": words or identifier}

    def place_name(self, identifier: str) -> Names:
        """A place's name in both languages, a district with its county."""
        place = self.places.get(identifier)
        if place is None:
            return {"zh": identifier, "en": identifier}
        county = self.places.get(place.county)
        if place.kind == "county" or county is None:
            return place.name
        return {"zh": county.name["zh"] + place.name["zh"], "en": f"{place.name['en']}, {county.name['en']}"}

    def name_of(self, key: str, profile: Profile) -> Names | None:
        """The name of what a key stands for, where it is a skill, job, occupation or place; None otherwise."""
        prefix, _, name = key.partition(":")
        if prefix == "job":
            job = next((job for job in profile.jobs if job_key(job) == key), None)
            return self.occupation_name(job.occupation_id if job else name, job.words if job else "")
        if prefix in ("seek", "leave"):
            return self.occupation_name(name)
        if prefix in ("want", "avoid"):
            return self.skill_name(name)
        if prefix == "place":
            return self.place_name(name)
        if key == "home":
            return self.place_name(profile.home)
        return self.skill_name(key) if key in self.taxonomy.skills else None

    def _job(self, job: Job) -> dict[str, Any]:
        notes = [_years(job.years)] if job.years is not None else []
        notes += [{"key": "profile_note_latest"}] if job.latest else []
        name = self.occupation_name(job.occupation_id, job.words)
        return {"label": "profile_item", "name": name, "notes": notes, "remove": job_key(job)}

    def _held(self, held: Held) -> dict[str, Any]:
        skill = self.taxonomy.skills.get(held.id)
        notes = [_years(held.years)] if held.years is not None else []
        notes += [{"key": f"profile_level_{held.level}"}] if held.level else []
        notes += [{"key": "profile_note_hedged"}] if held.hedged else []
        if held.evidence != "stated":
            notes.append({"key": f"profile_note_{held.evidence}"})
        elif skill is not None and skill.kind == "soft":
            notes.append({"key": "profile_note_stated"})
        return {
            "label": "profile_item",
            "name": self.skill_name(held.id, held.words),
            "notes": notes,
            "remove": held.id,
        }

    def _wishes(self, profile: Profile, groups: dict[str, list[dict[str, Any]]]) -> None:
        wishes, conditions = profile.wishes, groups["conditions"]
        for identifier in wishes.occupations:
            groups["wants"].append(_named("profile_item_seek", self.occupation_name(identifier), f"seek:{identifier}"))
        for identifier in wishes.skills:
            groups["wants"].append(_named("profile_item_want", self.skill_name(identifier), f"want:{identifier}"))
        if profile.home:
            conditions.append(_named("profile_item_home", self.place_name(profile.home), "home"))
        for identifier in wishes.places:
            conditions.append(_named("profile_item_place", self.place_name(identifier), f"place:{identifier}"))
        if wishes.commute_km is not None:
            conditions.append(
                {"label": "profile_item_commute", "params": {"km": float(wishes.commute_km)}, "remove": "commute"}
            )
        if wishes.pay_low is not None:
            amount = {"amount": f"{wishes.pay_low:,.0f}"}
            conditions.append({"label": f"profile_item_pay_{wishes.pay_period}", "params": amount, "remove": "pay"})
        conditions += [{"label": f"profile_hours_{name}", "remove": f"hours:{name}"} for name in wishes.hours]
        conditions += [{"label": f"profile_shift_{name}", "remove": f"shift:{name}"} for name in wishes.shifts]
        conditions += [{"label": "profile_item_remote", "remove": "remote"}] if wishes.remote else []
        for identifier in wishes.avoid_skills:
            groups["avoid"].append(_named("profile_item", self.skill_name(identifier), f"avoid:{identifier}"))
        for identifier in wishes.avoid_occupations:
            groups["avoid"].append(_named("profile_item", self.occupation_name(identifier), f"leave:{identifier}"))
        groups["avoid"] += [
            {"label": f"profile_shift_{name}", "remove": f"not_shift:{name}"} for name in wishes.avoid_shifts
        ]


def _named(label: str, name: Names, key: str) -> dict[str, Any]:
    return {"label": label, "name": dict(name), "remove": key}


def _years(years: float) -> dict[str, Any]:
    """A note of experience in years; `years_key` chooses the words."""
    return {"key": years_key(years), "params": {"years": float(years)}}


def years_key(years: float) -> str:
    """The response that says so many years."""
    return "profile_note_year" if years == 1 else "profile_note_years"
