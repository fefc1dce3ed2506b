"""The tracker store's SQL, on SQLite and PostgreSQL. Rows in, rows out: it knows no events and no Rasa."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError

metadata = sa.MetaData()

turn = sa.Table(
    "tracker_turn",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("sender_id", sa.String(128), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # 1, 2, … within the conversation
    sa.Column("inbox_id", sa.BigInteger),  # the gateway's message; none for what did not come through the channel
    sa.Column("event_count", sa.Integer, nullable=False),
    sa.Column("events", sa.Text, nullable=False),  # JSON list, Rasa's own form of events
    sa.Column("reply", sa.Text),  # JSON as answered: a replay answers the same
    sa.Column("at", sa.Float, nullable=False),  # seconds since the epoch, as Rasa's events have it
    # two servers cannot both add turn 7, nor both answer one message
    sa.UniqueConstraint("sender_id", "number", name="uq_tracker_turn_sender_id_number"),
    sa.UniqueConstraint("sender_id", "inbox_id", name="uq_tracker_turn_sender_id_inbox_id"),
)

head = sa.Table(
    "tracker_head",  # derived from tracker_turn: sums up the turns up to `number`, so that they need not be read
    metadata,
    sa.Column("sender_id", sa.String(128), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("events", sa.Text, nullable=False),
)


class TrackerConflict(RuntimeError):
    """Someone else has added to this conversation since it was read."""


@dataclass(frozen=True)
class ReadJob:
    """Is this message answered already, and what is new in the conversation since `known_turn`?"""

    sender_id: str
    inbox_id: int | None = None
    known_turn: int | None = None
    whole: bool = False  # all turns, not only those after the head


@dataclass(frozen=True)
class Stored:
    """What a ReadJob found. `turns` and `head` are None where the conversation stands at `known_turn`."""

    reply: str | None
    last_turn: int
    head_turn: int = 0
    head: str | None = None
    turns: Sequence[str] | None = None


@dataclass(frozen=True)
class RewriteJob:
    """Rewrite the events of one message's turn, and of the head, which may sum it up: for what must be forgotten."""

    sender_id: str
    inbox_id: int
    rewrite: Callable[[str], str]


@dataclass(frozen=True)
class DeleteJob:
    """Delete a conversation: all its turns, and the head that sums them up."""

    sender_id: str


@dataclass(frozen=True)
class WriteJob:
    """One turn to add, and the head where it has moved."""

    sender_id: str
    number: int
    inbox_id: int | None
    event_count: int
    events: str
    reply: str | None
    head_turn: int | None = None
    head: str | None = None


def open_engine(url: str) -> Engine:
    """An engine with the settings the store relies on, its tables made. Raises SQLAlchemyError where that is not possible."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        if not address.database or address.database == ":memory:":
            raise ValueError("the tracker store needs a file: two connections do not share a database in memory")
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(address, poolclass=sa.pool.NullPool, connect_args={"check_same_thread": False})
        sa.event.listen(engine, "connect", _prepare_sqlite)
    elif address.get_backend_name() == "postgresql":
        engine = sa.create_engine(address, poolclass=sa.pool.NullPool)
    else:
        raise ValueError(
            f"the tracker store works on sqlite:/// and postgresql://, not on {address.get_backend_name()}"
        )
    try:
        metadata.create_all(engine)
    except (IntegrityError, ProgrammingError):  # another server made them at the same moment
        metadata.create_all(engine)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where this module says so, not where pysqlite guesses
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


_LOOK = sa.select(
    sa.select(sa.func.max(turn.c.number))
    .where(turn.c.sender_id == sa.bindparam("sender"))
    .scalar_subquery()
    .label("last"),
    sa.select(turn.c.reply)
    .where(turn.c.sender_id == sa.bindparam("sender"), turn.c.inbox_id == sa.bindparam("inbox"))
    .scalar_subquery()
    .label("reply"),
)
_HEAD = sa.select(head.c.number, head.c.events).where(head.c.sender_id == sa.bindparam("sender"))
_TURNS = (
    sa.select(turn.c.number, turn.c.events)
    .where(turn.c.sender_id == sa.bindparam("sender"), turn.c.number > sa.bindparam("after"))
    .order_by(turn.c.number)
)
_COUNT = sa.select(sa.func.coalesce(sa.func.sum(turn.c.event_count), 0)).where(
    turn.c.sender_id == sa.bindparam("sender")
)
_SENDERS = sa.select(turn.c.sender_id).distinct()


class _Connected:
    """Keeps one connection open and opens a new one after a failure."""

    def __init__(self, engine: Engine, **options: Any) -> None:
        self._engine = engine
        self._options = options
        self._connection: Connection | None = None

    def connection(self) -> Connection:
        if self._connection is None or self._connection.closed or self._connection.invalidated:
            self._connection = self._engine.connect().execution_options(**self._options)
        return self._connection

    def drop(self) -> None:
        """Forget the connection: after a failure nobody knows in what state it is."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


