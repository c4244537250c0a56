"""The database connections that are in use, so that whoever gives none back is named in the test where it happened.

The garbage collector tells it too, but whenever it comes by, and so in the middle of another test.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry, Pool, PoolProxiedConnection

from storage.sqlite_connection import OneTripConnection

_taken: dict[ConnectionPoolEntry, tuple[PoolProxiedConnection, str]] = {}


@event.listens_for(Pool, "checkout")
def _take(_driver: Any, entry: ConnectionPoolEntry, connection: PoolProxiedConnection) -> None:
    _taken[entry] = connection, _who()


@event.listens_for(Pool, "checkin")
def _give_back(_driver: Any, entry: ConnectionPoolEntry) -> None:
    _taken.pop(entry, None)


_opened: WeakSet[OneTripConnection] = WeakSet()
_open = OneTripConnection.__await__


def _note(connection: OneTripConnection) -> Generator[Any, None, Any]:
    _opened.add(connection)
    return _open(connection)


OneTripConnection.__await__ = _note  # type: ignore[method-assign,assignment]  # there is no event of a connection that never got into the pool


def any_left_open() -> bool:
    """Whether a connection to SQLite is open: in use, or cut off while it was made, so that no pool knows it."""
    return any(connection._connection is not None for connection in _opened)


def still_taken() -> list[str]:
    """By whom each connection was taken that has not been given back; from now on they are forgotten."""
    left = [who for _, who in _taken.values()]
    _taken.clear()
    return left


def cut(pool: Pool) -> None:
    """Close what is in use of a pool, as the end of its process does: what was not committed is lost."""
    for entry, (connection, _) in list(_taken.items()):
        if connection._pool is pool:  # the public type does not tell whose it is
            driver: Any = connection.dbapi_connection
            connection.detach()
            driver.terminate()
            del _taken[entry]


def _who() -> str:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return "no event loop"
    return repr(task.get_coro()) if task else "no task"
