"""From what was read in a message to what it asks for: kinds of work, wishes, what should count more. Reading words is language/."""

from __future__ import annotations

from dataclasses import replace

from jobseeker.journeys.search import Said
from jobseeker.journeys.toolbox import Asked, Toolbox
from jobseeker.profile import Found, Reading
from jobseeker.taxonomy import Taxonomy

MOST_OCCUPATIONS = 15  # a skill that more occupations cannot do without names no kind of work


def reading_of(tools: Toolbox, asked: Asked) -> Reading:
    """What the message names; nothing where a button was pressed."""
    return Reading() if asked.command is not None else tools.reader.read(asked.text)


def work_named(tools: Toolbox, reading: Reading, *, negated: bool = False) -> tuple[str, ...]:
    """The occupations that a message names. Many people name a task instead (倉管, "cleaning"): then those that cannot do without it.

    negated: the ones that the message says no to, instead.
    """

    def wanted(one: Found) -> bool:
        return (one.status == "negated") == negated

    named = [one.id for one in reading.occupations if wanted(one)]
    if named:
        return tuple(dict.fromkeys(named))
    found: dict[str, None] = {}
    for skill in (one for one in reading.skills if wanted(one)):
        doing = occupations_with(tools.taxonomy, skill.id)
        called = [one for one in tools.taxonomy.occupations if _called(tools, one, skill.words)]
        for named_so in (called, list(doing)):
            if len(named_so) <= MOST_OCCUPATIONS:
                found.update(dict.fromkeys(named_so))
    return tuple(found)


def _called(tools: Toolbox, occupation: str, words: str) -> bool:
    """Whether the person's words stand in the occupation's name (倉管: 倉管人員)."""
    names = tools.taxonomy.occupations[occupation].name.values()
    return len(words) > 1 and any(tools.fold(words) in tools.fold(name) for name in names)


def occupations_with(taxonomy: Taxonomy, skill: str) -> tuple[str, ...]:
    """Occupations of whose essential skills this is one; those with the fewest others first."""
    doing = [one for one in taxonomy.occupations if skill in taxonomy.essential(one)]
    return tuple(sorted(doing, key=lambda one: (len(taxonomy.essential(one)), one)))


def said_in(tools: Toolbox, asked: Asked) -> Said:
    """What a wish in words adds to a search."""
    reading = reading_of(tools, asked)
    occupations = tuple(
        Found(one, "", 0, 0, "negated" if negated else "wanted")
        for negated in (False, True)
        for one in work_named(tools, reading, negated=negated)
    )
    weigh = tuple(name for name, words in tools.phrases.weigh.items() if asked.says(words))
    phrases = tools.phrases
    return Said(
        replace(reading, occupations=occupations),
        near=asked.says(phrases.near),
        weigh=weigh,
        only=asked.says(phrases.only),
        at_least=asked.says(phrases.at_least),
    )
