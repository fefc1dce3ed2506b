"""Telegram: secret header, updates by webhook or long polling, MarkdownV2, inline keyboards. The API: https://core.telegram.org/bots/api"""

from __future__ import annotations

import hmac
import logging
import re
import warnings
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, ClassVar

import orjson
from pydantic import SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from connectors.base import (
    SEND_TIMEOUT_SECONDS,
    TAKEN,
    UNREADABLE,
    Capabilities,
    Connector,
    ConnectorSettings,
    NotVerifiedError,
    Parsed,
    Registration,
    Setup,
    fit,
    send_in_order,
)
from connectors.reading import as_mapping, as_text, event_key
from connectors.telegram_cards import (
    CARDS,
    TEXT_CHARACTERS,
    TITLE_CHARACTERS,
    button,
    card_messages,
    message,
    plain,
    without_links,
)
from connectors.telegram_updates import CHANNEL, events_of
from connectors.text import head, shortened
from jobseeker.channels import GroupCall
from jobseeker.errors import MalformedRequest
from jobseeker.messages import VARIETIES, Reply
from jobseeker.ports import Delivered, Delivery, Gone, Refused, RetryAfter, Sent

log = logging.getLogger(__name__)
CAPABILITIES = Capabilities(buttons=24, title_characters=TITLE_CHARACTERS, text_characters=TEXT_CHARACTERS, cards=CARDS)
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
POLL_SECONDS = 25
LINK_REFUSED = ("button_url_invalid", "wrong http url", "unsupported url")
LANGUAGES = {"zh-Hant": "zh", "en": "en"}  # of the command lists; Telegram knows only two letters


