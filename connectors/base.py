"""What a connector is: verify, parse, render by capability, send. One channel's own ways are in its own file.

A new channel is one module in this folder with a `CONNECTOR` (docs/connectors/README.md); registry.py finds it by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic_settings import BaseSettings, SettingsConfigDict

from connectors.text import split_text
from jobseeker.channels import Event, GroupCall
from jobseeker.messages import Button, Reply
from jobseeker.ports import Delivered, Delivery, Gone, Refused, RetryAfter, Sent

__all__ = [
    "Capabilities",
    "Connector",
    "ConnectorSettings",
    "Delivered",
    "Delivery",
    "Fitted",
    "Gone",
    "NotVerifiedError",
    "Parsed",
    "Refused",
    "Registration",
    "RetryAfter",
    "Sent",
    "Setup",
    "fit",
    "in_order",
    "send_in_order",
]
SEND_TIMEOUT_SECONDS = 12.0  # of one call; a reply may need several
SLOW_SECONDS = 20.0  # of one send: no further part is begun, the next attempt goes on
PARTS_SECONDS = 31.0  # of all parts: below SEND_SECONDS, after which the outbox breaks a send off
SOON_SECONDS = 1.0  # until the next attempt goes on
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)  # of libraries, about answers they do not expect
TAKEN: ContextVar[bool] = ContextVar("taken", default=False)  # whether the platform has taken the call now under way
Part = TypeVar("Part")


class NotVerifiedError(Exception):
    """The request does not prove that it comes from the channel: answer 401, keep nothing."""


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show. A reply is cut to fit; a button that does not fit becomes a line of text.

    reads_itself: the client fetches its replies; nothing is sent. buttons: most per message, 0 for none.
    title_characters: longest button title. text_characters: longest message in UTF-16 code units, longer ones are split.
    cards: the types of cards it shows in its own way; of any other it sends the text.
    """

    reads_itself: bool = False
    buttons: int = 0
    title_characters: int = 20
    text_characters: int = 4_000
    cards: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Parsed:
    """What one request holds, in order. ignored: events of a kind that needs nothing. presses: buttons whose press the
    platform wants to see acknowledged, whatever becomes of it."""

    events: tuple[Event, ...] = ()
    ignored: int = 0
    presses: tuple[str, ...] = ()


class ConnectorSettings(BaseSettings):
    """A channel's settings, from the environment. `required`: without all of them the channel is off."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)  # a wrong value may be a secret
    required: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def variable(cls, name: str) -> str:
        """The environment variable of a field."""
        return str(cls.model_config.get("env_prefix", "")) + name.upper()

    def missing(self) -> list[str]:
        """The variables that are required and not set."""
        return [self.variable(name) for name in self.required if not _is_set(getattr(self, name))]


def _is_set(value: Any) -> bool:
    return bool(value.get_secret_value() if hasattr(value, "get_secret_value") else value)


@dataclass(frozen=True)
class Setup:
    """What `jobseeker <channel> setup` hands over. public_url: where the platform reaches the gateway, "" for long polling;
    words(key, variety): a response's text; menu(key, variety): its buttons; font: a font file for menu pictures."""

    public_url: str
    words: Callable[[str, str], str]
    menu: Callable[[str, str], Sequence[Button]]
    font: Path | None = None


class Connector:
    """One channel. A new one implements `verify`, `parse`, `render` and `send`; the rest may stay as it is."""

    channel: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises NotVerifiedError unless the request comes from the platform (compared in constant time)."""
        raise NotImplementedError

    def parse(self, body: bytes) -> Parsed:
        """The events of a request. Raises jobseeker.errors.MalformedRequest for what is not JSON, and nothing for any JSON:
        what it does not know is counted as ignored."""
        raise NotImplementedError

    def render(self, reply: Reply, sender_name: str = "") -> Sequence[Mapping[str, Any]]:
        """The reply as the platform's own messages, within its capabilities. Pure: the same reply gives the same messages."""
        raise NotImplementedError

    async def send(self, delivery: Delivery) -> Sent:
        """Bring a reply to its person. Failures of the platform are results, not exceptions."""
        raise NotImplementedError

    def challenge(self, query: Mapping[str, str]) -> str:
        """What to answer when the platform asks (GET) whether the address is ours. Raises NotVerifiedError."""
        raise NotVerifiedError

    async def acknowledge(self, press: str) -> None:
        """Tell the platform that a press has arrived. A courtesy: it may fail."""

    async def show_thinking(self, channel_key: str) -> None:
        """Show that an answer is on its way. A courtesy: it may fail."""

    async def refuse_group(self, call: GroupCall, text: str) -> None:
        """Say `text` in a group and leave it. A courtesy: it may fail."""

    async def language_of(self, channel_key: str) -> str:
        """The variety this person has set on the platform, "" where it is not known."""
        return ""

    async def fetch(self) -> Sequence[bytes]:
        """Long polling: the next requests, as the webhook would get them; waits for them. Only where `polls`."""
        raise NotImplementedError

    async def confirm(self) -> None:
        """Long polling: what `fetch` brought is kept; it need not come again."""

    @property
    def polls(self) -> bool:
        """Whether this connector asks for its events instead of waiting for them."""
        return False

    async def close(self) -> None:
        """Close the connections."""


