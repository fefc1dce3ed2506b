"""LINE's webhook events as ours. Sending is line.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from connectors.reading import as_mapping, as_text, event_key, point
from jobseeker.channels import Event, GroupCall, Presence, Withdrawal
from jobseeker.messages import InboundMessage, parse_command

CHANNEL = "line"
LATEST_MS = 4_102_444_800_000  # the year 2100
KINDS = {"sticker": "sticker", "image": "image", "audio": "audio", "video": "video", "file": "file"}


@dataclass(frozen=True)
class Handle:
    """A reply token and since when it counts: the platform's time of the event, which a late or repeated delivery does not move."""

    token: str
    since: datetime | None

    @property
    def given(self) -> dict[str, Any]:
        """As the fields of an event."""
        return {"handle": self.token, "handle_since": self.since}


def variety_of(language: str) -> str:
    """A variety for a BCP 47 tag; "" for a language that we do not write."""
    tag = language.lower()
    if tag.startswith("en"):
        return "en"
    if tag in ("zh-cn", "zh-sg", "zh-my") or tag.startswith("zh-hans"):
        return "zh-Hans"
    return "zh-Hant" if tag.startswith("zh") else ""


def event_of(value: Mapping[str, Any]) -> Event | None:
    """One webhook event, or None where nothing follows from it."""
    if value.get("mode") != "active":  # standby: another module of this account answers, we say nothing
        return None
    kind, source = as_text(value.get("type")), as_mapping(value.get("source"))
    event_id = event_key(value.get("webhookEventId"))
    again = as_mapping(value.get("deliveryContext")).get("isRedelivery") is True
    token = "" if again else as_text(value.get("replyToken"))  # a redelivered event's ticket is over or used
    handle = Handle(token, _moment(value.get("timestamp")))
    if source.get("type") in ("group", "room"):
        key = as_text(source.get("groupId") or source.get("roomId"))
        called = kind in ("join", "message", "postback") and key
        return GroupCall(CHANNEL, key, as_text(source["type"]), token) if called else None
    person = as_text(source.get("userId"))
    if not person or not event_id:
        return None
    if kind == "message":
        return _message(as_mapping(value.get("message")), event_id, person, handle)
    if kind == "postback":
        data = as_text(as_mapping(value.get("postback")).get("data"))
        return _press(data, event_id, person, handle) if data else None
    if kind == "unsend":
        key = event_key(as_mapping(value.get("unsend")).get("messageId"))
        return Withdrawal(CHANNEL, event_id, person, key) if key else None
    if kind in ("follow", "unfollow"):
        return Presence(CHANNEL, event_id, person, kind == "follow", greet=kind == "follow", **handle.given)
    return None


def _moment(value: Any) -> datetime | None:
    """Milliseconds since 1970 as a moment; None where it is no such number."""
    if not isinstance(value, int) or not 0 < value < LATEST_MS:
        return None
    return datetime.fromtimestamp(value / 1000, tz=timezone.utc)


def _press(data: str, event_id: str, person: str, handle: Handle) -> InboundMessage:
    command = parse_command(data)  # a rich menu carries commands: it is the same for everybody
    if command is not None:
        return InboundMessage(CHANNEL, event_id, person, data, command, **handle.given)
    return InboundMessage(CHANNEL, event_id, person, "", choice=data[:64], **handle.given)


def _message(value: Mapping[str, Any], event_id: str, person: str, handle: Handle) -> InboundMessage:
    kind, key = as_text(value.get("type")), event_key(value.get("id"))
    text = as_text(value.get("text"))
    if kind == "text" or (kind == "sticker" and text):  # a message sticker holds what the person wrote on it
        return InboundMessage(CHANNEL, event_id, person, text, message_key=key, **handle.given)
    if kind == "location":
        name = as_text(value.get("address")) or as_text(value.get("title"))
        return InboundMessage(
            CHANNEL, event_id, person, "", attachment="location", attachment_name=name, message_key=key, **handle.given,
            place=point(value),
        )  # fmt: skip
    return InboundMessage(
        CHANNEL, event_id, person, "", attachment=KINDS.get(kind, "other"),
        attachment_name=as_text(value.get("fileName")), message_key=key, **handle.given,
    )  # fmt: skip
