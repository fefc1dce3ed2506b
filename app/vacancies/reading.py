"""What a source leaves open is read from the text of the posting; what it gives is never overwritten. The reading itself is language/vacancy_reader.py's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jobseeker.places import Place
from jobseeker.vacancies import Pay, Vacancy
from language.vacancy_reader import VacancyReader

FILLED = (
    "occupation_id",
    "essential_skills",
    "optional_skills",
    "licences",
    "languages",
    "years_of_experience",
    "pay",
    "hours",
    "shifts",
    "contract",
    "place_id",
    "remote",
)


class FieldFiller:
    """app.vacancies.importing.TextReader with the reader of this house."""

    def __init__(self, reader: VacancyReader, places: Mapping[str, Place]) -> None:
        self._reader, self._places = reader, places

    def fill(self, vacancy: Vacancy, extra_text: str) -> Vacancy:
        """The vacancy with the empty fields read from title and text; `read_from_text` names those."""
        text = f"{vacancy.text}\n{extra_text}" if extra_text else vacancy.text
        facts = self._reader.read_vacancy(text, vacancy.title)
        changes: dict[str, Any] = {name: getattr(facts, name) for name in facts.found() if _is_open(vacancy, name)}
        if "optional_skills" in changes:
            asked = set(changes.get("essential_skills", vacancy.essential_skills))
            changes["optional_skills"] = tuple(skill for skill in facts.optional_skills if skill not in asked)
        read = tuple(name for name in FILLED if name in changes and changes[name] not in ((), {}))
        place = self._places.get(changes.get("place_id", ""))
        if place is not None and vacancy.lat is None:
            changes |= {"lat": place.lat, "lon": place.lon}
        return replace(vacancy, **changes, read_from_text=read)


def _is_open(vacancy: Vacancy, name: str) -> bool:
    value = getattr(vacancy, name)
    if name == "pay":
        return not vacancy.pay.disclosed
    return value in ("", "unknown", (), {}, False) or value is None or value == Pay()
