"""Cards as LINE's Flex messages. Only what a card says; every text of it comes from the card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from connectors.base import card_text
from connectors.reading import as_mapping, as_text, items
from connectors.text import shortened, split_text
from connectors.web_address import is_web_address

CARDS = frozenset({"vacancy", "course", "occupation", "profile", "compare", "file"})
BUBBLES = 12  # of one carousel
ALT_CHARACTERS = 400
TEXT_CHARACTERS, QUICK_REPLIES = 5_000, 13
URI_CHARACTERS = 1_000
LABEL_CHARACTERS, DATA_CHARACTERS, DISPLAY_CHARACTERS = 20, 300, 300
BUTTONS_PER_CARD = 4
REASONS, MISSING = 5, 5
LINES_PER_BUBBLE = 24  # of a profile; a longer one goes on in the next bubble
QUIET = {"size": "sm", "color": "#5b6470"}


def flex_message(cards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One message for all cards; what a screen reader and the list of chats read is their texts. Beyond the twelfth the cards
    are in the text alone."""
    alternative = "\n\n".join(as_text(card.get("text")) for card in cards) or "…"
    made = [bubble for card in cards for bubble in bubbles(card)][:BUBBLES]
    contents = made[0] if len(made) == 1 else {"type": "carousel", "contents": made}
    return {"type": "flex", "altText": shortened(alternative, ALT_CHARACTERS), "contents": contents}


def plain_messages(message: Mapping[str, Any], cards: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """A Flex message that was refused as text messages: all that its cards say, with their links; their buttons, as many as
    have room, as quick replies below the last. Of several cards each has a number, which its buttons bear too."""
    if message["type"] != "flex":
        return [message]
    shown = [card for card in cards if card.get("type") in CARDS]
    marks = [f"{number}. " for number in range(1, len(shown) + 1)] if len(shown) > 1 else [""] * len(shown)
    told = [mark + card_text(card) for mark, card in zip(marks, shown, strict=True)]
    given = [
        {"title": mark + as_text(each.get("title")), "payload": each.get("payload")}
        for mark, card in zip(marks, shown, strict=True)
        for each in (as_mapping(item) for item in (*items(card.get("columns")), *items(card.get("buttons"))))
        if as_text(each.get("title"))
    ]
    own = items(as_mapping(message.get("quickReply")).get("items"))
    quick = [*own, *({"type": "action", "action": made["action"]} for made in _postbacks(given))][:QUICK_REPLIES]
    sender = {"sender": message["sender"]} if "sender" in message else {}
    texts = split_text("\n\n".join(told), TEXT_CHARACTERS) or [as_text(message.get("altText")) or "…"]
    made: list[Mapping[str, Any]] = [{"type": "text", "text": text, **sender} for text in texts]
    return [*made[:-1], {**made[-1], "quickReply": {"items": quick}}] if quick else made


def bubbles(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One card: a bubble; a comparison one for each column, a long profile several."""
    buttons = _buttons(card)
    if card.get("type") == "compare" and items(card.get("columns")):
        columns = [as_mapping(column) for column in items(card.get("columns"))]
        return [_bubble(_column(card, number), _postbacks([column])) for number, column in enumerate(columns)]
    if card.get("type") == "profile":
        lines = _profile(card)
        *before, last = [lines[at : at + LINES_PER_BUBBLE] for at in range(0, len(lines) or 1, LINES_PER_BUBBLE)]
        return [*(_bubble(lines, []) for lines in before), _bubble(last or _spoken(card), buttons)]
    lines = _lines(card)
    return [_bubble(lines if card.get("type") != "file" or buttons else _spoken(card), buttons)]


def _bubble(lines: Sequence[Mapping[str, Any]], buttons: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    contents = list(lines) or [_text("…")]
    made: dict[str, Any] = {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "spacing": "sm", "contents": contents},
    }
    if buttons:
        made["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": list(buttons)}
    return made


def _lines(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines = _title(card)
    place = " · ".join(part for name in ("place", "distance") if (part := _shown(card.get(name))))
    facts = [
        _shown(card.get("employer")),
        place,
        *(_shown(card.get(name)) for name in ("pay", "hours", "dates", "fee", "open")),
    ]
    lines += [_text(fact) for fact in facts if fact]
    reasons = [as_mapping(reason) for reason in items(card.get("reasons"))[:REASONS]]
    told = [" ".join(part for part in (_shown(r.get("label")), _shown(r.get("points"))) if part) for r in reasons]
    told += [_shown(item) for item in items(card.get("shared"))[:REASONS]]
    lines += [_text(f"✓ {line}", size="sm", color="#1b6e3c") for line in told if line]
    lacking = [_shown(item) for item in items(card.get("missing"))[:MISSING]]
    lines += [_text(f"✗ {line}", size="sm", color="#8a4b00") for line in lacking if line]
    footer = " · ".join(part for name in ("source", "posted") if (part := _shown(card.get(name))))
    if footer:
        lines.append(_text(footer, size="xs", color="#5b6470"))
    return lines or _spoken(card)


def _profile(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each group's name in bold, its entries below, a note in small letters."""
    lines = []
    for group in (as_mapping(value) for value in items(card.get("groups"))):
        lines += [_text(label, weight="bold")] if (label := _shown(group.get("label"))) else []
        for entry in (as_mapping(value) for value in items(group.get("items"))):
            lines += [_text(f"• {label}")] if (label := _shown(entry.get("label"))) else []
            lines += [_text(note, **QUIET)] if (note := _shown(entry.get("note"))) else []
    return lines


def _column(card: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
    """One of those that are compared: for each row what it is about and what holds for this one."""
    lines = _title(as_mapping(items(card.get("columns"))[number]))
    for row in (as_mapping(value) for value in items(card.get("rows"))):
        cells = items(row.get("cells"))
        label, cell = _shown(row.get("label")), _shown(cells[number]) if number < len(cells) else ""
        lines += [_text(label, **QUIET)] if label and cell else []
        lines += [_text(cell)] if cell else []
    return lines


def _title(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    title = _shown(card.get("title"))
    return [_text(title, weight="bold", size="lg")] if title else []


def _spoken(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The card in words, where it has nothing to show in another way."""
    return [_text(as_text(card.get("text")).strip() or "…")]


def _text(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "text", "text": shortened(text, 300), "wrap": True, **style}


def _shown(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _buttons(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = _postbacks([as_mapping(item) for item in items(card.get("buttons"))[:BUTTONS_PER_CARD]])
    url = as_text(card.get("url"))
    if is_web_address(url) and len(url) <= URI_CHARACTERS:
        named = as_text(card.get("title")) if card.get("type") == "file" else ""
        label = as_text(card.get("url_title")) or as_text(card.get("source")) or named or urlsplit(url).netloc
        action = {"type": "uri", "label": shortened(label, LABEL_CHARACTERS), "uri": url}
        made.append({"type": "button", "height": "sm", "style": "link", "action": action})
    return made


def _postbacks(buttons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for button in buttons:
        title, payload = as_text(button.get("title")), as_text(button.get("payload"))
        if title and payload:
            action = {
                "type": "postback",
                "label": shortened(title, LABEL_CHARACTERS),
                "data": payload[:DATA_CHARACTERS],
                "displayText": shortened(title, DISPLAY_CHARACTERS),
            }
            made.append({"type": "button", "height": "sm", "action": action})
    return made
