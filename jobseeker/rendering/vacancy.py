"""The vacancy card. Its facts are made by journeys/facts.py; nothing here is looked up and nothing is left to the channel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobseeker.messages import Button
from jobseeker.rendering.phrases import listed, spoken, text

if TYPE_CHECKING:
    from jobseeker.rendering import Words

SAMPLE = "sample"  # of a source: not a real opening
REASONS_TOLD = 3


def render(item: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    """The card: {"type": "vacancy", "id", "title", "employer", "place", "distance", "pay", "hours", "posted", "source", "url",
    "limit", "reasons": [{"label", "points", "share", "why"}], "missing", "changes", "buttons", "text"}."""
    card: dict[str, Any] = {
        "type": "vacancy",
        "id": item["id"],
        "title": spoken(item["title"], words),
        "employer": item["employer"],
        "place": place(item, words),
        "distance": distance(item, words),
        "pay": pay(item, words),
        "hours": hours(item, words),
        "posted": posted(item, words),
        "source": source(item, words),
        "url": item["url"],
        "limit": listed([words.line(f"limit_{name}") for name in item["broken"]], words) if item["broken"] else "",
        "reasons": reasons(item, words),
        "missing": [text(one, words) for one in item["missing"]],
        "changes": [text(one, words) for one in item["changes"]],
        "buttons": [button.to_dict() for button in buttons(item, words)],
    }
    return {**card, "text": as_text(item, card, words)}


def place(item: Mapping[str, Any], words: Words) -> str:
    """Where, as far as it is known."""
    if item.get("remote"):
        return words.line("card_remote")
    return spoken(item["place"], words) if item.get("place") else words.line("card_no_place")


def distance(item: Mapping[str, Any], words: Words) -> str:
    """How far, "" where that says nothing."""
    away = item.get("distance")
    if not away or not away["km"]:
        return ""
    return words.line("card_distance", km=spoken(away["km"], words), place=spoken(away["from"], words))


def pay(item: Mapping[str, Any], words: Words) -> str:
    """The offer, or that there is none."""
    offer = item["pay"]
    if offer["low"] is None:
        return words.line("card_pay_undisclosed")
    period = words.line(f"period_{offer['period']}")
    low = spoken({"twd": offer["low"]}, words)
    if offer["high"] is None or offer["high"] == offer["low"]:
        return words.line("card_pay_from" if offer["high"] is None else "card_pay", low=low, period=period)
    return words.line("card_pay_range", low=low, high=spoken({"twd": offer["high"]}, words), period=period)


def hours(item: Mapping[str, Any], words: Words) -> str:
    """Hours and shifts, or that they are not given."""
    parts = [words.line(f"hours_{item['hours']}")] if item["hours"] != "unknown" else []
    parts += [words.line(f"shifts_{one}") for one in item["shifts"]]
    return listed(parts, words) if parts else words.line("card_no_hours")


def posted(item: Mapping[str, Any], words: Words) -> str:
    """When it was posted and until when it is open."""
    day = spoken({"date": item["posted_on"]}, words)
    if item.get("expires_on"):
        return words.line("card_posted_until", day=day, until=spoken({"date": item["expires_on"]}, words))
    return words.line("card_posted", day=day)


def source(item: Mapping[str, Any], words: Words) -> str:
    """Where it was found; sample data is called that."""
    if is_sample(item["source"]):
        return words.line("card_source_sample")
    return words.line("card_source", source=item["source"])


def is_sample(name: str) -> bool:
    """Whether a source's name says that it is sample data (packs/*/vacancy_files.yml, `sample_source`)."""
    return SAMPLE in name.lower()


def reasons(item: Mapping[str, Any], words: Words) -> list[dict[str, Any]]:
    """Every reason that gave points, the heaviest first; their shares sum to one. `points`: of 100 for the whole."""
    scaled = scaled_points(item)
    return [
        {
            "label": words.line(f"feature_{one['feature']}"),
            "points": points,
            "share": one["share"],
            "why": text(one["why"], words),
        }
        for one, points in zip(item["reasons"], scaled, strict=True)
        if one["points"] > 0 or item.get("full")
    ]


def scaled_points(item: Mapping[str, Any]) -> list[float]:
    """The points with one decimal, so that they still sum to the score as it is shown (largest remainders, Hamilton's method).

    The policy counts to 10,000; people are told of 100.
    """
    tenths = [one["points"] / 10 for one in item["reasons"]]
    whole = [int(value) for value in tenths]
    left = round(sum(tenths)) - sum(whole)
    order = sorted(range(len(whole)), key=lambda number: (whole[number] - tenths[number], number))
    for number in order[:left]:
        whole[number] += 1
    return [value / 10 for value in whole]


def buttons(item: Mapping[str, Any], words: Words) -> list[Button]:
    """Why, save, like this, not for me."""
    named = {
        "why": "button_why",
        "save": "button_unsave" if item.get("saved") else "button_save",
        "like": "button_like",
        "not": "button_not",
    }
    left_out = {"why"} if item.get("full") else set()
    return [
        Button(words.title(words.line(key)), f"/{name} {item['id']}")
        for name, key in named.items()
        if name not in left_out
    ]


def as_text(item: Mapping[str, Any], card: Mapping[str, Any], words: Words) -> str:
    """The complete equivalent: what a screen reader reads and a channel without cards sends."""
    head = "card_head_ranked" if item.get("rank") else "card_head"
    lines = [
        words.line(head, rank=str(item.get("rank") or ""), title=card["title"], employer=card["employer"]),
        words.line("card_line_where", place=card["place"], distance=card["distance"])
        if card["distance"]
        else words.line("card_line_place", place=card["place"]),
        words.line("card_line_pay", pay=card["pay"]),
        words.line("card_line_hours", hours=card["hours"]),
    ]
    if item.get("closed"):
        lines.append(words.line("card_closed"))
    if card["limit"]:
        lines.append(words.line("card_line_limit", limit=card["limit"]))
    lines += _why_lines(item, card, words)
    if card["missing"]:
        lines.append(words.line("card_line_missing", what=listed(card["missing"], words)))
    lines += [words.line("card_line_change", what=one) for one in card["changes"]]
    lines.append(words.line("card_line_posted", posted=card["posted"], source=card["source"]))
    if card["url"]:
        lines.append(words.line("card_line_url", url=card["url"]))
    return "\n".join(lines)


def _why_lines(item: Mapping[str, Any], card: Mapping[str, Any], words: Words) -> list[str]:
    if item.get("full"):
        lines = [
            words.line(
                "card_line_points",
                label=one["label"],
                points=f"{one['points']:.1f}",
                most=_most(item, number),
                why=one["why"],
            )
            for number, one in enumerate(card["reasons"])
        ]
        total = sum(round(10 * one["points"]) for one in card["reasons"]) / 10
        return [*lines, words.line("card_line_total", points=f"{total:.1f}", most=f"{item['most'] / 100:.1f}")]
    telling = [text(one["why"], words) for one in item["reasons"] if one["telling"]][:REASONS_TOLD]
    return [words.line("card_line_why", why=listed_sentences(telling, words))] if telling else []


def _most(item: Mapping[str, Any], number: int) -> str:
    return f"{item['reasons'][number]['weight'] / 100:.1f}"


def listed_sentences(parts: list[str], words: Words) -> str:
    """Several reasons in one line."""
    return words.line("sentence_between").join(parts)
