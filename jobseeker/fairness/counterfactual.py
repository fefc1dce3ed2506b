"""The counterfactual test: the same person with another name, sex, age, nationality … must get the same list with the same points.

Reading and ranking are the real ones, given as functions; this only swaps and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Listed = tuple[tuple[int, float], ...]  # (vacancy, points), the best first
Rank = Callable[[str], Listed]  # what somebody says -> the list
LANGUAGES = ("zh", "en")
SLOT = "{who}"


@dataclass(frozen=True)
class SamplePeople:
    """What made-up people say, by language, with SLOT in it; and the sentences that go there, by attribute and language."""

    texts: Mapping[str, Mapping[str, str]]
    attributes: Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Change:
    """One swap that changed the list: who, in which language, which sentence, and the first place that differs (1-based)."""

    person: str
    language: str
    attribute: str
    sentence: str
    place: int


@dataclass(frozen=True)
class Counterfactual:
    """Swaps tried by attribute, those that changed something, people whose list was empty (they prove nothing); of so many people."""

    people: int
    tried: Mapping[str, int]
    changes: tuple[Change, ...]
    empty: tuple[str, ...]

    @property
    def swaps(self) -> int:
        """All of them."""
        return sum(self.tried.values())


def swapped(people: SamplePeople, language: str) -> Iterator[tuple[str, str]]:
    """(attribute, sentence) of one at a time, and of all attributes together, the first of each, the second …"""
    attributes = {name: by_language[language] for name, by_language in people.attributes.items()}
    for name, sentences in attributes.items():
        yield from ((name, sentence) for sentence in sentences)
    for number in range(max(len(sentences) for sentences in attributes.values())):
        yield "together", "".join(sentences[number % len(sentences)] for sentences in attributes.values())


def try_swaps(people: SamplePeople, rank: Rank) -> Counterfactual:
    """Rank each person plainly and with every swap, and compare lists and points exactly."""
    tried: dict[str, int] = {}
    changes, empty = [], []
    for person, texts in people.texts.items():
        for language in LANGUAGES:
            plain = rank(texts[language].replace(SLOT, ""))
            if not plain:
                empty.append(f"{person} {language}")
            for attribute, sentence in swapped(people, language):
                tried[attribute] = tried.get(attribute, 0) + 1
                place = first_difference(plain, rank(texts[language].replace(SLOT, sentence)))
                if place:
                    changes.append(Change(person, language, attribute, sentence.strip(), place))
    return Counterfactual(len(people.texts), tried, tuple(changes), tuple(empty))


def first_difference(one: Listed, other: Listed) -> int:
    """The first place (1-based) at which vacancy or points differ; 0 where the lists are the same."""
    for place in range(max(len(one), len(other))):
        if one[place : place + 1] != other[place : place + 1]:
            return place + 1
    return 0
