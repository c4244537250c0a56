"""Every row of a table, a few hundred at a time, so that a long table never has to fit into memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel

from storage.database import Session

_AT_ONCE = 500


async def rows(
    session: Session, table: type[SQLModel], *columns: str, after: Any = None
) -> AsyncIterator[tuple[Any, ...]]:
    """Each row's ``columns``, in the order of the first, which is the table's key; only those behind ``after``."""
    wanted = [getattr(table, name) for name in columns]
    while True:
        statement = select(*wanted).order_by(wanted[0]).limit(_AT_ONCE)
        if after is not None:
            statement = statement.where(wanted[0] > after)
        found = (await session.exec(statement)).all()  # type: ignore[call-overload]
        for row in found:
            yield tuple(row)
        if len(found) < _AT_ONCE:
            return
        after = found[-1][0]
