"""Replies and cards as Telegram's messages: MarkdownV2, inline keyboards. Only what a card says. Sending is telegram.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.reading import as_mapping, as_text, items
from connectors.text import shortened, split_text, units
from connectors.web_address import is_web_address

CARDS = frozenset({"vacancy", "course", "occupation", "profile", "compare", "file"})
TEXT_CHARACTERS, TITLE_CHARACTERS = 4_096, 40
CARD_CHARACTERS = TEXT_CHARACTERS - 200  # a title may stand above
CALLBACK_BYTES = 64
SPECIAL = frozenset("_*[]()~`>#+-=|{}.!\\")  # MarkdownV2: every one of them is escaped with a backslash


def escape(text: str) -> str:
    """Text as MarkdownV2 that shows exactly this text."""
    return "".join("\\" + character if character in SPECIAL else character for character in text)


def plain(markdown: str) -> str:
    """What `escape` made, back; the stars of a title go."""
    shown, escaped = [], False
    for character in markdown:
        if not escaped and character in "\\*":
            escaped = character == "\\"
            continue
        shown.append(character)
        escaped = False
    return "".join(shown)


def message(text: str, markdown: str = "") -> dict[str, Any]:
    """A message that shows this text."""
    return {
        "text": markdown or escape(text),
        "parse_mode": "MarkdownV2",
        "link_preview_options": {"is_disabled": True},
    }


def button(title: str, data: str) -> dict[str, str]:
    """A button of an inline keyboard."""
    kept = data.encode()[:CALLBACK_BYTES].decode(errors="ignore")
    return {"text": shortened(title, TITLE_CHARACTERS) or "…", "callback_data": kept or "-"}


def without_links(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The message without the buttons that open an address; the text says every address, in a message before where it has no room."""
    rows = [
        [as_mapping(each) for each in row]
        for row in items(as_mapping(given.get("reply_markup")).get("inline_keyboard"))
    ]
    told = plain(given["text"])
    links = [url for row in rows for each in row if (url := as_text(each.get("url"))) and url not in told]
    kept = [row for row in ([each for each in row if not each.get("url")] for row in rows) if row]
    made = {name: value for name, value in given.items() if name != "reply_markup"}
    if kept:
        made["reply_markup"] = {"inline_keyboard": kept}
    if not links:
        return [made]
    if units("\n".join((told, *links))) <= TEXT_CHARACTERS:
        return [{**made, "text": "\n".join((made["text"], *map(escape, links)))}]
    return [*(message(piece) for piece in split_text("\n".join(links), TEXT_CHARACTERS)), made]


def card_messages(card: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A card as its text with what heads it in bold, its buttons below; one that is too long goes on in the next message."""
    *before, text = split_text(as_text(card.get("text")), CARD_CHARACTERS) or ["…"]
    heads = _heads(card)
    title = "" if before else as_text(card.get("title"))
    body = _bold(text, heads)
    if title and title not in heads:
        body = f"*{escape(shortened(title, 150))}*\n{body}"
    made = message("", body)
    rows = _keyboard(card)
    if rows:
        made["reply_markup"] = {"inline_keyboard": rows}
    return [*(message("", _bold(piece, heads)) for piece in before), made]


def _heads(card: Mapping[str, Any]) -> set[str]:
    """Beginnings of lines that head something: the title, the groups of a profile, the columns of a comparison."""
    text = as_text(card.get("text"))
    found = {as_text(as_mapping(group).get("label")) for group in items(card.get("groups"))}
    if card.get("type") == "compare":
        found |= {block.split("\n")[0] for block in text.split("\n\n")}
    title = as_text(card.get("title"))
    found |= {title} if text.startswith(title) else set()
    return {head for head in found if head.strip()}


def _bold(text: str, heads: set[str]) -> str:
    lines = []
    for line in text.split("\n"):
        head = max((head for head in heads if line.startswith(head)), key=len, default="")
        lines.append(f"*{escape(head)}*{escape(line[len(head) :])}" if head else escape(line))
    return "\n".join(lines)


def _keyboard(card: Mapping[str, Any]) -> list[list[dict[str, str]]]:
    rows = []
    given: Sequence[Any] = (*items(card.get("columns")), *items(card.get("buttons")))
    for each in (as_mapping(item) for item in given):
        shown, payload = as_text(each.get("title")), as_text(each.get("payload"))
        if shown and payload:
            rows.append([button(shown, payload)])
    url = as_text(card.get("url"))
    if is_web_address(url):
        named = as_text(card.get("title")) if card.get("type") == "file" else ""
        title = as_text(card.get("url_title")) or as_text(card.get("source")) or named or url
        rows.append([{"text": shortened(title, TITLE_CHARACTERS), "url": url}])
    return rows
