"""The profile as JSON Resume 1.0.0 (jsonresume.org/schema), which other services can read. Only what was confirmed; no invented dates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jobseeker.profile.card import CardFacts, years_key
from jobseeker.profile.records import Held, Profile
from jobseeker.rendering import Words
from jobseeker.resume.records import Contact
from jobseeker.resume.writing import strengths

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"


def json_resume(profile: Profile, contact: Contact, facts: CardFacts, words: Words) -> Mapping[str, Any]:
    """The document. Years go into a summary, since the schema has only dates and nobody told any."""
    language = words.language
    basics: dict[str, Any] = {name: value for name, value in contact.to_dict().items() if value}
    wanted = [facts.occupation_name(identifier)[language] for identifier in profile.wishes.occupations]
    basics |= {"label": wanted[0]} if wanted else {}
    line = strengths(profile, facts, words)
    basics |= {"summary": line} if line else {}
    work = []
    for job in profile.jobs:
        entry = {"position": facts.occupation_name(job.occupation_id, job.words)[language]}
        if job.years is not None:
            entry["summary"] = words.line(years_key(job.years), years=f"{job.years:g}")
        work.append(entry)
    kinds = {held.id: facts.taxonomy.skills[held.id].kind for held in profile.held if held.id in facts.taxonomy.skills}
    languages = [held for held in profile.held if kinds.get(held.id) == "language"]
    licences = [held for held in profile.held if kinds.get(held.id) == "licence"]
    skills = [held for held in profile.held if held not in languages and held not in licences]
    document: dict[str, Any] = {"$schema": SCHEMA, "basics": basics, "work": work}
    document["skills"] = [_skill(held, facts, words) for held in skills]
    document["languages"] = [
        {"language": facts.skill_name(held.id)[language]}
        | ({"fluency": words.line(f"profile_level_{held.level}")} if held.level else {})
        for held in languages
    ]
    document["certificates"] = [{"name": facts.skill_name(held.id)[language]} for held in licences]
    document["meta"] = {"version": "v1.0.0"}
    return {name: value for name, value in document.items() if value}


def _skill(held: Held, facts: CardFacts, words: Words) -> dict[str, Any]:
    skill: dict[str, Any] = {"name": facts.skill_name(held.id, held.words)[words.language]}
    if held.years is not None:
        skill["level"] = words.line(years_key(held.years), years=f"{held.years:g}")
    if held.episode:
        skill["keywords"] = [held.episode]
    return skill
