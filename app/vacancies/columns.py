"""Which column of a table is which field: by a map the operator gives, else by the usual headers. Reading values is values.py's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content.yaml_file import LineDict, YamlFile
from jobseeker.errors import ContentError, UnreadableFile
from jobseeker.likeness import folded

IGNORE = "ignore"


@dataclass(frozen=True)
class ColumnMap:
    """What an operator says about a file. `columns`: folded header -> field or "ignore"; `defaults`: field -> value where a row has none."""

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


def read_column_map(path: Path, fields: frozenset[str]) -> ColumnMap:
    """A map file (docs/vacancies.md). Raises ContentError with file and line."""
    if not path.is_file():
        raise ContentError(str(path), 1, "there is no such file")
    file = YamlFile(path, str(path))
    for key in file.root:
        if key not in ("columns", "defaults"):
            raise file.error(file.root.lines[key], f"`{key}:` is not known; there are columns and defaults")
    columns = file.get(file.root, "columns", LineDict, LineDict())
    defaults = file.get(file.root, "defaults", LineDict, LineDict())
    found: dict[str, str] = {}
    for header in columns:
        target = file.get(columns, header, str)
        if target not in fields and target != IGNORE:
            raise file.error(
                columns.lines[header], f"`{target}` is no field; there are {', '.join(sorted(fields))}, ignore"
            )
        found[folded(header)] = target
    for name in defaults:
        if name not in fields:
            raise file.error(defaults.lines[name], f"`{name}` is no field; there are {', '.join(sorted(fields))}")
    return ColumnMap(found, dict(defaults))


class ColumnReader:
    """Turns a row under its headers into fields. Several columns of one field are joined with a line break.

    Args:
        usual: folded header -> field, of the pack.
        own: names of our own record -> field.
        given: the operator's own map; it goes first.
    """

    def __init__(self, usual: Mapping[str, str], own: Mapping[str, str], given: ColumnMap | None = None) -> None:
        self._usual, self._own, self._given = usual, own, given or ColumnMap()
        self._known: dict[str, str] = {}
        self.unused: dict[str, None] = {}  # headers that mean nothing to us, in order

    def fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of one row, with the defaults of the map."""
        found: dict[str, Any] = {}
        for header, value in row.items():
            target = self._field(header)
            if target and value not in (None, "", [], {}):
                found[target] = _joined(found[target], value) if target in found else value
        return {**self._given.defaults, **found}

    def _field(self, header: str) -> str:
        if header not in self._known:
            key = folded(header)
            target = self._given.columns.get(key) or self._own.get(header) or self._usual.get(key, "")
            if not target:
                self.unused[header] = None
            self._known[header] = "" if target == IGNORE else target
        return self._known[header]


def _joined(first: Any, second: Any) -> Any:
    if isinstance(first, list) and isinstance(second, list):
        return [*first, *second]
    return f"{first}\n{second}"


def check_headers(header_fields: set[str], needed: Mapping[str, tuple[str, ...]], headers: list[str]) -> None:
    """Refuse a table none of whose columns says what is needed. Raises UnreadableFile that says how to go on."""
    for name, any_of in needed.items():
        if not header_fields & set(any_of):
            raise UnreadableFile(
                f"no column is known as {name}. The columns are: {', '.join(headers) or 'none'}. "
                "Say which is which with --columns MAP.yml (docs/vacancies.md)"
            )
