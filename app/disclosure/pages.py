"""Fills the templates of data/reports/ with the facts, and holds the committed pages against them. What the facts are: facts.py."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from difflib import unified_diff
from pathlib import Path
from typing import Any

from app.disclosure.facts import facts, read_sources
from content.yaml_file import LineDict, LineList, YamlFile
from jobseeker.errors import ContentError

IMPACT, RECORD, RECORD_JSON = (
    "docs/reports/impact-assessment.md",
    "docs/reports/transparency-record.md",
    "docs/reports/transparency-record.json",
)
PAGES = (IMPACT, RECORD, RECORD_JSON)
MARK = re.compile(r"\{\{([a-z_.]+)\}\}")
AS_OF = re.compile(r"<!-- jobseeker audit pages --write; as of (\d{4}-\d{2}-\d{2}) -->")
Facts = Mapping[str, Mapping[str, str]]  # language -> mark -> text


def made(root: Path, country: str, day: date) -> Mapping[str, str]:
    """All pages, path -> content, as of a day. Raises ContentError."""
    sources = read_sources(root, country, day)
    said = {language: facts(root, sources, language) for language in ("zh", "en")}
    fields = _fields(root, said)
    return {
        IMPACT: _impact(root, said, day),
        RECORD: _record(fields, day),
        RECORD_JSON: json.dumps({"as_of": day.isoformat(), "record": fields}, ensure_ascii=False, indent=1) + "\n",
    }


def committed_day(root: Path) -> date:
    """The day the committed pages are for: a check must not depend on today. Raises ContentError."""
    try:
        found = AS_OF.search((root / IMPACT).read_text("utf-8"))
    except OSError:
        found = None
    if found is None:
        raise ContentError(IMPACT, 1, "is missing or says no day: run jobseeker audit pages --write")
    return date.fromisoformat(found[1])


def write(root: Path, country: str, day: date) -> list[str]:
    """Write what differs; the paths."""
    changed = []
    for name, content in made(root, country, day).items():
        path = root / name
        if not path.exists() or path.read_text("utf-8") != content:
            path.write_text(content, "utf-8")
            changed.append(name)
    return changed


def differences(root: Path, country: str) -> list[str]:
    """Lines that differ between the committed pages and what the configuration gives, as a diff; none where they agree."""
    found: list[str] = []
    for name, content in made(root, country, committed_day(root)).items():
        path = root / name
        there = path.read_text("utf-8") if path.exists() else ""
        found += unified_diff(
            there.splitlines(), content.splitlines(), name, "as the configuration has it", "", "", 0, ""
        )
    return found


def filled(template: str, marks: Mapping[str, str], file: str) -> str:
    """The template with every mark replaced. Raises ContentError for one that there is not."""

    def fill(match: re.Match[str]) -> str:
        if match[1] not in marks:
            raise ContentError(file, 1, f"{match[0]} is not known; known: {', '.join(sorted(marks))}")
        return marks[match[1]]

    return MARK.sub(fill, template)


def _impact(root: Path, said: Facts, day: date) -> str:
    parts = [f"<!-- jobseeker audit pages --write; as of {day.isoformat()} -->"]
    for language in ("zh", "en"):
        name = f"data/reports/impact-assessment.{language}.md"
        parts.append(filled((root / name).read_text("utf-8").strip(), said[language], name))
    return "\n\n".join(parts) + "\n"


def _fields(root: Path, said: Facts) -> list[dict[str, Any]]:
    """[{"tier", "section", "field", "zh", "en"}] in the order of the standard."""
    name = "data/reports/transparency-record.yml"
    file = YamlFile(root / name, name)
    found = []
    for section in file.get(file.root, "sections", LineList):
        for field in file.get(section, "fields", LineList):
            if not isinstance(field, LineDict):
                raise file.error(section.line, "a field should look like `field:`, `zh:`, `en:`")
            texts = {
                language: filled(file.get(field, language, str), said[language], name) for language in ("zh", "en")
            }
            found.append(
                {
                    "tier": file.get(section, "tier", int),
                    "section": file.get(section, "section", str),
                    "field": file.get(field, "field", str),
                    **{language: text.strip() for language, text in texts.items()},
                }
            )
    if not found:
        raise file.error(1, "the record has no fields")
    return found


def _record(fields: list[dict[str, Any]], day: date) -> str:
    lines = [
        f"<!-- jobseeker audit pages --write; as of {day.isoformat()} -->",
        "# Algorithmic transparency record · 演算法透明度紀錄",
    ]
    section = ""
    for field in fields:
        if field["section"] != section:
            section = field["section"]
            lines.append(f"## Tier {field['tier']} - {section}")
        lines += [f"### {field['field']}", field["en"], field["zh"]]
    return "\n\n".join(lines) + "\n"
