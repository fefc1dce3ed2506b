"""What a connector is: verify, parse, render by capability, send. One channel's own ways are in its own file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jobseeker.messages import InboundMessage, Reply
from jobseeker.ports import Delivered, Gone, RetryAfter

__all__ = ["Capabilities", "Connector", "Delivered", "Gone", "NotVerifiedError", "Parsed", "RetryAfter"]


class NotVerifiedError(Exception):
    """The request does not prove that it comes from the channel: answer 401, keep nothing."""


@dataclass(frozen=True)
class Capabilities:
    """What a channel can show. A reply is cut to fit; a button that does not fit becomes a line of text.

    reads_itself: the client fetches its replies; nothing is sent. buttons: most per message, 0 for none.
    title_characters: longest button title. text_characters: longest message, longer ones are split.
    """

    reads_itself: bool = False
    buttons: int = 0
    title_characters: int = 20
    text_characters: int = 4_000


@dataclass(frozen=True)
class Parsed:
    """The messages in one request, in order, and how many events were of a kind that needs no answer."""

    messages: tuple[InboundMessage, ...]
    ignored: int = 0


class Connector(Protocol):
    """One channel. `parse` raises jobseeker.errors.MalformedRequest for what the platform would never send; an event of an
    unknown kind is no error, it is counted in `ignored`. `send` reports a failure, it does not raise one."""

    @property
    def channel(self) -> str: ...

    @property
    def capabilities(self) -> Capabilities: ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises NotVerifiedError unless the request comes from the platform (compared in constant time)."""
        ...

    def parse(self, body: bytes) -> Parsed: ...

    def render(self, reply: Reply) -> Sequence[Mapping[str, Any]]:
        """The reply as the platform's own messages, within its capabilities."""
        ...

    async def send(self, channel_key: str, reply: Reply, key: str) -> Delivered | RetryAfter | Gone: ...
