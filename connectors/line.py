"""LINE: signature, webhook events, replies by token or push. Cards are line_cards.py, rich menus line_menus.py.

Platform rules: https://developers.line.biz/en/reference/messaging-api/ and the machine-readable line-openapi.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import importlib
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import aiohttp
import orjson
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from connectors.base import (
    UNREADABLE,
    Capabilities,
    Connector,
    ConnectorSettings,
    NotVerifiedError,
    Parsed,
    Registration,
    Setup,
    fit,
    in_order,
)
from connectors.line_calls import call, open_api, timeout
from connectors.line_cards import CARDS, QUICK_REPLIES, TEXT_CHARACTERS, flex_message, plain_messages
from connectors.line_events import CHANNEL, event_of, variety_of
from connectors.line_menus import MenuShelf, set_up_menus
from connectors.reading import as_mapping, items
from connectors.text import shortened
from jobseeker.channels import GroupCall
from jobseeker.errors import MalformedRequest
from jobseeker.messages import Reply
from jobseeker.ports import CUT_OFF, Delivered, Delivery, Refused, RetryAfter, Sent
from jobseeker.records import SENDING

log = logging.getLogger(__name__)
CAPABILITIES = Capabilities(buttons=QUICK_REPLIES, title_characters=20, text_characters=TEXT_CHARACTERS, cards=CARDS)
MESSAGES_PER_SEND = 5
SENDER_CHARACTERS = 20
DISPLAY_CHARACTERS = 300
TOKEN_SECONDS = 55.0  # LINE promises "one minute" after what the person did: an "invalid" later than this may mean that the time is over
UNSURE = "reply unsure: "  # an attempt by reply token of which nobody knows whether it was taken
RETRY_KEYS = uuid.UUID("6f1c2b9e-5d43-5b0a-9a55-0d2a6f4f7c11")  # namespace of X-Line-Retry-Key
LOADING_SECONDS = 20
MENU_SECONDS = 2.5  # the reply has gone out: its time is not a menu's


class LineSettings(ConnectorSettings):
    """JOBSEEKER_LINE_…"""

    model_config = SettingsConfigDict(env_prefix="JOBSEEKER_LINE_", extra="ignore")
    required: ClassVar[tuple[str, ...]] = ("channel_secret", "channel_access_token")

    channel_secret: SecretStr = SecretStr("")
    channel_access_token: SecretStr = SecretStr("")
    api_url: str = "https://api.line.me"
    data_api_url: str = "https://api-data.line.me"
    menus: bool = True
    loading_seconds: int = Field(default=LOADING_SECONDS, ge=5, le=60, multiple_of=5)


class LineConnector(Connector):
    """One LINE Official Account."""

    channel = CHANNEL
    capabilities = CAPABILITIES

    def __init__(self, settings: LineSettings) -> None:
        self._settings = settings
        self._secret = settings.channel_secret.get_secret_value().encode()
        self._opened: Any = None
        self._menus = MenuShelf()

    # -- coming in -----------------------------------------------------------------------------------------------------

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """`X-Line-Signature` is the Base64 of HMAC-SHA256 over the raw bytes."""
        given = next((value for name, value in headers.items() if name.lower() == "x-line-signature"), "")
        wanted = base64.b64encode(hmac.new(self._secret, body, hashlib.sha256).digest())
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), wanted):
            raise NotVerifiedError

    def parse(self, body: bytes) -> Parsed:
        """The events, in order."""
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as problem:
            raise MalformedRequest("body: not JSON") from problem
        given = [as_mapping(item) for item in items(as_mapping(value).get("events"))]
        read = [event_of(item) for item in given]
        events = tuple(event for event in read if event is not None)
        return Parsed(events, ignored=len(read) - len(events))

    # -- going out -----------------------------------------------------------------------------------------------------

    def render(self, reply: Reply, sender_name: str = "") -> Sequence[Mapping[str, Any]]:
        """Text messages, then the cards as a carousel; quick replies below the last.

        The platform forbids its own name in a sender's: a counsellor "Caroline" stands above the words instead.
        """
        forbidden = "line" in sender_name.lower()
        fitted = fit(
            reply, self.capabilities, heading=sender_name if forbidden and reply.author == "counsellor" else ""
        )
        messages: list[dict[str, Any]] = [{"type": "text", "text": text} for text in fitted.texts]
        if fitted.cards:
            messages.append(flex_message(fitted.cards))
        if messages and fitted.buttons:
            messages[-1]["quickReply"] = {
                "items": [
                    {"type": "action", "action": postback(button.title, button.payload)} for button in fitted.buttons
                ]
            }
        if sender_name and not forbidden:
            for message in messages:
                message["sender"] = {"name": shortened(sender_name, SENDER_CHARACTERS)}
        return messages

    async def send(self, delivery: Delivery) -> Sent:
        """By reply token where there is one, else by push; five messages a send."""
        messages = list(self.render(delivery.reply, delivery.sender_name))
        batches = [messages[at : at + MESSAGES_PER_SEND] for at in range(0, len(messages), MESSAGES_PER_SEND)]
        sent = await in_order(batches, delivery, lambda part, batch: self._shown(delivery, part, batch))
        if isinstance(sent, Delivered):
            await self.show_menu(delivery.channel_key, delivery.reply.language, delivery.attended)
        return sent

    async def _shown(self, delivery: Delivery, part: int, batch: Sequence[Mapping[str, Any]]) -> Sent:
        """With its cards; as text where the platform does not take them."""
        sent = await self._send(delivery, part, batch)
        if isinstance(sent, Refused) and any(message["type"] == "flex" for message in batch):
            log.error("a card was refused, its text is sent", extra={"problem": sent.problem})
            plain = [each for message in batch for each in plain_messages(message, delivery.reply.cards)]
            for at in range(0, len(plain), MESSAGES_PER_SEND):  # each has its key: tried again none is shown again
                key = f"{part}:plain:{at}" if at else f"{part}:plain"
                sent = await self._push(delivery, key, plain[at : at + MESSAGES_PER_SEND])
                if not isinstance(sent, Delivered):
                    break
        return sent

    async def _send(self, delivery: Delivery, part: int, batch: Sequence[Mapping[str, Any]]) -> Sent:
        if part or not delivery.handle:
            return await self._push(delivery, str(part), batch)
        sent = await self._reply(delivery, batch)
        if not isinstance(sent, Refused) or "reply token" not in sent.problem.lower():
            return sent
        if _is_unsure(delivery) and delivery.handle_seconds < TOKEN_SECONDS:
            return Delivered()  # used up while still good: by our own earlier attempt, whose answer never came
        return await self._push(delivery, str(part), batch)

    async def _reply(self, delivery: Delivery, batch: Sequence[Mapping[str, Any]]) -> Sent:
        sent = await self._post("Reply", {"replyToken": delivery.handle, "messages": list(batch)})
        if not isinstance(sent, RetryAfter):
            return sent
        may_be_taken = not sent.problem.startswith("status 4") or _is_unsure(delivery)  # this attempt, or an earlier
        return RetryAfter(sent.seconds, UNSURE + sent.problem) if may_be_taken else sent

    async def _push(self, delivery: Delivery, part: str, batch: Sequence[Mapping[str, Any]]) -> Sent:
        key = str(uuid.uuid5(RETRY_KEYS, f"{delivery.key}:{part}"))
        return await self._post("Push", {"to": delivery.channel_key, "messages": list(batch)}, x_line_retry_key=key)

    async def _post(self, way: str, value: Mapping[str, Any], **options: Any) -> Sent:
        from linebot.v3 import messaging

        try:
            request = getattr(messaging, f"{way}MessageRequest").from_dict(value)
        except (ValueError, TypeError) as problem:  # what the SDK does not take the platform would not take either
            return Refused(f"not a message of the platform: {type(problem).__name__}")
        return await self._call(f"{way.lower()}_message", request, **options)

    async def _call(self, method: str, *arguments: Any, **options: Any) -> Sent:
        return await call(self.api(), method, *arguments, **options)

    # -- courtesies ----------------------------------------------------------------------------------------------------

    async def show_thinking(self, channel_key: str) -> None:
        """The loading animation; it ends when a message arrives."""
        from linebot.v3.messaging import ShowLoadingAnimationRequest

        request = ShowLoadingAnimationRequest.from_dict(
            {"chatId": channel_key, "loadingSeconds": self._settings.loading_seconds}
        )
        await self._call("show_loading_animation", request)

    async def show_menu(self, channel_key: str, variety: str, attended: bool) -> None:
        """Link the rich menu of this language and state, once. The reply has gone out: a menu that fails is only noted."""
        from linebot.v3.messaging import ApiException

        if not self._settings.menus:
            return
        try:
            async with asyncio.timeout(MENU_SECONDS):
                await self._menus.show(self.api(), channel_key, variety, attended)
        except (ApiException, aiohttp.ClientError, OSError, *UNREADABLE) as problem:
            log.info("the menu could not be shown", extra={"problem": type(problem).__name__})

    async def refuse_group(self, call: GroupCall, text: str) -> None:
        """Say it by the reply token and leave."""
        from linebot.v3.messaging import ReplyMessageRequest

        if call.handle:
            request = {"replyToken": call.handle, "messages": [{"type": "text", "text": text}]}
            await self._call("reply_message", ReplyMessageRequest.from_dict(request))
        await self._call("leave_room" if call.kind == "room" else "leave_group", call.group_key)

    async def language_of(self, channel_key: str) -> str:
        """From the profile, where the person lets it be seen."""
        from linebot.v3.messaging import ApiException

        try:
            profile = await self.api().get_profile(channel_key, _request_timeout=timeout())
        except (ApiException, aiohttp.ClientError, OSError, *UNREADABLE) as problem:
            log.info("the profile could not be read", extra={"problem": type(problem).__name__})
            return ""
        return variety_of(profile.language or "")

    def api(self) -> Any:
        """The SDK's client, opened when it is first used."""
        if self._opened is None:
            token = self._settings.channel_access_token.get_secret_value()
            self._opened = open_api(self._settings.api_url, token)
        return self._opened

    async def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            await self._opened.api_client.close()


