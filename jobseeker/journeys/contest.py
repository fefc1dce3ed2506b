"""contest_decision on a match: a case for a person, with the logged ranking, its versions and the person's own words."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.journeys.listing import person
from jobseeker.journeys.pointing import pointed
from jobseeker.journeys.toolbox import Asked, Step, Toolbox, button, spoken


async def contest_decision(tools: Toolbox, asked: Asked) -> Step:
    """With a list in the conversation it is the list, or the vacancy named, that is contested; without one it is something
    that an authority decided, and a counsellor is offered."""
    if not asked.memory.list_inbox:
        return Step((spoken("contest_other", buttons=[person()]),), asked.memory)
    vacancy_id = pointed(tools, asked)
    words = "" if asked.command else asked.text
    effects = (
        (
            "open_review",
            {
                "list_inbox": asked.memory.list_inbox,
                "vacancy_id": vacancy_id or None,
                "words": words,
                "business_days": tools.number("review.match_business_days", asked.day),
            },
        ),
    )
    buttons = [button("button_why_last", f"/why {vacancy_id}")] if vacancy_id else []
    say = spoken("contest_opened", buttons=[*buttons, button("button_jobs_back", "/jobs")])
    return Step((say,), replace(asked.memory, focus=vacancy_id or asked.memory.focus), effects)
