"""A connection to SQLite that makes one trip to its thread for each statement.

SQLAlchemy drives aiosqlite through four trips a statement (open a cursor, execute, fetch, close), and each costs
more than most statements do. Here a statement is executed, read to its end and closed in one trip; a transaction
begins together with its first statement; and one that has ended is not rolled back once more.
"""

from __future__ import annotations

import asyncio
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

    def __init__(self, database: str, *, pragmas: Iterable[str] = (), **options: Any) -> None:
        def connect() -> sqlite3.Connection:
            # The driver's own BEGIN comes too late and lost changes.
            connection: sqlite3.Connection = sqlite3.connect(database, **options, isolation_level=None)
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").close()
            return connection

        super().__init__(connect, iter_chunk_size=64)
        self._thread.daemon = True  # as SQLAlchemy makes it: a program that is killed does not wait for it
        self._begins = ""
        self._may_be_open = False
        self._ending: asyncio.Future[Any] | None = None

    async def _connect(self) -> Self:
        try:
            await super()._connect()
        except BaseException:  # also where it was cancelled
            # aiosqlite tells the thread to end and does not wait; it would answer a loop that may be closed by then.
            if self._ending is not None:
                await self._ending
            raise
        return self

    def stop(self) -> asyncio.Future[Any] | None:
        """Let the thread end; the future is done when it has."""
        self._ending = super().stop()
        return self._ending

    def cursor(self) -> OneTripCursor:  # type: ignore[override]  # SQLAlchemy enters what it is given
        """A cursor; no trip."""
        return OneTripCursor(self)

    def begin(self, how: str) -> None:
        """Let a transaction begin with the next statement: READS or WRITES. No trip."""
        self._begins = how

    async def run(self, cursor: OneTripCursor, operation: str, parameters: Any, *, many: bool) -> None:
        """Execute a statement for a cursor, and before it the beginning that has waited for one."""
        first, self._begins = self._begins, ""
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

        await self._execute(in_thread)  # type: ignore[no-untyped-call]  # aiosqlite has no types here

    async def change_at_once(self, operation: str, parameters: Sequence[Sequence[Any]]) -> int:
        """A whole change in one trip: a statement for each of the parameters. How many rows it has changed.

        It is kept when this returns. Whoever no longer waits stops nothing. Raises what sqlite3 raises, and then
        nothing is kept.
        """

        def in_thread() -> int:
            self._conn.execute(WRITES).close()
            try:
                with closing(self._conn.cursor()) as cursor:
                    changed = cursor.executemany(operation, parameters).rowcount
                self._conn.commit()
            except BaseException:  # whatever it was, the lock must not stay
                self._conn.rollback()
                raise
            return changed

        return int(await self._execute(in_thread))  # type: ignore[no-untyped-call]  # aiosqlite has no types here

    async def commit(self) -> None:
        """Keep the transaction, if there is one."""
        await self._end(sqlite3.Connection.commit)

    async def rollback(self) -> None:
        """Take the transaction back, if there is one."""
        await self._end(sqlite3.Connection.rollback)

    async def _end(self, end: Any) -> None:
        self._begins = ""
        if self._may_be_open:
            await self._execute(end, self._conn)  # type: ignore[no-untyped-call]  # aiosqlite has no types here
            self._may_be_open = False
