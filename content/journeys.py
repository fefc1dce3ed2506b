"""Reads packs/<country>/barriers.yml and vacancy_words.yml. What follows from them is jobseeker/journeys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from content.yaml_file import LineDict, LineList, YamlFile
from jobseeker.barriers import Barrier
from jobseeker.errors import ContentError
from jobseeker.journeys.memory import Phrases
from jobseeker.journeys.search import WEIGHABLE
from jobseeker.knowledge import Cited, Pack
from language.detect import fold_script

T = TypeVar("T")
SHORTEST_WORD = 2  # a shorter one stands in too many others


def fold(text: str) -> str:
    """One form for both scripts and cases: what words and messages are compared in."""
    return fold_script(text).lower()


def load_barriers(root: Path, country: str = "tw") -> Mapping[str, Barrier]:
    """All barriers by id, in the order of the file. Raises ContentError."""
    return _loaded(root, country, "barriers.yml", read_barriers)


def load_phrases(root: Path, country: str = "tw") -> Phrases:
    """The steering words. Raises ContentError."""
    return _loaded(root, country, "vacancy_words.yml", read_phrases)


def _loaded(root: Path, country: str, name: str, read: Callable[[YamlFile], T]) -> T:
    path = root / "packs" / country / name
    if not path.exists():
        raise ContentError(path.relative_to(root).as_posix(), 1, "the file is missing")
    return read(YamlFile(path, path.relative_to(root).as_posix()))


def read_barriers(file: YamlFile) -> dict[str, Barrier]:
    """The barriers of a file. Raises ContentError."""
    entries = file.get(file.root, "barriers", LineDict)
    found = {key: _barrier(file, key, file.get(entries, key, LineDict)) for key in entries}
    if not found:
        raise file.error(1, "`barriers:` is empty")
    return found


def _barrier(file: YamlFile, key: str, entry: LineDict) -> Barrier:
    words = file.get(entry, "words", LineDict)
    sources = file.get(entry, "sources", LineList)
    if not sources:
        raise file.error(entry.lines["sources"], "`sources:` needs at least one law or programme")
    for name in ("title", "short"):
        file.bilingual(entry, name)
    return Barrier(
        key,
        file.bilingual(entry, "title"),
        {language: text.strip() for language, text in file.bilingual(entry, "short").items()},
        file.texts(entry, "offices"),
        file.texts(entry, "topics"),
        tuple(
            Cited({"zh": file.get(one, "zh", str), "en": file.get(one, "en", str)}, file.get(one, "url", str, ""))
            for one in sources
        ),
        file.day(entry, "reviewed_on"),
        {language: _words(file, words, language) for language in ("zh", "en")},
    )


def read_phrases(file: YamlFile) -> Phrases:
    """The words of a file, folded. Raises ContentError."""
    ordinals, weigh = file.get(file.root, "ordinals", LineDict), file.get(file.root, "weigh", LineDict)
    numbers: dict[int, tuple[str, ...]] = {}
    for key in ordinals:
        if not key.isdecimal():
            raise file.error(ordinals.lines[key], f"`{key}:` should be a number, the place in the list")
        numbers[int(key)] = _words(file, ordinals, key)
    for key in weigh:
        if key not in WEIGHABLE:
            raise file.error(weigh.lines[key], f"`{key}:` should be one of {', '.join(WEIGHABLE)}")
    single = (
        "this", "last", "why_not", "near", "more", "saved", "save", "compare", "pair", "not_for_me", "only", "at_least", "stop_alerts",
    )  # fmt: skip
    lists = {name: _words(file, file.root, name) for name in single}
    return Phrases(ordinals=numbers, weigh={key: _words(file, weigh, key) for key in weigh}, **lists)


def _words(file: YamlFile, where: LineDict, key: str) -> tuple[str, ...]:
    lines = file.get(where, key, LineList)
    texts = file.texts(where, key)
    for line, text in zip(lines.lines, texts, strict=True):
        if len(text.strip()) < SHORTEST_WORD:
            raise file.error(line, f"“{text}” is too short: it stands in too many other words")
    return tuple(_folded(text) for text in texts)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return fold(text)


def dangling(barriers: Mapping[str, Barrier], pack: Pack) -> list[ContentError]:
    """Offices and topics that barriers name and the pack does not have."""
    file = f"packs/{pack.country}/barriers.yml"
    problems = []
    for barrier in barriers.values():
        problems += [
            ContentError(file, 1, f"`{barrier.id}`: the office `{key}` is not in packs/{pack.country}/directory.yml")
            for key in barrier.offices
            if key not in pack.offices
        ]
        problems += [
            ContentError(file, 1, f"`{barrier.id}`: there is no topic `{key}`")
            for key in barrier.topics
            if key not in pack.topics
        ]
    return problems
