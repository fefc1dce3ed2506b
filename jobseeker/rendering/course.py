"""The course card: what it teaches, when, what it costs by its source, and what is left to pay. Facts: journeys/facts.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jobseeker.messages import Button
from jobseeker.rendering.phrases import spoken
from jobseeker.rendering.vacancy import is_sample

if TYPE_CHECKING:
    from jobseeker.rendering import Words


def render(item: Mapping[str, Any], words: Words) -> Mapping[str, Any]:
    """The card: {"type": "course", "id", "title", "provider", "teaches", "starts", "hours", "fee", "subsidy", "credential",
    "level", "place", "source", "url", "about", "buttons", "text"}."""
    title = spoken(item["title"], words)
    card: dict[str, Any] = {
        "type": "course",
        "id": item["id"],
        "title": title,
        "provider": item["provider"],
        "teaches": spoken(item["skills"], words),
        "starts": _starts(item, words),
        "hours": words.line("course_hours", hours=spoken(item["hours"], words)) if item["hours"] else "",
        "fee": _fee(item, words),
        "subsidy": _subsidy(item, words),
        "credential": words.line("course_credential", name=item["credential"]) if item["credential"] else "",
        "level": words.line("course_beginners") if item["level"] == 0 else "",
        "place": _place(item, words),
        "source": _source(item, words),
        "url": item["url"],
        "about": item.get("about", ""),
        "buttons": []
        if item.get("full")
        else [Button(words.title(words.line("button_course")), f"/course {item['id']}").to_dict()],
    }
    return {**card, "text": _as_text(card, words)}


def _starts(item: Mapping[str, Any], words: Words) -> str:
    if not item["starts_on"]:
        return words.line("course_any_time")
    day = spoken({"date": item["starts_on"]}, words)
    if item["ends_on"]:
        return words.line("course_from_to", day=day, until=spoken({"date": item["ends_on"]}, words))
    return words.line("course_starts", day=day)


def _fee(item: Mapping[str, Any], words: Words) -> str:
    if item["fee"] is None:
        return words.line("course_fee_unknown")
    return (
        words.line("course_free")
        if item["fee"] == 0
        else words.line("course_fee", fee=spoken({"twd": item["fee"]}, words))
    )


def _subsidy(item: Mapping[str, Any], words: Words) -> str:
    if not item["fee"]:
        return ""
    if item["subsidy"] is None:
        return words.line("course_subsidy_unknown")
    if item["subsidy"] == 0:
        return words.line("course_no_subsidy")
    share = spoken(round(100 * item["subsidy"]), words)
    return words.line("course_subsidy", share=share, own=spoken({"twd": item["own"]}, words))


def _place(item: Mapping[str, Any], words: Words) -> str:
    if item["online"]:
        return words.line("course_online")
    return spoken(item["place"], words) if item["place"] else words.line("card_no_place")


def _source(item: Mapping[str, Any], words: Words) -> str:
    if is_sample(item["source"]):
        return words.line("card_source_sample")
    return words.line("card_source", source=item["source"])


def _as_text(card: Mapping[str, Any], words: Words) -> str:
    lines = [words.line("course_head", title=card["title"], provider=card["provider"])]
    lines.append(words.line("course_line_teaches", skills=card["teaches"]))
    lines += [card[name] for name in ("level", "starts", "hours", "fee", "subsidy", "credential") if card[name]]
    lines.append(words.line("card_line_place", place=card["place"]))
    lines += [card["about"]] if card["about"] else []
    lines.append(card["source"])
    if card["url"]:
        lines.append(words.line("card_line_url", url=card["url"]))
    return "\n".join(lines)
