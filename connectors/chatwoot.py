"""A Chatwoot desk that handles the cases, by the public API of its API inbox and its webhook. What is sent when is jobseeker/usecases/bridge_desk.py.

Sources: Chatwoot's client API (public/api/v1/inboxes/{inbox}/contacts, …/conversations, …/messages) and its webhook events
(message_created, conversation_status_changed), as documented by Chatwoot, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from jobseeker.usecases.bridge_desk import AgentReply, Resolved

SECONDS = 15.0
MESSAGE_CHARACTERS = 10_000


class ChatwootError(Exception):
    """It did not take the call: tried again."""


class ChatwootDesk:
    """jobseeker.usecases.bridge_desk.OtherDesk."""

    name = "chatwoot"

    def __init__(self, url: str, inbox: str) -> None:
        """url: of the installation; inbox: the identifier that Chatwoot shows for the API inbox."""
        self._base = f"{url.rstrip('/')}/public/api/v1/inboxes/{quote(inbox, safe='')}/contacts"

    async def open(self, identifier: str, name: str, attributes: Mapping[str, str]) -> tuple[str, str]:
        """A contact and a conversation of theirs; (contact's source id, conversation's number). The same identifier is the same person."""
        contact = await self._post("", {"identifier": identifier, "name": name})
        source = str(contact["source_id"])
        made = await self._post(f"/{quote(source, safe='')}/conversations", {"custom_attributes": dict(attributes)})
        return source, str(made["id"])

    async def say(self, contact: str, conversation: str, text: str, key: str) -> None:
        """One message as the contact's."""
        path = f"/{quote(contact, safe='')}/conversations/{quote(conversation, safe='')}/messages"
        await self._post(path, {"content": text[:MESSAGE_CHARACTERS], "echo_id": key})

    async def resolve(self, contact: str, conversation: str) -> None:
        """The case is closed on our side."""
        path = f"/{quote(contact, safe='')}/conversations/{quote(conversation, safe='')}/toggle_status"
        await self._post(path, {})

    async def _post(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                self._base + path,
                data=orjson.dumps(body),
                headers={"Content-Type": "application/json"},
                allow_redirects=False,
            ) as answer,
        ):
            raw = await answer.read()
            if answer.status >= 300:
                raise ChatwootError(f"HTTP {answer.status} for {path.rpartition('/')[2] or 'contacts'}")
            try:
                found = orjson.loads(raw or b"{}")
            except orjson.JSONDecodeError as problem:
                raise ChatwootError("the answer is no JSON") from problem
        if not isinstance(found, dict):
            raise ChatwootError("the answer is no object")
        return found

    def read(self, body: bytes) -> AgentReply | Resolved | None:
        """What a webhook tells us; None for what does not concern the person: their own messages, private notes, other events."""
        try:
            event = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        if not isinstance(event, dict):
            return None
        kind = event.get("event")
        if kind == "conversation_status_changed" and event.get("status") == "resolved" and event.get("id") is not None:
            return Resolved(str(event["id"]))
        talk, sender = event.get("conversation"), event.get("sender")
        outgoing = (
            kind == "message_created" and event.get("message_type") == "outgoing" and event.get("private") is not True
        )
        if not outgoing or not isinstance(talk, dict) or talk.get("id") is None or event.get("id") is None:
            return None
        text = event.get("content")
        if not isinstance(text, str) or not text.strip():
            return None
        name = sender.get("name") if isinstance(sender, dict) else None
        return AgentReply(str(talk["id"]), str(event["id"]), str(name or "")[:64], text)
