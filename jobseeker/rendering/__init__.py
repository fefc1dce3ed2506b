"""From facts to the cards of a reply, one module per type of card. No store, no figures of policies; wording is in data/responses.

A renderer gets the facts of one item and the words of the reader's language, and gives the card as channels get it: every
card has "type", "text" (the complete equivalent for a channel without cards, and for a screen reader) and "buttons".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from jobseeker.messages import Button
from jobseeker.rendering import compare, course, file, occupation, profile, vacancy

Card = Mapping[str, Any]


class Words(Protocol):
    """What is said in the reader's language (jobseeker.answers)."""

    @property
    def language(self) -> str:
        """ "zh" or "en": which of two names of a thing is shown."""
        ...

    def line(self, key: str, /, **params: str) -> str:
        """A text of data/responses with its placeholders filled. Raises LookupError where there is none."""
        ...

    def buttons(self, key: str) -> list[Button]:
        """The buttons of a text."""
        ...

    def title(self, text: str) -> str:
        """A text cut to what a button can show."""
        ...

    def offices(self, keys: Sequence[str]) -> str:
        """Offices of the directory with phone and hours. Raises LookupError."""
        ...

    def topic(self, topic_id: str) -> str:
        """The title of an FAQ topic. Raises LookupError."""
        ...


Renderer = Callable[[Mapping[str, Any], Words], Card]

RENDERERS: Mapping[str, Renderer] = {
    "profile": profile.render,
    "vacancy": vacancy.render,
    "course": course.render,
    "occupation": occupation.render,
    "compare": compare.render,
    "file": file.render,
}
