"""Which vacancy the words mean: "the second one", "that one", a word of its title. Nothing is guessed: no hit is no vacancy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jobseeker.journeys.memory import Listed
from jobseeker.journeys.toolbox import Asked, Toolbox

LEAST_HAN, LEAST_LATIN = 2, 4  # letters in common with a title that count as naming it
_LATIN = re.compile(rf"[a-z]{{{LEAST_LATIN},}}")
_HAN = re.compile(rf"[㐀-鿿]{{{LEAST_HAN},}}")


def pointed(tools: Toolbox, asked: Asked, *, else_focus: bool = True) -> int:
    """The id of the vacancy that a button or the words name; with `else_focus` the one spoken of last; 0 for none."""
    if asked.command is not None:
        return int(asked.argument) if asked.argument.isdecimal() else asked.memory.focus * (asked.argument == "last")
    listed = asked.memory.listed
    counted = counted_off(tools, asked)
    if counted:
        return counted[0]
    named = [one for one in listed if names_it(asked.folded, one, tools.fold)]
    if len(named) == 1 or (named and not asked.says(tools.phrases.this)):
        return named[0].vacancy_id
    return asked.memory.focus if else_focus else 0


def counted_off(tools: Toolbox, asked: Asked) -> tuple[int, ...]:
    """The ids of all that the words count off, by place: "the second one", 「第一個和第三個」, "the first two", "the last one"."""
    listed = asked.memory.listed
    if asked.says(tools.phrases.pair):
        return tuple(one.vacancy_id for one in listed[:2])
    spoken = [number for number, words in tools.phrases.ordinals.items() if asked.says(words)]
    ids = [next((one.vacancy_id for one in listed if one.rank == number), _nth(listed, number)) for number in spoken]
    if not spoken and asked.says(tools.phrases.last) and listed:
        ids = [listed[-1].vacancy_id]
    return tuple(ids)


def _nth(listed: tuple[Listed, ...], number: int) -> int:
    return listed[number - 1].vacancy_id if 0 < number <= len(listed) else 0


def names_it(folded: str, one: Listed, fold: Callable[[str], str]) -> bool:
    """Whether a folded text names this vacancy: its employer, or words of its title."""
    if len(one.employer) >= LEAST_HAN and fold(one.employer) in folded:
        return True
    return _shares(folded, {language: fold(title) for language, title in one.title.items()})


def _shares(folded: str, title: Mapping[str, str]) -> bool:
    spoken_latin = set(_LATIN.findall(folded))
    if spoken_latin & set(_LATIN.findall(title.get("en", ""))):
        return True
    runs = _HAN.findall(title.get("zh", ""))
    pairs = {run[at : at + LEAST_HAN] for run in runs for at in range(len(run) - LEAST_HAN + 1)}
    return any(pair in folded for pair in pairs)
