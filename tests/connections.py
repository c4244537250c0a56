"""The database connections that are in use, so that whoever gives none back is named in the test where it happened.

The garbage collector tells it too, but whenever it comes by, and so in the middle of another test.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry, Pool, PoolProxiedConnection

_taken: dict[ConnectionPoolEntry, tuple[PoolProxiedConnection, str]] = {}


@event.listens_for(Pool, "checkout")
def _take(_driver: Any, entry: ConnectionPoolEntry, connection: PoolProxiedConnection) -> None:
    _taken[entry] = connection, _who()


@event.listens_for(Pool, "checkin")
def _give_back(_driver: Any, entry: ConnectionPoolEntry) -> None:
    _taken.pop(entry, None)


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
