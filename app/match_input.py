"""Reads what `jobseeker match` is given: a profile, vacancies as JSON Lines; every error says what is wrong and where. No ranking."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from decimal import InvalidOperation
from pathlib import Path
from typing import Any, get_args

import orjson

from jobseeker.matching import Catalogue
from jobseeker.profile import Profile
from jobseeker.profile.records import Evidence
from jobseeker.vacancies import LANGUAGE_LEVELS, SHIFTS, Contract, Hours, PayPeriod, Vacancy


class UnreadableInput(Exception):
    """What was given cannot be used; the text says why and what would do."""


ALLOWED = {
    "hours": get_args(Hours),
    "shifts": SHIFTS,
    "avoid_shifts": SHIFTS,
    "contracts": get_args(Contract),
}
LISTS = ("occupations", "skills", "avoid_skills", "places", "firm", *ALLOWED)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises UnreadableInput."""
    try:
        value = orjson.loads(path.read_bytes())
    except OSError as problem:
        raise UnreadableInput(f"{path}: cannot be read ({problem.strerror})") from problem
    except orjson.JSONDecodeError as problem:
        raise UnreadableInput(f"{path}: is not JSON: {problem}") from problem
    if not isinstance(value, dict):
        raise UnreadableInput(f"{path}: should hold one JSON object, not a {type(value).__name__}")
    return value


def read_profile(path: Path, catalogue: Catalogue) -> Profile:
    """A profile as `Profile.to_dict` writes it; what is missing is empty. Raises UnreadableInput."""
    value = read_json(path)
    unknown = sorted(set(value) - {"held", "jobs", "wishes", "home", "version"})
    if unknown:
        raise UnreadableInput(f"{path}: {unknown[0]!r} is not known; a profile has held, jobs, wishes, home, version")
    for name, kind in (("held", list), ("jobs", list), ("wishes", dict), ("home", str), ("version", int)):
        if value.get(name) is not None and not isinstance(value[name], kind):
            raise UnreadableInput(f"{path}: {name} should be a {kind.__name__}, not {value[name]!r}")
    for name in ("held", "jobs"):
        wrong = [item for item in value.get(name) or () if not isinstance(item, dict)]
        if wrong:
            raise UnreadableInput(f"{path}: an entry of {name} should be an object, not {wrong[0]!r}")
    for name in LISTS:
        item = (value.get("wishes") or {}).get(name)
        if item is not None and not (isinstance(item, list) and all(isinstance(part, str) for part in item)):
            raise UnreadableInput(f"{path}: wishes.{name} should be a list of texts, not {item!r}")
    try:
        profile = Profile.from_dict(value)
    except (TypeError, ValueError, InvalidOperation) as problem:
        raise UnreadableInput(f"{path}: {_told(problem)}") from problem
    for complaint in _complaints(profile, catalogue):
        raise UnreadableInput(f"{path}: {complaint}")
    return profile


def _told(problem: Exception) -> str:
    return (
        "wishes.pay_low should be an amount" if isinstance(problem, InvalidOperation) else str(problem).split(") ")[-1]
    )


def _complaints(profile: Profile, catalogue: Catalogue) -> Iterator[str]:
    wishes = profile.wishes
    skills, occupations = catalogue.skill_number, catalogue.occupation_number
    for held in profile.held:
        yield from _unknown("held", [held.id], skills)
        if held.evidence not in get_args(Evidence):
            yield f"the evidence of {held.id} should be one of {', '.join(get_args(Evidence))}, not {held.evidence!r}"
        if held.level and held.level not in LANGUAGE_LEVELS:
            yield f"the level of {held.id} should be one of {', '.join(LANGUAGE_LEVELS)}, not {held.level!r}"
    for job in profile.jobs:
        yield from _unknown("jobs", [job.occupation_id] if job.occupation_id else [], occupations)
        if job.years is not None and not _is_number(job.years):
            yield f"the years of a job should be a number, not {job.years!r}"
    yield from _unknown("wishes.occupations", wishes.occupations, occupations)
    yield from _unknown("wishes.skills", wishes.skills, skills)
    yield from _unknown("wishes.avoid_skills", wishes.avoid_skills, skills)
    yield from _unknown("wishes.places", wishes.places, catalogue.places)
    yield from _unknown("home", [profile.home] if profile.home else [], catalogue.places)
    for name, allowed in ALLOWED.items():
        yield from _unknown(f"wishes.{name}", getattr(wishes, name), allowed)
    if wishes.pay_period not in get_args(PayPeriod):
        yield f"wishes.pay_period should be one of {', '.join(get_args(PayPeriod))}, not {wishes.pay_period!r}"
    if wishes.commute_km is not None and not (_is_number(wishes.commute_km) and 0 <= wishes.commute_km < 10_000):
        yield f"wishes.commute_km should be a distance in km, not {wishes.commute_km!r}"
    if not isinstance(wishes.weights, dict):
        yield f'wishes.weights should be an object like {{"commute": 2}}, not {wishes.weights!r}'


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _unknown(where: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(str(name), list(known), n=3)
            yield f"{where}: {name!r} is not known" + (f"; did you mean {' or '.join(near)}?" if near else "")


def read_vacancies(path: Path) -> list[Vacancy]:
    """Vacancies as JSON Lines, each as `Vacancy.to_dict` writes it; a missing id is the line's number. Raises UnreadableInput."""
    found: list[Vacancy] = []
    seen: dict[int, int] = {}
    try:
        lines = path.read_bytes().splitlines()
    except OSError as problem:
        raise UnreadableInput(f"{path}: cannot be read ({problem.strerror})") from problem
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
            vacancy = Vacancy.from_dict(value, id=value.get("id") or number)
        except orjson.JSONDecodeError as problem:
            raise UnreadableInput(f"{path}, line {number}: is not JSON: {problem}") from problem
        except KeyError as problem:
            raise UnreadableInput(f"{path}, line {number}: the field {problem} is missing") from problem
        except (TypeError, ValueError, AttributeError, InvalidOperation) as problem:
            raise UnreadableInput(f"{path}, line {number}: {problem}") from problem
        if vacancy.id in seen:
            raise UnreadableInput(
                f"{path}, line {number}: the id {vacancy.id} stands in line {seen[vacancy.id]} already"
            )
        seen[vacancy.id] = number
        found.append(vacancy)
    return found
