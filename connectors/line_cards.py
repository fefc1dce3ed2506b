"""Vacancies and courses as LINE's Flex carousel. Only what a card says; every text of it comes from the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from connectors.reading import as_mapping, as_text, items
from connectors.text import shortened
from connectors.web_address import is_web_address

BUBBLES = 12  # of one carousel
ALT_CHARACTERS = 400
URI_CHARACTERS = 1_000
LABEL_CHARACTERS, DATA_CHARACTERS, DISPLAY_CHARACTERS = 20, 300, 300
BUTTONS_PER_CARD = 4
REASONS, MISSING = 5, 5


def flex_message(cards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One message for all cards; what a screen reader and the list of chats read is their texts. Beyond the twelfth the cards
    are in the text alone."""
    alternative = "\n\n".join(as_text(card.get("text")) for card in cards) or "…"
    bubbles = [bubble(card) for card in cards[:BUBBLES]]
    contents = bubbles[0] if len(bubbles) == 1 else {"type": "carousel", "contents": bubbles}
    return {"type": "flex", "altText": shortened(alternative, ALT_CHARACTERS), "contents": contents}


def bubble(card: Mapping[str, Any]) -> dict[str, Any]:
    """One card."""
    made: dict[str, Any] = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": _lines(card)},
    }
    buttons = _buttons(card)
    if buttons:
        made["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": buttons}
    return made


def _lines(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    title = as_text(card.get("title"))
    lines = [_text(title, weight="bold", size="lg")] if title else []
    place = " · ".join(part for name in ("place", "distance") if (part := _shown(card.get(name))))
    facts = [
        _shown(card.get("employer")),
        place,
        *(_shown(card.get(name)) for name in ("pay", "hours", "dates", "fee")),
    ]
    lines += [_text(fact) for fact in facts if fact]
    reasons = [as_mapping(reason) for reason in items(card.get("reasons"))[:REASONS]]
    told = [" ".join(part for part in (_shown(r.get("label")), _shown(r.get("points"))) if part) for r in reasons]
    lines += [_text(f"✓ {line}", size="sm", color="#1b6e3c") for line in told if line]
    lacking = [_shown(item) for item in items(card.get("missing"))[:MISSING]]
    lines += [_text(f"✗ {line}", size="sm", color="#8a4b00") for line in lacking if line]
    footer = " · ".join(part for name in ("source", "posted") if (part := _shown(card.get(name))))
    if footer:
        lines.append(_text(footer, size="xs", color="#5b6470"))
    return lines or [_text(as_text(card.get("text")) or "…")]


def _text(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "text", "text": shortened(text, 300), "wrap": True, **style}


def _shown(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _buttons(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = []
    for button in (as_mapping(item) for item in items(card.get("buttons"))[:BUTTONS_PER_CARD]):
        title, payload = as_text(button.get("title")), as_text(button.get("payload"))
        if title and payload:
            action = {
                "type": "postback",
                "label": shortened(title, LABEL_CHARACTERS),
                "data": payload[:DATA_CHARACTERS],
                "displayText": shortened(title, DISPLAY_CHARACTERS),
            }
            made.append({"type": "button", "height": "sm", "action": action})
    url = as_text(card.get("url"))
    if is_web_address(url) and len(url) <= URI_CHARACTERS:
        label = as_text(card.get("url_title")) or as_text(card.get("source")) or urlsplit(url).netloc
        action = {"type": "uri", "label": shortened(label, LABEL_CHARACTERS), "uri": url}
        made.append({"type": "button", "height": "sm", "style": "link", "action": action})
    return made
