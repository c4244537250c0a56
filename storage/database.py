"""The database: one way to read, one way to change, on SQLite and on PostgreSQL.

On SQLite every change runs under ``BEGIN IMMEDIATE`` with WAL and ``synchronous=FULL``: with the driver's
defaults concurrent changes were lost without an error. Writers of this process wait for each other in
turn (SQLite's own wait is by polling and starves the unlucky).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import current_cipher
from storage.encryption import Cipher, key_from_file
from storage.sqlite_connection import READS, WRITES, OneTripConnection

Session = AsyncSession

_BUSY_SECONDS = 30
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={_BUSY_SECONDS * 1000}", "foreign_keys=ON")
_AWAY = ("08", "53", "57P", "58")
"""PostgreSQL's classes of errors: no connection, no resources, shut down or starting, trouble with its disk."""


class DatabaseProblem(Exception):
    """The database can't be used as it is; the message says what to do."""


class DatabaseUnavailable(Exception):
    """The database does not answer, or can't be written to, now; what was tried may be tried again."""


class Database:
    """An open database with its cipher. Close it when done."""

    def __init__(self, url: str, secret_key: str | None = None) -> None:
        self.url = parse_url(url)
        self.secret_key_created: Path | None = None
        self.cipher = Cipher(secret_key or self._key_beside_the_database())
        current_cipher.set(self.cipher)
        self.engine = _engine(self.url)
        self._reading_engine = self.engine.execution_options(baraza_reads=True)
        self._turn = asyncio.Lock()
        self._direct: OneTripConnection | None = None
        self._closed = False

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def folder(self) -> Path:
        """Where files that belong to this database lie: beside it, or the working folder."""
        return Path(self.url.database).resolve().parent if self.is_sqlite and self.url.database else Path.cwd()

    @property
    def stem(self) -> str:
        """The database's name without its ending, for files beside it."""
        return Path(self.url.database or "baraza").stem

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """One change: everything inside commits together when the block ends well, or not at all."""
        current_cipher.set(self.cipher)
        with _named_unavailable():
            async with (
                self._turn if self.is_sqlite else nullcontext(),
                AsyncSession(self.engine, expire_on_commit=False, autoflush=True) as session,
                session.begin(),
            ):
                await _connect(session)
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """One consistent look. Nothing that is changed inside is kept."""
        current_cipher.set(self.cipher)
        with _named_unavailable():
            async with AsyncSession(self._reading_engine, expire_on_commit=False, autoflush=False) as session:
                await _connect(session)
                yield session

    @asynccontextmanager
    async def direct(self) -> AsyncIterator[OneTripConnection]:
        """On SQLite, in its turn: the connection for changes that are made at once, without a session around them."""
        current_cipher.set(self.cipher)
        async with self._turn:
            try:
                if self._direct is None and not self._closed:
                    self._direct = await self._connected()
                if self._closed or self._direct is None:  # closed in the meantime: nobody would close it again
                    await self._close_direct()
                    raise DatabaseUnavailable("it is closed")
                yield self._direct
            except sqlite3.Error as error:
                await self._close_direct()
                if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                    raise DatabaseUnavailable(type(error).__name__) from error
                raise

    async def close(self) -> None:
        """Let go of every connection."""
        self._closed = True
        await self._close_direct()
        await self.engine.dispose()

    async def _connected(self) -> OneTripConnection:
        where, options = self.engine.dialect.create_connect_args(self.url)
        connection = OneTripConnection(*where, **{**options, "timeout": _BUSY_SECONDS}, pragmas=_PRAGMAS)
        await connection
        return connection

    async def _close_direct(self) -> None:
        direct, self._direct = self._direct, None
        if direct is not None:
            await direct.close()

    def _key_beside_the_database(self) -> str:
        path = self.folder / f"{self.stem}.key"
        key, created = key_from_file(path)
        if created:
            self.secret_key_created = path
        return key


def parse_url(url: str) -> URL:
    """A DATABASE_URL with the driver that Baraza uses. Raises DatabaseProblem for what it can't use."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseProblem(
            "DATABASE_URL is not an address of a database. Example: sqlite:///baraza.sqlite3"
        ) from error
    backend = "postgresql" if parsed.drivername.startswith("postgres") else parsed.get_backend_name()
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
    if backend not in drivers:
        raise DatabaseProblem(f"DATABASE_URL names {backend}; Baraza works with sqlite and postgresql.")
    return parsed.set(drivername=drivers[backend])


@contextmanager
def _named_unavailable() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        if isinstance(error, DBAPIError) and not _is_away(error):
            raise
        raise DatabaseUnavailable(type(error.__cause__ or error).__name__) from error


def _is_away(error: DBAPIError) -> bool:
    """Whether it is the database that can't, not the statement that is wrong; that would fail for ever."""
    if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
        return False
    if isinstance(getattr(error.orig, "__cause__", None), ValueError):  # asyncpg can't encode a value
        return False
    if type(error.orig).__name__ == "InternalClientError":  # asyncpg's, when a connection is cut while it is used
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return isinstance(error, OperationalError | InterfaceError) or state.startswith(_AWAY)


async def _connect(session: Session) -> None:
    try:
        await session.connection()
    except OSError as error:  # nobody listens there; inside the block an OSError is the caller's own
        raise DatabaseUnavailable(type(error).__name__) from error


def _engine(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, hide_parameters=True, pool_size=10, max_overflow=10, pool_pre_ping=True)
    own = {"timeout": _BUSY_SECONDS, "async_creator_fn": partial(OneTripConnection, pragmas=_PRAGMAS)}
    engine = create_async_engine(url, hide_parameters=True, connect_args=own)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "invalidate", _take_back)
    return engine


def _take_back(connection: Any, _record: Any, _error: BaseException | None) -> None:
    """End the transaction of a connection that is thrown away because a query was stopped in the middle.

    Closing alone does not end it: as long as a cursor of it lives, in some exception's traceback, SQLite
    keeps the connection and with it the lock that all other writers wait for.
    """
    if in_greenlet():
        with suppress(connection.dbapi.Error, ValueError):  # ValueError: it is closed already
            connection.rollback()


def _begin_sqlite(connection: Any) -> None:
    reads = connection.get_execution_options().get("baraza_reads", False)
    connection.connection.driver_connection.begin(READS if reads else WRITES)
