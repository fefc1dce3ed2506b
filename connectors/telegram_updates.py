"""Telegram's updates as events. Sending is telegram.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connectors.reading import as_mapping, as_text, event_key, identifier, items, point
from connectors.telegram_cards import CALLBACK_BYTES
from jobseeker.channels import Event, GroupCall, Presence, Withdrawal, file_key
from jobseeker.messages import InboundMessage

CHANNEL = "telegram"
KINDS = {
    "sticker": "sticker", "photo": "image", "voice": "audio", "audio": "audio", "video": "video", "video_note": "video",
    "animation": "video", "document": "file", "contact": "contact", "location": "location", "venue": "location",
}  # fmt: skip


def variety_of(code: str) -> str:
    """A variety for the language the person's app is set to."""
    lowered = code.lower()
    if lowered in ("zh-hans", "zh-cn", "zh-sg"):
        return "zh-Hans"
    return {"zh": "zh-Hant", "en": "en"}.get(lowered[:2], "")


def events_of(update: Mapping[str, Any], event_id: str) -> list[Event]:
    edited = as_mapping(update.get("edited_message"))
    message = as_mapping(update.get("message")) or edited
    if message:
        return _from_message(message, event_id, edited=bool(edited))
    pressed = as_mapping(update.get("callback_query"))
    if pressed:
        return _from_press(pressed, event_id)
    return _from_membership(as_mapping(update.get("my_chat_member")), event_id)


def _from_message(message: Mapping[str, Any], event_id: str, *, edited: bool) -> list[Event]:
    chat, sender = as_mapping(message.get("chat")), as_mapping(message.get("from"))
    person = identifier(chat.get("id"))
    if not person or sender.get("is_bot") is True:
        return []
    if chat.get("type") != "private":
        called = chat.get("type") in ("group", "supergroup") and not edited and _speaks_to_us(message)
        return [GroupCall(CHANNEL, person)] if called else []
    key, language = event_key(message.get("message_id")), variety_of(as_text(sender.get("language_code")))
    said = InboundMessage(
        CHANNEL, event_id, person, "", language=language, message_key=key, replaces=key if edited else ""
    )
    text = as_text(message.get("text")) or as_text(message.get("caption"))
    found: list[Event] = []
    kind = next((kind for name, kind in KINDS.items() if name in message), "")
    if edited and not text:
        return _from_edit_without_words(said, kind)
    if not edited and (kind or not text):
        found.append(_file(said, message, kind))
    if not kind and not text and not _holds_something(message):
        return []  # a pinned message, a changed timer: nothing that the person says
    if text.split()[:1] and text.split()[0].split("@")[0] == "/start":
        return _from_start(text, event_id, person, language, key)
    if text:
        own_id = f"{event_id}:caption" if found else event_id
        found.append(replace(said, event_id=own_id, text=_without_name(text)))
    return found


def _file(said: InboundMessage, message: Mapping[str, Any], kind: str) -> InboundMessage:
    """What came with the words, or without any. Its key is its own: an edit is of the words."""
    file = as_mapping(message.get("document"))
    name, place = as_text(file.get("file_name")), point(as_mapping(message.get("location")))
    name = name or as_text(as_mapping(message.get("venue")).get("address"))
    own_key = file_key(said.message_key)
    return replace(said, attachment=kind or "other", attachment_name=name, place=place, message_key=own_key)


def _from_edit_without_words(said: InboundMessage, kind: str) -> list[Event]:
    """A caption that was removed is taken back. Else nothing: a live location moves by an edit every few seconds, a poll or a
    game changes by itself."""
    if kind in ("", "location"):
        return []
    return [Withdrawal(CHANNEL, said.event_id, said.conversation_key, said.message_key)]


def _from_start(text: str, event_id: str, person: str, language: str, key: str) -> list[Event]:
    """ "/start" opens the chat; with a code (a link t.me/…?start=CODE) it connects another channel."""
    here = Presence(CHANNEL, event_id, person, here=True, greet=True, language=language)
    code = text.split()[1:2]
    if not code:
        return [here]
    said = InboundMessage(
        CHANNEL, f"{event_id}:code", person, f"/link {code[0][:32]}", language=language, message_key=key
    )
    return [here, said]


def _without_name(text: str) -> str:
    """A command without the bot's name: "/human@jobs_bot" is "/human"."""
    first, space, rest = text.partition(" ")
    return first.split("@")[0] + space + rest if first.startswith("/") else text


def _speaks_to_us(message: Mapping[str, Any]) -> bool:
    entities = [as_mapping(item).get("type") for item in items(message.get("entities"))]
    return bool({"bot_command", "mention"} & {kind for kind in entities if isinstance(kind, str)})


def _holds_something(message: Mapping[str, Any]) -> bool:
    return any(name in message for name in ("poll", "dice", "game", "story", "paid_media", "invoice", "checklist"))


def _from_press(pressed: Mapping[str, Any], event_id: str) -> list[Event]:
    sender, data = as_mapping(pressed.get("from")), as_text(pressed.get("data"))
    data = data.encode()[:CALLBACK_BYTES].decode(errors="ignore")  # no button has more; who forges a press may send it
    chat = as_mapping(as_mapping(pressed.get("message")).get("chat"))
    person = identifier(chat.get("id")) or identifier(sender.get("id"))
    if not person or not data or chat.get("type", "private") != "private":
        return []
    language = variety_of(as_text(sender.get("language_code")))
    return [InboundMessage(CHANNEL, event_id, person, "", choice=data, language=language)]


def _from_membership(change: Mapping[str, Any], event_id: str) -> list[Event]:
    chat = as_mapping(change.get("chat"))
    key, status = identifier(chat.get("id")), as_mapping(change.get("new_chat_member")).get("status")
    if not key:
        return []
    if chat.get("type") in ("group", "supergroup"):
        return [GroupCall(CHANNEL, key)] if status in ("member", "administrator") else []
    if chat.get("type") == "private" and status in ("kicked", "left", "member"):
        return [Presence(CHANNEL, event_id, key, here=status == "member")]
    return []
