"""Two or three vacancies side by side, row by row. No row is a verdict: nothing is called better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobseeker.rendering import vacancy
from jobseeker.rendering.phrases import listed, spoken

if TYPE_CHECKING:
    from jobseeker.rendering import Words

ROWS = ("employer", "place", "distance", "pay", "hours", "posted", "missing")


def render(item: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    """The card: {"type": "compare", "columns": [{"title", "payload"}], "rows": [{"label", "cells"}], "buttons", "text"}."""
    cards = [vacancy.render(one, words) for one in item["vacancies"]]
    columns = [{"title": card["title"], "payload": f"/why {card['id']}"} for card in cards]
    rows = [
        {"label": words.line(f"compare_{name}"), "cells": [_cell(card, name, words) for card in cards]} for name in ROWS
    ]
    rows.append({"label": words.line("compare_rank"), "cells": [_rank(one, words) for one in item["vacancies"]]})
    return {
        "type": "compare",
        "columns": columns,
        "rows": rows,
        "buttons": [],
        "text": "\n\n".join(_as_text(number, columns, rows, words) for number in range(len(columns))),
    }


def _cell(card: Mapping[str, Any], name: str, words: Words) -> str:
    value = card[name]
    if isinstance(value, list):
        value = listed(value, words) if value else words.line("compare_nothing")
    return value or words.line("compare_unknown")


def _rank(item: Mapping[str, Any], words: Words) -> str:
    if item.get("closed"):
        return words.line("card_closed")
    return (
        words.line("compare_number", rank=spoken(item["rank"], words))
        if item.get("rank")
        else words.line("compare_unknown")
    )


def _as_text(number: int, columns: list[dict[str, str]], rows: list[dict[str, Any]], words: Words) -> str:
    head = words.line("compare_head", number=str(number + 1), title=columns[number]["title"])
    return "\n".join(
        [head, *(words.line("compare_line", label=row["label"], cell=row["cells"][number]) for row in rows)]
    )
