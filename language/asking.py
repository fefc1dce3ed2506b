"""Reads a question or wish about work: "any forklift jobs in Taoyuan?" names what is wanted, it tells nothing of the person. What people say of themselves is skills.py's."""

from __future__ import annotations

from collections.abc import Iterable

from jobseeker.profile.reading import Found, Reading, Status
from language.reading.clauses import Mention
from language.skills import Analysis, SkillReader

IN = "在"


class WishReader:
    """jobseeker.profile.TextReader for messages that ask for something.

    Only what a cue says the person has counts as held ("I can drive a forklift"); what stands there bare, or is asked about,
    counts as wanted. A place is where work is wanted, also where the person lives.
    """

    def __init__(self, reader: SkillReader) -> None:
        self.reader = reader

    def read(self, text: str) -> Reading:
        """All that the message names. Never raises on any text."""
        plain = self.reader.read(text)
        analysis = self.reader.analyse(text)
        if analysis.employer:
            return plain
        found = {
            kind: _found(text, (one for one in analysis.skills if one.hit.entry.kind in kinds))
            for kind, kinds in (
                ("skills", ("hard", "soft", "digital")),
                ("licences", ("licence",)),
                ("languages", ("language",)),
            )
        }
        places = self._places(text, analysis)
        return Reading(
            **found,
            occupations=_found(text, analysis.occupations),
            places=places,
            pay_low=plain.pay_low,
            pay_period=plain.pay_period,
            hours=plain.hours or _wished(analysis.wishes, "hours"),
            shifts=plain.shifts or _wished(analysis.wishes, "shift"),
            avoid_shifts=plain.avoid_shifts,
            commute_km=plain.commute_km,
            remote=plain.remote if plain.remote is not None else (bool(_wished(analysis.wishes, "remote")) or None),
        )

    def _places(self, text: str, analysis: Analysis) -> tuple[Found, ...]:
        """A district's bare name is an everyday word and counts only beside a word of place; a wish may begin with one (「中壢有打工嗎」)."""
        found, shift = analysis.places, 0
        if not found:
            found, shift = self.reader.analyse(IN + text).places, len(IN)
        spots = [(one, key, one.hit.start - shift, one.hit.end - shift) for one, key in found]
        return tuple(Found(key, text[start:end], start, end, _place(one)) for one, key, start, end in spots)


def _found(text: str, mentions: Iterable[Mention]) -> tuple[Found, ...]:
    """Each id once, in the order of the text; what is of somebody else is left out."""
    found: dict[str, Found] = {}
    for one in sorted(mentions, key=lambda mention: mention.hit.start):
        if one.meaning == "other":
            continue
        hit = one.hit
        made = Found(
            hit.entry.id, text[hit.start : hit.end], hit.start, hit.end, _status(one), one.hedged, one.years, one.level
        )
        found.setdefault(hit.entry.id, made)
    return tuple(found.values())


def _status(one: Mention) -> Status:
    if one.meaning == "negated":
        return "negated"
    return "held" if one.meaning == "held" and one.decided else "wanted"


def _place(one: Mention) -> Status:
    return "negated" if one.meaning == "negated" else "wanted"


def _wished(mentions: Iterable[Mention], kind: str) -> tuple[str, ...]:
    wished = (one.hit.entry.id for one in mentions if one.hit.entry.kind == kind and one.meaning == "asked")
    return tuple(dict.fromkeys(wished))
