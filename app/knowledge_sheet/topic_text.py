"""The text of a topic file, with edits that touch only the field they mean: order, comments and every other byte stay.

Positions come from the YAML parser; what is written is parsed again and compared, so that an edit which would say something
else than asked for is an error and not a broken file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import yaml

from app.knowledge_sheet.layout import KINDS, LANGUAGES, LIST_FIELDS, Path_

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SCALARS = ("group", "risk", "decides", "confidence", "as_of", "reviewed_on")
BILINGUAL = ("title", "short", "answer", "pending")
SOURCE_FIELDS = ("zh", "en", "url")
ITEM_INDENT, SOURCE_INDENT = "      ", "  "


@dataclass(frozen=True)
class TopicContent:
    """The values of a topic file as texts: `fields` by path, `sources`, `questions` by (language, kind)."""

    fields: Mapping[Path_, str]
    sources: tuple[tuple[str, str, str], ...]
    questions: Mapping[tuple[str, str], tuple[str, ...]]

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", {path: value for path, value in self.fields.items() if value})


class EditFailed(RuntimeError):
    """An edit did not give what was asked for: a mistake in this module, or a file in an unexpected form."""


class TopicText:
    """One topic file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        top: Any = yaml.compose(text, Loader=_Loader)
        self.root: dict[str, Any] = {key.value: (key, value) for key, value in top.value}
        self._edits: list[tuple[int, int, str]] = []

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def version(self) -> str:
        """Changes with every byte of the file."""
        return hashlib.sha256(self.text.encode("utf-8")).hexdigest()[:16]

    @property
    def content(self) -> TopicContent:
        """What the file says."""
        fields: dict[Path_, str] = {(name,): self.root[name][1].value for name in SCALARS if name in self.root}
        for name in LIST_FIELDS:
            if name in self.root:
                fields[name,] = ", ".join(item.value for item in self.root[name][1].value)
        for name in BILINGUAL:
            if name in self.root:
                fields |= {(name, key.value): value.value.strip() for key, value in self.root[name][1].value}
        sources = tuple(
            tuple(self._source(item).get(name, "") for name in SOURCE_FIELDS) for item in self.root["sources"][1].value
        )
        questions = {
            (language.value, kind.value): tuple(item.value for item in items.value)
            for language, kinds in self.root["questions"][1].value
            for kind, items in kinds.value
        }
        return TopicContent(fields, sources, questions)  # type: ignore[arg-type]

    @staticmethod
    def _source(item: Any) -> dict[str, str]:
        return {key.value: value.value for key, value in item.value}

    # -- changing --------------------------------------------------------------------------------------------------

    def changed_to(self, wanted: TopicContent) -> str:
        """The text that says `wanted`. Raises EditFailed where it would not."""
        now = self.content
        self._edits = []
        for path in sorted({*now.fields, *wanted.fields}, key=str):
            if path[0] != "pending" and now.fields.get(path, "") != wanted.fields.get(path, ""):
                self._set_field(path, wanted.fields.get(path, ""))
        self._set_pending(now, wanted)
        self._set_sources(now.sources, wanted.sources)
        for language in LANGUAGES:
            for kind in KINDS[language]:
                old, new = now.questions.get((language, kind), ()), wanted.questions.get((language, kind), ())
                if old != new:
                    self._set_questions(language, kind, old, new)
        text = self.text
        for start, end, replacement in sorted(self._edits, reverse=True):
            text = text[:start] + replacement + text[end:]
        if TopicText(text).content != wanted:
            raise EditFailed("the edited file does not say what the spreadsheet says")
        return text

    def _set_field(self, path: Path_, value: str) -> None:
        name = str(path[0])
        if name in LIST_FIELDS:
            self._set_list(name, [part for part in value.split(", ") if part])
        elif len(path) == 1:
            self._set_scalar(self.root[name][1], value, bare=True)
        else:
            where = self.root[name][1]
            node = next(item for key, item in where.value if key.value == path[1])
            self._set_scalar(node, value, flow=bool(where.flow_style))

    def _set_scalar(self, node: Any, value: str, flow: bool = False, bare: bool = False) -> None:
        if node.style in ("|", ">"):
            self._set_block(node, value)
        else:
            self._edits.append((*self._span(node), value if bare else inline(value, flow, node.style)))

    def _set_block(self, node: Any, value: str) -> None:
        first = node.start_mark.line + 1
        last = max(
            number
            for number in range(first, max(first + 1, node.end_mark.line + 1))
            if number == first or self.lines[number].strip()
        )
        if last > first and last == node.end_mark.line:  # the end mark stands on the next key's line
            last = max(number for number in range(first, last) if number == first or self.lines[number].strip())
        indent = self.lines[first][: len(self.lines[first]) - len(self.lines[first].lstrip())]
        body = "\n".join(indent + line if line.strip() else "" for line in value.split("\n"))
        self._edits.append((self.starts[first], self.starts[last] + len(self.lines[last]), body))

    def _set_list(self, name: str, values: Sequence[str]) -> None:
        written = f"[{', '.join(inline(value, flow=True) for value in values)}]"
        if name in self.root and values:
            self._edits.append((*self._span(self.root[name][1]), written))
        elif name in self.root:
            self._remove_key(name)
        else:
            self._insert_behind("confidence", f"{name}: {written}\n")

    def _set_pending(self, now: TopicContent, wanted: TopicContent) -> None:
        old, new = (
            [content.fields.get(("pending", language), "") for language in LANGUAGES] for content in (now, wanted)
        )
        if old == new:
            return
        if not any(old):
            start = self.starts[self.root["short"][0].start_mark.line]
            self._edits.append((start, start, f"pending:\n  zh: {inline(new[0])}\n  en: {inline(new[1])}\n"))
        elif not any(new):
            self._remove_key("pending")
        else:
            for language, before, after in zip(LANGUAGES, old, new, strict=True):
                if before != after:
                    self._set_field(("pending", language), after)

    def _set_sources(self, old: Sequence[tuple[str, str, str]], new: Sequence[tuple[str, str, str]]) -> None:
        items = self.root["sources"][1].value
        if len(old) == len(new):
            for item, before, after in zip(items, old, new, strict=True):
                nodes = {key.value: value for key, value in item.value}
                for name, was, is_now in zip(SOURCE_FIELDS, before, after, strict=True):
                    if was != is_now:
                        self._set_scalar(nodes[name], is_now)
            return
        blocks = [self._lines_of(item, behind="- ") for item in items]
        self._splice(blocks, old, new, lambda source: self._source_lines(source))

    @staticmethod
    def _source_lines(source: tuple[str, str, str]) -> str:
        lines = [f"{name}: {inline(value)}" for name, value in zip(SOURCE_FIELDS, source, strict=True)]
        return f"{SOURCE_INDENT}- " + f"\n{SOURCE_INDENT}  ".join(lines) + "\n"

    def _set_questions(self, language: str, kind: str, old: Sequence[str], new: Sequence[str]) -> None:
        kinds = next(value for key, value in self.root["questions"][1].value if key.value == language)
        items = next(value for key, value in kinds.value if key.value == kind).value
        self._splice(
            [self._lines_of(item) for item in items], old, new, lambda text: f"{ITEM_INDENT}- {inline(text)}\n"
        )

    def _splice(self, blocks: Sequence[tuple[int, int]], old: Sequence[Any], new: Sequence[Any], write: Any) -> None:
        """Rewrite the items of a block list that differ; the lines of the others stay."""
        for _, a, b, c, d in (
            op for op in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if op[0] != "equal"
        ):
            start = blocks[a][0] if a < len(blocks) else blocks[-1][1]
            end = blocks[b - 1][1] if b > a else start
            replacement = "".join(write(item) for item in new[c:d])
            if start == len(self.text) and not self.text.endswith("\n"):
                replacement = "\n" + replacement
            self._edits.append((start, end, replacement))

    # -- positions -------------------------------------------------------------------------------------------------

    def _at(self, mark: Any) -> int:
        return self.starts[int(mark.line)] + int(mark.column)

    def _span(self, node: Any) -> tuple[int, int]:
        return self._at(node.start_mark), self._at(node.end_mark)

    def _lines_of(self, item: Any, behind: str = "- ") -> tuple[int, int]:
        """From the start of an item's first line to the start of the line behind its last one."""
        last = item.end_mark.line - (
            1
            if item.end_mark.column == 0 or self.lines[item.end_mark.line][: item.end_mark.column].strip() == ""
            else 0
        )
        while last > item.start_mark.line and (
            not self.lines[last].strip() or self.lines[last].lstrip().startswith("#")
        ):
            last -= 1
        return self.starts[item.start_mark.line], min(self.starts[last + 1], len(self.text))

    def _remove_key(self, name: str) -> None:
        key, value = self.root[name]
        last = value.end_mark.line - (1 if value.end_mark.column == 0 else 0)
        self._edits.append((self.starts[key.start_mark.line], self.starts[last + 1], ""))

    def _insert_behind(self, name: str, line: str) -> None:
        start = self.starts[self.root[name][1].end_mark.line + 1]
        self._edits.append((start, start, line))


def inline(text: str, flow: bool = False, style: str | None = None) -> str:
    """A text as a YAML scalar on one line: plain where that reads back as the same text, else in double quotes."""
    if style != '"' and text and "\n" not in text:
        written = f"{{a: {text}}}" if flow else f"a: {text}"
        try:
            if (
                yaml.load(written, Loader=_Loader) == {"a": text}
                and text == text.strip()
                and yaml.load(f"- {text}", Loader=_Loader) == [text]
            ):
                return text
        except yaml.YAMLError:
            return json.dumps(text, ensure_ascii=False)  # it needs quotes
    return json.dumps(text, ensure_ascii=False)
