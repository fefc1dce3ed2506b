"""Showing a ranking: the best three as cards, which wishes were used, what was left out and why, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from jobseeker.journeys.facts import Fact, vacancy_facts
from jobseeker.journeys.memory import Listed, Memory
from jobseeker.journeys.names import title_of
from jobseeker.journeys.search import Search, respecting
from jobseeker.journeys.toolbox import Asked, Effects, Step, Toolbox, button, line, spoken
from jobseeker.matching import Match, Ranking
from jobseeker.storage_jobs import NOT_FOR_ME, SAVED, Mark
from jobseeker.vacancies import Vacancy

HIDDEN, BY_LAW = "not_for_me", "licence_by_law"  # limits that are no wish of the person
AFTER_LIST = "list"  # what is said to a list right after it; nobody is reminded of it
PAGE = 3  # more is not read on a phone
MOST_HIDDEN = 100_000  # vacancies of a kind of work that is not wanted
RANKED = 30  # how far "more" goes before the person is asked to say more
NEAREST_KM = (3, 5, 10, 20)  # what "closer" offers, the next smaller one


async def show(tools: Toolbox, asked: Asked, search: Search, *, more: bool = False, lead: str = "jobs_list") -> Step:
    """The next page of a search. `more`: go on behind what was shown; `lead`: the text above."""
    marks = await tools.library.marks(asked.person)
    heeded = await heeding(tools, search, marks)
    ranking = tools.ranker.rank(heeded, day=asked.day, limit=RANKED)
    memory = replace(asked.memory.answered(), search=search.to_dict())
    if not ranking.matches:
        return await _nothing(tools, asked, heeded, ranking, memory)
    seen = {one.vacancy_id for one in memory.listed} if more else set()
    page = [match for match in ranking.matches if match.vacancy_id not in seen][:PAGE]
    vacancies = await tools.library.vacancies(match.vacancy_id for match in page)
    page = tools.ranker.with_changes(heeded, [one for one in page if one.vacancy_id in vacancies], day=asked.day)
    if not page:
        return Step((spoken("jobs_no_more", buttons=_at_the_end(search)),), memory)
    away = not _asked_for(search, ranking)
    if away and not more:
        lead = "jobs_nearest"
    saved = {mark.vacancy_id for mark in marks if mark.kind == SAVED}
    items = [
        vacancy_facts(tools.names, vacancies[match.vacancy_id], match, saved=match.vacancy_id in saved)
        for match in page
    ]
    say = spoken(
        "jobs_more" if more else lead,
        items=items,
        count=ranking.considered,
        wished=tools.names.occupation(search.wishes.occupations[0]) if search.wishes.occupations else "",
        lines=[] if more else [*used_lines(tools, heeded), *excluded_lines(heeded, ranking)],
        buttons=_next_buttons(search, ranking, items, more=more),
    )
    if away and not more:
        say = replace(say, params={**say.params, "lines": [*say.params["lines"], *await openers(tools, page)]})
    memory = replace(memory, list_inbox=asked.inbox_id).with_listed(
        tuple(_listed(match, vacancies) for match in page), more=more
    )
    memory = memory.asking(AFTER_LIST)
    return Step((say,), memory, logged(tools, asked, heeded, ranking, page))


async def heeding(tools: Toolbox, search: Search, marks: Sequence[Mark]) -> Search:
    """The search as it is ranked: with what the person said is not for them."""
    unwanted = [mark.vacancy_id for mark in marks if mark.kind == NOT_FOR_ME]
    heeded = respecting(search, marks, await tools.library.vacancies(unwanted)) if unwanted else search
    others = [one for kind in heeded.avoided for one in tools.ranker.open_in(kind, MOST_HIDDEN)]
    kept_out = {*heeded.hidden, *others}
    asked = "occupation" in heeded.wishes.firm and heeded.wishes.occupations
    unnamed = {one for one in tools.ranker.open_in("", MOST_HIDDEN) if one not in kept_out} if asked else set()
    return replace(heeded, hidden=tuple(sorted(kept_out | unnamed)), unnamed=len(unnamed))


def logged(
    tools: Toolbox, asked: Asked, search: Search, ranking: Ranking, shown: Sequence[Match], kind: str = "ranking"
) -> Effects:
    """The effect that keeps what was shown, with all that is needed to run it again, also when the vacancies have changed or gone."""
    query = {
        "kind": kind,
        "search": search.to_dict(),
        "day": asked.day.isoformat(),
        "limit": RANKED,
        "shown": [match.vacancy_id for match in shown],
    }
    return (
        (
            "log_match",
            {
                "query": query,
                "result": kept_result(tools, ranking, shown, asked.day),
                "versions": dict(ranking.versions),
            },
        ),
    )


def kept_result(tools: Toolbox, ranking: Ranking, shown: Sequence[Match], day: date) -> dict[str, Any]:
    """As logged: the ranking, the facts of the vacancies shown and the rarity of their skills, from which their scores follow."""
    basis = tools.ranker.basis([match.vacancy_id for match in shown], day=day)
    return {**ranking_dict(ranking, shown), **basis}


def ranking_dict(ranking: Ranking, shown: Sequence[Match]) -> dict[str, Any]:
    """A ranking in its JSON form, as logged: all that was ranked, and the whole of those that were shown."""
    return {
        "ranked": [[match.vacancy_id, match.score] for match in ranking.matches],
        "matches": [asdict(match) for match in shown],
        "considered": ranking.considered,
        "excluded": dict(ranking.excluded),
        "near_misses": [[limit, match.vacancy_id, match.score] for limit, match in ranking.near_misses],
    }


async def _nothing(tools: Toolbox, asked: Asked, search: Search, ranking: Ranking, memory: Memory) -> Step:
    """No vacancy keeps all limits: the nearest ones with the limit each breaks, what opens most, and a person."""
    broken: dict[int, tuple[str, ...]] = {match.vacancy_id: (limit,) for limit, match in ranking.near_misses}
    near = [match for _, match in ranking.near_misses] or _breaking_several(tools, asked, search, broken)
    vacancies = await tools.library.vacancies(broken)
    page = [match for match in near if match.vacancy_id in vacancies][:PAGE]
    page = tools.ranker.with_changes(search, page, day=asked.day)
    items = [
        vacancy_facts(tools.names, vacancies[match.vacancy_id], match, broken=broken[match.vacancy_id])
        for match in page
    ]
    lines = [
        *used_lines(tools, search),
        *excluded_lines(search, ranking),
        *await openers(tools, page),
    ]
    listed = tuple(_listed(match, vacancies) for match in page)
    key = "jobs_none_near" if items else "jobs_none"
    say = spoken(key, items=items, count=len(items), lines=lines, buttons=_at_the_end(search))
    memory = replace(memory, list_inbox=asked.inbox_id).with_listed(listed, more=False)
    return Step((say,), memory, logged(tools, asked, search, ranking, page))


def _breaking_several(tools: Toolbox, asked: Asked, search: Search, broken: dict[int, tuple[str, ...]]) -> list[Match]:
    """Where each breaks more than one limit: the best ones with all the person's limits taken as wishes. Fills `broken`."""
    near = tools.ranker.rank(search.wishing(firm=()), day=asked.day, limit=PAGE).matches
    for match in near:
        judged = tools.ranker.judge(search, match.vacancy_id, day=asked.day)
        broken[match.vacancy_id] = judged.broken if judged else ()
    return list(near)


