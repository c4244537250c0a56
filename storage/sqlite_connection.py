"""A connection to SQLite that makes one trip to its thread for each statement.

SQLAlchemy drives aiosqlite through four trips a statement (open a cursor, execute, fetch, close), and each costs
more than most statements do. Here a statement is executed, read to its end and closed in one trip; a transaction
begins together with its first statement; and one that has ended is not rolled back once more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any, Self

import aiosqlite

READS = "BEGIN"
"""How a transaction begins that only reads: SQLite itself does nothing here before the first statement."""
WRITES = "BEGIN IMMEDIATE"
"""How a transaction begins that may write: nobody else writes from its first statement until it has ended."""


class OneTripCursor:
    """What SQLAlchemy asks of a cursor. All rows are there once ``execute`` has ended."""

    def __init__(self, connection: OneTripConnection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> Self:
        """Execute one statement and keep its rows. Raises what sqlite3 raises."""
        await self._connection.run(self, operation, parameters, many=False)
        return self

    async def executemany(self, operation: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Execute one statement for each of the parameters. Raises what sqlite3 raises."""
        await self._connection.run(self, operation, parameters, many=True)
        return self

    async def fetchall(self) -> Sequence[Any]:
        """The rows that the statement has returned."""
        return self._rows

    async def close(self) -> None:
        """Forget the rows; the cursor in the thread was closed as soon as they were read."""
        self._rows = ()

    def keep(self, cursor: sqlite3.Cursor) -> None:
        """Take over what a cursor has to say, in its thread."""
        self.description, self.lastrowid = cursor.description, cursor.lastrowid
        self._rows = cursor.fetchall() if cursor.description else ()
        self.rowcount = cursor.rowcount


class OneTripConnection(aiosqlite.Connection):
    """aiosqlite's connection with its thread; see the module."""

    def __init__(self, database: str, **options: Any) -> None:
        super().__init__(lambda: sqlite3.connect(database, **options), iter_chunk_size=64)
        self._thread.daemon = True  # as SQLAlchemy makes it: a program that is killed does not wait for it
        self._begins = ""
        self._ends = False
        self._may_be_open = False
        self._has_ended = False

    def cursor(self) -> OneTripCursor:  # type: ignore[override]  # SQLAlchemy enters what it is given
        """A cursor; no trip."""
        return OneTripCursor(self)

    def begin(self, how: str) -> None:
        """Let a transaction begin with the next statement: READS or WRITES. No trip."""
        self._begins = how

    def end_with_next(self) -> None:
        """Let the transaction be kept together with its next statement, which has to be its last one."""
        self._ends = True

    async def run(self, cursor: OneTripCursor, operation: str, parameters: Any, *, many: bool) -> None:
        """Execute a statement for a cursor, and before it the beginning that has waited for one."""
        if self._has_ended:
            raise sqlite3.ProgrammingError("the statement before was said to be the last one of its transaction")
        first, self._begins = self._begins, ""
        last, self._ends = self._ends, False
        self._may_be_open = True  # said before, since nobody knows how a trip ended that is broken off

        def in_thread() -> None:
            if first:
                self._conn.execute(first).close()
            with closing(self._conn.cursor()) as real:
                if many:
                    real.executemany(operation, parameters)
                else:
                    real.execute(operation, parameters)
                cursor.keep(real)
            if last:
                self._conn.commit()

        await self._execute(in_thread)  # type: ignore[no-untyped-call]  # aiosqlite has no types here
        self._may_be_open, self._has_ended = not last, last

    async def commit(self) -> None:
        """Keep the transaction, if there is one."""
        await self._end(sqlite3.Connection.commit)

    async def rollback(self) -> None:
        """Take the transaction back, if there is one."""
        await self._end(sqlite3.Connection.rollback)

    async def _end(self, end: Any) -> None:
        self._begins, self._ends, self._has_ended = "", False, False
        if self._may_be_open:
            await self._execute(end, self._conn)  # type: ignore[no-untyped-call]  # aiosqlite has no types here
            self._may_be_open = False
