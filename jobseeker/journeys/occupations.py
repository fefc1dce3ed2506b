"""explore_occupations: what else somebody can do with what they have, by skills in common; nothing about who they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jobseeker.journeys.find import or_saved
from jobseeker.journeys.gaps import covered
from jobseeker.journeys.listing import person
from jobseeker.journeys.search import Said, searched
from jobseeker.journeys.toolbox import Asked, Step, Toolbox, button, line, spoken
from jobseeker.journeys.wording import reading_of, work_named
from jobseeker.profile import Found, Job, Profile, Reading
from jobseeker.taxonomy import Taxonomy

ASK_SKILLS = "explore"
SHOWN = 4
SHARED_LISTED, MISSING_LISTED = 6, 5


@dataclass(frozen=True)
class Option:
    """An occupation with what it shares with the person. share: of its essential skills, 0 to 1."""

    occupation: str
    shared: tuple[str, ...]
    missing: tuple[str, ...]
    share: float
    open: int


def options(taxonomy: Taxonomy, profile: Profile, counts: dict[str, int], avoid: Sequence[str] = ()) -> list[Option]:
    """Occupations that share a skill with the person, best first: share of essential skills, then skills in common, then
    open vacancies, then id. What they did or asked for already, and what they do not want, is left out.

    Where somebody told a job but no skills, the essential skills of that job count as theirs.
    """
    own = {held.id for held in profile.held}
    if not own:
        own = {skill for job in profile.jobs for skill in taxonomy.essential(job.occupation_id)}
    has = covered(taxonomy, own)
    known = {job.occupation_id for job in profile.jobs} | set(profile.wishes.occupations) | set(avoid)
    found = []
    for occupation in taxonomy.occupations:
        essential, optional = taxonomy.essential(occupation), taxonomy.optional(occupation)
        shared = tuple(skill for skill in (*essential, *optional) if skill in has)
        if occupation in known or not shared or not essential:
            continue
        missing = tuple(skill for skill in essential if skill not in has)
        share = (len(essential) - len(missing)) / len(essential)
        found.append(Option(occupation, shared, missing, share, counts.get(occupation, 0)))
    return sorted(found, key=lambda one: (-one.share, -len(one.shared), -one.open, one.occupation))


async def explore_occupations(tools: Toolbox, asked: Asked) -> Step:
    """What the person told counts, and what this message says on top."""
    before = await or_saved(tools, asked)
    search = before if asked.command else searched(before.profile, Said(_about_self(tools, asked)), before)
    profile = _with_jobs(tools, asked, search.profile)
    best = options(tools.taxonomy, profile, dict(tools.ranker.counts()), search.avoided)[:SHOWN]
    if not best:
        buttons = [button("button_fill", "/fill"), button("button_upload", "/upload"), person()]
        return Step((spoken("explore_ask", buttons=buttons),), asked.memory.asking(ASK_SKILLS))
    items = [
        {
            "type": "occupation",
            "id": one.occupation,
            "title": tools.names.occupation(one.occupation),
            "shared": tools.names.skills(one.shared[:SHARED_LISTED]),
            "missing": tools.names.skills(one.missing[:MISSING_LISTED]),
            "open": one.open,
        }
        for one in best
    ]
    lines = [line("explore_from_jobs")] if not profile.held else []
    say = spoken("explore_lead", items=items, lines=lines, buttons=[button("button_jobs", "/jobs"), person()])
    query = {"kind": "explore", "search": search.to_dict(), "day": asked.day.isoformat()}
    result = {"occupations": [vars(one) for one in best]}
    versions = {"taxonomy": tools.taxonomy.version, "vacancies": tools.ranker.revision}
    memory = replace(asked.memory.answered(), occupation=best[0].occupation)
    return Step((say,), memory, (("log_match", {"query": query, "result": result, "versions": versions}),))


def _about_self(tools: Toolbox, asked: Asked) -> Reading:
    """Skills in the sentence are what the person has, occupations what they did ("besides driving"); a no is what they do not want."""
    reading = reading_of(tools, asked)
    own = tuple(replace(one, status="held") for one in reading.skills if one.status != "negated")
    unwanted = tuple(Found(one, "", 0, 0, "negated") for one in work_named(tools, reading, negated=True))
    return replace(reading, skills=own, occupations=unwanted, places=())


def _with_jobs(tools: Toolbox, asked: Asked, profile: Profile) -> Profile:
    """ "What else can an accountant do?": the occupation named counts as a job held, for this question."""
    told = {job.occupation_id for job in profile.jobs}
    named = [one.id for one in reading_of(tools, asked).occupations if one.status != "negated" and one.id not in told]
    return replace(profile, jobs=(*profile.jobs, *(Job(one) for one in dict.fromkeys(named))))
