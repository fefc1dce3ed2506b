"""What every step of the dialogue works with: the message, the parts it may ask (ports), and what a step gives back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Protocol

from jobseeker.barriers import Barrier
from jobseeker.journeys.memory import Memory, Phrases
from jobseeker.journeys.names import Names
from jobseeker.journeys.search import Search
from jobseeker.knowledge import Figure
from jobseeker.matching import Match, Ranking
from jobseeker.messages import Command, Say, Variety
from jobseeker.places import Place
from jobseeker.profile import Profile, TextReader
from jobseeker.storage_jobs import JobAlert, Mark
from jobseeker.taxonomy import Taxonomy
from jobseeker.vacancies import Course, Vacancy

Effects = tuple[tuple[str, Mapping[str, Any]], ...]
ALONE = "="  # before a word of Phrases: it counts only where it is the whole message
_AROUND = " .,!?~…。，、！？～"


class Ranker(Protocol):
    """Ranks all open vacancies for a search (jobseeker.matching). Deterministic."""

    def rank(self, search: Search, *, day: date, limit: int) -> Ranking:
        """The best ones that the person does not have hidden."""
        ...

    def with_changes(self, search: Search, matches: Sequence[Match], *, day: date) -> list[Match]:
        """The same matches with what would change their places; that costs more than ranking, so only for what is shown."""
        ...

    def judge(self, search: Search, vacancy_id: int, *, day: date) -> Judged | None:
        """One vacancy and its place among all; None where it is not open."""
        ...

    def basis(self, vacancy_ids: Sequence[int], *, day: date) -> Mapping[str, Any]:
        """{"facts", "rarity"} of these vacancies, as JSON: all of them that their scores are worked out from."""
        ...

    def open_in(self, occupation_id: str, limit: int) -> Sequence[int]:
        """Ids of open vacancies of this occupation, the newest first."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Occupation id -> open vacancies."""
        ...

    @property
    def revision(self) -> int:
        """Of the vacancies: grows with every change."""
        ...


@dataclass(frozen=True)
class Judged:
    """One vacancy's match. `broken`: the limits that keep it out of the list; its rank is then where it would stand."""

    match: Match
    broken: tuple[str, ...] = ()
    versions: Mapping[str, Any] = field(default_factory=dict)


class Library(Protocol):
    """What is read of the store for one message."""

    async def profile(self, person: str) -> Profile: ...

    async def marks(self, person: str) -> Sequence[Mark]: ...

    async def alert(self, person: str) -> JobAlert | None: ...

    async def vacancies(self, ids: Iterable[int]) -> Mapping[int, Vacancy]:
        """By id; those that are not there (any more) are left out."""
        ...

    async def courses(self) -> Sequence[Course]:
        """All that are not over."""
        ...


@dataclass(frozen=True)
class Toolbox:
    """Everything a step may use. `fold`: one form for both scripts and cases, for comparing words (language.detect)."""

    taxonomy: Taxonomy
    places: Mapping[str, Place]
    reader: TextReader
    library: Library
    known_ranker: Ranker | None = None  # None until the vacancies were looked at
    phrases: Phrases = field(default_factory=Phrases)
    barriers: Mapping[str, Barrier] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    fold: Callable[[str], str] = str.lower

    def number(self, name: str, day: date) -> int:
        """A figure of packs/*/policy in force on a day. Raises LookupError where there is none."""
        if name not in self.figures:
            raise LookupError(f"no figure is called {name!r}")
        return int(self.figures[name].on(day).value)

    @property
    def names(self) -> Names:
        """What things are called."""
        return Names(self.taxonomy, self.places)

    @property
    def ranker(self) -> Ranker:
        """Over the vacancies as they are now."""
        assert self.known_ranker is not None, "with_ranker comes first"
        return self.known_ranker

    def with_ranker(self, ranker: Ranker) -> Toolbox:
        """The same over these vacancies."""
        return replace(self, known_ranker=ranker)


@dataclass(frozen=True)
class Asked:
    """One message. `folded`: the text as `Toolbox.fold` gives it, for the words of `Phrases`; `act`: what it was taken for."""

    text: str
    command: Command | None
    variety: Variety
    person: str
    inbox_id: int
    day: date
    memory: Memory = field(default_factory=Memory)
    folded: str = ""
    act: str = ""

    @property
    def argument(self) -> str:
        """What the button names."""
        return self.command.argument if self.command else ""

    def pressed(self, name: str) -> bool:
        """Whether it is this button."""
        return self.command is not None and self.command.name == name

    def says(self, words: Iterable[str]) -> bool:
        """Whether one of these words stands in the text; a Latin one at the beginning of a word, one behind "=" alone."""
        return any(self._says(word) for word in words)

    def _says(self, word: str) -> bool:
        if word.startswith(ALONE):
            return self.folded.strip(_AROUND) == word.removeprefix(ALONE)
        return word in self.folded and re.search(rf"(?<![a-z0-9]){re.escape(word)}", self.folded) is not None


@dataclass(frozen=True)
class Step:
    """What follows from a message."""

    says: tuple[Say, ...]
    memory: Memory
    effects: Effects = ()


def spoken(key: str, **params: Any) -> Say:
    """A reply without cards. It is of kind "cards" so that it counts as an answer of its own, not as a shrug."""
    return Say("cards", key, {"items": [], **params})


def line(key: str, **params: Any) -> dict[str, Any]:
    """A line of a reply, or a part of one (jobseeker.rendering.phrases)."""
    return {"key": key, "params": params}


def button(key: str, payload: str, **params: Any) -> dict[str, Any]:
    """A button whose title is a text of data/responses."""
    return {"title": line(key, **params), "payload": payload}
