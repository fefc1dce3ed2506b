"""more_like_this: the same kind of work, skills and hours as a vacancy that was shown, in other places or with other employers."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.journeys.find import find_jobs, or_saved
from jobseeker.journeys.listing import person, show
from jobseeker.journeys.pointing import pointed
from jobseeker.journeys.toolbox import Asked, Step, Toolbox, button, spoken


async def more_like_this(tools: Toolbox, asked: Asked) -> Step:
    """A search with the wishes of this vacancy. "Like my last job" means the last job's occupation."""
    vacancy_id = pointed(tools, asked)
    if not vacancy_id:
        saved = await tools.library.profile(asked.person)
        latest = [job.occupation_id for job in saved.jobs if job.occupation_id]
        if latest:
            search = (await or_saved(tools, asked)).wishing(occupations=(latest[0],))
            return await show(tools, asked, search, lead="like_list")
        return await find_jobs(tools, asked)
    found = await tools.library.vacancies([vacancy_id])
    if vacancy_id not in found:
        return Step((spoken("vacancy_gone", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    vacancy, search = found[vacancy_id], await or_saved(tools, asked)
    wishes = {"occupations": (vacancy.occupation_id,) if vacancy.occupation_id else search.wishes.occupations}
    skills = tuple(dict.fromkeys((*search.wishes.skills, *vacancy.essential_skills)))
    places = search.wishes.places or ((vacancy.place_id,) if vacancy.place_id and not search.profile.home else ())
    firm = tuple(dict.fromkeys((*search.wishes.firm, *(("occupation",) if vacancy.occupation_id else ()))))
    like = search.wishing(
        **wishes, firm=firm, skills=skills, places=places, hours=search.wishes.hours or _known(vacancy.hours)
    )
    like = replace(like, like=vacancy_id)
    return await show(tools, replace(asked, memory=replace(asked.memory, focus=vacancy_id)), like, lead="like_list")


def _known(hours: str) -> tuple[str, ...]:
    return () if hours == "unknown" else (hours,)
