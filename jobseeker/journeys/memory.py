"""What of the vacancy dialogue is remembered from one message to the next. It lives in a slot, so it survives questions in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

LONGEST_LIST = 60  # vacancies remembered of one search


@dataclass(frozen=True)
class Listed:
    """A vacancy that was shown: where it stood and what it was called."""

    vacancy_id: int
    rank: int
    title: Mapping[str, str]
    employer: str = ""


@dataclass(frozen=True)
class Memory:
    """The state of the dialogue.

    search: the search whose results were shown last (Search.to_dict()), None before the first; listed: all that was shown of it,
    in order; list_inbox: the message that was answered with it: names the logged ranking; focus: the vacancy spoken of last;
    occupation, skill: the ones spoken of last; ask: which question is open ("" none), about: what it is about.
    """

    search: Mapping[str, Any] | None = None
    listed: tuple[Listed, ...] = ()
    list_inbox: int = 0
    focus: int = 0
    occupation: str = ""
    skill: str = ""
    ask: str = ""
    about: int = 0

    def asking(self, question: str, about: int = 0) -> Memory:
        """The same with an open question."""
        return replace(self, ask=question, about=about)

    def answered(self) -> Memory:
        """The same without an open question."""
        return replace(self, ask="", about=0)

    def still_listening(self, question: str) -> Memory:
        """The same with this question open where nothing else is and vacancies were shown: explained or compared, they can still be steered."""
        return self.asking(question) if self.listed and not self.ask else self

    def with_listed(self, shown: tuple[Listed, ...], *, more: bool) -> Memory:
        """The same after these were shown; `more`: they continue the list."""
        listed = (*self.listed, *shown) if more else shown
        return replace(self, listed=listed[-LONGEST_LIST:], focus=shown[0].vacancy_id if shown else self.focus)

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the slot holds it."""
        return {
            **{name: getattr(self, name) for name in _PLAIN},
            "search": None if self.search is None else dict(self.search),
            "listed": [
                {"vacancy_id": one.vacancy_id, "rank": one.rank, "title": dict(one.title), "employer": one.employer}
                for one in self.listed
            ],
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> Memory:
        """Read the JSON form back; None is an empty memory."""
        if not value:
            return cls()
        plain = {name: value[name] for name in _PLAIN if name in value}
        return cls(
            search=value.get("search"), listed=tuple(Listed(**one) for one in value.get("listed") or ()), **plain
        )


_PLAIN = ("list_inbox", "focus", "occupation", "skill", "ask", "about")


@dataclass(frozen=True)
class Phrases:
    """Everyday words that steer the dialogue (packs/*/vacancy_words.yml), folded as texts are.

    ordinals: number -> words ("第二", "second"); this: "this one"; why_not: "why is … not there"; weigh: feature -> words
    ("closer", "錢多"); near: "near me"; save, compare, not_for_me: what to do with what was shown; pair: the first two of it; only,
    at_least: what makes a wish a limit; undo: "take it back"; stop_alerts: the whole message, nothing else. A word behind "=" counts
    only where it is the whole message.
    """

    ordinals: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    this: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    why_not: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    weigh: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    save: tuple[str, ...] = ()
    compare: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    not_for_me: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    at_least: tuple[str, ...] = ()
    stop_alerts: tuple[str, ...] = ()
