"""Reads what is tested on: tests/data/heldout and the escalation cases. Errors name file and entry; nothing is judged here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from jobseeker.errors import ContentError
from language.nlu.understander import OUT_OF_SCOPE, Example

HELDOUT = "tests/data/heldout"
ESCALATION_HELDOUT = ("tests/data/escalation_heldout.yml", "tests/data/heldout/escalation_heldout.yml")
ESCALATION_DEV = "tests/data/escalation_dev.yml"
DIALOGUE = "dialogue"


@dataclass(frozen=True)
class Case:
    """What a person said (`turns`, oldest first), and what the last turn means. `kind` is the way of saying it.

    also: labels that are as right as `label`, where a text leaves it open.
    """

    turns: tuple[str, ...]
    label: str
    language: str
    kind: str
    also: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The turn that is judged."""
        return self.turns[-1]

    @property
    def accepted(self) -> frozenset[str]:
        """The labels that count as right."""
        return frozenset((self.label, *self.also))

    @property
    def part(self) -> str:
        """Which part of a report it belongs to: topics, acts, out_of_scope or dialogues."""
        if len(self.turns) > 1:
            return "dialogues"
        if self.label == OUT_OF_SCOPE:
            return OUT_OF_SCOPE
        return "topics" if self.label.startswith("faq/") else "acts"


@dataclass(frozen=True)
class EscalationCase:
    """A text and the level it should be judged at. `kind`: crisis, near_crisis or level."""

    text: str
    level: str
    language: str
    kind: str


def case_of(example: Example) -> Case:
    """A row of the training data as a case."""
    return Case((example.text,), example.label, example.language, example.kind)


def load_cases(root: Path) -> list[Case]:
    """The independent set, sorted by file. Raises ContentError where a file is not of the form `cases: [{text|turns, label, …}]`."""
    cases: list[Case] = []
    for path in heldout_files(root):
        name = path.relative_to(root).as_posix()
        content = _load(path, name)
        if not isinstance(content.get("cases"), list):
            continue  # an escalation file
        for number, entry in enumerate(content["cases"], start=1):
            cases.append(_case(entry, name, number))
    if not cases:
        raise ContentError(HELDOUT, 1, "there is no case to test on")
    return cases


def heldout_files(root: Path) -> list[Path]:
    """The files of the independent set."""
    return sorted((root / HELDOUT).glob("*.yml"))


def escalation_file(root: Path) -> Path:
    """The held-out escalation cases; where there are none, the ones the rules were tuned on."""
    return next((root / name for name in ESCALATION_HELDOUT if (root / name).is_file()), root / ESCALATION_DEV)


def load_escalation_cases(root: Path) -> list[EscalationCase]:
    """Crisis, near-crisis and ordinary messages with their level, in the order of the file. Raises ContentError."""
    path = escalation_file(root)
    content = _load(path, path.relative_to(root).as_posix())
    cases = [EscalationCase(text, "immediate", language, "crisis") for language, text in _texts(content.get("crisis"))]
    cases += [
        EscalationCase(text, "", language, "near_crisis") for language, text in _texts(content.get("near_crisis"))
    ]
    for level, by_language in (content.get("levels") or {}).items():
        cases += [EscalationCase(text, str(level), language, "level") for language, text in _texts(by_language)]
    if not cases:
        raise ContentError(path.name, 1, "there is no escalation case")
    return cases


def _texts(by_language: Any) -> Iterator[tuple[str, str]]:
    if isinstance(by_language, Mapping):
        for language, texts in by_language.items():
            for text in texts if isinstance(texts, Iterable) and not isinstance(texts, str) else ():
                yield str(language), str(text)


def _case(entry: Any, name: str, number: int) -> Case:
    try:
        turns = entry["turns"] if "turns" in entry else [entry["text"]]
        turns = tuple(turn if isinstance(turn, str) else turn["text"] for turn in turns)
        kind = entry.get("kind", DIALOGUE if len(turns) > 1 else "")
        return Case(turns, entry["label"], entry["language"], kind, tuple(entry.get("also", ())))
    except (KeyError, TypeError) as problem:
        raise ContentError(
            name, number, f"case {number} should have text or turns, label and language ({problem})"
        ) from problem


def _load(path: Path, name: str) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as problem:
        raise ContentError(name, 1, f"this is not valid YAML: {problem}") from problem
    if not isinstance(content, dict):
        raise ContentError(name, 1, "the file must start with `key: value` lines")
    return content
