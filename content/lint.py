"""What an answer's sentences and a topic's questions must keep to: figures by name, lengths, no question twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta

from content.yaml_file import LineDict, YamlFile
from jobseeker.errors import ContentError
from jobseeker.figures import MARK, FigureBook
from jobseeker.knowledge import Pack, Topic
from language.nlu.understander import Example

SHORT_HAN, SHORT_WORDS = 80, 50
_LAW = re.compile(
    r"第\s*\d+\s*條(?:之\s*\d+)?|(?:articles?|arts?\.?|paragraph|section)\s*\d+(?:-\d+)?(?:\s*(?:,|and|or|to|–|-)\s*\d+(?:-\d+)?)*",
    re.IGNORECASE,
)
_NAMED = re.compile(r"55\s?Plus(?:\+)?|iCAP|B2B|N95|\b104\b|\b1111\b|Web\s?\d|Level\s?\d|A4|24H", re.IGNORECASE)
_LIST_NUMBER = re.compile(r"^\s*\d+[.、)]\s", re.MULTILINE)
_DIGITS = re.compile(r"[0-9０-９]+")


def lint_topic(file: YamlFile, topic: Topic, pack: Pack) -> list[ContentError]:
    """Digits typed by hand, marks that lead nowhere, a short form that is too long."""
    problems = []
    book = FigureBook(pack.figures, pack.offices)
    day = max(
        (row.valid_from for figure in pack.figures.values() for row in figure.rows), default=date(2026, 1, 1)
    ) + timedelta(days=1)
    for part in ("short", "answer", "pending"):
        where = file.root.get(part)
        if not isinstance(where, LineDict):
            continue
        for language in ("zh", "en"):
            text, line = where[language], where.lines[language]
            bare = _LIST_NUMBER.sub("", _NAMED.sub("", _LAW.sub("", MARK.sub("", text))))
            digits = _DIGITS.search(bare)
            if digits:
                around = bare[max(0, digits.start() - 12) : digits.end() + 8].replace("\n", " ")
                problems.append(
                    file.error(
                        line,
                        f"`{part}.{language}` types the number {digits.group()} (“{around}”); name a figure: [[subject.what]]",
                    )
                )
            try:
                rendered = book.fill(text, language, day)
            except LookupError as problem:
                problems.append(file.error(line, f"`{part}.{language}`: {problem.args[0]}"))
                continue
            if part == "short" and too_long(rendered, language):
                limit = f"{SHORT_HAN} characters" if language == "zh" else f"{SHORT_WORDS} words"
                problems.append(
                    file.error(line, f"`short.{language}` is longer than {limit} when its figures are filled in")
                )
    return problems


def too_long(text: str, language: str) -> bool:
    """Whether a short form is over its length: characters without spaces in Chinese, words in English."""
    return len("".join(text.split())) > SHORT_HAN if language == "zh" else len(text.split()) > SHORT_WORDS


def key_of(text: str) -> str:
    """A text without case, width, punctuation and spaces: two questions with the same key are the same question."""
    folded = unicodedata.normalize("NFKC", text).lower()
    key = "".join(character for character in folded if character.isalnum())
    return key or folded.strip()


def lint_questions(questions: Sequence[tuple[str, int, Example]]) -> list[ContentError]:
    """The same question under two labels, or twice under one."""
    problems: list[ContentError] = []
    seen: dict[str, tuple[str, int, Example]] = {}
    for file, line, example in questions:
        key = key_of(example.text)
        if key in seen:
            first_file, first_line, first = seen[key]
            what = "again" if first.label == example.label else f"for {first.label}, but here for {example.label}"
            problems.append(
                ContentError(file, line, f"“{example.text}” stands in {first_file}:{first_line} {what}; keep one")
            )
        else:
            seen[key] = (file, line, example)
    return problems
