"""Loads a pack, the responses and the training examples; `find_problems` collects every error instead of stopping at the first."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from content.journeys import dangling, read_barriers, read_phrases
from content.lint import lint_questions, lint_topic
from content.places import places_file
from content.ranking import find_unknown_ids, load_ranking
from content.readers import (
    read_concepts,
    read_escalation,
    read_examples,
    read_figures,
    read_offices,
    read_responses,
    read_topic,
)
from content.taxonomy import load_taxonomy
from content.taxonomy_lint import find_taxonomy_problems
from content.vacancy_files import load_vacancy_files
from content.yaml_file import YamlFile
from jobseeker.barriers import Barrier
from jobseeker.errors import ContentError
from jobseeker.escalation import EscalationPolicy
from jobseeker.knowledge import Figure, Office, Pack, Response, Topic
from language.nlu.understander import Example

T = TypeVar("T")
TOPIC_FILE = re.compile(r"^[a-z0-9_]+$")


def load_pack(root: Path, country: str = "tw") -> Pack:
    """Read `packs/<country>` and `data/responses` below `root`. Raises ContentError at the first thing that is wrong.

    Files that have not changed since are not read again: the pack is the same object, and nobody changes it.
    """
    files = [
        path
        for folder in (f"packs/{country}", "data/responses", "data/nlu")
        for path in sorted((root / folder).rglob("*.yml"))
    ]
    return _load(root, country, tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files))


@lru_cache(maxsize=4)
def _load(root: Path, country: str, _signature: tuple[tuple[Path, int, int], ...]) -> Pack:
    pack, problems, _ = _read(root, country)
    if problems:
        raise problems[0]
    return pack


def load_examples(root: Path, country: str = "tw") -> list[Example]:
    """All training examples: the questions of every topic (label `faq/<topic>`) and data/nlu (label = act), sorted by file.

    Raises ContentError at the first thing that is wrong.
    """
    examples: list[Example] = []
    for path in _files(root, f"packs/{country}/knowledge"):
        topic = read_topic(YamlFile(path, shown(root, path)))
        examples += [Example(q.text, f"faq/{topic.id}", q.language, q.kind) for q in topic.questions]
    for path in _files(root, "data/nlu"):
        examples += [example for example, _ in read_examples(YamlFile(path, shown(root, path)))]
    return examples


def load_escalation(root: Path, country: str = "tw") -> EscalationPolicy:
    """The escalation policy of a pack. Raises ContentError."""
    path = root / "packs" / country / "policy" / "escalation.yml"
    policy = read_escalation(YamlFile(path, shown(root, path)))
    return replace(policy, version=hashlib.sha256(path.read_bytes()).hexdigest()[:16])


def find_problems(root: Path, country: str = "tw") -> tuple[list[ContentError], int]:
    """Everything wrong in packs, training data and taxonomy, and how many files were looked at."""
    pack, problems, files = _read(root, country)
    for path in _files(root, f"packs/{country}/knowledge"):
        try:
            file = YamlFile(path, shown(root, path))
            topic = read_topic(file)
        except ContentError:
            continue  # reported by _read
        problems += lint_topic(file, topic, pack)
    problems += lint_questions(list(_all_questions(root, country)))
    taxonomy_problems, taxonomy_files = find_taxonomy_problems(root)
    problems += taxonomy_problems + places_file(root, country)[1]
    for check in (load_vacancy_files, _check_ranking):
        try:
            check(root, country)
        except ContentError as problem:
            problems.append(problem)
    return sorted(problems, key=lambda problem: (problem.file, problem.line)), files + taxonomy_files + 2


def _check_ranking(root: Path, country: str) -> None:
    """Raises ContentError where the ranking's rules are wrong or would never apply."""
    unknown = find_unknown_ids(load_ranking(root, country), load_taxonomy(root))
    if unknown:
        raise ContentError(f"packs/{country}/policy/ranking.yml", 1, f"the taxonomy has no {', '.join(unknown)}")


def shown(root: Path, path: Path) -> str:
    """A path as errors show it: from the root of the project."""
    return path.relative_to(root).as_posix()


def _all_questions(root: Path, country: str) -> Iterator[tuple[str, int, Example]]:
    for path in _files(root, f"packs/{country}/knowledge"):
        try:
            topic = read_topic(YamlFile(path, shown(root, path)))
        except ContentError:
            continue
        for question in topic.questions:
            yield (
                shown(root, path),
                question.line,
                Example(question.text, f"faq/{topic.id}", question.language, question.kind),
            )
    for path in _files(root, "data/nlu"):
        try:
            for example, line in read_examples(YamlFile(path, shown(root, path))):
                yield shown(root, path), line, example
        except ContentError:
            continue


def _files(root: Path, folder: str) -> list[Path]:
    return sorted((root / folder).glob("*.yml"))


def _read(root: Path, country: str) -> tuple[Pack, list[ContentError], int]:
    problems: list[ContentError] = []
    digest = hashlib.sha256()
    count = 0

    def attempt(path: Path, read: Callable[[YamlFile], T]) -> T | None:
        nonlocal count
        count += 1
        digest.update(path.read_bytes())
        try:
            return read(YamlFile(path, shown(root, path)))
        except ContentError as problem:
            problems.append(problem)
            return None

    if not (root / "packs" / country).is_dir():
        raise ContentError(f"packs/{country}", 1, "there is no such pack")
    offices: dict[str, Office] = attempt(root / "packs" / country / "directory.yml", read_offices) or {}
    figures: dict[str, Figure] = {}
    for path in _files(root, f"packs/{country}/policy"):
        found = attempt(path, read_figures) or {}
        for name in sorted(set(found) & set(figures)):
            problems.append(
                ContentError(shown(root, path), 1, f"the figure `{name}` is defined in another policy file too")
            )
        figures |= found
    topics: dict[str, Topic] = {}
    for path in _files(root, f"packs/{country}/knowledge"):
        topic = attempt(path, read_topic)
        if topic:
            topics[topic.id] = topic
    responses: dict[str, Response] = {}
    for path in _files(root, "data/responses"):
        found_responses: dict[str, Response] = attempt(path, read_responses) or {}
        for name in sorted(set(found_responses) & set(responses)):
            problems.append(ContentError(shown(root, path), 1, f"the response `{name}` is defined in another file too"))
        responses |= found_responses
    lexicon = root / "packs" / country / "lexicon.yml"
    concepts = (attempt(lexicon, read_concepts) or {}) if lexicon.exists() else {}
    barriers: dict[str, Barrier] = {}
    if (root / "packs" / country / "barriers.yml").exists():
        barriers = attempt(root / "packs" / country / "barriers.yml", read_barriers) or {}
    if (root / "packs" / country / "vacancy_words.yml").exists():
        attempt(root / "packs" / country / "vacancy_words.yml", read_phrases)
    for path in _files(root, "data/nlu"):
        attempt(path, read_examples)
    attempt(root / "packs" / country / "policy" / "escalation.yml", read_escalation)
    pack = Pack(country, topics, figures, offices, responses, concepts, digest.hexdigest()[:16])
    return pack, problems + _dangling(pack, root, country) + dangling(barriers, pack), count


def _dangling(pack: Pack, root: Path, country: str) -> list[ContentError]:
    problems = []
    for topic in pack.topics.values():
        for key in (topic.decides, *topic.contact, *topic.confirm):
            if key not in pack.offices:
                file = f"packs/{country}/knowledge/{topic.id}.yml"
                problems.append(ContentError(file, 1, f"`{key}` is not in packs/{country}/directory.yml"))
    return problems
