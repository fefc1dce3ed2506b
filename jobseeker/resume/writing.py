"""Writes a résumé from a profile: which facts, in which order, and the strengths line. Words are data/responses/resume.yml. No score, no invention."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jobseeker.profile.card import CardFacts, years_key
from jobseeker.profile.records import Held, Job, Profile
from jobseeker.rendering import Words
from jobseeker.resume.records import Contact, Entry, Resume, Section

STRENGTHS_HAN, STRENGTHS_WORDS = 35, 20
MAX_NAMES = 3  # skills named in the strengths line
_SECTIONS = (
    ("can", ("hard", "digital")),
    ("licences", ("licence",)),
    ("languages", ("language",)),
    ("soft", ("soft",)),
)
_RANK = {"verified": 0, "evidenced": 1, "stated": 2}


def write_resume(profile: Profile, contact: Contact, facts: CardFacts, words: Words, variety: str) -> Resume:
    """The résumé of a confirmed profile.

    Args:
        facts: names of skills, occupations and places.
        words: headings and short texts in "zh" or "en".
        variety: what the person reads; Simplified characters are made by whoever sets the file.
    """
    sections = [_jobs(profile, facts, words)]
    for name, kinds in _SECTIONS:
        entries = tuple(_held(held, facts, words) for held in profile.held if _kind(held, facts) in kinds)
        sections.append(Section(words.line(f"profile_group_{name}"), entries))
    sections.append(_wanted(profile, facts, words))
    return Resume(
        language=variety,
        name=contact.name or words.line("resume_no_name"),
        contact=tuple(part for part in (contact.phone, contact.email) if part),
        strengths=strengths(profile, facts, words),
        sections=tuple(section for section in sections if section.entries),
        closing=words.line("resume_closing"),
    )


def strengths(profile: Profile, facts: CardFacts, words: Words) -> str:
    """One line of confirmed facts, the best shown first, as many as fit; "" where there is nothing to say."""
    parts = [_job_strength(job, facts, words) for job in _by_years(profile.jobs)[:1]]
    held = sorted(profile.held, key=lambda item: (_RANK[item.evidence], item.hedged, -(item.years or 0)))
    for key, kinds in (
        ("resume_licensed", ("licence",)),
        ("resume_skilled", ("hard", "digital")),
        ("resume_speaks", ("language",)),
    ):
        names = [
            facts.skill_name(i.id, i.words)[words.language] for i in held if _kind(i, facts) in kinds and not i.hedged
        ]
        for count in range(min(len(names), MAX_NAMES), 0, -1):
            part = words.line(key, names=words.line("resume_between_names").join(names[:count]))
            if fits(_joined([*parts, part], words), words.language):
                parts.append(part)
                break
    return _joined(parts, words) if parts and fits(_joined(parts, words), words.language) else ""


def fits(line: str, language: str) -> bool:
    """Whether a line keeps to the length: 35 characters without spaces in Chinese, 20 words in English."""
    return len(line.split()) <= STRENGTHS_WORDS if language == "en" else len("".join(line.split())) <= STRENGTHS_HAN


def _joined(parts: Sequence[str], words: Words) -> str:
    return words.line("resume_between_parts").join(parts) + words.line("resume_full_stop")


def _job_strength(job: Job, facts: CardFacts, words: Words) -> str:
    name = facts.occupation_name(job.occupation_id, job.words)[words.language]
    if job.years is None:
        return words.line("resume_was", name=name)
    return words.line("resume_was_years", name=name, years=_years(job.years, words))


def _years(years: float, words: Words) -> str:
    return words.line(years_key(years), years=f"{years:g}")


def _by_years(jobs: Sequence[Job]) -> list[Job]:
    return sorted(jobs, key=lambda job: (not job.latest, -(job.years or 0)))


def _jobs(profile: Profile, facts: CardFacts, words: Words) -> Section:
    def entry(job: Job) -> Entry:
        name = facts.occupation_name(job.occupation_id, job.words)[words.language]
        return Entry(name, (_years(job.years, words),) if job.years is not None else ())

    return Section(words.line("profile_group_jobs"), tuple(entry(job) for job in _by_years(profile.jobs)))


def _held(held: Held, facts: CardFacts, words: Words) -> Entry:
    notes = [_years(held.years, words)] if held.years is not None else []
    notes += [words.line(f"profile_level_{held.level}")] if held.level else []
    notes += [words.line("resume_some")] if held.hedged and not held.level else []
    return Entry(facts.skill_name(held.id, held.words)[words.language], tuple(notes), held.episode)


def _wanted(profile: Profile, facts: CardFacts, words: Words) -> Section:
    wishes = profile.wishes
    name: Callable[[Any], str] = lambda names: str(names[words.language])  # noqa: E731
    entries = [Entry(name(facts.occupation_name(identifier))) for identifier in wishes.occupations]
    entries += [Entry(words.line("profile_item_place", name=name(facts.place_name(i)))) for i in wishes.places]
    entries += [Entry(words.line(f"profile_hours_{hours}")) for hours in wishes.hours]
    entries += [Entry(words.line(f"profile_shift_{shift}")) for shift in wishes.shifts]
    return Section(words.line("resume_looking_for"), tuple(entries))


def _kind(held: Held, facts: CardFacts) -> str:
    skill = facts.taxonomy.skills.get(held.id)
    return skill.kind if skill else "hard"
