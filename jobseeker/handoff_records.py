"""What is kept of a hand-off: the case, notes, presence, deadlines, call-backs, flags. Plain records; no queries, no decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from jobseeker.messages import Variety

CaseState = Literal["waiting", "claimed", "closed"]
PresenceState = Literal["online", "away", "offline"]
PRESENCE_STATES: tuple[PresenceState, ...] = ("online", "away", "offline")
OUTCOMES = ("answered", "referred", "appointment", "callback_done", "no_reply", "not_needed", "other")
DECISIONS = ("upheld", "changed", "dismissed")  # upheld: the contest was right; changed: another result; dismissed


@dataclass(frozen=True)
class Case:
    """A hand-off to a counsellor. `urgency`: 0 crisis, 1 at once, 2 when there is time; lower comes first.

    detail: what it is about where that is one thing: a contested result by its row in the log.
    skill: what the counsellor should know about, "" for anybody. offered_to: whom it is offered to at the moment.
    preferred_account: who should have it first: whom it was handed to, or who had it before.
    summary: {"lines": [{"key", "params"}], "words": what the person wrote instead, "shared": whether it goes along}.
    wrap_up_seq: the last line before the counsellor began to write the notes.
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
    office: str = ""
    skill: str = ""
    tags: tuple[str, ...] = ()
    offered_to: int | None = None
    offered_at: datetime | None = None
    passed_over: tuple[int, ...] = ()
    preferred_account: int | None = None
    reopened_from: int | None = None
    opened_by: str = ""
    summary: Mapping[str, Any] | None = None
    opened_position: int | None = None
    told_position: int | None = None
    told_minutes: int | None = None
    told_at: datetime | None = None
    rating: int | None = None
    rating_text: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_by: int | None = None
    wrap_up_seq: int | None = None
    outcome: str = ""
    due_at: datetime | None = None
    decision: str = ""
    decision_text: str = ""
    decided_at: datetime | None = None
    decided_by: int | None = None
    contested_rule: str = ""
    change_made: str = ""
    claimed_by_name: str = ""
    last_text: str = ""

    @property
    def language(self) -> str:
        """ "zh" or "en": what the counsellor should speak."""
        return "en" if self.variety == "en" else "zh"

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
            "office": self.office,
            "language": self.language,
            "skill": self.skill,
            "tags": list(self.tags),
            "offered_to_id": self.offered_to,
            "preferred_id": self.preferred_account,
            "reopened_from": self.reopened_from,
            "opened_by": self.opened_by,
            "wrapping_up": self.wrap_up_seq is not None and self.state != "closed",
            "outcome": self.outcome,
            "due_at": _iso(self.due_at),
            "overdue": self.due_at is not None and not self.decision and self.due_at < now,
            "decision": self.decision,
            "acknowledged_at": _iso(self.acknowledged_at),
            "rating": self.rating,
            "rating_text": self.rating_text,
        }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


@dataclass(frozen=True)
class Note:
    """A note for staff. kind: "note" | "transfer" | "wrap_up" | "review". account_name "": the service itself."""

    id: int
    case_id: int
    account_id: int | None
    kind: str
    text: str
    at: datetime
    account_name: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {"id": self.id, "kind": self.kind, "text": self.text, "at": self.at.isoformat(), "by": self.account_name}


@dataclass(frozen=True)
class Counsellor:
    """Who could take a case now. seen_at None: their page has never said anything. load: cases claimed or offered."""

    id: int
    name: str
    languages: tuple[str, ...]
    skills: tuple[str, ...]
    office: str
    capacity: int
    state: PresenceState = "offline"
    seen_at: datetime | None = None
    load: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "languages": list(self.languages),
            "skills": list(self.skills),
            "office": self.office,
            "capacity": self.capacity,
            "state": self.state,
            "seen_at": _iso(self.seen_at),
            "load": self.load,
        }


@dataclass(frozen=True)
class Deadline:
    """Something that must happen at `due_at`, once, whichever gateway is alive then. key: one for one thing."""

    key: str
    kind: str
    due_at: datetime
    case_id: int | None = None
    conversation_id: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    attempts: int = 0
    leased_until: datetime | None = None


@dataclass(frozen=True)
class Callback:
    """What a person who does not want to wait asked for. kind "callback": a slot; "message": a message was left."""

    id: int
    case_id: int
    kind: str
    contact: str
    text: str
    from_at: datetime | None
    until_at: datetime | None
    state: str
    created_at: datetime

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "id": self.id,
            "case_id": self.case_id,
            "kind": self.kind,
            "contact": self.contact,
            "text": self.text,
            "from_at": _iso(self.from_at),
            "until_at": _iso(self.until_at),
            "state": self.state,
            "created_at": self.created_at.isoformat(),
        }


@dataclass(frozen=True)
class Flag:
    """That a message was taken for a crisis, and who has seen it. The words are not kept here."""

    id: int
    at: datetime
    conversation_id: str
    case_id: int | None
    inbox_id: int | None
    reasons: tuple[str, ...]
    acknowledged_at: datetime | None
    acknowledged_by: int | None

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "conversation_id": self.conversation_id,
            "case_id": self.case_id,
            "reasons": list(self.reasons),
            "acknowledged_at": _iso(self.acknowledged_at),
            "acknowledged_by_id": self.acknowledged_by,
        }


@dataclass(frozen=True)
class OfficeDay:
    """A day on which an office is open otherwise than its week says. opens "": closed all day. office "": every office."""

    day: date
    opens: str
    closes: str
    reason: Mapping[str, str]
    office: str = ""
    id: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "id": self.id,
            "office": self.office,
            "day": self.day.isoformat(),
            "opens": self.opens,
            "closes": self.closes,
            "reason": dict(self.reason),
        }


@dataclass(frozen=True)
class CannedReply:
    """A text that staff may insert while they write; it is never sent by itself. office "": for every office."""

    variety: Variety
    title: str
    text: str
    office: str = ""
    id: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON form, as the console shows it."""
        return {
            "id": self.id,
            "variety": self.variety,
            "title": self.title,
            "text": self.text,
            "office": self.office,
            "changed_by": self.changed_by,
            "changed_at": _iso(self.changed_at),
        }


@dataclass(frozen=True)
class Bridged:
    """A case that is handled in another desk. sent_seq: up to which line it has been told."""

    case_id: int
    bridge: str
    contact: str
    remote_id: str
    sent_seq: int


@dataclass(frozen=True)
class PastWait:
    """When somebody began to wait and was taken, and at which place they began."""

    opened_at: datetime
    claimed_at: datetime
    position: int
