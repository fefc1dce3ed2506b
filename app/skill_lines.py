"""`jobseeker skills`: one JSON line in, one out: what a text says of skills, licences and languages, with exact places. Judging is language/skills.py's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from jobseeker.messages import MAX_TEXT_CHARACTERS
from jobseeker.taxonomy import Taxonomy
from language.reading.clauses import Mention
from language.skills import Analysis, SkillReader

OWN = ("held", "wanted", "negated")
GROUPS = {"hard": "skills", "soft": "skills", "digital": "skills", "licence": "licences", "language": "languages"}


class SkillLines:
    """Reads lines. `dumps` writes the result (json.dumps, or a faster one with the same form)."""

    def __init__(self, reader: SkillReader, taxonomy: Taxonomy) -> None:
        self.reader = reader
        self._names: Mapping[str, tuple[str, str]] = {
            skill.id: (skill.name["en"], skill.name["zh"]) for skill in taxonomy.skills.values()
        }

    def read_line(
        self, line: str | bytes, number: int, loads: Callable[[str | bytes], Any] = json.loads
    ) -> dict[str, Any]:
        """The result for one line, or `{"error": …, "line": number}` that says what is wrong with it."""
        try:
            value = loads(line)
        except ValueError as problem:
            return {"error": f"this is not JSON: {problem}", "line": number}
        if not isinstance(value, Mapping) or not isinstance(value.get("text"), str):
            return {"error": 'a line should be an object with a text: {"text": "…"}', "line": number}
        return self.read(value["text"])

    def read(self, text: str) -> dict[str, Any]:
        """`{"skills": […], "licences": […], "languages": […], "mentioned": […]}`; see docs/reading.md for the keys.

        An employer's text says what is wanted; there every mention that is not negated has the status "wanted".
        """
        analysis = self.reader.analyse(text[:MAX_TEXT_CHARACTERS])
        result: dict[str, list[dict[str, Any]]] = {"skills": [], "licences": [], "languages": [], "mentioned": []}
        for mention in analysis.skills:
            status = status_of(mention, analysis)
            group = GROUPS[mention.hit.entry.kind] if status in OWN else "mentioned"
            result[group].append(self._item(text, mention, status))
        return result

    def _item(self, text: str, mention: Mention, status: str) -> dict[str, Any]:
        hit = mention.hit
        english, chinese = self._names[hit.entry.id]
        item: dict[str, Any] = {
            "id": hit.entry.id,
            "name_en": english,
            "name_zh": chinese,
            "span": text[hit.start : hit.end],
            "start": hit.start,
            "end": hit.end,
            "status": status,
            "years": mention.years,
            "hedged": mention.hedged,
        }
        if hit.entry.kind == "language":
            item["level"] = mention.level or None
        return item


def status_of(mention: Mention, analysis: Analysis) -> str:
    """ "held", "wanted", "negated"; or, of what says nothing of the writer, "required", "optional", "asked", "other"."""
    if not analysis.employer:
        return mention.meaning
    return mention.meaning if mention.meaning in ("negated", "other") else "wanted"
