"""schema.org JobPosting (JSON-LD) to the fields of our record. Values are read in values.py."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from app.vacancies.rows import Reason

Fields = dict[str, Any]
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/h\d|/tr)\b[^>]*>", re.IGNORECASE)
_NESTED = ("@graph", "itemListElement", "item", "mainEntity")
_UNITS = {"HOUR": "hour", "DAY": "day", "MONTH": "month", "YEAR": "year"}
MAX_DEPTH = 6


def is_schema_org(value: Mapping[str, Any]) -> bool:
    """Whether this is JSON-LD of schema.org."""
    return "@type" in value or "@graph" in value or "@context" in value


def postings(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """All JobPosting objects in a JSON-LD value: itself, in @graph, in an ItemList."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from postings(item, depth + 1)
    elif isinstance(value, Mapping):
        if "JobPosting" in _texts(value.get("@type")):
            yield value
            return
        for key in _NESTED:
            if key in value:
                yield from postings(value[key], depth + 1)


def to_fields(posting: Mapping[str, Any]) -> tuple[Fields, tuple[Reason, ...]]:
    """Our fields, and what was doubtful."""
    notes: list[Reason] = []
    places = [place for place in _list(posting.get("jobLocation")) if place]
    if len(places) > 1:
        notes.append(Reason("several_places", {"value": len(places)}))
    kinds = " ".join(_texts(posting.get("employmentType"))).replace("_", " ").lower()
    fields: Fields = {
        "source_id": _identifier(posting),
        "title": _text(posting.get("title") or posting.get("name")),
        "employer": _text(posting.get("hiringOrganization")),
        "text": plain(_text(posting.get("description"))),
        "requirements": "\n".join(
            plain(_text(posting.get(key)))
            for key in ("responsibilities", "skills", "qualifications", "educationRequirements", "workHours")
            if _text(posting.get(key))
        ),
        "benefits": plain(_text(posting.get("jobBenefits") or posting.get("incentiveCompensation"))),
        "years_of_experience": _experience(posting.get("experienceRequirements")),
        "posted_on": _text(posting.get("datePosted")),
        "expires_on": _text(posting.get("validThrough")),
        "url": _text(posting.get("url") or posting.get("sameAs")),
        "occupation": _text(posting.get("occupationalCategory")),
        "hours": kinds,
        "contract": kinds,
        "shifts": _text(posting.get("workHours")),
        "openings": posting.get("totalJobOpenings"),
        "language": _text(posting.get("inLanguage")),
        "remote": "yes" if "TELECOMMUTE" in _texts(posting.get("jobLocationType")) else "",
        **_place(places[0] if places else {}),
        **_salary(posting.get("baseSalary") or posting.get("estimatedSalary"), notes),
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}, tuple(notes)


def plain(text: str) -> str:
    """HTML as text: tags away, paragraphs and list items on lines of their own."""
    text = html.unescape(_TAG.sub(" ", _BREAK.sub("\n", text)) if "<" in text else text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _identifier(posting: Mapping[str, Any]) -> str:
    given = posting.get("identifier")
    for item in _list(given):
        if isinstance(item, Mapping):
            value = item.get("value") or item.get("propertyID")
            if value:
                return str(value)
        elif item:
            return str(item)
    return _text(posting.get("@id") or posting.get("url"))


def _place(place: Any) -> Fields:
    if not isinstance(place, Mapping):
        return {"place": _text(place)}
    address = place.get("address")
    fields: Fields = {}
    if isinstance(address, Mapping):
        fields = {
            "county": _text(address.get("addressRegion")),
            "district": _text(address.get("addressLocality")),
            "address": _text(address.get("streetAddress")),
        }
    else:
        fields = {"place": _text(address) or _text(place.get("name"))}
    geo = place.get("geo")
    point = geo if isinstance(geo, Mapping) else place
    return {**fields, "lat": point.get("latitude"), "lon": point.get("longitude")}


def _salary(salary: Any, notes: list[Reason]) -> Fields:
    if isinstance(salary, list):
        salary = salary[0] if salary else None
    if not isinstance(salary, Mapping):
        return {
            "pay": salary if isinstance(salary, str) else None,
            "pay_low": salary if not isinstance(salary, str) else None,
        }
    currency = _text(salary.get("currency") or salary.get("salaryCurrency"))
    if currency and currency.upper() not in ("TWD", "NTD", "NT$"):
        notes.append(Reason("pay_currency", {"value": currency}))
        return {}
    value = salary.get("value", salary)
    if not isinstance(value, Mapping):
        value = {"value": value, "unitText": salary.get("unitText")}
    unit = _text(value.get("unitText") or salary.get("unitText")).upper()
    low = value.get("minValue") if value.get("minValue") is not None else value.get("value")
    return {"pay_low": low, "pay_high": value.get("maxValue"), "pay_period": _UNITS.get(unit, unit.lower())}


def _experience(value: Any) -> str | float | None:
    if isinstance(value, Mapping):
        months = value.get("monthsOfExperience")
        if isinstance(months, (int, float)):
            return round(float(months) / 12, 2)
        return _text(value.get("description")) or None
    return _text(value) or None


def _text(value: Any) -> str:
    """The text of a value that may be a text, a number, a thing with a name, or a list of these."""
    if isinstance(value, Mapping):
        return _text(
            value.get("name") or value.get("@value") or value.get("description") or value.get("credentialCategory")
        )
    if isinstance(value, list):
        return ", ".join(text for text in map(_text, value) if text)
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(value: Any) -> list[str]:
    return [str(item).rpartition("/")[2] for item in _list(value)]
