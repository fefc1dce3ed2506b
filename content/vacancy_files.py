"""Reads packs/<country>/vacancy_files.yml: columns, words in cells, unlawful wording and the sentences of import reports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from content.yaml_file import LineDict, LineList, YamlFile
from jobseeker.errors import ContentError
from jobseeker.knowledge import Bilingual
from jobseeker.likeness import folded

_SECTIONS = ("sample_source", "columns", "course_columns", "values", "period_names", "unlawful_wording", "reasons")
_HAN = re.compile("[㐀-鿿]")
_VALUES = ("hours", "contract", "shifts", "pay_period")
_WORDS = ("yes", "no", "undisclosed", "open_ended", "no_experience")
_PLACEHOLDERS = {"value", "expected", "field", "detail", "label"}


@dataclass(frozen=True)
class UnlawfulWording:
    """One kind of wording that the law does not allow. `unless`: words that say the opposite and are taken out first."""

    kind: str
    label: Bilingual
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None


@dataclass(frozen=True)
class VacancyFiles:
    """What the pack says about files of vacancies.

    columns, course_columns: folded header -> field. values: field -> (value -> pattern, in order). words: name -> pattern.
    """

    sample_source: str
    columns: Mapping[str, str]
    course_columns: Mapping[str, str]
    values: Mapping[str, Mapping[str, re.Pattern[str]]]
    words: Mapping[str, re.Pattern[str]]
    unlawful: tuple[UnlawfulWording, ...]
    reasons: Mapping[str, Bilingual]
    names: Mapping[str, Bilingual]  # of fields (their first headers) and of units of pay


def load_vacancy_files(root: Path, country: str = "tw") -> VacancyFiles:
    """Read the file of a pack. Raises ContentError at the first thing that is wrong."""
    path = root / "packs" / country / "vacancy_files.yml"
    stat = path.stat() if path.exists() else None
    return _load(path, path.relative_to(root).as_posix(), (stat.st_mtime_ns, stat.st_size) if stat else (0, 0))


@lru_cache(maxsize=4)
def _load(path: Path, shown: str, _signature: tuple[int, int]) -> VacancyFiles:
    if not path.exists():
        raise ContentError(shown, 1, "the file is missing")
    return read_vacancy_files(YamlFile(path, shown))


def read_vacancy_files(file: YamlFile) -> VacancyFiles:
    """One parsed file. Raises ContentError."""
    root = file.root
    for key in root:
        if key not in _SECTIONS:
            raise file.error(root.lines[key], f"`{key}:` is not known; there are {', '.join(_SECTIONS)}")
    values = file.get(root, "values", LineDict)
    for key in values:
        if key not in (*_VALUES, *_WORDS):
            raise file.error(values.lines[key], f"`{key}:` is not known; there are {', '.join((*_VALUES, *_WORDS))}")
    return VacancyFiles(
        file.get(root, "sample_source", str),
        _columns(file, "columns"),
        _columns(file, "course_columns"),
        {name: _patterns(file, file.get(values, name, LineDict)) for name in _VALUES},
        {name: _pattern(file, values, name) for name in _WORDS},
        _unlawful(file),
        _reasons(file),
        {**_field_names(file, "course_columns"), **_field_names(file, "columns"), **_period_names(file)},
    )


def _columns(file: YamlFile, section: str) -> dict[str, str]:
    found: dict[str, str] = {}
    where = file.get(file.root, section, LineDict)
    for field in where:
        for header in (field, *file.texts(where, field)):
            other = found.setdefault(folded(header), field)
            if other != field:
                raise file.error(where.lines[field], f"`{header}` stands for `{other}` already")
    return found


def _field_names(file: YamlFile, section: str) -> dict[str, Bilingual]:
    found: dict[str, Bilingual] = {}
    where = file.get(file.root, section, LineDict)
    for field in where:
        headers = file.texts(where, field)
        zh = next((header for header in headers if _HAN.search(header)), field)
        found[field] = {"zh": zh, "en": next((header for header in headers if not _HAN.search(header)), field)}
    return found


def _period_names(file: YamlFile) -> dict[str, Bilingual]:
    where = file.get(file.root, "period_names", LineDict)
    return {f"per_{key}": file.bilingual(where, key) for key in where}


def _patterns(file: YamlFile, where: LineDict) -> dict[str, re.Pattern[str]]:
    return {key: _pattern(file, where, key) for key in where}


def _pattern(file: YamlFile, where: LineDict, key: str) -> re.Pattern[str]:
    try:
        return re.compile(file.get(where, key, str), re.IGNORECASE)
    except re.error as problem:
        raise file.error(where.lines[key], f"`{key}:` is not a valid regular expression: {problem}") from problem


def _unlawful(file: YamlFile) -> tuple[UnlawfulWording, ...]:
    rules = file.get(file.root, "unlawful_wording", LineList)
    found = []
    for rule in rules:
        if not isinstance(rule, LineDict):
            raise file.error(rules.line, "each of `unlawful_wording:` needs kind, label and pattern")
        unless = _pattern(file, rule, "unless") if "unless" in rule else None
        label = file.bilingual(rule, "label")
        found.append(UnlawfulWording(file.get(rule, "kind", str), label, _pattern(file, rule, "pattern"), unless))
    return tuple(found)


def _reasons(file: YamlFile) -> dict[str, Bilingual]:
    where = file.get(file.root, "reasons", LineDict)
    found = {}
    for code in where:
        found[code] = file.bilingual(where, code)
        for text in found[code].values():
            unknown = set(re.findall(r"\{(\w*)\}", text)) - _PLACEHOLDERS
            if unknown:
                raise file.error(
                    where.lines[code], f"`{code}:` has {{{unknown.pop()}}}; known are {sorted(_PLACEHOLDERS)}"
                )
    return found
