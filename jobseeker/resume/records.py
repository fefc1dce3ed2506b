"""A résumé ready to be set: its parts in the order of the page, in one language. Nothing here that is not in the profile, but name and contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORMATS = ("pdf", "docx", "json")


@dataclass(frozen=True)
class Contact:
    """What the person wants at the top of the file. Never part of the profile."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Contact:
        """Read the JSON form back. Raises TypeError on a field that does not exist."""
        return cls(**value)


@dataclass(frozen=True)
class Entry:
    """One line with its notes, and a text below it (the episode of a soft skill)."""

    title: str
    notes: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Resume:
    """The whole. `name` is the heading of the page; `strengths` at most 35 Chinese characters or 20 words; `closing` the last line."""

    language: str  # zh-Hant | zh-Hans | en
    name: str
    contact: tuple[str, ...]
    strengths: str
    sections: tuple[Section, ...]
    closing: str
