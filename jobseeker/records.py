"""What is kept of a conversation, as the use cases see it: plain records. No queries (store/), no decisions (usecases/)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from jobseeker.messages import Author, Context, Escalation, Say, Variety

Owner = Literal["bot", "queued", "assigned", "human", "wrap_up"]
SENDING = "being sent"  # the last_error of a reply that somebody has claimed; it stays where a gateway was killed
CaseState = Literal["waiting", "claimed", "closed"]


@dataclass(frozen=True)
class Conversation:
    """One person's conversation on one channel. `owner` is the one truth of who speaks."""

    id: str
    channel: str
    channel_key: str
    token_hash: str | None
    variety: Variety
    variety_chosen: bool
    owner: Owner
    owner_version: int
    counsellor_id: int | None
    last_topic: str
    last_act: str
    failed_turns: int
    next_seq: int
    created_at: datetime
    updated_at: datetime
    lease_token: str | None = None
    person_id: str = ""

    @property
    def person(self) -> str:
        """Whose profile, vacancies and cases: the same on every channel this person has connected."""
        return self.person_id or self.id

    @property
    def context(self) -> Context:
        """What the understanding of the next message may lean on."""
        return Context(self.last_topic, self.last_act, self.failed_turns)


@dataclass(frozen=True)
class Inbound:
    """A row of the inbox: what the person wrote, and how far it has been answered."""

    id: int
    conversation_id: str
    event_id: str
    seq: int
    text: str
    command: str
    state: Literal["pending", "done", "dead"]
    attempts: int
    received_at: datetime


@dataclass(frozen=True)
class NewInbound:
    """A row to be written to the inbox. `state` "done" where it needs no answer of the dialogue engine."""

    conversation_id: str
    channel: str
    event_id: str
    seq: int
    text: str
    command: str
    received_at: datetime
    message_key: str = ""


@dataclass(frozen=True)
class Outbound:
    """A row of the outbox: what is to be said, or was said."""

    id: int
    key: str
    conversation_id: str
    channel: str
    channel_key: str
    owner: Owner
    seq: int
    inbox_id: int | None
    author: Author
    say: Say
    variety: Variety
    act: str
    topic: str
    escalation: Escalation
    state: Literal["pending", "delivered", "dead", "gone"]
    attempts: int
    created_at: datetime
    rendered: Mapping[str, Any] | None = None
    parts_sent: int = 0
    unreachable_at: datetime | None = None
    last_error: str = ""  # of the attempt before this one


@dataclass(frozen=True)
class NewOutbound:
    """A row to be written to the outbox. `rendered` is given where the channel reads its replies itself (the web page)."""

    key: str
    conversation_id: str
    seq: int
    inbox_id: int | None
    author: Author
    say: Say
    variety: Variety
    act: str
    topic: str
    escalation: Escalation
    created_at: datetime
    rendered: Mapping[str, Any] | None = None
    versions: Mapping[str, Any] | None = None
    last_error: str = ""


@dataclass(frozen=True)
class Case:
    """A hand-off to a counsellor. `urgency`: 0 crisis, 1 at once, 2 when there is time; lower comes first.

    detail: what it is about where that is one thing: a contested result by its row in the log.
    """

    id: int
    conversation_id: str
    reasons: tuple[str, ...]
    urgency: int
    variety: Variety
    state: CaseState
    claimed_by: int | None
    opened_at: datetime
    claimed_at: datetime | None
    closed_at: datetime | None
    version: int
    detail: Mapping[str, Any] | None = None
    claimed_by_name: str = ""
    last_text: str = ""

    def to_dict(self, now: datetime) -> dict[str, Any]:
        """JSON form, as the console shows it. `claimed_by` is the counsellor's name or None."""
        until = self.claimed_at or self.closed_at or now
        return {
            "id": self.id,
            "conversation_id": self.conversation_id,
            "reasons": list(self.reasons),
            "urgency": self.urgency,
            "variety": self.variety,
            "state": self.state,
            "opened_at": self.opened_at.isoformat(),
            "waiting_seconds": max(0, int((until - self.opened_at).total_seconds())),
            "claimed_by": self.claimed_by_name or None,
            "claimed_by_id": self.claimed_by,
            "last_text": self.last_text,
            "detail": None if self.detail is None else dict(self.detail),
        }


@dataclass(frozen=True)
class TranscriptLine:
    """One line of what was said. `escalation` is what the safety check made of it.

    client_message_id: of a counsellor's reply, so that the page that sent it knows it arrived.
    """

    seq: int
    author: Author
    text: str
    at: datetime
    topic: str = ""
    act: str = ""
    escalation: Escalation = Escalation()
    name: str = ""
    client_message_id: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "seq": self.seq,
            "author": self.author,
            "text": self.text,
            "at": self.at.isoformat(),
            "topic": self.topic,
            "act": self.act,
            "escalation": self.escalation.to_dict(),
            "name": self.name,
            "client_message_id": self.client_message_id,
        }


@dataclass(frozen=True)
class Account:
    """A member of staff. The password's hash stays in the store."""

    id: int
    login: str
    name: str
    role: str
    languages: tuple[str, ...]
    active: bool

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "id": self.id,
            "login": self.login,
            "name": self.name,
            "role": self.role,
            "languages": list(self.languages),
        }


@dataclass(frozen=True)
class Credentials:
    """What sign-in needs to know of an account."""

    account: Account
    password_hash: str
    failed_sign_ins: int
    locked_until: datetime | None


@dataclass(frozen=True)
class StaffSession:
    """A signed-in member of staff."""

    account: Account
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True)
class Alert:
    """Something a supervisor must see: kind "crisis" | "dead_letter" | "undelivered"."""

    id: int
    at: datetime
    kind: str
    conversation_id: str | None
    detail: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "kind": self.kind,
            "conversation_id": self.conversation_id,
            "detail": dict(self.detail),
        }
