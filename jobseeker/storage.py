"""What the use cases need of the store, as protocols; store/ keeps them. Vacancies and courses are in
storage_matching.py, the other ports in ports.py.

Every repository method runs inside the transaction of the unit of work it came from. Whoever changes a conversation
locks it first (`conversations.lock` or `conversations.take_seq`), then the case: one order, so that nobody waits in a ring.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from jobseeker.audit_chain import Head, Link
from jobseeker.channels import Choice, LinkCode
from jobseeker.messages import Escalation, Understanding
from jobseeker.profile import Profile
from jobseeker.records import (
    Account,
    Alert,
    Conversation,
    Credentials,
    Inbound,
    MadeFile,
    NewInbound,
    NewOutbound,
    Outbound,
    StaffMember,
    StaffSession,
    StoredFile,
    TranscriptLine,
)
from jobseeker.storage_access import Access
from jobseeker.storage_benefits import Reminders
from jobseeker.storage_fairness import Declarations
from jobseeker.storage_handoff import (
    Bridges,
    Callbacks,
    CannedReplies,
    Cases,
    Deadlines,
    Flags,
    Notes,
    OfficeDays,
    Presences,
    Statistics,
)
from jobseeker.storage_jobs import JobAlerts, Marks, MatchLog
from jobseeker.storage_matching import Courses, Vacancies
from jobseeker.storage_operations import Operations
from jobseeker.storage_privacy import Privacy
from jobseeker.storage_releases import Releases
from jobseeker.storage_sealing import Sealing
from jobseeker.storage_switches import Switches


class Conversations(Protocol):
    """Conversations and their leases."""

    async def add(self, conversation: Conversation) -> None: ...

    async def add_if_new(self, conversation: Conversation) -> bool:
        """False where this person has one on this channel already; the transaction must then end without a trace."""
        ...

    async def get(self, conversation_id: str) -> Conversation | None: ...

    async def person_of(self, conversation_id: str) -> str | None:
        """Whose it is. Needs no key, unlike a whole Conversation of a platform."""
        ...

    async def find(self, channel: str, channel_key: str) -> Conversation | None: ...

    async def lock(self, conversation_id: str) -> Conversation | None:
        """Read it so that nobody else changes it before this transaction ends."""
        ...

    async def take_seq(self, conversation_id: str, count: int = 1) -> Conversation | None:
        """Lock it and move `next_seq` on by `count`; the record returned already has the new value."""
        ...

    async def save(self, conversation: Conversation, *, now: datetime, release: bool = False) -> None:
        """Write variety, owner, counsellor, context and next_seq. `release` ends the lease.

        Only for a conversation that this transaction has locked.
        """
        ...

    async def lease(
        self, conversation_id: str | None, *, token: str, now: datetime, until: datetime
    ) -> Conversation | None:
        """Take the lease of this conversation, or (None) of the one with the oldest row that is due. None: nothing to take."""
        ...

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Conversations that `lease` would find, the longest waiting first."""
        ...

    async def release(self, conversation_id: str, token: str) -> None: ...

    async def clear_leases(self) -> int:
        """End all leases: at the start of the only gateway of a SQLite database."""
        ...

    async def shorten_leases(self, until: datetime) -> int:
        """No lease lasts beyond `until`; how many would have."""
        ...

    async def versions(self, conversation_ids: list[str]) -> Mapping[str, tuple[int, int]]:
        """(next_seq, owner_version) of these: what tells that something was committed, by whichever process."""
        ...


class Inbox(Protocol):
    """What people wrote."""

    async def add(self, row: NewInbound) -> int | None:
        """The new row's id; None when (channel, event_id) is already there."""
        ...

    async def by_event(self, channel: str, event_id: str) -> Inbound | None: ...

    async def get(self, inbox_id: int) -> Inbound | None: ...

    async def next_pending(self, conversation_id: str, now: datetime) -> Inbound | None:
        """The oldest pending row, if it is due; None when there is none or it has to wait."""
        ...

    async def finish(
        self, inbox_id: int, *, state: str, now: datetime, understanding: Understanding | None, escalation: Escalation
    ) -> None: ...

    async def put_off(self, inbox_id: int, *, attempts: int, due_at: datetime, error: str) -> None: ...

    async def bring_forward(self, until: datetime) -> int:
        """Nothing waits beyond `until`; how many would have."""
        ...

    async def reopen(self, conversation_id: str, *, since: datetime, now: datetime) -> int:
        """Let what came since then and after the counsellor's last reply, and nobody has answered, be answered; how many."""
        ...