class Reader(_Connected):
    """`work` of the reading lane."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, isolation_level="AUTOCOMMIT")

    def work(self, jobs: Sequence[Any]) -> list[Any]:
        """A `Stored` for each ReadJob; a callable gets the connection."""
        return [self._one(job) for job in jobs]

    def _one(self, job: Any) -> Any:
        try:
            connection = self.connection()
            return job(connection) if callable(job) else read(connection, job)
        except SQLAlchemyError as problem:
            self.drop()
            return problem


def read(connection: Connection, job: ReadJob) -> Stored:
    """Carry out a ReadJob."""
    last, reply = connection.execute(_LOOK, {"sender": job.sender_id, "inbox": job.inbox_id}).one()
    if (last or 0) == job.known_turn and not job.whole:
        return Stored(reply, last or 0)
    after, summed_up = 0, None
    if last and not job.whole:
        found = connection.execute(_HEAD, {"sender": job.sender_id}).one_or_none()
        after, summed_up = found or (0, None)
    rows = connection.execute(_TURNS, {"sender": job.sender_id, "after": after}).all() if last else []
    return Stored(reply, rows[-1].number if rows else after, after, summed_up, [row.events for row in rows])


def count_events(connection: Connection, sender_id: str) -> int:
    """How many events of a conversation are stored."""
    return int(connection.execute(_COUNT, {"sender": sender_id}).scalar_one())


def senders(connection: Connection) -> list[str]:
    """All conversations."""
    return [row.sender_id for row in connection.execute(_SENDERS)]


class Writer(_Connected):
    """`work` of the writing lane: one transaction for all the turns that came in together."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._sqlite = engine.dialect.name == "sqlite"

    def work(self, jobs: Sequence[Any]) -> list[Any]:
        """None for a turn that is durable, an exception for one that is not. For a RewriteJob whether there was such a turn."""
        if len(jobs) == 1 and isinstance(jobs[0], (RewriteJob, DeleteJob)):
            return [self._rewritten(jobs[0])]
        if any(isinstance(job, (RewriteJob, DeleteJob)) for job in jobs):  # rare: one after the other, in order
            return [self.work([job])[0] for job in jobs]
        try:
            self._store(jobs)
            return [None] * len(jobs)
        except IntegrityError as problem:
            if len(jobs) > 1:  # one of them is a conflict: find out which, keep the others
                return [self.work([job])[0] for job in jobs]
            return [TrackerConflict(f"turn {jobs[0].number} is there already ({type(problem.orig).__name__})")]
        except SQLAlchemyError as problem:
            self.drop()
            return [problem] * len(jobs)

    def _rewritten(self, job: RewriteJob | DeleteJob) -> Any:
        try:
            return self._delete(job) if isinstance(job, DeleteJob) else self._rewrite(job)
        except SQLAlchemyError as problem:
            self.drop()
            return problem

    def _rewrite(self, job: RewriteJob) -> bool:
        connection = self.connection()
        with connection.begin():
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            mine = sa.and_(turn.c.sender_id == job.sender_id, turn.c.inbox_id == job.inbox_id)
            events = connection.execute(sa.select(turn.c.events).where(mine).with_for_update()).scalar_one_or_none()
            if events is None:
                return False
            connection.execute(turn.update().where(mine).values(events=job.rewrite(events)))
            summed_up = head.c.sender_id == job.sender_id
            kept = connection.execute(sa.select(head.c.events).where(summed_up).with_for_update()).scalar_one_or_none()
            if kept is not None:
                connection.execute(head.update().where(summed_up).values(events=job.rewrite(kept)))
        return True

    def _delete(self, job: DeleteJob) -> bool:
        connection = self.connection()
        with connection.begin():
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            gone = connection.execute(turn.delete().where(turn.c.sender_id == job.sender_id)).rowcount
            connection.execute(head.delete().where(head.c.sender_id == job.sender_id))
        return bool(gone)

    def _store(self, jobs: Sequence[WriteJob]) -> None:
        connection = self.connection()
        with connection.begin():
            if self._sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            now = time.time()
            connection.execute(turn.insert(), [_turn_row(job, now) for job in jobs])
            for job in jobs:
                if job.head is not None:
                    connection.execute(head.delete().where(head.c.sender_id == job.sender_id))
                    connection.execute(
                        head.insert(), {"sender_id": job.sender_id, "number": job.head_turn, "events": job.head}
                    )


def _turn_row(job: WriteJob, now: float) -> dict[str, Any]:
    return {
        "sender_id": job.sender_id,
        "number": job.number,
        "inbox_id": job.inbox_id,
        "event_count": job.event_count,
        "events": job.events,
        "reply": job.reply,
        "at": now,
    }
