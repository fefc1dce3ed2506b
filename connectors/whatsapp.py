"""WhatsApp: Meta's Cloud API, signed webhooks, texts with buttons or lists. https://developers.facebook.com/docs/whatsapp/cloud-api"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import aiohttp
import orjson
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from connectors.base import (
    SEND_TIMEOUT_SECONDS,
    Capabilities,
    Connector,
    ConnectorSettings,
    NotVerifiedError,
    Parsed,
    Registration,
    fit,
    send_in_order,
)
from connectors.reading import as_mapping, as_text, items, number, point
from connectors.text import shortened, split_text
from jobseeker.channels import Event
from jobseeker.errors import MalformedRequest
from jobseeker.messages import Button, InboundMessage, Reply
from jobseeker.ports import Delivered, Delivery, Gone, Refused, RetryAfter, Sent

CHANNEL = "whatsapp"
CAPABILITIES = Capabilities(buttons=10, title_characters=20, text_characters=4_096)
REPLY_BUTTONS, BODY_CHARACTERS = 3, 1_024  # of a message with buttons; more of them are a list
ROW_CHARACTERS = 24
LIST_LABEL = "☰"
KINDS = {
    "sticker": "sticker", "image": "image", "audio": "audio", "video": "video", "document": "file", "location": "location",
    "contacts": "contact",
}  # fmt: skip
SILENT_KINDS = frozenset({"reaction", "system"})
WINDOW_OVER = 131_047  # more than 24 hours since the person last wrote
UNDELIVERABLE = frozenset({131_026, WINDOW_OVER, 131_030, 131_049})
TOO_MANY = frozenset({4, 80_007, 130_429, 131_048, 131_056})


class WhatsAppSettings(ConnectorSettings):
    """JOBSEEKER_WHATSAPP_…"""

    model_config = SettingsConfigDict(env_prefix="JOBSEEKER_WHATSAPP_", extra="ignore")
    required: ClassVar[tuple[str, ...]] = ("access_token", "app_secret", "verify_token", "phone_number_id")

    access_token: SecretStr = SecretStr("")
    app_secret: SecretStr = SecretStr("")
    verify_token: SecretStr = SecretStr("")
    phone_number_id: str = Field(default="", pattern=r"^[0-9]{0,32}$")
    api_url: str = "https://graph.facebook.com/v23.0"


class WhatsAppConnector(Connector):
    """One business phone number."""

    channel = CHANNEL
    capabilities = CAPABILITIES

    def __init__(self, settings: WhatsAppSettings) -> None:
        self._settings = settings
        self._secret = settings.app_secret.get_secret_value().encode()
        self._session: aiohttp.ClientSession | None = None

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """`X-Hub-Signature-256` is "sha256=" and the hex HMAC-SHA256 over the raw bytes."""
        given = next((value for name, value in headers.items() if name.lower() == "x-hub-signature-256"), "")
        wanted = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), wanted.encode()):
            raise NotVerifiedError

    def challenge(self, query: Mapping[str, str]) -> str:
        """The address is ours if the token is the one we were given."""
        token = query.get("hub.verify_token", "").encode(errors="surrogateescape")
        known = self._settings.verify_token.get_secret_value().encode()
        if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(token, known):
            raise NotVerifiedError
        return query.get("hub.challenge", "")

    def parse(self, body: bytes) -> Parsed:
        """The messages of all entries, in order; delivery statuses need nothing."""
        try:
            root = as_mapping(orjson.loads(body))
        except orjson.JSONDecodeError as problem:
            raise MalformedRequest("body: not JSON") from problem
        changes = [as_mapping(c) for entry in items(root.get("entry")) for c in items(as_mapping(entry).get("changes"))]
        values = [as_mapping(change.get("value")) for change in changes if change.get("field") == "messages"]
        read = [found for value in values for m in items(value.get("messages")) for found in _events(as_mapping(m))]
        return Parsed(tuple(read), ignored=0 if read else 1)

    def render(self, reply: Reply, sender_name: str = "") -> Sequence[Mapping[str, Any]]:
        """Texts; the last of them carries the buttons. A counsellor's name stands above (a number has one name for all)."""
        fitted = fit(reply, self.capabilities, heading=sender_name if reply.author == "counsellor" else "")
        if not fitted.buttons or not fitted.texts:
            return [_text(text) for text in fitted.texts]
        *before, last = (*fitted.texts[:-1], *split_text(fitted.texts[-1], BODY_CHARACTERS))
        return [*(_text(text) for text in before), _interactive(last, fitted.buttons)]

    async def send(self, delivery: Delivery) -> Sent:
        """One message after the other; what has been taken is not sent again."""
        to = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": delivery.channel_key}
        messages = self.render(delivery.reply, delivery.sender_name)
        return await send_in_order(messages, delivery, lambda message: self._post({**to, **message}))

    async def _post(self, message: Mapping[str, Any]) -> Sent:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SEND_TIMEOUT_SECONDS))
        address = f"{self._settings.api_url.rstrip('/')}/{self._settings.phone_number_id}/messages"
        headers = {"Authorization": f"Bearer {self._settings.access_token.get_secret_value()}"}
        try:
            async with self._session.post(address, json=message, headers=headers) as answer:
                if answer.status == 200:
                    return Delivered()
                return outcome(answer.status, await answer.read(), answer.headers)
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError) as problem:
            return RetryAfter(problem=type(problem).__name__)

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def outcome(status: int, body: bytes, headers: Mapping[str, str]) -> Sent:
    """What an error answer means: its code counts, none of a person's words."""
    try:
        code = as_mapping(as_mapping(orjson.loads(body)).get("error")).get("code")
    except orjson.JSONDecodeError:
        code = None
    problem = f"status {status} code {code}"
    if status == 429 or status >= 500 or status in (401, 403) or code in TOO_MANY:
        return RetryAfter(number(headers.get("Retry-After")) or 0.0, problem)
    return Gone(problem) if code in UNDELIVERABLE else Refused(problem)


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _interactive(text: str, buttons: Sequence[Button]) -> dict[str, Any]:
    if len(buttons) <= REPLY_BUTTONS:
        replies = [
            {"type": "reply", "reply": {"id": button.payload, "title": shortened(button.title, 20) or "…"}}
            for button in buttons
        ]
        return {
            "type": "interactive",
            "interactive": {"type": "button", "body": {"text": text}, "action": {"buttons": replies}},
        }
    rows = [{"id": button.payload, "title": shortened(button.title, ROW_CHARACTERS) or "…"} for button in buttons]
    action = {"button": LIST_LABEL, "sections": [{"rows": rows}]}
    return {"type": "interactive", "interactive": {"type": "list", "body": {"text": text}, "action": action}}