class TelegramSettings(ConnectorSettings):
    """JOBSEEKER_TELEGRAM_…"""

    model_config = SettingsConfigDict(env_prefix="JOBSEEKER_TELEGRAM_", extra="ignore")
    required: ClassVar[tuple[str, ...]] = ("bot_token", "webhook_secret")

    bot_token: SecretStr = SecretStr("")
    webhook_secret: SecretStr = SecretStr("")
    polling: bool = False
    api_url: str = "https://api.telegram.org"

    @field_validator("webhook_secret")
    @classmethod
    def _as_telegram_takes_it(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", value.get_secret_value()):
            raise ValueError("letters, digits, _ and - only, at most 256")
        return value

    def missing(self) -> list[str]:
        """Long polling needs no secret: nobody calls us."""
        lacking = super().missing()
        return [name for name in lacking if not (self.polling and name == self.variable("webhook_secret"))]


class TelegramConnector(Connector):
    """One bot."""

    channel = CHANNEL
    capabilities = CAPABILITIES

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._secret = settings.webhook_secret.get_secret_value().encode()
        self._opened: Any = None
        self._requests: list[Any] = []
        self._offset, self._fetched = 0, 0

    # -- coming in -----------------------------------------------------------------------------------------------------

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """`X-Telegram-Bot-Api-Secret-Token` is the secret given to setWebhook."""
        name = "x-telegram-bot-api-secret-token"
        given = next((value for key, value in headers.items() if key.lower() == name), "")
        if not self._secret or not hmac.compare_digest(given.encode(errors="surrogateescape"), self._secret):
            raise NotVerifiedError

    def parse(self, body: bytes) -> Parsed:
        """One update."""
        try:
            update = as_mapping(orjson.loads(body))
        except orjson.JSONDecodeError as problem:
            raise MalformedRequest("body: not JSON") from problem
        event_id = event_key(update.get("update_id"))
        pressed = as_mapping(update.get("callback_query"))
        presses = tuple(key for key in (as_text(pressed.get("id")),) if key)
        events = events_of(update, event_id) if event_id else []
        return Parsed(tuple(events), ignored=0 if events else 1, presses=presses)

    # -- going out -----------------------------------------------------------------------------------------------------

    def render(self, reply: Reply, sender_name: str = "") -> Sequence[Mapping[str, Any]]:
        """Texts, then a message for each card; a counsellor's name stands above (a bot has one name for all)."""
        fitted = fit(reply, self.capabilities, heading=sender_name if reply.author == "counsellor" else "")
        messages = [message(text) for text in fitted.texts]
        messages += [made for card in fitted.cards for made in card_messages(card)]
        if messages and fitted.buttons:
            rows = [[button(each.title, each.payload)] for each in fitted.buttons]
            messages[-1].setdefault("reply_markup", {"inline_keyboard": []})["inline_keyboard"].extend(rows)
        return messages

    async def send(self, delivery: Delivery) -> Sent:
        """One message after the other; what has been taken is not sent again."""
        messages = self.render(delivery.reply, delivery.sender_name)
        return await send_in_order(messages, delivery, lambda each: self._shown(delivery.channel_key, each))

    async def _shown(self, chat: str, given: Mapping[str, Any]) -> Sent:
        """As made; without what the platform does not take: a button that opens an address, the formatting."""
        sent = await self._send(chat, given)
        if isinstance(sent, Refused) and any(sign in sent.problem.lower() for sign in LINK_REFUSED):
            log.error("a link was refused, it is told in the text", extra={"problem": sent.problem})
            *before, given = without_links(given)
            for each in before:
                if not isinstance(sent := await self._send(chat, each), Delivered):
                    return sent
            sent = await self._send(chat, given)
        if isinstance(sent, Refused) and "parse entities" in sent.problem:
            log.error("formatting was refused, plain text is sent", extra={"problem": sent.problem})
            sent = await self._send(chat, {**given, "text": plain(given["text"]), "parse_mode": None})
        return sent

    async def _send(self, chat: str, given: Mapping[str, Any]) -> Sent:
        from telegram import InlineKeyboardMarkup, LinkPreviewOptions

        bot = self.bot()
        rows = given.get("reply_markup")
        keyboard = InlineKeyboardMarkup.de_json(rows, bot) if rows else None
        preview = LinkPreviewOptions(is_disabled=True)
        return await self._call(
            bot.send_message(
                chat,
                given["text"],
                parse_mode=given["parse_mode"],
                reply_markup=keyboard,
                link_preview_options=preview,
            )
        )

    async def _call(self, call: Awaitable[Any]) -> Sent:
        from telegram import error

        TAKEN.set(False)
        try:
            await call
        except error.RetryAfter as problem:
            return RetryAfter(seconds_of(problem), "status 429")
        except error.Forbidden:
            return Gone("blocked")
        except error.BadRequest as problem:  # is a NetworkError by inheritance, hence before it
            return _refusal(problem.message)
        except error.TelegramError as problem:  # the network, 5xx, an answer that is not JSON, a token that was changed
            return RetryAfter(problem=type(problem).__name__)
        except UNREADABLE as problem:
            if not TAKEN.get():
                raise
            log.error("taken, but its answer cannot be read", extra={"problem": type(problem).__name__})
        return Delivered()

    # -- courtesies ----------------------------------------------------------------------------------------------------

    async def acknowledge(self, press: str) -> None:
        """Without it the button goes on spinning."""
        await self._call(self.bot().answer_callback_query(press))

    async def show_thinking(self, channel_key: str) -> None:
        """ "typing …", for five seconds."""
        await self._call(self.bot().send_chat_action(channel_key, "typing"))

    async def refuse_group(self, call: GroupCall, text: str) -> None:
        """Say it and leave."""
        await self._send(call.group_key, message(head(text, CAPABILITIES.text_characters)))
        await self._call(self.bot().leave_chat(call.group_key))

    # -- long polling --------------------------------------------------------------------------------------------------

    @property
    def polls(self) -> bool:
        """By setting."""
        return self._settings.polling

    async def fetch(self) -> Sequence[bytes]:
        """The next updates. Raises ConnectionError when the platform does not answer."""
        from telegram.error import TelegramError

        try:
            updates = await self.bot().get_updates(
                offset=self._offset or None, timeout=POLL_SECONDS, allowed_updates=list(UPDATES)
            )
        except TelegramError as problem:
            raise ConnectionError(type(problem).__name__) from problem
        self._fetched = max((update.update_id + 1 for update in updates), default=self._offset)
        return [update.to_json().encode() for update in updates]

    async def confirm(self) -> None:
        """The next `fetch` asks beyond these."""
        self._offset = self._fetched

    def bot(self) -> Any:
        """The library's client."""
        if self._opened is None:
            from telegram import Bot
            from telegram.request import HTTPXRequest

            class Request(HTTPXRequest):
                """Notes in TAKEN whether a call is taken, before the library reads what came of it."""

                async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
                    status, body = await super().do_request(*given, **named)
                    TAKEN.set(is_taken(status, body))
                    return status, body

            logging.getLogger("httpx").setLevel(
                logging.WARNING
            )  # at INFO it writes every address, with the token in it
            seconds = SEND_TIMEOUT_SECONDS
            self._requests = [Request(32, seconds, seconds, pool_timeout=seconds) for _ in range(2)]
            base = self._settings.api_url.rstrip("/") + "/bot"
            token = self._settings.bot_token.get_secret_value()
            self._opened = Bot(token, base, request=self._requests[0], get_updates_request=self._requests[1])
        return self._opened

    async def close(self) -> None:
        """Close the connections."""
        for request in self._requests:
            await request.shutdown()


def is_taken(status: int, body: bytes) -> bool:
    """Whether an answer says so: 2xx and `"ok": true`, whatever else is in it."""
    try:
        return 200 <= status <= 299 and as_mapping(orjson.loads(body)).get("ok") is True
    except orjson.JSONDecodeError:
        return False


def seconds_of(problem: Any) -> float:
    """Of a RetryAfter: a number or a timedelta, by the library's version."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = problem.retry_after
    return float(value.total_seconds() if hasattr(value, "total_seconds") else value)


def _refusal(said: str) -> Sent:
    """What a 400 or 404 means. Telegram's words about the chat, none of the person's."""
    lowered = said.lower()
    if any(sign in lowered for sign in ("chat not found", "user is deactivated", "peer_id_invalid", "bot was kicked")):
        return Gone(said[:200])
    return Refused(said[:200])


async def _set_up(settings: TelegramSettings, setup: Setup) -> Sequence[str]:
    """Commands and descriptions for each language, and where updates go."""
    connector, done = TelegramConnector(settings), []
    bot = connector.bot()
    try:
        for variety, code in ((VARIETIES[0], None), *LANGUAGES.items()):
            commands = [(_name(button.payload), button.title) for button in setup.menu("commands", variety)]
            about = setup.words("bot_description", variety)
            await bot.set_my_commands(commands, language_code=code)
            await bot.set_my_description(shortened(about, 512), language_code=code)
            await bot.set_my_short_description(shortened(about, 120), language_code=code)
            done.append(f"{len(commands)} commands for {code or 'every other language'}")
        if settings.polling or not setup.public_url:
            await bot.delete_webhook()
            done.append("no webhook: updates are fetched (JOBSEEKER_TELEGRAM_POLLING=true)")
        else:
            address = setup.public_url.rstrip("/") + CONNECTOR.path
            secret = settings.webhook_secret.get_secret_value()
            await bot.set_webhook(address, secret_token=secret, allowed_updates=list(UPDATES))
            done.append(f"webhook {address}")
    finally:
        await connector.close()
    return done


def _name(payload: str) -> str:
    return payload.lstrip("/").split()[0]


def _build(settings: TelegramSettings) -> TelegramConnector:
    """Imports the library now: the first reply must not hold up everything else."""
    connector = TelegramConnector(settings)
    connector.bot()
    return connector


CONNECTOR = Registration(
    CHANNEL, CAPABILITIES, settings=TelegramSettings, path="/webhooks/telegram", build=_build, setup=_set_up
)
