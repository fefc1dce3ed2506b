"""aiosqlite with one visit to the connection's thread per statement instead of four. Settings of the database are here, too.

aiosqlite asks its thread separately to make a cursor, execute, fetch and close; SQLAlchemy always fetches all rows at once. Here all of it is
one visit, BEGIN goes along with the first statement, and a rollback where nothing was begun (the pool asks for one after every commit) is
none. In a `brief` transaction even that is too much: its statements take less time than the visit, while everybody else waits for the one
write lock; so they run where they are asked for, and only what may wait (for another process's lock, for the disk at COMMIT) goes to the
thread. The names with an underscore are aiosqlite's own; tests/unit/store/test_engine.py fails when a new version changes them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, cast

import aiosqlite
from aiosqlite.context import contextmanager

BUSY_TIMEOUT_SECONDS = 15.0
STATEMENTS_KEPT = 256
ITER_CHUNK_SIZE = 64


class OneVisitCursor(aiosqlite.Cursor):
    """A cursor that comes into being, executes and fetches in one visit. Used through SQLAlchemy only."""

    _conn: OneVisitConnection

    def __init__(self, connection: OneVisitConnection) -> None:
        self.iter_chunk_size = ITER_CHUNK_SIZE
        self._conn = connection
        self._cursor: sqlite3.Cursor = cast("sqlite3.Cursor", None)  # made in the thread by the first statement
        self._rows: list[Any] = []

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> OneVisitCursor:
        """Execute and fetch."""
        self._rows = await self._conn.visit(self._run, sql, () if parameters is None else parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> OneVisitCursor:
        """Execute for each set of values."""
        self._rows = await self._conn.visit(self._run_many, sql, parameters)
        return self

    async def fetchall(self) -> Iterable[Any]:
        """The rows, which are here already."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open: all rows were fetched, which resets the statement."""

    @property
    def description(self) -> Any:
        """Columns; None before the first statement and for one without rows."""
        return None if self._cursor is None else self._cursor.description

    def _run(self, sql: str, parameters: Sequence[Any]) -> list[Any]:
        self._cursor = self._conn.begun().cursor()
        self._cursor.execute(sql, parameters)
        return self._cursor.fetchall() if self._cursor.description else []

    def _run_many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> list[Any]:
        self._cursor = self._conn.begun().cursor()
        self._cursor.executemany(sql, parameters)
        return []


class OneVisitConnection(aiosqlite.Connection):
    """Hands out OneVisitCursors. A transaction begins in the visit of its first statement; one without statements never began."""

    reads_only = False
    brief = False
    _to_begin = ""  # the statement that the next visit begins with
    _asked = _ran = 0  # visits; they differ while the thread is at work, also for somebody who no longer waits

    def begin_with(self, statement: str) -> None:
        """Begin a transaction with this, as soon as there is something to do in it."""
        self._to_begin = statement

    def begun(self) -> sqlite3.Connection:
        """In the thread: the connection, with the transaction begun."""
        statement, self._to_begin = self._to_begin, ""
        if statement:
            self._conn.execute(statement)
        return self._conn

    async def commit(self) -> None:
        """End the transaction, if it has begun."""
        if self._open():
            await super().commit()

    async def rollback(self) -> None:
        """Undo the transaction, if it has begun. Where nothing was written that takes no time, and needs no visit."""
        if self._open():
            if self.reads_only and self._asked == self._ran:
                self._conn.rollback()
            else:
                await super().rollback()

    def _open(self) -> bool:
        if self._asked != self._ran:  # whoever asked was stopped; what the thread does may begin the transaction yet
            return True
        self._to_begin = ""
        return self._conn.in_transaction

    @contextmanager
    async def cursor(self) -> aiosqlite.Cursor:
        """A cursor, without a visit."""
        return OneVisitCursor(self)

    async def visit(self, function: Callable[..., list[Any]], *values: Any) -> list[Any]:
        """Run in the connection's thread; or here and now, where the transaction is brief and need not wait to begin."""
        if self.brief and self._asked == self._ran and self._begins_at_once():
            return function(*values)
        execute: Callable[..., Awaitable[list[Any]]] = self._execute
        self._asked += 1
        return await execute(self._visited, function, *values)

    def _begins_at_once(self) -> bool:
        """The transaction has begun, or can without waiting for who is writing."""
        if self._to_begin:
            self._conn.execute("PRAGMA busy_timeout = 0")
            try:
                self._conn.execute(self._to_begin)
            except sqlite3.OperationalError:  # the thread waits, or finds the same that is wrong
                return False
            finally:
                self._conn.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1_000:.0f}")
            self._to_begin = ""
        return True

    def _visited(self, function: Callable[..., list[Any]], *values: Any) -> list[Any]:
        try:
            return function(*values)
        finally:
            self._ran += 1


async def connect(path: str, *, query_only: bool) -> OneVisitConnection:
    """An open connection in WAL mode; durable against a crash of this process, and of the machine but for the last instants.

    Args:
        path: the database's file.
        query_only: the connection refuses to write.
    """

    def opened() -> sqlite3.Connection:
        # isolation_level None: the driver opens no transaction by itself, store.engine writes BEGIN
        connection = sqlite3.connect(
            path,
            timeout=BUSY_TIMEOUT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=STATEMENTS_KEPT,
        )
        if query_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    connection = OneVisitConnection(opened, ITER_CHUNK_SIZE)
    connection.reads_only = query_only
    connection._thread.daemon = True  # a process that is told to end does not wait for its database threads
    return cast(OneVisitConnection, await connection)
