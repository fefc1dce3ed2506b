"""What a person says of a vacancy: not for me (and why), save, the saved list, comparing. It counts in the very next list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from jobseeker.journeys.facts import Fact, vacancy_facts
from jobseeker.journeys.find import find_jobs, or_saved
from jobseeker.journeys.listing import heeding, person, show
from jobseeker.journeys.memory import Listed
from jobseeker.journeys.names import title_of
from jobseeker.journeys.pointing import counted_off, pointed
from jobseeker.journeys.toolbox import Asked, Effects, Step, Toolbox, button, spoken
from jobseeker.journeys.wording import said_in
from jobseeker.storage_jobs import NOT_FOR_ME, REASON_CHARACTERS, SAVED, Mark

ASK_REASON = "reason"
REASONS = ("too_far", "pay", "hours", "not_my_work", "other")
MOST_SAVED, MOST_COMPARED = 6, 3
_NEVER = datetime.min.replace(tzinfo=timezone.utc)  # of a mark that is not stored yet


async def not_for_me(tools: Toolbox, asked: Asked) -> Step:
    """/not ID: hidden from now on; then why, by button or in words."""
    vacancy_id = pointed(tools, asked)
    found = await tools.library.vacancies([vacancy_id]) if vacancy_id else {}
    if not found:
        return Step((spoken("vacancy_gone", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    buttons = [button(f"reason_{reason}", f"/because {reason}") for reason in REASONS]
    say = spoken(
        "not_why", title=title_of(found[vacancy_id]), buttons=[*buttons, button("button_unhide_one", "/because undo")]
    )
    return Step((say,), asked.memory.asking(ASK_REASON, vacancy_id), _marked(vacancy_id, NOT_FOR_ME))


async def because(tools: Toolbox, asked: Asked) -> Step:
    """/because CODE, or the person's own words: the list again, heeding it. `undo` takes the last mark back."""
    if asked.argument == "undo":
        return await _undo(tools, asked)
    vacancy_id = asked.memory.about or asked.memory.focus
    if asked.pressed("because") and asked.argument == "other":
        return Step((spoken("not_own_words"),), asked.memory.asking(ASK_REASON, vacancy_id))
    reason = asked.argument if asked.argument in REASONS else _reason(tools, asked)
    if asked.command is None and asked.act == "find_jobs" and said_in(tools, asked).occupations:
        return await find_jobs(tools, asked)  # not a reason: other work
    if not vacancy_id:
        return await show(tools, asked, await or_saved(tools, asked))
    marks = [mark for mark in await tools.library.marks(asked.person) if mark.vacancy_id != vacancy_id]
    known = _WithMarks(tools, [*marks, Mark(vacancy_id, NOT_FOR_ME, reason, _NEVER)])
    step = await show(known.tools, asked, await or_saved(tools, asked), lead="not_list")
    return replace(step, effects=(*_marked(vacancy_id, NOT_FOR_ME, reason), *step.effects))


def _reason(tools: Toolbox, asked: Asked) -> str:
    """What the person's own words give as the reason: one of the buttons' where they say as much, else the words themselves."""
    said = said_in(tools, asked)
    if "commute" in said.weigh or said.near:
        return "too_far"
    if "pay" in said.weigh:
        return "pay"
    if said.reading.hours or said.reading.shifts or said.reading.avoid_shifts:
        return "hours"
    return asked.text.strip()[:REASON_CHARACTERS]


async def not_for_me_because(tools: Toolbox, asked: Asked) -> Step:
    """In words: "not for me, too far" hides it and counts the reason; without one it is asked for."""
    vacancy_id = pointed(tools, asked)
    if vacancy_id and _reason(tools, asked) in REASONS:
        return await because(tools, replace(asked, memory=replace(asked.memory, about=vacancy_id)))
    return await not_for_me(tools, asked)


async def _undo(tools: Toolbox, asked: Asked) -> Step:
    marks = list(await tools.library.marks(asked.person))
    last = next((mark for mark in marks if mark.kind == NOT_FOR_ME), None)
    search = replace(await or_saved(tools, asked), avoid_occupations=())
    if last is None:
        return await show(tools, asked, search)
    marks.remove(last)
    step = await show(_WithMarks(tools, marks).tools, asked, search, lead="not_undone")
    undone = (("mark_vacancy", {"vacancy_id": last.vacancy_id, "kind": NOT_FOR_ME, "remove": True}),)
    return replace(step, effects=(*undone, *step.effects))


