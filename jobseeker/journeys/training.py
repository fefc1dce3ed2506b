"""find_training: courses for a skill, for beginners first where nothing near is there; fee and subsidy as the source names them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from jobseeker.journeys.facts import Fact, course_facts
from jobseeker.journeys.find import or_saved
from jobseeker.journeys.gaps import covered, gap_of
from jobseeker.journeys.listing import person
from jobseeker.journeys.search import Search
from jobseeker.journeys.toolbox import Asked, Step, Toolbox, button, line, spoken
from jobseeker.journeys.wording import reading_of, work_named
from jobseeker.places import Place
from jobseeker.profile import Profile
from jobseeker.taxonomy import Taxonomy
from jobseeker.vacancies import Course

ASK_SKILL = "training"
SHOWN = 3
TOPICS = ("pre_employment_training", "training_living_allowance", "employed_worker_training")


async def find_training(tools: Toolbox, asked: Asked) -> Step:
    """By button or words: skills that are named, else what an occupation needs, else what was missing last."""
    search = await or_saved(tools, asked)
    skills = _skills(tools, asked, search)
    if not skills:
        buttons = [button("button_explore", "/explore"), *_topics(), person()]
        return Step((spoken("training_of_what", buttons=buttons),), asked.memory.asking(ASK_SKILL))
    reading = reading_of(tools, asked)
    near = tuple(one.id for one in reading.places if one.status != "negated") or search.wishes.places
    near = near or ((search.profile.home,) if search.profile.home else ())
    found = courses_for(
        tools.taxonomy, tools.places, await tools.library.courses(), skills, search.profile, near=near, day=asked.day
    )
    memory = replace(asked.memory.answered(), skill=skills[0])
    names = tools.names.skills(skills[:SHOWN])
    query = {"kind": "training", "skills": list(skills), "near": list(near), "day": asked.day.isoformat()}
    result = {"courses": [course.id for course in found]}
    effects = (("log_match", {"query": query, "result": result, "versions": {"taxonomy": tools.taxonomy.version}}),)
    if not found:
        say = spoken("training_none", names=names, buttons=[*_topics(), person()])
        return Step((say,), memory, effects)
    items = [
        course_facts(tools.names, course, for_skills=tuple(s for s in skills if s in course.skills), day=asked.day)
        for course in found[:SHOWN]
    ]
    lines = (
        [line("training_beginners")]
        if found[0].level == 0 and not _has_near(tools.taxonomy, search.profile, skills)
        else []
    )
    if any(item["fee"] is not None for item in items):
        lines.append(line("training_fees"))
    say = spoken(
        "training_lead", items=items, names=names, count=len(found), lines=lines, buttons=[*_topics(), person()]
    )
    return Step((say,), memory, effects)


async def show_course(tools: Toolbox, asked: Asked) -> Step:
    """/course ID: one course."""
    found = [course for course in await tools.library.courses() if str(course.id) == asked.argument]
    if not found:
        return Step((spoken("course_gone", buttons=[*_topics(), person()]),), asked.memory)
    item = course_facts(tools.names, found[0], day=asked.day) | {"full": True, "about": found[0].text}
    return Step((spoken("course_lead", items=[item], buttons=[*_topics(), person()]),), asked.memory)


def _skills(tools: Toolbox, asked: Asked, search: Search) -> tuple[str, ...]:
    if asked.command is not None:
        return (asked.argument,) if asked.argument in tools.taxonomy.skills else ()
    reading = reading_of(tools, asked)
    named = [
        one.id for one in (*reading.skills, *reading.licences, *reading.languages)
    ]  # "I cannot weld, is there a course"
    wanted = [one.id for one in (*reading.skills, *reading.licences, *reading.languages) if one.status == "wanted"]
    if wanted or named:
        return tuple(dict.fromkeys(wanted or named))
    for occupation in work_named(tools, reading):
        essential = tools.taxonomy.essential(occupation)
        gap = gap_of(tools.taxonomy, search.profile, essential, tools.taxonomy.optional(occupation))
        return gap.to_learn or essential
    if search.wishes.skills:
        return search.wishes.skills
    return (asked.memory.skill,) if asked.memory.skill else ()


def courses_for(
    taxonomy: Taxonomy,
    places: Mapping[str, Place],
    courses: Sequence[Course],
    skills: Sequence[str],
    profile: Profile,
    *,
    near: Sequence[str],
    day: date,
) -> list[Course]:
    """Courses that teach one of these skills and can still be joined; best first.

    Order: how many of the skills it teaches; for somebody with nothing near, beginners' courses before others; online or in
    the same county; the next start; the lower fee; the id.
    """
    teaches = {skill: {skill, *(one for one in taxonomy.skills if skill in taxonomy.broader(one))} for skill in skills}
    wanted = {one for every in teaches.values() for one in every}
    counties = {places[place].county for place in near if place in places}
    beginner = not _has_near(taxonomy, profile, skills)

    def order(course: Course) -> tuple[object, ...]:
        taught = sum(bool(wider & set(course.skills)) for wider in teaches.values())
        here = course.online or not counties or _county(places, course) in counties
        begins = course.starts_on or date.max
        fee = course.fee if course.fee is not None else 10**9
        return (-taught, course.level if beginner else 0, not here, begins, fee, course.id)

    open_ = [one for one in courses if one.starts_on is None or one.starts_on >= day]
    return sorted((one for one in open_ if wanted & set(one.skills)), key=order)


def _has_near(taxonomy: Taxonomy, profile: Profile, skills: Sequence[str]) -> bool:
    """Whether the person has one of these skills, a wider one of it, or one that it comes easily from."""
    has = covered(taxonomy, [held.id for held in profile.held])
    close = {other for skill in skills for other in (skill, *taxonomy.broader(skill), *taxonomy.transferable(skill))}
    return bool(has & close)


def _county(places: Mapping[str, Place], course: Course) -> str:
    return places[course.place_id].county if course.place_id in places else ""


def _topics() -> list[Fact]:
    return [{"topic": topic, "payload": f"/topic {topic}"} for topic in TOPICS]
