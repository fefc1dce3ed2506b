"""From what was read in a text to a draft of the profile: pure. Changing single things of it is editing.py, asking for more questions.py.

Every thing in a profile has a key, one word, by which it is shown, corrected and taken out:
a skill, licence or language has its own id; `job:ID`; wishes `seek:ID` (occupation), `want:ID` (to learn or use), `avoid:ID`,
`leave:ID` (occupation not wanted), `place:ID`, `pay`, `commute`, `hours:X`, `shift:X`, `not_shift:X`, `remote`; and `home`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from jobseeker.profile.reading import Found, Reading, Remark
from jobseeker.profile.records import Held, Job, Profile
from jobseeker.taxonomy import Taxonomy

SHIFT_SKILLS = frozenset({"night_shift_work", "early_start_work"})  # being ready for a shift, listed as skills


@dataclass(frozen=True)
class Draft:
    """A profile that nobody has confirmed yet. `lacks`: ids the person said not to have, shown but never kept;
    `touched`: keys of what the latest message changed, in its order: what a bare correction is about."""

    profile: Profile = field(default_factory=Profile)
    lacks: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as a slot keeps it."""
        return {"profile": self.profile.to_dict(), "lacks": list(self.lacks), "touched": list(self.touched)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Draft:
        """Read the JSON form back."""
        return cls(
            Profile.from_dict(value.get("profile") or {}),
            tuple(value.get("lacks") or ()),
            tuple(value.get("touched") or ()),
        )


def job_key(job: Job) -> str:
    """The key of a job; one that the taxonomy does not know is named by a hash of its words."""
    return f"job:{job.occupation_id or 'w' + hashlib.sha256(job.words.encode()).hexdigest()[:8]}"


def merge(draft: Draft, reading: Reading, taxonomy: Taxonomy, remark: Remark = Remark()) -> Draft:
    """The draft with everything that was read put in. What is said later counts; nothing said earlier is lost by it.

    Args:
        reading: what was found in one message, already read in the light of the question (questions.in_context).
        remark: tells what the person does not want from what they cannot do.
    """
    draft = replace(draft, touched=())
    for found in sorted((*reading.skills, *reading.licences, *reading.languages), key=lambda item: item.start):
        if found.id in SHIFT_SKILLS and found.status == "negated":
            continue  # said of the shift, which is read as such
        draft = _skill(draft, found, remark.declines(found.start))
    for found in reading.occupations:
        draft = _occupation(draft, found, remark.declines(found.start))
    for found in reading.places:
        draft = _place(draft, found)
    draft = _conditions(draft, reading)
    return with_evidence(draft, taxonomy)


def _skill(draft: Draft, found: Found, declines: bool) -> Draft:
    profile, wishes = draft.profile, draft.profile.wishes
    lacks = _without(draft.lacks, found.id)
    if found.status == "held":
        held = _merged(next((item for item in profile.held if item.id == found.id), None), found)
        others = tuple(item for item in profile.held if item.id != found.id)
        wishes = replace(
            wishes, skills=_without(wishes.skills, found.id), avoid_skills=_without(wishes.avoid_skills, found.id)
        )
        return _touched(replace(draft, lacks=lacks), replace(profile, held=(*others, held), wishes=wishes), found.id)
    if found.status == "wanted":
        wishes = replace(
            wishes, skills=_with(wishes.skills, found.id), avoid_skills=_without(wishes.avoid_skills, found.id)
        )
        return _touched(replace(draft, lacks=lacks), replace(profile, wishes=wishes), f"want:{found.id}")
    if declines:
        wishes = replace(
            wishes, avoid_skills=_with(wishes.avoid_skills, found.id), skills=_without(wishes.skills, found.id)
        )
        return _touched(draft, replace(profile, wishes=wishes), f"avoid:{found.id}")
    wishes = replace(wishes, skills=_without(wishes.skills, found.id))
    profile = replace(profile, held=tuple(item for item in profile.held if item.id != found.id), wishes=wishes)
    return _touched(replace(draft, lacks=_with(draft.lacks, found.id)), profile, found.id)


def _merged(before: Held | None, found: Found) -> Held:
    """What is known of a skill after it was said once more. A later word without "a little" takes the doubt away."""
    before = before or Held(found.id)
    return replace(
        before,
        years=before.years if found.years is None else found.years,
        level=found.level or before.level,
        words=found.words or before.words,
        hedged=found.hedged,
    )


def _occupation(draft: Draft, found: Found, declines: bool) -> Draft:
    profile, wishes = draft.profile, draft.profile.wishes
    if found.status == "held":
        return add_job(draft, Job(found.id, found.words, found.years))
    if found.status == "wanted":
        wishes = replace(
            wishes,
            occupations=_with(wishes.occupations, found.id),
            avoid_occupations=_without(wishes.avoid_occupations, found.id),
        )
        return _touched(draft, replace(profile, wishes=wishes), f"seek:{found.id}")
    wishes = replace(wishes, occupations=_without(wishes.occupations, found.id))
    if declines:
        wishes = replace(wishes, avoid_occupations=_with(wishes.avoid_occupations, found.id))
        return _touched(draft, replace(profile, wishes=wishes), f"leave:{found.id}")
    jobs = tuple(job for job in profile.jobs if job.occupation_id != found.id)
    return _touched(draft, replace(profile, jobs=jobs, wishes=wishes), f"job:{found.id}")


def add_job(draft: Draft, job: Job) -> Draft:
    """The draft with a job held, or with what is new about one that it has. The first one told counts as the latest."""
    known = next((item for item in draft.profile.jobs if job_key(item) == job_key(job)), None)
    if known is not None:
        job = replace(known, years=known.years if job.years is None else job.years, words=job.words or known.words)
        jobs = tuple(job if item is known else item for item in draft.profile.jobs)
    else:
        job = replace(job, latest=not any(item.latest for item in draft.profile.jobs))
        jobs = (*draft.profile.jobs, job)
    return _touched(draft, replace(draft.profile, jobs=jobs), job_key(job))


def _place(draft: Draft, found: Found) -> Draft:
    profile, wishes = draft.profile, draft.profile.wishes
    if found.status == "held":
        return _touched(draft, replace(profile, home=found.id), "home")
    if found.status == "wanted":
        wishes = replace(wishes, places=_with(wishes.places, found.id))
    else:
        wishes = replace(wishes, places=_without(wishes.places, found.id))
    return _touched(draft, replace(profile, wishes=wishes), f"place:{found.id}")


def _conditions(draft: Draft, reading: Reading) -> Draft:
    wishes = draft.profile.wishes
    keys: list[str] = []
    if reading.pay_low is not None:
        wishes, keys = replace(wishes, pay_low=reading.pay_low, pay_period=reading.pay_period), [*keys, "pay"]
    if reading.commute_km is not None:
        wishes, keys = replace(wishes, commute_km=reading.commute_km), [*keys, "commute"]
    if reading.remote is not None:
        wishes, keys = replace(wishes, remote=reading.remote), [*keys, "remote"]
    if reading.hours:
        wishes, keys = replace(wishes, hours=reading.hours), [*keys, *(f"hours:{item}" for item in reading.hours)]
    for shift in reading.shifts:
        wishes = replace(wishes, shifts=_with(wishes.shifts, shift), avoid_shifts=_without(wishes.avoid_shifts, shift))
        keys.append(f"shift:{shift}")
    for shift in reading.avoid_shifts:
        wishes = replace(wishes, avoid_shifts=_with(wishes.avoid_shifts, shift), shifts=_without(wishes.shifts, shift))
        keys.append(f"not_shift:{shift}")
    return _touched(draft, replace(draft.profile, wishes=wishes), *keys) if keys else draft


def with_evidence(draft: Draft, taxonomy: Taxonomy) -> Draft:
    """The draft with each skill's level of evidence: a licence, or years told together with a job that uses it, is evidence; a
    soft skill needs an episode; what a person of the office has verified stays so."""
    jobs = [job for job in draft.profile.jobs if job.occupation_id]
    used = {
        skill
        for job in jobs
        if job.years is not None
        for skill in (*taxonomy.essential(job.occupation_id), *taxonomy.optional(job.occupation_id))
    }
    held = tuple(_weighed(item, taxonomy, bool(jobs), used) for item in draft.profile.held)
    return replace(draft, profile=replace(draft.profile, held=held))


def _weighed(held: Held, taxonomy: Taxonomy, has_job: bool, used: set[str]) -> Held:
    if held.evidence == "verified":
        return held
    kind = taxonomy.skills[held.id].kind if held.id in taxonomy.skills else "hard"
    shown = bool(held.episode) or kind == "licence"
    if kind != "soft":
        shown = shown or (held.years is not None and has_job) or held.id in used
    return replace(held, evidence="evidenced" if shown else "stated")


def _touched(draft: Draft, profile: Profile, *keys: str) -> Draft:
    return replace(draft, profile=profile, touched=(*(key for key in draft.touched if key not in keys), *keys))


def _with(ids: tuple[str, ...], new: str) -> tuple[str, ...]:
    return ids if new in ids else (*ids, new)


def _without(ids: tuple[str, ...], old: str) -> tuple[str, ...]:
    return tuple(item for item in ids if item != old)
