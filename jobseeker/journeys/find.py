"""find_jobs: from what is known and what the message says to a list; loosening and tightening it by buttons."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.journeys.facts import Fact
from jobseeker.journeys.listing import person, show
from jobseeker.journeys.memory import Memory
from jobseeker.journeys.search import WEIGHABLE, Search, heavier, lifted, searched
from jobseeker.journeys.toolbox import Asked, Step, Toolbox, button, spoken
from jobseeker.journeys.wording import said_in

ASK_WISH = "wish"


async def find_jobs(tools: Toolbox, asked: Asked) -> Step:
    """A wish in words, or the button that begins a search."""
    saved = await tools.library.profile(asked.person)
    said = said_in(tools, asked)
    before = current(asked)
    if said.adds_nothing and before is not None and asked.says(tools.phrases.more):
        return await show(tools, asked, before, more=True)
    if asked.pressed("jobs"):  # back to the list, unless the profile has been saved since
        search = before if before is not None and saved.version <= before.profile.version else Search(saved)
    else:
        search = searched(saved, said, before)
    if said.near and not search.profile.home and not search.wishes.places:
        return Step((spoken("jobs_ask_where"),), _asking(asked, search))
    if not search.is_empty:
        return await show(tools, asked, search)
    if asked.memory.ask != ASK_WISH:  # asked once; whoever has no answer is shown the newest instead
        return Step((spoken("jobs_ask_wish", buttons=_ways()),), asked.memory.asking(ASK_WISH))
    return await show(tools, asked, search, lead="jobs_newest")


def current(asked: Asked) -> Search | None:
    """The search spoken of last."""
    return Search.from_dict(asked.memory.search) if asked.memory.search else None


async def or_saved(tools: Toolbox, asked: Asked) -> Search:
    """The search spoken of last, else one from the saved profile."""
    return current(asked) or Search(await tools.library.profile(asked.person))


async def show_more(tools: Toolbox, asked: Asked) -> Step:
    """/next"""
    search = current(asked)
    return await find_jobs(tools, asked) if search is None else await show(tools, asked, search, more=True)


async def come_nearer(tools: Toolbox, asked: Asked) -> Step:
    """/nearby KM: a limit of the person's own."""
    search = await or_saved(tools, asked)
    try:
        km = float(asked.argument)
    except ValueError:
        km = 0.0
    if not 0 < km < 1_000:
        return await show(tools, asked, search)
    if not search.wishes.places and not search.profile.home:
        return Step((spoken("jobs_ask_where"),), _asking(asked, search))
    firm = tuple(dict.fromkeys((*search.wishes.firm, "commute")))
    return await show(tools, asked, search.wishing(commute_km=km, firm=firm))


async def weigh(tools: Toolbox, asked: Asked) -> Step:
    """/weigh FEATURE: it counts more from now on; `/weigh reset` takes all of it back."""
    search = await or_saved(tools, asked)
    if asked.argument == "reset":
        return await show(tools, asked, search.wishing(weights={}))
    if asked.argument in WEIGHABLE:
        search = search.wishing(weights=heavier(search.wishes.weights, (asked.argument,)))
    return await show(tools, asked, search)


async def lift(tools: Toolbox, asked: Asked) -> Step:
    """/lift LIMIT: a hard limit becomes a preference again."""
    return await show(tools, asked, lifted(await or_saved(tools, asked), asked.argument))


def _asking(asked: Asked, search: Search) -> Memory:
    return replace(asked.memory, search=search.to_dict()).asking(ASK_WISH)


def _ways() -> list[Fact]:
    return [button("button_fill", "/fill"), button("button_upload", "/upload"), person()]