def _is_unsure(delivery: Delivery) -> bool:
    """Whether an earlier attempt by reply token may have been taken: its answer never came, or we were stopped before."""
    return delivery.attempt > 1 and delivery.last_problem.startswith((UNSURE, SENDING, CUT_OFF))


def postback(title: str, data: str) -> dict[str, str]:
    """A button; the person sees its whole title as what they said."""
    return {
        "type": "postback",
        "label": shortened(title, CAPABILITIES.title_characters) or "…",
        "data": data,
        "displayText": shortened(title, DISPLAY_CHARACTERS) or "…",
    }


async def _set_up(settings: LineSettings, setup: Setup) -> Sequence[str]:
    connector = LineConnector(settings)
    try:
        return await set_up_menus(connector.api(), settings, setup, CONNECTOR.path)
    finally:
        await connector.close()


def _build(settings: LineSettings) -> LineConnector:
    """Imports the SDK now: the first reply must not hold up everything else."""
    importlib.import_module("linebot.v3.messaging")
    logging.getLogger("linebot").setLevel(logging.WARNING)  # at DEBUG it writes what the platform answers
    return LineConnector(settings)


CONNECTOR = Registration(
    CHANNEL, CAPABILITIES, settings=LineSettings, path="/webhooks/line", build=_build, setup=_set_up
)
