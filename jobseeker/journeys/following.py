"""What people say to a list in a few words: keep one, compare some, "too far", "the second one". Which words: packs/*/vacancy_words.yml."""

from __future__ import annotations

from jobseeker.journeys.explain import explain_match
from jobseeker.journeys.find import find_jobs
from jobseeker.journeys.listing import person
from jobseeker.journeys.marks import compare, not_for_me_because, save
from jobseeker.journeys.pointing import counted_off
from jobseeker.journeys.toolbox import Asked, Step, Toolbox, button, spoken
from jobseeker.journeys.wording import said_in
from jobseeker.messages import Outcome

SHORT = 20  # characters: a few words that may well be about a rule are taken for a wish right after a list
SHORT_LATIN = 45  # the same in letters
BARE, BARE_LATIN = 6, 16  # hardly more than 「第二個呢」: it means the list, whatever else the words may be about
UNSURE_ACTS = ("out_of_scope", "find_jobs", "deny", "affirm", "")


async def find_or_follow(tools: Toolbox, asked: Asked) -> Step:
    """A wish in words; where vacancies were shown, also what is to be done with them."""
    if asked.memory.listed and asked.command is None:
        phrases = tools.phrases
        if asked.says(phrases.not_for_me):
            return await not_for_me_because(tools, asked)
        if asked.says(phrases.compare):
            return await compare(tools, asked)
        if asked.says(phrases.save):
            return await save(tools, asked)
        if said_in(tools, asked).adds_nothing and _counts_off(tools, asked):
            return await explain_match(tools, asked)
        if asked.act == "affirm" and said_in(tools, asked).adds_nothing:
            buttons = [button("button_next", "/next"), button("button_compare", "/compare"), person()]
            return Step((spoken("list_which", buttons=buttons),), asked.memory)
    return await find_jobs(tools, asked)


def follows(tools: Toolbox, asked: Asked, outcome: Outcome) -> bool:
    """Whether a message right after a list is about it: it steers, or it names a wish and is not clearly something else."""
    phrases = tools.phrases
    if any(asked.says(words) for words in (phrases.compare, phrases.save, phrases.not_for_me)):
        return True
    said = said_in(tools, asked)
    unclear = outcome != "answer" or asked.act in UNSURE_ACTS
    if said.adds_nothing:
        bare = len(asked.text) <= (BARE_LATIN if asked.text.isascii() else BARE)
        return ((unclear or bare) and _counts_off(tools, asked)) or (outcome == "answer" and asked.act == "affirm")
    steers = bool(said.weigh or said.near)
    wishes = said.reading.pay_low is not None or bool(said.reading.shifts or said.reading.avoid_shifts)
    return unclear or steers or (wishes and len(asked.text) <= SHORT)


def _counts_off(tools: Toolbox, asked: Asked) -> bool:
    """Whether a few words name one of the list by its place: 「第二個」, "tell me about the first one"."""
    short = len(asked.text) <= (SHORT_LATIN if asked.text.isascii() else SHORT)
    return short and bool(counted_off(tools, asked))