async def send_in_order(
    messages: Sequence[Mapping[str, Any]], delivery: Delivery, send: Callable[[Mapping[str, Any]], Awaitable[Sent]]
) -> Sent:
    """One message after the other; what an earlier attempt brought there is not sent again."""
    return await in_order(messages, delivery, lambda _, message: send(message))


async def in_order(parts: Sequence[Part], delivery: Delivery, send: Callable[[int, Part], Awaitable[Sent]]) -> Sent:
    """One part after the other, given with its number; what an earlier attempt brought there is not sent again.

    A platform that is slow gets the rest with the next attempt: the outbox cuts a send off after SEND_SECONDS and would
    not know which parts have been taken.
    """
    clock = asyncio.get_running_loop().time
    started = clock()
    for part, each in enumerate(parts[delivery.parts_sent :], start=delivery.parts_sent):
        if part > delivery.parts_sent and clock() - started >= SLOW_SECONDS:
            return RetryAfter(SOON_SECONDS, "slow", parts_sent=part)
        try:
            async with asyncio.timeout_at(started + PARTS_SECONDS):
                sent = await send(part, each)
        except TimeoutError:
            return RetryAfter(problem="out of time", parts_sent=part)
        if isinstance(sent, RetryAfter):
            return RetryAfter(sent.seconds, sent.problem, parts_sent=part)
        if not isinstance(sent, Delivered):
            return sent
    return Delivered()


@dataclass(frozen=True)
class Registration:
    """How a channel is found and made. settings: None for a channel without (the web page). path: its webhook.

    build(settings): the connector; heavy libraries are imported there, so that a channel that is off costs nothing.
    setup(settings, setup): what `jobseeker <channel> setup` does, as lines of what was done.
    """

    channel: str
    capabilities: Capabilities
    settings: type[ConnectorSettings] | None = None
    path: str = ""
    build: Callable[[Any], Connector] | None = None
    setup: Callable[[Any, Setup], Awaitable[Sequence[str]]] | None = None


@dataclass(frozen=True)
class Fitted:
    """A reply cut to a channel: the texts to send in order, the buttons that fit below the last of them, the cards it shows."""

    texts: tuple[str, ...]
    buttons: tuple[Button, ...] = ()
    cards: tuple[Mapping[str, Any], ...] = field(default=())


def fit(reply: Reply, capabilities: Capabilities, heading: str = "") -> Fitted:
    """Cut a reply to what a channel can show. Nothing of it is lost: long text is split, what has no place becomes text.

    Args:
        heading: who speaks, where the channel has no place of its own for it.
    """
    kept = reply.buttons[: capabilities.buttons]
    lines = [heading, reply.text] if heading else [reply.text]
    shown = tuple(card for card in reply.cards if card.get("type") in capabilities.cards)
    lines += [
        card_text(card)
        for card in reply.cards
        if card not in shown and card.get("type") != "details"  # the button below leads to the details
    ]
    links = [f"{source.title}\n{source.url}" for source in reply.sources if source.url]
    spare = [f"• {button.title}" for button in reply.buttons[capabilities.buttons :]]
    blocks = [
        "\n".join(lines[:2]) if heading else lines[0],
        *lines[2 if heading else 1 :],
        "\n".join(links),
        "\n".join(spare),
    ]
    text = "\n\n".join(block for block in (block.strip() for block in blocks) if block)
    return Fitted(tuple(split_text(text, capabilities.text_characters)), kept, shown)


def card_text(card: Mapping[str, Any]) -> str:
    """The accessible equivalent of a card, with its link."""
    text, url = str(card.get("text") or ""), str(card.get("url") or "")
    return f"{text}\n{url}".strip() if url and url not in text else text
