"""What the use cases need from outside, as protocols. Adapters are in store/, gateway/ and app/; nothing here does anything.

What they need of the store is in storage.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from jobseeker.handoff_records import Deadline
from jobseeker.messages import Context, Reply, Say, Understanding, Variety
from jobseeker.profile.reading import Reading
from jobseeker.records import Conversation


class Signals(Protocol):
    """Tells this process that something was committed. A hint, not a message: who listens reads the store."""

    def conversation_changed(self, conversation_id: str) -> None: ...

    def message_received(self, conversation_id: str) -> None:
        """A row waits in the inbox of this conversation."""
        ...

    def outbox_changed(self) -> None:
        """A row waits in the outbox to be sent."""
        ...

    def queue_changed(self) -> None: ...

    def alert_raised(self) -> None: ...


class PasswordHasher(Protocol):
    """Slow on purpose, hence async: the adapter does it beside the event loop."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str, password: str) -> bool: ...

    def is_outdated(self, password_hash: str) -> bool: ...


class Secrets(Protocol):
    """Unguessable strings."""

    def token(self) -> str:
        """A secret for a client (>= 256 bits, URL-safe)."""
        ...

    def identifier(self) -> str:
        """An id of 32 hex characters."""
        ...

    def code(self) -> str:
        """A one-time code of 8 capital letters and digits, for a person to type."""
        ...

    def digest(self, token: str) -> str:
        """SHA-256 in hex, as stored."""
        ...


class Vault(Protocol):
    """Values that are read again but must not stand in clear in the database. purpose: "<what>:<id>", part of the seal."""

    def seal(self, purpose: str, text: str) -> str:
        """Encrypt. Raises NoEncryptionKey."""
        ...

    def open(self, purpose: str, sealed: str) -> str:
        """Decrypt. Raises NoEncryptionKey, SealBroken."""
        ...

    def seal_bytes(self, purpose: str, content: bytes) -> bytes:
        """Encrypt a file. Raises NoEncryptionKey."""
        ...

    def open_bytes(self, purpose: str, sealed: bytes) -> bytes:
        """Decrypt it. Raises NoEncryptionKey, SealBroken."""
        ...

    def digests(self, purpose: str, text: str) -> Sequence[str]:
        """Keyed digests to look a sealed value up by, under the newest key first. Raises NoEncryptionKey."""
        ...

    def is_outdated(self, sealed: str) -> bool:
        """Whether an older key sealed it. Raises NoEncryptionKey."""
        ...

    def is_outdated_bytes(self, sealed: bytes) -> bool:
        """The same of a file. Raises NoEncryptionKey."""
        ...


class OneTimeCodes(Protocol):
    """Codes of an authenticator app."""

    def new_secret(self) -> str: ...

    def uri(self, secret: str, login: str) -> str: ...

    def step(self, secret: str, code: str, at: datetime) -> int | None:
        """The time step whose code this is; None where it is no code of now."""
        ...


class DetectVariety(Protocol):
    """language.detect.detect_variety."""

    def __call__(self, text: str, current: str, chosen: bool) -> str: ...


@dataclass(frozen=True)
class TurnRequest:
    """One message for the dialogue engine (docs/contracts.md)."""

    inbox_id: int
    conversation_id: str
    text: str
    command: str
    variety: Variety
    channel: str
    trace_id: str
    context: Context
    reading: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as posted."""
        return {
            "inbox_id": self.inbox_id,
            "conversation_id": self.conversation_id,
            "text": self.text,
            "command": self.command,
            "variety": self.variety,
            "channel": self.channel,
            "trace_id": self.trace_id,
            "context": self.context.to_dict(),
            **({} if self.reading is None else {"reading": dict(self.reading)}),
        }


@dataclass(frozen=True)
class Turn:
    """The dialogue engine's answer to one message. `commands`: (name, params)."""

    understanding: Understanding
    says: tuple[Say, ...]
    commands: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    model: str = ""
    replayed: bool = False


class Dialogue(Protocol):
    """The dialogue engine. Raises DialogueUnavailable (try again) or DialogueProtocol (it answered something else)."""

    async def turn(self, request: TurnRequest) -> Turn: ...

    async def forget(self, conversation_id: str, inbox_id: int) -> None:
        """Take the words of this message out of what the engine keeps. Asked again it does nothing."""
        ...

    async def forget_all(self, conversation_id: str) -> None:
        """Delete everything the engine keeps of this conversation. Asked again it does nothing."""
        ...


class ReadResume(Protocol):
    """Opens an uploaded file and reads the résumé in it. Raises UploadError where that cannot be done."""

    @property
    def max_bytes(self) -> int: ...

    async def __call__(self, content: bytes) -> Reading: ...


class Preparation(Protocol):
    """Does what takes long of one effect before its transaction begins; gives the params to carry it out with."""

    async def __call__(self, conversation: Conversation, params: Mapping[str, Any]) -> Mapping[str, Any]: ...


class Outside(Protocol):
    """Does what a deadline asks for outside the database: an e-mail, a webhook, another desk. Raises where it has to be tried again."""

    async def __call__(self, deadline: Deadline) -> datetime | None:
        """When it comes again, None where it is done."""
        ...


@dataclass(frozen=True)
class Delivered:
    """The channel has taken the reply."""


CUT_OFF = "timeout"  # the problem of a send that the outbox broke off: nobody knows what of it was taken


@dataclass(frozen=True)
class RetryAfter:
    """The channel could not take it now. `seconds` 0: as the outbox thinks fit. `problem`: kind of failure, no person's words.

    parts_sent: how many sends of this reply it has taken so far.
    """

    seconds: float = 0.0
    problem: str = ""
    parts_sent: int = 0


@dataclass(frozen=True)
class Gone:
    """The person cannot be reached on this channel any more (blocked, deleted)."""

    problem: str = ""


@dataclass(frozen=True)
class Refused:
    """The channel will never take this reply: a mistake of ours, or of its."""

    problem: str = ""


Sent = Delivered | RetryAfter | Gone | Refused


@dataclass(frozen=True)
class Delivery:
    """One reply on its way to one person.

    key: names the reply, the same on every attempt, for channels that deduplicate by it. attempt: from 1. parts_sent: sends
    of it that the channel has taken before. sender_name: who speaks, in the reader's language. handle, handle_seconds: a
    ticket for answering and its age; "" where there is none. attended: a counsellor speaks in this conversation.
    Buttons carry ids that mean nothing outside; a press brings the id back.
    """

    channel_key: str
    reply: Reply
    key: str
    attempt: int = 1
    parts_sent: int = 0
    sender_name: str = ""
    handle: str = ""
    handle_seconds: float = 0.0
    attended: bool = False
    last_problem: str = ""


class Sender(Protocol):
    """Brings replies to people on one channel. Failures are results, not exceptions."""

    async def send(self, delivery: Delivery) -> Sent: ...

    async def language_of(self, channel_key: str) -> str:
        """The variety this person has set on the platform, "" where it is not known."""
        ...
