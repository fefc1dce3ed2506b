"""Single changes of a draft by key (drafting.py says what keys there are): taking out, correcting years, an episode. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jobseeker.profile.drafting import Draft, job_key, with_evidence
from jobseeker.profile.records import Profile, Wishes
from jobseeker.taxonomy import Taxonomy

MAX_EPISODE_CHARACTERS = 600

_LISTS = {
    "seek": "occupations",
    "want": "skills",
    "avoid": "avoid_skills",
    "leave": "avoid_occupations",
    "place": "places",
    "hours": "hours",
    "shift": "shifts",
    "not_shift": "avoid_shifts",
}
_SINGLE: dict[str, Callable[[Wishes], Wishes]] = {
    "pay": lambda wishes: replace(wishes, pay_low=None),
    "commute": lambda wishes: replace(wishes, commute_km=None),
    "remote": lambda wishes: replace(wishes, remote=False),
}


def keys_of(profile: Profile) -> tuple[str, ...]:
    """The keys of everything in a profile."""
    wishes = profile.wishes
    keys = [held.id for held in profile.held] + [job_key(job) for job in profile.jobs]
    for prefix, name in _LISTS.items():
        keys += [f"{prefix}:{item}" for item in getattr(wishes, name)]
    keys += ["home"] if profile.home else []
    keys += ["pay"] if wishes.pay_low is not None else []
    keys += ["commute"] if wishes.commute_km is not None else []
    keys += ["remote"] if wishes.remote else []
    return tuple(keys)


def remove(draft: Draft, key: str, taxonomy: Taxonomy) -> Draft | None:
    """The draft without what `key` names; None where there is no such thing in it."""
    profile = draft.profile
    if key not in keys_of(profile):
        return None
    prefix, _, name = key.partition(":")
    if key == "home":
        profile = replace(profile, home="")
    elif key in _SINGLE:
        profile = replace(profile, wishes=_SINGLE[key](profile.wishes))
    elif prefix == "job":
        jobs = tuple(job for job in profile.jobs if job_key(job) != key)
        if jobs and not any(job.latest for job in jobs):
            jobs = (replace(jobs[0], latest=True), *jobs[1:])
        profile = replace(profile, jobs=jobs)
    elif prefix in _LISTS:
        kept: dict[str, Any] = {_LISTS[prefix]: tuple(i for i in getattr(profile.wishes, _LISTS[prefix]) if i != name)}
        profile = replace(profile, wishes=replace(profile.wishes, **kept))
    else:
        profile = replace(profile, held=tuple(held for held in profile.held if held.id != key))
    return with_evidence(replace(draft, profile=profile, touched=()), taxonomy)


def years_of(profile: Profile) -> dict[str, float | None]:
    """Key -> years of everything that can have years, in order."""
    years: dict[str, float | None] = {held.id: held.years for held in profile.held}
    return years | {job_key(job): job.years for job in profile.jobs}


def same_mention(profile: Profile, key: str) -> tuple[str, ...]:
    """`key`, last, and what was read in the same words, with the same years or none: the work and the job of 「洗碗工兩年」."""
    years, words = years_of(profile), {held.id: held.words for held in profile.held}
    words |= {job_key(job): job.words for job in profile.jobs}
    same = []
    for other, said in words.items():
        together = bool(said and words[key]) and (said in words[key] or words[key] in said)
        if other != key and together and (years[other] == years[key] or None in (years[other], years[key])):
            same.append(other)
    return (*same, key)


def set_years(draft: Draft, key: str, years: float, taxonomy: Taxonomy) -> Draft:
    """The draft with other years for one skill or job; unchanged where there is no such thing."""
    held = tuple(replace(item, years=years) if item.id == key else item for item in draft.profile.held)
    jobs = tuple(replace(job, years=years) if job_key(job) == key else job for job in draft.profile.jobs)
    changed = replace(draft, profile=replace(draft.profile, held=held, jobs=jobs), touched=(key,))
    return with_evidence(changed, taxonomy)


def set_episode(draft: Draft, skill_id: str, episode: str, taxonomy: Taxonomy) -> Draft:
    """The draft with the situation that shows a skill, in the person's own words."""
    words = " ".join(episode.split())[:MAX_EPISODE_CHARACTERS]
    held = tuple(replace(item, episode=words) if item.id == skill_id else item for item in draft.profile.held)
    changed = replace(draft, profile=replace(draft.profile, held=held), touched=(skill_id,))
    return with_evidence(changed, taxonomy)
