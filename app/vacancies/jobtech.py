"""Ads as the Swedish employment service publishes them (JobTech: search, stream and historical ads) to the fields of our record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.vacancies.rows import Reason

Fields = dict[str, Any]
_REQUIREMENTS = ("skills", "languages", "work_experiences", "education", "education_level")


def is_jobtech(value: Mapping[str, Any]) -> bool:
    """Whether this is such an ad: also one that says no more than that it was removed."""
    return "headline" in value or ("removed" in value and "id" in value)


def to_fields(ad: Mapping[str, Any]) -> tuple[Fields, tuple[Reason, ...]]:
    """Our fields. Contact persons and application addresses are left out. Pay is told in words there; it is kept as text."""
    address = _mapping(ad.get("workplace_address"))
    point = address.get("coordinates")
    lon, lat = point if isinstance(point, list) and len(point) == 2 else (None, None)
    must, nice = _mapping(ad.get("must_have")), _mapping(ad.get("nice_to_have"))
    description = _mapping(ad.get("description"))
    licences = [label for item in _list(ad.get("driving_license")) if (label := _label(item))]
    fields: Fields = {
        "source_id": ad.get("id"),
        "withdrawn": bool(ad.get("removed")),
        "title": ad.get("headline"),
        "employer": _mapping(ad.get("employer")).get("name") or _mapping(ad.get("employer")).get("workplace"),
        "text": _text(description.get("text")),
        "requirements": "\n".join(
            filter(None, (_text(description.get("requirements")), _labels(must), ", ".join(licences)))
        ),
        "benefits": "\n".join(
            filter(None, (_labels(nice), _text(description.get("conditions")), _text(ad.get("salary_description"))))
        ),
        "posted_on": ad.get("publication_date"),
        "expires_on": ad.get("application_deadline") or ad.get("last_publication_date"),
        "url": ad.get("webpage_url"),
        "occupation": _label(ad.get("occupation")),
        "hours": " ".join(filter(None, (_label(ad.get("working_hours_type")), _label(ad.get("employment_type"))))),
        "contract": " ".join(filter(None, (_label(ad.get("employment_type")), _label(ad.get("duration"))))),
        "years_of_experience": "" if ad.get("experience_required") is not False else 0,
        "place": ", ".join(
            filter(None, (_text(address.get(key)) for key in ("city", "municipality", "region", "country")))
        ),
        "address": _text(address.get("street_address")),
        "lat": lat,
        "lon": lon,
        "remote": "yes" if ad.get("remote_work") or _mapping(ad.get("remote")).get("option") else "",
        "openings": ad.get("number_of_vacancies"),
        "language": "sv",
        "pay_undisclosed": True,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}, ()


def _labels(wishes: Mapping[str, Any]) -> str:
    return ", ".join(label for key in _REQUIREMENTS for item in _list(wishes.get(key)) if (label := _label(item)))


def _label(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_label, value)))
    return _text(_mapping(value).get("label")) if isinstance(value, Mapping) else _text(value)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