class Outbox(Protocol):
    """What is to be said and was said."""

    async def add(self, rows: Sequence[NewOutbound]) -> None: ...

    async def by_key(self, key: str) -> Outbound | None: ...

    async def by_id(self, outbox_id: int) -> tuple[Outbound, Mapping[str, Any]] | None:
        """The row of this number, and the versions it was made from."""
        ...

    async def for_inbox(self, inbox_id: int) -> Sequence[Outbound]: ...

    async def after(self, conversation_id: str, seq: int, limit: int) -> Sequence[Outbound]:
        """Rows above `seq` in order."""
        ...

    async def claim_due(
        self, *, now: datetime, until: datetime, limit: int, busy: Collection[str] = ()
    ) -> Sequence[Outbound]:
        """Rows to deliver now: of each conversation the first that waits, if it is due. Put off until `until`.

        `busy`: channels that take nothing more at the moment.
        """
        ...

    async def clear_leases(self, now: datetime) -> int:
        """Let what was being sent be due at once: at the start of the only gateway of a SQLite database."""
        ...

    async def any_due(self, now: datetime) -> bool: ...

    async def bring_forward(self, until: datetime) -> int:
        """Nothing waits beyond `until`; how many would have."""
        ...

    async def deliver(
        self, outbox_id: int, *, rendered: Mapping[str, Any], versions: Mapping[str, Any], now: datetime
    ) -> None: ...

    async def settle(self, outbox_id: int, *, state: str, error: str) -> None: ...

    async def put_off(self, outbox_id: int, *, due_at: datetime, error: str, parts_sent: int = 0) -> None: ...


class Transcripts(Protocol):
    """Inbox and outbox as one sequence."""

    async def lines(self, conversation_id: str, after: int = 0, limit: int = 1_000) -> Sequence[TranscriptLine]: ...

    async def own(self, conversation_id: str, after: int, limit: int) -> Sequence[Inbound]:
        """The person's own messages above `after`, in order."""
        ...


class Channels(Protocol):
    """What only platforms need."""

    async def add_handle(self, conversation_id: str, handle: str, at: datetime) -> None: ...

    async def take_handle(
        self, conversation_id: str, outbox_id: int, *, after: datetime
    ) -> tuple[str, datetime] | None:
        """The ticket this reply took before, or the oldest free one received after `after`, with its time."""
        ...

    async def offer(
        self, conversation_id: str, buttons: Sequence[Choice], *, at: datetime
    ) -> Mapping[tuple[str, str], str]:
        """(title, payload) -> id of each button; one that was offered before keeps its id."""
        ...

    async def choice(self, conversation_id: str, choice_id: str) -> Choice | None: ...

    async def choice_titled(self, conversation_id: str, title: str) -> Choice | None:
        """The button last offered under exactly this title."""
        ...

    async def by_message(self, conversation_id: str, message_key: str) -> Sequence[Inbound]:
        """The rows of one of the platform's messages."""
        ...

    async def blank(self, inbox_id: int, *, text: str, now: datetime) -> None:
        """Put `text` in the place of what was written, also in replies that quote it; it is not answered any more."""
        ...

    async def set_reachable(self, conversation_id: str, *, since: datetime | None) -> None:
        """`since`: not reachable since then; None: reachable."""
        ...

    async def add_code(self, code: LinkCode) -> None: ...

    async def code(self, code_hash: str) -> LinkCode | None:
        """A code, whether it is still in force or not."""
        ...

    async def use_code(self, code_hash: str, *, by: str, now: datetime) -> LinkCode | None:
        """Use up a code that is in force; None where there is none."""
        ...

    async def attempts(self, conversation_id: str) -> tuple[int, datetime | None]:
        """Wrong codes in a row, and until when no more are taken."""
        ...

    async def note_attempts(self, conversation_id: str, wrong: int, locked_until: datetime | None) -> None: ...

    async def of_person(self, person_id: str) -> Sequence[Conversation]:
        """All conversations of a person, the oldest first."""
        ...

    async def set_person(self, conversation_id: str, person_id: str) -> None: ...


class Accounts(Protocol):
    """Staff."""

    async def add(
        self,
        *,
        login: str,
        name: str,
        password_hash: str,
        role: str,
        languages: Sequence[str],
        now: datetime,
        first_password: bool = False,
    ) -> Account | None:
        """None when the login is taken. first_password: its owner must change it."""
        ...

    async def credentials(self, login: str) -> Credentials | None: ...

    async def lock(self, account_id: int) -> Credentials | None:
        """Read it so that nobody else changes it before this transaction ends."""
        ...

    async def get(self, account_id: int) -> Account | None: ...

    async def by_login(self, login: str) -> Account | None: ...

    async def all(self) -> Sequence[StaffMember]:
        """By login, those that are off too."""
        ...

    async def by_provider(self, subject: str, email: str) -> tuple[Account, str] | None:
        """(the account, its subject): whose subject this is; else whose e-mail (or login) this is, "" matching nobody."""
        ...

    async def set_provider(self, account_id: int, *, email: str | None = None, subject: str | None = None) -> bool:
        """Write what is given. False: the e-mail is another account's."""
        ...

    async def set_place(self, account_id: int, *, role: str, active: bool) -> None: ...

    async def count(self) -> int: ...

    async def note_sign_in(
        self, account_id: int, *, failed: int, locked_until: datetime | None, password_hash: str | None = None
    ) -> None: ...

    async def set_password(self, account_id: int, password_hash: str) -> None:
        """Its owner's own; all failures before are forgotten."""
        ...

    async def note_failure(self, account_id: int) -> int:
        """Count one more failed sign-in; the number so far."""
        ...

    async def add_session(
        self,
        *,
        token_hash: str,
        account_id: int,
        csrf_token: str,
        now: datetime,
        expires_at: datetime,
        second_factor: bool = False,
    ) -> None: ...

    async def session(self, token_hash: str, now: datetime) -> StaffSession | None: ...

    async def end_session(self, token_hash: str) -> None: ...

    async def drop_expired_sessions(self, now: datetime) -> None: ...