async def save(tools: Toolbox, asked: Asked) -> Step:
    """/save ID; pressed again it is taken from the list. In words it is kept, also the second time."""
    vacancy_id = pointed(tools, asked)
    found = await tools.library.vacancies([vacancy_id]) if vacancy_id else {}
    if not found:
        return Step((spoken("vacancy_gone", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    saved = [mark.vacancy_id for mark in await tools.library.marks(asked.person) if mark.kind == SAVED]
    known = vacancy_id in saved
    again = known and asked.command is not None  # in words nobody means to take it away
    count = len(saved) - 1 if again else len(saved) + (not known)
    buttons = [button("button_saved", "/saved")] if count else []
    buttons += [button("button_compare", "/compare")] if count > 1 else []
    say = spoken("unsaved" if again else "saved_it", title=title_of(found[vacancy_id]), count=count, buttons=buttons)
    effects: Effects = (("mark_vacancy", {"vacancy_id": vacancy_id, "kind": SAVED, "remove": again}),)
    return Step((say,), replace(asked.memory, focus=vacancy_id), effects)


async def saved_list(tools: Toolbox, asked: Asked) -> Step:
    """/saved: the newest first, with their place in the search of now."""
    items, listed = await _saved_cards(tools, asked, MOST_SAVED)
    if not items:
        return Step((spoken("saved_none", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    buttons = [button("button_compare", "/compare")] if len(items) > 1 else []
    say = spoken("saved_lead", items=items, count=len(items), buttons=[*buttons, button("button_jobs", "/jobs")])
    return Step((say,), asked.memory.with_listed(tuple(listed), more=False))


async def compare(tools: Toolbox, asked: Asked) -> Step:
    """/compare: two or three saved ones side by side; with fewer, the ones that were shown last; in words, those that are counted off."""
    named = counted_off(tools, asked) if asked.command is None else ()
    named = named[:MOST_COMPARED] if len(named) > 1 else ()
    items, listed = ([], []) if named else await _saved_cards(tools, asked, MOST_COMPARED)
    key = "compare_lead"
    if len(items) < 2:
        shown = list(named) or [one.vacancy_id for one in asked.memory.listed][-MOST_COMPARED:]
        items, listed = await _cards(tools, asked, shown)
        key = "compare_named" if named else "compare_shown"
    if len(items) < 2:
        return Step((spoken("compare_too_few", buttons=[button("button_jobs", "/jobs"), person()]),), asked.memory)
    say = spoken(key, items=[{"type": "compare", "vacancies": items}], buttons=[button("button_saved", "/saved")])
    return Step((say,), asked.memory.with_listed(tuple(listed), more=False))


async def _saved_cards(tools: Toolbox, asked: Asked, most: int) -> tuple[list[Fact], list[Listed]]:
    saved = [mark.vacancy_id for mark in await tools.library.marks(asked.person) if mark.kind == SAVED]
    return await _cards(tools, asked, saved[:most], saved=True)


async def _cards(
    tools: Toolbox, asked: Asked, ids: Sequence[int], *, saved: bool = False
) -> tuple[list[Fact], list[Listed]]:
    search = await heeding(tools, await or_saved(tools, asked), await tools.library.marks(asked.person))
    vacancies = await tools.library.vacancies(ids)
    items: list[Fact] = []
    listed: list[Listed] = []
    for vacancy_id in (one for one in ids if one in vacancies):
        judged = tools.ranker.judge(search, vacancy_id, day=asked.day)
        match = judged.match if judged else None
        broken = judged.broken if judged else ()
        facts = vacancy_facts(tools.names, vacancies[vacancy_id], match, saved=saved, broken=broken)
        items.append(facts | ({} if judged else {"closed": True}))
        vacancy = vacancies[vacancy_id]
        listed.append(Listed(vacancy_id, len(listed) + 1, title_of(vacancy), vacancy.employer))
    return items, listed


def _marked(vacancy_id: int, kind: str, reason: str = "") -> Effects:
    return (("mark_vacancy", {"vacancy_id": vacancy_id, "kind": kind, "reason": reason}),)


class _WithMarks:
    """A library that already knows of marks that this message's transaction will store."""

    def __init__(self, tools: Toolbox, marks: Sequence[Mark]) -> None:
        self._library, self._marks = tools.library, marks
        self.tools = replace(tools, library=self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)

    async def marks(self, person: str) -> Sequence[Mark]:
        """With the new one, without the one taken back."""
        return self._marks
