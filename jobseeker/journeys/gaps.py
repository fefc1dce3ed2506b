"""skill_gap and "what if": what an occupation or a vacancy asks for, what is there, what comes close, and the course for each gap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from jobseeker.journeys.facts import Fact
from jobseeker.journeys.find import current, or_saved
from jobseeker.journeys.listing import RANKED, heeding, logged, person, show
from jobseeker.journeys.pointing import pointed
from jobseeker.journeys.search import Search
from jobseeker.journeys.toolbox import Asked, Step, Toolbox, button, line, spoken
from jobseeker.journeys.wording import reading_of, work_named
from jobseeker.profile import Profile
from jobseeker.taxonomy import Taxonomy
from jobseeker.vacancies import Course

COURSES_FOR = 3  # missing skills that get a button


@dataclass(frozen=True)
class Gap:
    """What is asked for, sorted by how far the person has it. near: (asked for, the held skill it comes easily from)."""

    held: tuple[str, ...]
    near: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    optional_held: tuple[str, ...] = ()
    optional_missing: tuple[str, ...] = ()

    @property
    def to_learn(self) -> tuple[str, ...]:
        """Essential first, then what helps."""
        return (*self.missing, *(one for one, _ in self.near), *self.optional_missing)


def covered(taxonomy: Taxonomy, held: Iterable[str]) -> frozenset[str]:
    """What these skills cover: themselves and every wider one."""
    found, open_ = set(), list(held)
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += taxonomy.broader(name)
    return frozenset(found)


def gap_of(taxonomy: Taxonomy, profile: Profile, essential: Sequence[str], optional: Sequence[str]) -> Gap:
    """Compare what is asked for with what the person has."""
    own = [held.id for held in profile.held]
    has = covered(taxonomy, own)
    near, missing = [], []
    for skill in essential:
        if skill in has:
            continue
        from_held = next((one for one in taxonomy.transferable(skill) if one in own), "")
        if from_held:
            near.append((skill, from_held))
        else:
            missing.append(skill)
    return Gap(
        tuple(skill for skill in essential if skill in has),
        tuple(near),
        tuple(missing),
        tuple(skill for skill in optional if skill in has),
        tuple(skill for skill in optional if skill not in has),
    )


async def skill_gap(tools: Toolbox, asked: Asked) -> Step:
    """/gap ID, or words that name an occupation or a vacancy that was shown."""
    search = await or_saved(tools, asked)
    target = asked.argument if asked.command else ""
    if target.isdecimal() or (not target and not asked.command):
        reading = reading_of(tools, asked)
        named = work_named(tools, reading) or work_named(tools, reading, negated=True)  # "what am I missing for …"
        if named and not target:
            return await _for_occupation(tools, asked, search, named[0])
        vacancy_id = pointed(tools, asked)
        if vacancy_id:
            return await _for_vacancy(tools, asked, search, vacancy_id)
    occupation = target or asked.memory.occupation or next(iter(search.wishes.occupations), "")
    if occupation in tools.taxonomy.occupations:
        return await _for_occupation(tools, asked, search, occupation)
    return Step((spoken("gap_of_what", buttons=[button("button_explore", "/explore"), person()]),), asked.memory)


async def _for_occupation(tools: Toolbox, asked: Asked, search: Search, occupation: str) -> Step:
    essential, optional = tools.taxonomy.essential(occupation), tools.taxonomy.optional(occupation)
    gap = gap_of(tools.taxonomy, search.profile, essential, optional)
    params = {"title": tools.names.occupation(occupation), "open": tools.ranker.counts().get(occupation, 0)}
    return await _told(tools, asked, search, gap, f"gap:{occupation}", occupation, params)


async def _for_vacancy(tools: Toolbox, asked: Asked, search: Search, vacancy_id: int) -> Step:
    found = await tools.library.vacancies([vacancy_id])
    if vacancy_id not in found:
        return Step((spoken("vacancy_gone", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    vacancy = found[vacancy_id]
    essential = (*vacancy.essential_skills, *vacancy.licences, *vacancy.languages)
    gap = gap_of(tools.taxonomy, search.profile, essential, vacancy.optional_skills)
    params = {"title": {"zh": vacancy.title, "en": vacancy.title_other.get("en", vacancy.title)}, "open": 1}
    if vacancy.language == "en":
        params["title"] = {"en": vacancy.title, "zh": vacancy.title_other.get("zh", vacancy.title)}
    asked = replace(asked, memory=replace(asked.memory, focus=vacancy_id))
    return await _told(tools, asked, search, gap, f"gap:{vacancy_id}", vacancy.occupation_id, params)


async def _told(
    tools: Toolbox, asked: Asked, search: Search, gap: Gap, what: str, occupation: str, params: dict[str, object]
) -> Step:
    courses = await tools.library.courses()
    lines = gap_lines(tools, gap, courses)
    if not (gap.held or gap.near or gap.missing or gap.optional_held or gap.optional_missing):
        lines = [line("gap_nothing_known")]
    buttons = [
        button("button_courses_for", f"/courses {skill}", skill=tools.names.skill(skill))
        for skill in gap.to_learn[:COURSES_FOR]
    ]
    if gap.missing:
        first = gap.missing[0]
        buttons.append(button("button_with", f"/with {first}", skill=tools.names.skill(first)))
    key = "gap_none" if gap.held and not gap.missing and not gap.near else "gap_lead"
    say = spoken(key, lines=lines, buttons=[*buttons, person()], **params)
    query = {"kind": what, "search": search.to_dict(), "day": asked.day.isoformat()}
    result = {name: list(value) for name, value in vars(gap).items()}
    effects = (("log_match", {"query": query, "result": result, "versions": {"taxonomy": tools.taxonomy.version}}),)
    memory = replace(asked.memory.answered(), occupation=occupation, skill=next(iter(gap.to_learn), ""))
    return Step((say,), memory, effects)


def gap_lines(tools: Toolbox, gap: Gap, courses: Sequence[Course]) -> list[Fact]:
    """What is there, what comes close, what is missing and how many courses teach it."""
    names = tools.names
    lines: list[Fact] = []
    if gap.held:
        lines.append(line("gap_held", names=names.skills(gap.held)))
    for skill, through in gap.near:
        lines.append(line("gap_near", skill=names.skill(skill), through=names.skill(through)))
    taught = {skill: sum(skill in course.skills for course in courses) for skill in gap.missing}
    lines += [line("gap_missing", skill=names.skill(skill), courses=count) for skill, count in taught.items() if count]
    if untaught := [skill for skill, count in taught.items() if not count]:
        lines.append(line("gap_missing_no_course", names=names.skills(untaught)))
    if gap.optional_held:
        lines.append(line("gap_optional_held", names=names.skills(gap.optional_held)))
    if gap.optional_missing:
        lines.append(line("gap_optional_missing", names=names.skills(gap.optional_missing)))
    return lines


async def what_if(tools: Toolbox, asked: Asked) -> Step:
    """/with SKILL: the same search as if the person had it; ranks before and after, nothing is saved."""
    skill = asked.argument
    if skill not in tools.taxonomy.skills:
        search = current(asked)
        return await show(tools, asked, search) if search else await skill_gap(tools, asked)
    search = await heeding(tools, await or_saved(tools, asked), await tools.library.marks(asked.person))
    before = tools.ranker.rank(search, day=asked.day, limit=RANKED)
    after = tools.ranker.rank(search.knowing(skill), day=asked.day, limit=RANKED)
    old = {match.vacancy_id: match.rank for match in before.matches}
    vacancies = await tools.library.vacancies([match.vacancy_id for match in after.matches[:3]])
    lines = []
    for match in after.matches[:3]:
        if match.vacancy_id in vacancies:
            vacancy = vacancies[match.vacancy_id]
            moved = old.get(match.vacancy_id)
            key = "with_new" if moved is None else "with_same" if moved == match.rank else "with_moved"
            title = {"zh": vacancy.title, "en": vacancy.title_other.get("en", vacancy.title)}
            lines.append(line(key, title=title, rank=match.rank, before=moved, beyond=RANKED))
    first = tools.ranker.with_changes(search, before.matches[:3], day=asked.day)
    more = next((change.more_matches for match in first for change in match.changes if change.skill_id == skill), 0)
    if more:
        lines.append(line("with_more", more=more))
    buttons = [
        button("button_courses_for", f"/courses {skill}", skill=tools.names.skill(skill)),
        button("button_jobs_back", "/jobs"),
    ]
    say = spoken("with_lead", skill=tools.names.skill(skill), lines=lines, buttons=buttons)
    return Step(
        (say,),
        replace(asked.memory, skill=skill),
        logged(tools, asked, search.knowing(skill), after, after.matches[:3], kind="what_if"),
    )
