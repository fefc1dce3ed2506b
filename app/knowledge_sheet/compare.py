"""Compares the rows of a spreadsheet with the topic files: what each topic should say, and every problem on the way."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.knowledge_sheet.checks import check_field, check_kind
from app.knowledge_sheet.layout import (
    ENGLISH,
    KINDS,
    LANGUAGES,
    LIST_FIELDS,
    MAY_BE_EMPTY,
    ONE_ROW_PER_TOPIC,
    QUESTIONS,
    SETTINGS,
    SHEETS,
    SOURCES,
    TOPIC,
    Path_,
    path_of,
)
from app.knowledge_sheet.problems import Problems
from app.knowledge_sheet.reading import Row, as_meant
from app.knowledge_sheet.topic_text import SOURCE_FIELDS, TopicContent
from content import load_examples
from content.lint import key_of
from jobseeker.knowledge import Pack

LEAST_QUESTIONS: Mapping[str, int] = {"zh": 30, "en": 25}
_SEPARATOR = re.compile(r"[,，、;；\s]+")


@dataclass(frozen=True)
class Wanted:
    """What a topic should say, and the first cell (sheet, cell) that differs from now."""

    content: TopicContent
    first_changed: tuple[str, str]


class Comparison:
    """One run over all sheets. Problems are collected, never raised."""

    def __init__(
        self, root: Path, pack: Pack, before: Mapping[str, TopicContent], problems: Problems, day: date
    ) -> None:
        self.root, self.pack, self.before, self.problems, self.day = root, pack, before, problems, day
        self.fields: dict[str, dict[Path_, str]] = {topic: dict(content.fields) for topic, content in before.items()}
        self.sources: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self.questions: dict[str, dict[tuple[str, str], list[str]]] = {topic: defaultdict(list) for topic in before}
        self.changed: dict[str, tuple[str, str]] = {}

    def run(self, rows: Mapping[str, Sequence[Row]]) -> dict[str, Wanted]:
        """What every topic should say. Sheets that are not in `rows` were reported before."""
        for sheet in ONE_ROW_PER_TOPIC:
            if sheet in rows:
                self._one_row_each(sheet, rows[sheet])
        if SOURCES in rows:
            self._sources(rows[SOURCES])
        if QUESTIONS in rows:
            self._questions(rows[QUESTIONS])
        return {topic: Wanted(self._content(topic), self.changed.get(topic, ("", ""))) for topic in self.before}

    def _content(self, topic: str) -> TopicContent:
        sources = self.sources.get(topic) or list(self.before[topic].sources)
        questions = self.questions[topic] or self.before[topic].questions
        ordered = {key: tuple(questions.get(key, ())) for key in [*self.before[topic].questions, *questions]}
        return TopicContent(self.fields[topic], tuple(sources), ordered)

    def _name(self, sheet: str) -> str:
        return self.problems.words.sheet(sheet)

    def _topic_of(self, row: Row, sheet: str) -> str | None:
        topic = row.text(TOPIC)
        if topic in self.before:
            return topic
        key = "unknown_topic" if topic else "empty"
        self.problems.add(
            key, self._name(sheet), row.place(TOPIC), value=topic, column=self.problems.words.header(TOPIC)
        )
        return None

    # -- one row per topic -----------------------------------------------------------------------------------------

    def _one_row_each(self, sheet: str, rows: Sequence[Row]) -> None:
        seen: dict[str, Row] = {}
        for row in rows:
            topic = self._topic_of(row, sheet)
            if topic is None:
                continue
            if topic in seen:
                self.problems.add("double_topic", self._name(sheet), row.place(TOPIC), topic)
                continue
            seen[topic] = row
            for column in SHEETS[sheet][1:]:
                self._field(topic, sheet, column.name, row)
        for topic in sorted(set(self.before) - set(seen)):
            self.problems.add("missing_topic", self._name(sheet), "", topic)
        if sheet == SETTINGS:
            self._confirmed(seen)
        if sheet == ENGLISH:
            self._both_pending(seen)

    def _field(self, topic: str, sheet: str, column: str, row: Row) -> None:
        path = path_of(sheet, column)
        old, text = self.before[topic].fields.get(path, ""), row.text(column)
        if column in LIST_FIELDS:
            text = ", ".join(part for part in _SEPARATOR.split(text) if part)
        text = as_meant(text, old, sheet)
        if text == old:
            return
        place = (self._name(sheet), row.place(column), topic)
        self.changed.setdefault(topic, place[:2])
        if text:
            check_field(path, text, place, self.pack, self.day, self.problems)
        elif column not in MAY_BE_EMPTY:
            self.problems.add("empty", *place, column=self.problems.words.header(column))
        self.fields[topic][path] = text

    def _confirmed(self, rows: Mapping[str, Row]) -> None:
        for topic, row in rows.items():
            now, old = self.fields[topic], self.before[topic].fields
            touched = any(now.get((name,), "") != old.get((name,), "") for name in ("confidence", "confirm"))
            if touched and now.get(("confidence",)) in ("medium", "low") and not now.get(("confirm",)):
                self.problems.add("needs_confirm", self._name(SETTINGS), row.place("confirm"), topic)

    def _both_pending(self, rows: Mapping[str, Row]) -> None:
        for topic, row in rows.items():
            if bool(self.fields[topic].get(("pending", "zh"))) != bool(self.fields[topic].get(("pending", "en"))):
                self.problems.add("one_pending", self._name(ENGLISH), row.place("pending"), topic)

    # -- sources ---------------------------------------------------------------------------------------------------

    def _sources(self, rows: Sequence[Row]) -> None:
        numbers: dict[str, set[int]] = defaultdict(set)
        numbered: dict[str, list[tuple[int, tuple[str, str, str]]]] = defaultdict(list)
        for row in rows:
            topic = self._topic_of(row, SOURCES)
            if topic is None:
                continue
            old, number = ("", "", ""), row.text("number")
            if number:
                if (
                    not number.isdigit()
                    or not 1 <= int(number) <= len(self.before[topic].sources)
                    or int(number) in numbers[topic]
                ):
                    self.problems.add("wrong_number", self._name(SOURCES), row.place("number"), topic, value=number)
                    continue
                numbers[topic].add(int(number))
                old = self.before[topic].sources[int(number) - 1]
            source = self._source(topic, row, old)
            numbered[topic].append((int(number) if number else 10**6, source))
        for topic in self.before:
            self.sources[topic] = [source for _, source in sorted(numbered[topic], key=lambda item: item[0])]
            if not self.sources[topic]:
                self.problems.add("no_sources", self._name(SOURCES), "", topic)
            elif len(self.sources[topic]) != len(self.before[topic].sources):
                self.changed.setdefault(topic, (self._name(SOURCES), ""))

    def _source(self, topic: str, row: Row, old: tuple[str, str, str]) -> tuple[str, str, str]:
        values = []
        for name, before in zip(SOURCE_FIELDS, old, strict=True):
            text = as_meant(row.text(name), before, name)
            if not text and name not in MAY_BE_EMPTY:
                self.problems.add(
                    "empty", self._name(SOURCES), row.place(name), topic, column=self.problems.words.header(name)
                )
            if text != before:
                self.changed.setdefault(topic, (self._name(SOURCES), row.place(name)))
            values.append(text)
        return values[0], values[1], values[2]

    # -- questions -------------------------------------------------------------------------------------------------

    def _questions(self, rows: Sequence[Row]) -> None:
        name, known = self._name(QUESTIONS), self._known_acts()
        old = {
            topic: {
                key: {key_of(as_meant(text, "", key[0])): text for text in texts}
                for key, texts in content.questions.items()
            }
            for topic, content in self.before.items()
        }
        places: dict[str, str] = {}
        for row in rows:
            topic = self._topic_of(row, QUESTIONS)
            language, kind, text = (row.text(column) for column in ("language", "kind", "question"))
            if topic is None or not check_kind(
                language, kind, ((name, row.place("language"), topic), (name, row.place("kind"), topic)), self.problems
            ):
                continue
            place = (name, row.place("question"), topic)
            if not text:
                self.problems.add("empty", *place, column=self.problems.words.header("question"))
                continue
            if "\n" in text:
                self.problems.add("several_lines", *place)
                continue
            key = key_of(text)
            before = old[topic].get((language, kind), {}).get(key, "")
            text = as_meant(text, before, language)
            if before != text:
                self.changed.setdefault(topic, place[:2])
            if key in places or key in known:
                self.problems.add("double_question", *place, other=places.get(key) or known[key])
            places.setdefault(key, row.place("question"))
            self.questions[topic][language, kind].append(text)
        for topic in self.before:
            self._enough(topic)

    def _known_acts(self) -> dict[str, str]:
        """Sentences that mean a dialogue act, with its name: a topic must not claim them."""
        return {
            key_of(example.text): f"data/nlu/{example.label}"
            for example in load_examples(self.root, self.pack.country)
            if "/" not in example.label
        }

    def _enough(self, topic: str) -> None:
        before, now = self.before[topic].questions, self.questions[topic]
        for language in LANGUAGES:
            for kind in KINDS[language]:
                if before.get((language, kind)) and not now.get((language, kind)):
                    self.problems.add("no_questions", self._name(QUESTIONS), "", topic, language=language, kind=kind)
            count = sum(len(texts) for (spoken, _), texts in now.items() if spoken == language)
            earlier = sum(len(texts) for (spoken, _), texts in before.items() if spoken == language)
            if count < min(LEAST_QUESTIONS[language], earlier):
                self.problems.add(
                    "too_few_questions",
                    self._name(QUESTIONS),
                    "",
                    topic,
                    language=language,
                    count=count,
                    least=LEAST_QUESTIONS[language],
                )
