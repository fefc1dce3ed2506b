"""What the hand-off needs of the store, as protocols; store/ keeps them. Who may do what is decided in the use cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from jobseeker.handoff_records import (
    Bridged,
    Callback,
    CannedReply,
    Case,
    Counsellor,
    Deadline,
    Flag,
    Note,
    OfficeDay,
    PastWait,
)
from jobseeker.messages import Variety
from jobseeker.statistics import CaseEvent, Talk


class Cases(Protocol):
    """Hand-offs."""

    async def add(
        self,
        *,
        conversation_id: str,
        inbox_id: int | None,
        reasons: Sequence[str],
        urgency: int,
        variety: Variety,
        now: datetime,
        office: str = "",
        skill: str = "",
        opened_by: str = "",
    ) -> Case: ...

    async def get(self, case_id: int) -> Case | None: ...

    async def open_for(self, conversation_id: str) -> Case | None:
        """The case of this conversation that is waiting or claimed."""
        ...

    async def last_closed(self, conversation_id: str) -> Case | None:
        """The case of this conversation that was closed last."""
        ...

    async def raise_to(self, case: Case, *, reasons: Sequence[str], urgency: int) -> Case: ...

    async def describe(self, case_id: int, detail: Mapping[str, Any]) -> None:
        """What the case is about, for who looks at it."""
        ...

    async def note(self, case_id: int, **values: Any) -> None:
        """Write fields that nobody decides by: what was told, the summary, tags, the rating. No new version."""
        ...

    async def move(self, case: Case, *, state: str, claimed_by: int | None, now: datetime, **values: Any) -> bool:
        """Compare-and-set on `version`; `values`: other fields that change with it. False: somebody else was first."""
        ...

    async def position(self, case: Case) -> int:
        """Place in the queue of its office, from 1."""
        ...

    async def listed(
        self,
        *,
        state: str,
        claimed_by: int | None = None,
        office: str | None = None,
        language: str | None = None,
        reason: str | None = None,
        limit: int = 200,
    ) -> Sequence[Case]:
        """Cases in this state, most urgent and oldest first, with the person's last words."""
        ...

    async def past_waits(self, office: str, language: str, *, since: datetime, limit: int) -> Sequence[PastWait]:
        """The newest waits that ended with a counsellor."""
        ...

    async def overdue_absent(self, silent_since: datetime) -> Sequence[Case]:
        """Claimed cases whose counsellor has said that they work here and was last heard of before this."""
        ...

    async def contested(self, *, since: datetime, until: datetime) -> Sequence[Case]:
        """Contested results that were decided in this time."""
        ...


class Notes(Protocol):
    """Notes for staff; only ever added."""

    async def add(self, case_id: int, *, account_id: int | None, kind: str, text: str, now: datetime) -> int: ...

    async def of_case(self, case_id: int) -> Sequence[Note]: ...


class Presences(Protocol):
    """Who is there."""

    async def set(self, account_id: int, state: str, *, now: datetime) -> None: ...

    async def touch(self, account_id: int, *, now: datetime) -> None:
        """A sign of life of somebody who has said whether they are there; nothing for others."""
        ...

    async def counsellors(self) -> Sequence[Counsellor]:
        """All active counsellors and supervisors with their presence and load."""
        ...

    async def equip(self, account_id: int, *, skills: Sequence[str], office: str, capacity: int) -> None:
        """What this member of staff can take."""
        ...


class OfficeDays(Protocol):
    """Days on which an office is open otherwise, as staff enter them."""

    async def add(self, day: OfficeDay, *, account_id: int | None, now: datetime) -> int: ...

    async def remove(self, day_id: int, *, now: datetime) -> bool: ...

    async def since(self, day: date) -> Sequence[OfficeDay]: ...


class Deadlines(Protocol):
    """What must happen later, once."""

    async def put(self, deadline: Deadline, *, now: datetime) -> None:
        """Keep it; one with this key that is there already stays as it is."""
        ...

    async def lease_due(self, *, now: datetime, until: datetime) -> Deadline | None:
        """Take the one that has waited longest; nobody else gets it before `until`."""
        ...

    async def finish(self, deadline: Deadline, *, now: datetime, again_at: datetime | None = None) -> bool:
        """End it, or (`again_at`) let it come again, while the lease is still this one. False: it is not."""
        ...

    async def put_off(self, deadline: Deadline, *, due_at: datetime, error: str) -> None:
        """Try it again later."""
        ...

    async def any_due(self, now: datetime) -> bool: ...

    async def shorten_leases(self, until: datetime) -> int:
        """No lease lasts beyond `until`; how many would have."""
        ...


class Callbacks(Protocol):
    """Call-backs asked for and messages left."""

    async def add(
        self,
        case_id: int,
        *,
        kind: str,
        text: str = "",
        contact: str = "",
        from_at: datetime | None = None,
        until_at: datetime | None = None,
        now: datetime,
    ) -> int: ...

    async def of_case(self, case_id: int) -> Sequence[Callback]: ...

    async def get(self, callback_id: int) -> Callback | None: ...

    async def set_contact(self, callback_id: int, contact: str) -> None: ...

    async def settle(self, callback_id: int, *, state: str, account_id: int | None, now: datetime) -> bool:
        """open -> done or cancelled. False: it was not open any more."""
        ...

    async def cancel_slots(self, case_id: int, *, now: datetime) -> None:
        """The person has chosen another slot."""
        ...

    async def open(self, limit: int = 200) -> Sequence[Callback]: ...


class Flags(Protocol):
    """The log of what was taken for a crisis. For supervisors and auditors; never part of an export for training."""

    async def add(
        self, *, conversation_id: str, case_id: int | None, inbox_id: int | None, reasons: Sequence[str], now: datetime
    ) -> None: ...

    async def acknowledge(self, conversation_id: str, account_id: int, *, now: datetime) -> int:
        """All of this conversation that nobody has seen yet; how many."""
        ...

    async def newest(self, before_id: int | None, limit: int) -> Sequence[Flag]: ...


class CannedReplies(Protocol):
    """Texts for staff to insert."""

    async def add(self, reply: CannedReply, *, account_id: int, now: datetime) -> int: ...

    async def get(self, reply_id: int) -> CannedReply | None:
        """One that is in use."""
        ...

    async def change(self, reply: CannedReply, *, account_id: int, now: datetime) -> None: ...

    async def remove(self, reply_id: int, *, account_id: int, now: datetime) -> None: ...

    async def all(self, variety: str | None) -> Sequence[CannedReply]:
        """Those in use, by language and title."""
        ...


class Bridges(Protocol):
    """Cases that another desk handles."""

    async def add(self, bridged: Bridged, *, now: datetime) -> None: ...

    async def of_case(self, case_id: int) -> Bridged | None: ...

    async def by_remote(self, bridge: str, remote_id: str) -> Bridged | None: ...

    async def note_sent(self, case_id: int, seq: int) -> None: ...


class Statistics(Protocol):
    """Raw events to be counted."""

    async def case_events(self, *, since: datetime, until: datetime) -> Sequence[CaseEvent]: ...

    async def talks(self, *, since: datetime, until: datetime) -> Sequence[Talk]: ...
