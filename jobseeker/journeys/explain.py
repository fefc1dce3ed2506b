"""explain_match: why this vacancy, why this place in the list, why not another; every reason with its points, and who checks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jobseeker.journeys.facts import Fact, vacancy_facts
from jobseeker.journeys.find import or_saved
from jobseeker.journeys.listing import heeding, logged, person
from jobseeker.journeys.pointing import pointed
from jobseeker.journeys.search import Search
from jobseeker.journeys.toolbox import Asked, Judged, Step, Toolbox, button, line, spoken
from jobseeker.journeys.wording import reading_of, work_named
from jobseeker.matching import Ranking
from jobseeker.storage_jobs import SAVED

LOOKED_AT = 200  # vacancies of one occupation that "why is … not there" looks through


async def explain_match(tools: Toolbox, asked: Asked) -> Step:
    """By button or words; without a list there is nothing to explain, and the way to one is shown."""
    search = await heeding(tools, await or_saved(tools, asked), await tools.library.marks(asked.person))
    if asked.command is None and asked.says(tools.phrases.why_not):
        reading = reading_of(tools, asked)
        occupations = work_named(tools, reading) or work_named(tools, reading, negated=True)
        if occupations:
            return await _why_not(tools, asked, search, occupations)
    vacancy_id = pointed(tools, asked)
    if not vacancy_id and asked.memory.listed:  # "the second one" of a list of one
        buttons = [button("button_jobs", "/jobs"), person()]
        return Step((spoken("why_too_few", count=len(asked.memory.listed), buttons=buttons),), asked.memory)
    if not vacancy_id:
        return Step((spoken("why_of_what", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    judged = tools.ranker.judge(search, vacancy_id, day=asked.day)
    if judged is None:
        return Step((spoken("vacancy_gone", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    return await _explained(tools, asked, search, judged)


async def _explained(
    tools: Toolbox, asked: Asked, search: Search, judged: Judged, lead: str = "why_lead", **params: object
) -> Step:
    vacancy_id = judged.match.vacancy_id
    vacancies = await tools.library.vacancies([vacancy_id])
    if vacancy_id not in vacancies:
        return Step((spoken("vacancy_gone", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    saved = {mark.vacancy_id for mark in await tools.library.marks(asked.person) if mark.kind == SAVED}
    card = vacancy_facts(
        tools.names, vacancies[vacancy_id], judged.match, saved=vacancy_id in saved, broken=judged.broken, full=True
    )
    lines: list[Fact] = [line("why_limit", limit=line(f"limit_{name}")) for name in judged.broken]
    if judged.match.tied_with:
        lines.append(line("why_tied", count=len(judged.match.tied_with)))
    lines += [line("why_never_used"), line("why_checked")]
    buttons = [
        button("button_gap", f"/gap {vacancy_id}"),
        button("button_contest", f"/contest {vacancy_id}"),
        button("button_like", f"/like {vacancy_id}"),
        person(),
    ]
    say = spoken(
        lead, items=[card], rank=judged.match.rank, title=card["title"], lines=lines, buttons=buttons, **params
    )
    shown = Ranking((judged.match,), 1, versions=judged.versions)
    effects = logged(tools, asked, search, shown, shown.matches, kind=f"judge:{vacancy_id}")
    return Step((say,), replace(asked.memory.answered(), focus=vacancy_id, list_inbox=asked.inbox_id), effects)


async def _why_not(tools: Toolbox, asked: Asked, search: Search, occupations: Sequence[str]) -> Step:
    """Why no vacancy of these occupations stands in the list: there is none, or this is what holds the best one back."""
    found = [one for one in occupations if tools.ranker.open_in(one, 1)]
    name = tools.names.occupation((found or list(occupations))[0])
    ids = [vacancy_id for one in found for vacancy_id in tools.ranker.open_in(one, LOOKED_AT)]
    judged = [one for one in (tools.ranker.judge(search, vacancy_id, day=asked.day) for vacancy_id in ids) if one]
    if not judged:
        buttons = [button("button_explore", "/explore"), button("button_alert", "/alert on"), person()]
        return Step((spoken("why_not_none", occupation=name, buttons=buttons),), asked.memory)
    best = min(judged, key=lambda one: (len(one.broken), one.match.rank))
    shown = best.match.vacancy_id in {one.vacancy_id for one in asked.memory.listed} and not best.broken
    lead = "why_not_listed" if shown else "why_not_lead"
    return await _explained(tools, asked, search, best, lead=lead, occupation=name, count=len(judged))