class Profiles(Protocol):
    """Profiles with their history, and consents; all by person."""

    async def current(self, person_id: str) -> Profile:
        """The one in force; an empty one of version 0 where nothing was saved."""
        ...

    async def at(self, person_id: str, version: int) -> Profile | None: ...

    async def newest_version(self, person_id: str) -> int:
        """0 where there is none."""
        ...

    async def add(self, person_id: str, content: Profile, *, inbox_id: int | None, now: datetime) -> None:
        """One more version of the history, `content.version`; from now on it is in force."""
        ...

    async def erase(self, person_id: str) -> int:
        """Delete all versions of the profile; how many."""
        ...

    async def note_consent(
        self, person_id: str, purpose: str, *, given: bool, notice_version: str, now: datetime
    ) -> None: ...

    async def has_consented(self, person_id: str, purpose: str) -> bool: ...


class Files(Protocol):
    """Files made for people, fetched by an unguessable link until they expire."""

    async def add(self, person_id: str, made: MadeFile, *, now: datetime) -> None: ...

    async def get(self, token_hash: str, now: datetime) -> StoredFile | None:
        """None where there is none, or none any more."""
        ...

    async def drop_expired(self, now: datetime) -> None: ...


class Ledger(Protocol):
    """Audit and alerts: rows are only ever added. The audit is a chain (jobseeker/audit_chain.py)."""

    async def record(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        conversation_id: str | None = None,
        case_id: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None: ...

    async def alert(
        self, *, at: datetime, kind: str, conversation_id: str | None, detail: Mapping[str, Any]
    ) -> None: ...

    async def alerts_after(self, alert_id: int, limit: int = 100) -> Sequence[Alert]: ...

    async def head(self) -> Head | None:
        """Where the chain of the audit is; None where its head is missing."""
        ...

    def links(self) -> AsyncIterator[Link]:
        """The whole chain in order."""
        ...

    async def watermark(self) -> tuple[int, int]:
        """The newest audit row and the newest alert; every change of a case adds to one of them."""
        ...


class UnitOfWork(Protocol):
    """One transaction and the repositories that work in it."""

    @property
    def conversations(self) -> Conversations: ...
    @property
    def switches(self) -> Switches: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def transcripts(self) -> Transcripts: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def channels(self) -> Channels: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def access(self) -> Access: ...
    @property
    def profiles(self) -> Profiles: ...
    @property
    def files(self) -> Files: ...
    @property
    def ledger(self) -> Ledger: ...
    @property
    def vacancies(self) -> Vacancies: ...
    @property
    def courses(self) -> Courses: ...
    @property
    def marks(self) -> Marks: ...
    @property
    def job_alerts(self) -> JobAlerts: ...
    @property
    def reminders(self) -> Reminders: ...
    @property
    def declarations(self) -> Declarations: ...
    @property
    def privacy(self) -> Privacy: ...
    @property
    def sealing(self) -> Sealing: ...
    @property
    def match_log(self) -> MatchLog: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def presences(self) -> Presences: ...
    @property
    def office_days(self) -> OfficeDays: ...
    @property
    def deadlines(self) -> Deadlines: ...
    @property
    def callbacks(self) -> Callbacks: ...
    @property
    def flags(self) -> Flags: ...
    @property
    def bridges(self) -> Bridges: ...
    @property
    def canned_replies(self) -> CannedReplies: ...
    @property
    def statistics(self) -> Statistics: ...
    @property
    def operations(self) -> Operations: ...


class Store(Protocol):
    """Opens transactions. `write()` commits at a clean end and rolls back on any exception; `read()` never writes.

    `brief`: every statement touches a few rows of one conversation, by a key or an index. Where the database is a file such
    statements run on the event loop, so nothing that may take milliseconds may be in it.
    """

    def write(self, *, brief: bool = False) -> AbstractAsyncContextManager[UnitOfWork]: ...

    def read(self, *, brief: bool = False) -> AbstractAsyncContextManager[UnitOfWork]: ...
