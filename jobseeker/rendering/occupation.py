"""The occupation card: what the person has for it, what is missing, and how many vacancies are open. Facts: journeys/occupations.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobseeker.messages import Button
from jobseeker.rendering.phrases import listed, spoken

if TYPE_CHECKING:
    from jobseeker.rendering import Words


def render(item: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    """The card: {"type": "occupation", "id", "title", "shared", "missing", "open", "buttons", "text"}."""
    title = spoken(item["title"], words)
    shared = [spoken(one, words) for one in item["shared"]]
    missing = [spoken(one, words) for one in item["missing"]]
    opening = words.line(
        "occupation_open" if item["open"] else "occupation_none_open", count=spoken(item["open"], words)
    )
    lines = [words.line("occupation_head", title=title), words.line("occupation_shared", names=listed(shared, words))]
    if missing:
        lines.append(words.line("occupation_missing", names=listed(missing, words)))
    return {
        "type": "occupation",
        "id": item["id"],
        "title": title,
        "shared": shared,
        "missing": missing,
        "open": opening,
        "buttons": [Button(words.title(words.line("button_gap")), f"/gap {item['id']}").to_dict()],
        "text": "\n".join([*lines, opening]),
    }
