"""WhatsApp's Cloud API: signs webhooks, takes texts, buttons and lists within the limits of its reference."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from jsonschema import Draft202012Validator

from tests.doubles.platforms.standin import Shown, StandIn, break_off

TOKEN, SECRET, VERIFY, NUMBER = "whatsapp-token", "whatsapp-app-secret", "whatsapp-verify", "109876543210"


def text_of(longest: int) -> dict[str, Any]:
    """A text of one to `longest` characters."""
    return {"type": "string", "minLength": 1, "maxLength": longest}


def closed(**properties: Any) -> dict[str, Any]:
    """An object with exactly these members."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


BUTTON = closed(type={"const": "reply"}, reply=closed(id=text_of(256), title=text_of(20)))
ROW = closed(id=text_of(200), title=text_of(24))
MESSAGE = {
    "type": "object",
    "required": ["messaging_product", "to", "type"],
    "properties": {"messaging_product": {"const": "whatsapp"}, "recipient_type": {"const": "individual"}, "to": text_of(32)},
    "oneOf": [
        {"properties": {"type": {"const": "text"}, "text": closed(body=text_of(4_096), preview_url={"type": "boolean"})}, "required": ["text"]},
        {
            "properties": {
                "type": {"const": "interactive"},
                "interactive": closed(
                    type={"const": "button"}, body=closed(text=text_of(1_024)),
                    action=closed(buttons={"type": "array", "items": BUTTON, "minItems": 1, "maxItems": 3}),
                ),
            },
            "required": ["interactive"],
        },
        {
            "properties": {
                "type": {"const": "interactive"},
                "interactive": closed(
                    type={"const": "list"}, body=closed(text=text_of(4_096)),
                    action=closed(
                        button=text_of(20),
                        sections={"type": "array", "minItems": 1, "maxItems": 1, "items": closed(rows={"type": "array", "items": ROW, "minItems": 1, "maxItems": 10})},
                    ),
                ),
            },
            "required": ["interactive"],
        },
    ],
}  # fmt: skip


class Platform(StandIn):
    """One business number and the people who write to it."""

    channel = "whatsapp"

    def environment(self) -> Mapping[str, str]:
        """As an operator sets it."""
        prefix = "JOBSEEKER_WHATSAPP_"
        values = {"ACCESS_TOKEN": TOKEN, "APP_SECRET": SECRET, "VERIFY_TOKEN": VERIFY, "PHONE_NUMBER_ID": NUMBER}
        return {prefix + name: value for name, value in {**values, "API_URL": self.url}.items()}

    def headers(self, body: bytes) -> Mapping[str, str]:
        """`X-Hub-Signature-256`."""
        return {"X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}

    def add_routes(self, app: web.Application) -> None:
        """Sending is one address."""
        app.router.add_post(f"/{NUMBER}/messages", self.message)

    async def message(self, request: web.Request) -> web.Response:
        """POST /<number>/messages."""
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return failed(401, 190)
        fault = await self.fault(request)
        if fault == "429":
            return failed(429, 130_429, {"Retry-After": str(self.retry_after_seconds)})
        if fault == "500":
            return failed(500, 1)
        given = await request.json()
        problems = [error.message[:200] for error in Draft202012Validator(MESSAGE).iter_errors(given)]
        if problems:
            self.tally.refused += problems
            return failed(400, 100)
        content = given[given["type"]]
        text = content["body"] if given["type"] == "text" else content["body"]["text"]
        heading, _, rest = text.partition("\n")
        self.show(given["to"], Shown(text, buttons_of(content.get("action", {})), heading if rest else ""))
        if fault == "lost":
            break_off(request)
        return web.json_response({"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{self.unique()}"}]})

    def questions(self) -> Sequence[tuple[Mapping[str, str], str]]:
        """As Meta asks when the webhook is set, and as others would."""
        good = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
        bad: list[Mapping[str, str]] = [
            {**good, "hub.verify_token": VERIFY[:-1]},
            {**good, "hub.verify_token": ""},
            {**good, "hub.verify_token": "é"},
            {**good, "hub.mode": "unsubscribe"},
            {name: value for name, value in good.items() if name != "hub.mode"},
            {name: value for name, value in good.items() if name != "hub.verify_token"},
            {},
        ]
        return [(good, "1158201444"), *((query, "") for query in bad)]

    def person(self) -> str:
        """A phone number."""
        return "8869" + str(int(self.unique()[:8], 16)).zfill(10)[:8]

    def body(self, **value: Any) -> bytes:
        """A webhook request."""
        metadata = {"display_phone_number": "1", "phone_number_id": NUMBER}
        full = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        entry = {"id": "1", "changes": [{"field": "messages", "value": full}]}
        return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}, ensure_ascii=False).encode()

    def sent(self, person: str, kind: str, content: Any) -> bytes:
        """A message of a person."""
        message = {"from": person, "id": f"wamid.{self.unique()}", "timestamp": str(int(time.time())), "type": kind}
        contact = {"profile": {"name": "Someone"}, "wa_id": person}
        return self.body(contacts=[contact], messages=[{**message, kind: content}])

    def text(self, person: str, text: str) -> bytes:
        """A person writes."""
        return self.sent(person, "text", {"body": text})

    def press(self, person: str, data: str) -> bytes:
        """A person presses a button."""
        return self.sent(person, "interactive", {"type": "button_reply", "button_reply": {"id": data, "title": "…"}})

    def attachments(self, person: str) -> Mapping[str, bytes]:
        """Every kind of message that is not text."""
        file = {"id": "1", "mime_type": "x/y", "sha256": "z"}
        given: Mapping[str, tuple[str, Any]] = {
            "sticker": ("sticker", file),
            "image": ("image", file),
            "audio": ("audio", file),
            "video": ("video", file),
            "file": ("document", {**file, "filename": "履歷.pdf"}),
            "location": ("location", {"latitude": 25.03, "longitude": 121.56}),
            "contact": ("contacts", [{"name": {"formatted_name": "A"}}]),
            "other": ("unsupported", {}),
        }
        return {kind: self.sent(person, *content) for kind, content in given.items()}

    def strange(self) -> Sequence[bytes]:
        """Delivery statuses, reactions, other fields, a kind of change that does not exist yet."""
        person = self.person()
        other = {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "x", "value": {"a": 1}}]}],
        }
        return [
            self.body(statuses=[{"id": "wamid.1", "status": "delivered", "recipient_id": person}]),
            self.sent(person, "reaction", {"message_id": "wamid.1", "emoji": "👍"}),
            self.body(),
            json.dumps(other).encode(),
            b"{}",
        ]


def failed(status: int, code: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """The Graph API's form of an error."""
    return web.json_response(
        {"error": {"message": "(#1) failed", "code": code}}, status=status, headers=dict(headers or {})
    )


def buttons_of(action: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """(title, id) of buttons or rows."""
    replies = [button["reply"] for button in action.get("buttons", ())]
    rows = [row for section in action.get("sections", ()) for row in section["rows"]]
    return tuple((each["title"], each["id"]) for each in (*replies, *rows))