def _digest(message_id: str) -> str:
    """What stands for a message of WhatsApp: its own id holds the telephone number, readable for anybody, and is compared alone."""
    return hashlib.sha256(message_id.encode()).hexdigest() if message_id else ""


def _events(message: Mapping[str, Any]) -> list[Event]:
    person, key, kind = as_text(message.get("from")), _digest(as_text(message.get("id"))), as_text(message.get("type"))
    if not person or not key or not kind or kind in SILENT_KINDS or "group_id" in message:
        return []
    if kind in ("interactive", "button"):
        chosen = as_mapping(message.get(kind))
        reply = as_mapping(chosen.get("button_reply")) or as_mapping(chosen.get("list_reply"))
        data = as_text(reply.get("id")) or as_text(chosen.get("payload"))
        return [InboundMessage(CHANNEL, key, person, "", choice=data[:64])] if data else []
    text = as_text(as_mapping(message.get("text")).get("body"))
    if kind == "text" and text:
        return [InboundMessage(CHANNEL, key, person, text, message_key=key)]
    return _attachment(message, kind, key, person)


def _attachment(message: Mapping[str, Any], kind: str, key: str, person: str) -> list[Event]:
    content = as_mapping(message.get(kind))
    name = as_text(content.get("filename")) or as_text(content.get("address"))
    found: list[Event] = [
        InboundMessage(
            CHANNEL,
            key,
            person,
            "",
            attachment=KINDS.get(kind, "other"),
            attachment_name=name,
            message_key=key,
            place=point(content),
        )
    ]
    caption = as_text(content.get("caption"))
    if caption:
        found.append(InboundMessage(CHANNEL, f"{key[:120]}:caption", person, caption, message_key=key))
    return found


CONNECTOR = Registration(
    CHANNEL, CAPABILITIES, settings=WhatsAppSettings, path="/webhooks/whatsapp", build=WhatsAppConnector
)
