"""What people say to a list in a few words: keep one, compare some, "too far", "no nights". Which words: packs/*/vacancy_words.yml."""

from __future__ import annotations

from jobseeker.journeys.find import find_jobs
from jobseeker.journeys.marks import compare, save
from jobseeker.journeys.toolbox import Asked, Step, Toolbox
from jobseeker.journeys.wording import said_in
from jobseeker.messages import Outcome

SHORT = 20  # characters: a few words that may well be about a rule are taken for a wish right after a list


async def find_or_follow(tools: Toolbox, asked: Asked) -> Step:
    """A wish in words; where vacancies were shown, also what is to be done with them."""
    if asked.memory.listed and asked.command is None:
        if asked.says(tools.phrases.compare):
            return await compare(tools, asked)
        if asked.says(tools.phrases.save):
            return await save(tools, asked)
    return await find_jobs(tools, asked)


def follows(tools: Toolbox, asked: Asked, outcome: Outcome) -> bool:
    """Whether a message right after a list is about it: it steers, or it names a wish and is not clearly something else."""
    if asked.says(tools.phrases.compare) or asked.says(tools.phrases.save):
        return True
    said = said_in(tools, asked)
    if said.adds_nothing:
        return False
    unclear = outcome != "answer" or asked.act in ("out_of_scope", "find_jobs", "deny", "")
    steers = bool(said.weigh or said.near)
    wishes = said.reading.pay_low is not None or bool(said.reading.shifts or said.reading.avoid_shifts)
    return unclear or steers or (wishes and len(asked.text) <= SHORT)