def _asked_for(search: Search, ranking: Ranking) -> bool:
    """Whether one of these is the very kind of work that was asked for; yes where none was."""
    details = (reason.detail for match in ranking.matches for reason in match.reasons if reason.feature == "occupation")
    same = any(detail.get("relation") == "same" and detail.get("source") == "wish" for detail in details)
    return same or not search.wishes.occupations


async def openers(tools: Toolbox, matches: Sequence[Match]) -> list[Fact]:
    """The skill that would open most vacancies, and how many courses teach it; nothing where no skill opens any."""
    best = max(
        (change for match in matches for change in match.changes),
        key=lambda change: (change.more_matches, change.skill_id),
        default=None,
    )
    if best is None or not best.more_matches:
        return []
    courses = [course for course in await tools.library.courses() if best.skill_id in course.skills]
    params = {"skill": tools.names.skill(best.skill_id), "more": best.more_matches, "courses": len(courses)}
    found = line("jobs_opener" if courses else "jobs_opener_no_course", **params)
    found["buttons"] = [button("button_courses_for", f"/courses {best.skill_id}", skill=params["skill"])]
    return [found]


def used_lines(tools: Toolbox, search: Search) -> list[Fact]:
    """Which wishes the list was made from."""
    wishes, names = search.wishes, tools.names
    parts: list[Fact] = []
    if wishes.occupations:
        parts.append(line("used_occupations", names=[names.occupation(one) for one in wishes.occupations]))
    elif search.profile.jobs:
        jobs = [names.occupation(job.occupation_id) for job in search.profile.jobs if job.occupation_id]
        parts += [line("used_jobs", names=jobs[:2])] if jobs else []
    skills = [held.id for held in search.profile.held]
    if skills:
        parts.append(line("used_skills", names=names.skills(skills[:3]), count=len(skills)))
    places = wishes.places or ((search.profile.home,) if search.profile.home else ())
    if places:
        parts.append(line("used_places", names=[names.place(one) for one in places]))
    if wishes.commute_km is not None:
        parts.append(line("used_commute", km=wishes.commute_km))
    for name in ("hours", "shifts"):
        if values := getattr(wishes, name):
            parts.append(line("used_values", names=[line(f"{name}_{value}") for value in values]))
    if wishes.avoid_shifts:
        parts.append(line("used_avoid", names=[line(f"shifts_{value}") for value in wishes.avoid_shifts]))
    if wishes.pay_low is not None:
        parts.append(line("used_pay", pay={"twd": int(wishes.pay_low)}, period=line(f"period_{wishes.pay_period}")))
    if wishes.remote:
        parts.append(line("used_remote"))
    heavy = [line(f"feature_{name}") for name, factor in sorted(wishes.weights.items()) if factor > 1]
    if heavy:
        parts.append(line("used_weights", names=heavy))
    lines = [line("jobs_used", parts=parts)] if parts else [line("jobs_used_nothing")]
    return lines


