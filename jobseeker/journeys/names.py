"""What skills, occupations, places and vacancies are called, in both languages. An id that is not known is called by itself, never nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jobseeker.places import Place
from jobseeker.taxonomy import Taxonomy
from jobseeker.vacancies import Course, Vacancy

Name = Mapping[str, str]


@dataclass(frozen=True)
class Names:
    """Look-ups; a name is {"zh": …, "en": …}."""

    taxonomy: Taxonomy
    places: Mapping[str, Place]

    def skill(self, skill_id: str) -> Name:
        """A skill, licence or language."""
        found = self.taxonomy.skills.get(skill_id)
        return dict(found.name) if found else _itself(skill_id)

    def skills(self, skill_ids: Iterable[str]) -> list[Name]:
        """Several."""
        return [self.skill(one) for one in skill_ids]

    def occupation(self, occupation_id: str) -> Name:
        """An occupation."""
        found = self.taxonomy.occupations.get(occupation_id)
        return dict(found.name) if found else _itself(occupation_id)

    def place(self, place_id: str) -> Name:
        """A county, or a district with its county: 桃園市中壢區, "Zhongli District, Taoyuan City"."""
        found = self.places.get(place_id)
        if found is None:
            return _itself(place_id)
        county = self.places.get(found.county)
        if county is None or county.id == found.id:
            return dict(found.name)
        return {"zh": county.name["zh"] + found.name["zh"], "en": f"{found.name['en']}, {county.name['en']}"}


def title_of(thing: Vacancy | Course) -> Name:
    """A title as its source wrote it, and in the other language where the source gives one."""
    own = "en" if thing.language == "en" else "zh"
    other = "zh" if own == "en" else "en"
    return {own: thing.title, other: thing.title_other.get(other) or thing.title}


def _itself(identifier: str) -> Name:
    return {"zh": identifier, "en": identifier.replace("_", " ")}
