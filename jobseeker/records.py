"""What is kept of a conversation, as the use cases see it: plain records. No queries (store/), no decisions (usecases/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from jobseeker.handoff_records import Case as Case
from jobseeker.handoff_records import CaseState as CaseState
from jobseeker.messages import Author, Context, Escalation, Say, Variety

Owner = Literal["bot", "queued", "assigned", "human", "wrap_up"]
SENDING = "being sent"  # the last_error of a reply that somebody has claimed; it stays where a gateway was killed


@dataclass(frozen=True)
class Conversation:
    """One person's conversation on one channel. `owner` is the one truth of who speaks.

    expecting: what the next free text is, "message:12" (for case 12), "" where the assistant reads it.
    crisis_at: since when a crisis waits for a person to see it.
    notice_version: which version of the notice (jobseeker/privacy/notice.py) they were shown.
    """

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
    expecting: str = ""
    crisis_at: datetime | None = None
    notice_version: str = ""

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
    reading: Mapping[str, Any] | None = None
    masked: Sequence[str] | None = None


@dataclass(frozen=True)
class NewInbound:
    """A row to be written to the inbox. `masked`: which kinds of identifiers were hidden in the text (jobseeker.privacy.identifiers)."""

    conversation_id: str
    channel: str
    event_id: str
    seq: int
    text: str
    command: str
    received_at: datetime
    message_key: str = ""
    reading: Mapping[str, Any] | None = None
    masked: Sequence[str] = ()


@dataclass(frozen=True)
class StoredFile:
    """A file as it is fetched."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class MadeFile:
    """A file to be kept. `token_hash`: SHA-256 of the link's secret, the only key to it."""

    file: StoredFile
    token_hash: str
    expires_at: datetime


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
class TranscriptLine:
    """One line of what was said. `escalation` is what the safety check made of it.

    client_message_id: of a counsellor's reply, so that the page that sent it knows it arrived.
    versions: of an answer, the knowledge and figures it was made from.
    attachment: what stands in place of a picture or file that is not kept: a kind of jobseeker.channels.ATTACHMENTS.
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
    versions: Mapping[str, Any] = field(default_factory=dict)
    attachment: str = ""

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
            "attachment": self.attachment,
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
    skills: tuple[str, ...] = ()
    office: str = ""
    capacity: int = 3
    must_change_password: bool = False  # still has the one it was made with, and does not come from another provider

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "id": self.id,
            "login": self.login,
            "name": self.name,
            "role": self.role,
            "languages": list(self.languages),
            "skills": list(self.skills),
            "office": self.office,
            "capacity": self.capacity,
            "must_change_password": self.must_change_password,
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
    second_factor: bool = False  # a code was given with it


@dataclass(frozen=True)
class StaffMember:
    """An account as a supervisor sees it."""

    account: Account
    email: str
    from_provider: bool  # has signed in at the provider
    second_factor: bool
    locked_until: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            **self.account.to_dict(),
            "active": self.account.active,
            "email": self.email,
            "from_provider": self.from_provider,
            "second_factor": self.second_factor,
            "locked_until": self.locked_until.isoformat() if self.locked_until else None,
        }


@dataclass(frozen=True)
class Alert:
    """Something a supervisor must see: by kind (docs/runbooks/handoff.md)."""

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