def excluded_lines(search: Search, ranking: Ranking) -> list[Fact]:
    """What hard limits left out, each with a way to lift it where it is the person's own."""
    lines = []
    for limit, excluded in sorted(ranking.excluded.items()):
        alike = limit == HIDDEN and search.like and search.like not in search.hidden
        count = excluded - 1 if alike else excluded  # the one that others are like was not put aside
        count -= search.unnamed if limit == HIDDEN else 0
        if count <= 0:
            continue
        one = line(f"excluded_{limit}", count=count)
        if limit == HIDDEN:
            one["buttons"] = [button("button_unhide", "/because undo")]
        elif limit != BY_LAW:
            one["buttons"] = [button("button_lift", f"/lift {limit}", what=line(f"feature_{limit}"))]
        lines.append(one)
    if search.unnamed:
        one = line("excluded_unnamed", count=search.unnamed)
        one["buttons"] = [button("button_lift", "/lift occupation", what=line("feature_occupation"))]
        lines.append(one)
    return lines


def _next_buttons(search: Search, ranking: Ranking, items: Sequence[Fact], *, more: bool) -> list[Fact]:
    buttons = [button("button_next", "/next")] if len(ranking.matches) > PAGE or more else []
    if search.wishes.places or search.profile.home:
        now = search.wishes.commute_km or 2 * NEAREST_KM[-1]
        closer = [km for km in NEAREST_KM if km < now]
        buttons += [button("button_nearby", f"/nearby {closer[-1]}", km=closer[-1])] if closer else []
        buttons.append(button("button_weigh_commute", "/weigh commute"))
    buttons += [button("button_weigh_pay", "/weigh pay"), button("button_alert", "/alert on")]
    return buttons


def _at_the_end(search: Search) -> list[Fact]:
    lift = [button("button_lift", f"/lift {name}", what=line(f"feature_{name}")) for name in search.wishes.firm]
    return [*lift, button("button_explore", "/explore"), button("button_alert", "/alert on"), person()]


def person() -> Fact:
    """The button that asks for a counsellor."""
    return button("button_person", "/human")


def _listed(match: Match, vacancies: Mapping[int, Vacancy]) -> Listed:
    vacancy = vacancies[match.vacancy_id]
    return Listed(match.vacancy_id, match.rank, title_of(vacancy), vacancy.employer)
