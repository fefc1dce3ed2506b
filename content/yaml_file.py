"""YAML with line numbers, and small typed reads that fail with file and line. No knowledge of any particular file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from jobseeker.errors import ContentError

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LineDict(dict[str, Any]):
    """A mapping that knows the line of each key (1-based)."""

    line = 0

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.lines: dict[str, int] = {}


class LineList(list[Any]):
    """A list that knows the line of each item (1-based)."""

    line = 0

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.lines: list[int] = []


class _LineLoader(_Loader):  # type: ignore[misc]
    """Safe YAML whose collections carry lines."""


def _mapping(loader: Any, node: Any) -> LineDict:
    result = LineDict()
    result.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        if key in result:
            raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands here twice", problem_mark=key_node.start_mark)
        result[key] = loader.construct_object(value_node, deep=True)
        result.lines[key] = key_node.start_mark.line + 1
    return result


def _sequence(loader: Any, node: Any) -> LineList:
    result = LineList(loader.construct_object(item, deep=True) for item in node.value)
    result.line, result.lines = node.start_mark.line + 1, [item.start_mark.line + 1 for item in node.value]
    return result


_LineLoader.add_constructor("tag:yaml.org,2002:map", _mapping)
_LineLoader.add_constructor("tag:yaml.org,2002:seq", _sequence)


class YamlFile:
    """One parsed file. `root` is its top mapping; `error(line, …)` makes an error that points into it."""

    def __init__(self, path: Path, shown_as: str) -> None:
        self.path, self.shown_as = path, shown_as
        try:
            loaded = yaml.load(path.read_text("utf-8"), Loader=_LineLoader)
        except yaml.MarkedYAMLError as problem:
            line = problem.problem_mark.line + 1 if problem.problem_mark else 1
            raise ContentError(shown_as, line, f"this is not valid YAML: {problem.problem}") from problem
        except UnicodeDecodeError as problem:
            raise ContentError(shown_as, 1, "the file must be saved as UTF-8") from problem
        if not isinstance(loaded, LineDict):
            raise ContentError(shown_as, 1, "the file must start with `key: value` lines")
        self.root = loaded

    def error(self, line: int, problem: str) -> ContentError:
        """An error at a line of this file."""
        return ContentError(self.shown_as, line, problem)

    def get(self, where: LineDict, key: str, kind: type | tuple[type, ...], default: Any = ...) -> Any:
        """The value of a key, checked. Raises ContentError when it is missing (without default) or of another type."""
        if key not in where:
            if default is ...:
                raise self.error(where.line, f"`{key}:` is missing")
            return default
        value = where[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            names = " or ".join(
                k.__name__.replace("Line", "").lower() for k in (kind if isinstance(kind, tuple) else (kind,))
            )
            raise self.error(
                where.lines[key],
                f"`{key}:` should be a {names}, not {type(value).__name__.replace('Line', '').lower()}",
            )
        return value

    def bilingual(self, where: LineDict, key: str) -> Mapping[str, str]:
        """A `{zh: …, en: …}` value with text in both."""
        value = self.get(where, key, LineDict)
        for language in ("zh", "en"):
            text = self.get(value, language, str)
            if not text.strip():
                raise self.error(value.lines[language], f"`{key}: {language}:` is empty")
        extra = sorted(set(value) - {"zh", "en"})
        if extra:
            raise self.error(
                value.lines[extra[0]], f"`{key}:` has an unknown language `{extra[0]}`; only zh and en belong here"
            )
        return {"zh": value["zh"], "en": value["en"]}

    def day(self, where: LineDict, key: str) -> date:
        """A date written as 2026-11-21."""
        value = self.get(where, key, (date, str))
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError as problem:
            raise self.error(where.lines[key], f"`{key}:` should be a date like 2026-11-21, not {value!r}") from problem

    def texts(self, where: LineDict, key: str, default: Any = ...) -> tuple[str, ...]:
        """A list of texts."""
        value = self.get(where, key, LineList, default)
        if isinstance(value, LineList):
            for line, item in zip(value.lines, value, strict=True):
                if not isinstance(item, str):
                    raise self.error(line, f"an item of `{key}:` should be a text, not {item!r}; put it in quotes")
        return tuple(value)
