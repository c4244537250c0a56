"""Only one program at a time works through a database; a second one would say everything twice.

SQLite: a lock on a file beside the database, which the operating system lets go of when the program ends,
however it ends. PostgreSQL: an advisory lock that ends with its connection.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from storage.database import Database, DatabaseProblem

_ADVISORY_LOCK = 0x626172617A61
_BUSY = "Another Baraza is running on this database. Stop that one first, or give this one its own DATABASE_URL."


@asynccontextmanager
async def only_runner(database: Database) -> AsyncIterator[None]:
    """Hold the database for this program. Raises DatabaseProblem when another program has it."""
    holding = _file_lock(database) if database.is_sqlite else _advisory_lock(database)
    async with holding:
        yield


@asynccontextmanager
async def _file_lock(database: Database) -> AsyncIterator[None]:
    path = database.folder / f"{database.stem}.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DatabaseProblem(_BUSY) from error
        yield
    finally:
        os.close(descriptor)


@asynccontextmanager
async def _advisory_lock(database: Database) -> AsyncIterator[None]:
    async with database.engine.connect() as connection:
        statement = text("SELECT pg_try_advisory_lock(:lock)")
        if not (await connection.execute(statement, {"lock": _ADVISORY_LOCK})).scalar_one():
            raise DatabaseProblem(_BUSY)
        await connection.commit()
        try:
            yield
        finally:
            await connection.invalidate()  # the pool would keep the connection, and with it the lock
