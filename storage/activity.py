"""What happened, without any text: who, where, when, in which thread. The ground of every health check."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger, delete, func, text, update
from sqlmodel import SQLModel, col, select

from storage.columns import Moment, neutral, pseudonymous, row_id
from storage.database import Session
from storage.upserts import insert_into, insert_new_into


class ActivityKind(IntEnum):
    """What a row counts. A deleted message keeps its row, so that a late repeat of it stays deleted."""

    MESSAGE = 1
    REACTION = 2
    JOIN = 3
    LEAVE = 4
    DELETED = 9


class Activity(SQLModel, table=True):
    """One thing that one member did.

    ``key`` stands for the platform's own id of it, so it counts once however it arrives.
    ``thread`` is the key of the thread's root message where this is a reply, else null.
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index("activity_once", "community_id", "key", unique=True),
        Index("activity_by_time", "community_id", "kind", "at", "member_id"),
        Index("activity_by_member", "community_id", "kind", "member_id", "at"),
        Index(
            "activity_by_thread",
            "community_id",  # these two first, or SQLite takes another index, which reads the whole history
            "kind",
            "thread",
            "at",
            "member_id",
            sqlite_where=text("thread IS NOT NULL"),
            postgresql_where=text("thread IS NOT NULL"),
        ),
    )

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id")
    place_id: int = neutral(foreign_key="place.id")
    member_id: int = pseudonymous(foreign_key="member.id")
    kind: int = neutral(sa_type=SmallInteger)
    at: datetime = neutral(sa_type=Moment)
    key: int = neutral(sa_type=BigInteger)
    thread: int | None = neutral(default=None, sa_type=BigInteger)
    is_question: bool = neutral(default=False)


def activity_key(*parts: str) -> int:
    """A 64-bit number that stands for a platform's own id (BLAKE2b, RFC 7693).

    Among five million rows of one community the chance of any collision is below one in a million.
    """
    digest = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


async def record(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep many rows at once; what is known by its key already stays as it is."""
    if rows:
        connection = await session.connection()
        await connection.execute(insert_new_into(session, Activity), list(rows))


async def take_back(session: Session, row: Mapping[str, Any]) -> None:
    """The message with this key no longer counts, even when it only arrives later."""
    deleted = {**row, "kind": ActivityKind.DELETED.value}
    statement = insert_into(session, Activity).values(**deleted)
    await session.exec(
        statement.on_conflict_do_update(
            index_elements=["community_id", "key"], set_={"kind": ActivityKind.DELETED.value}
        )
    )


async def take_back_known(session: Session, community_id: int, key: int) -> None:
    """The message with this key no longer counts, where it did; nothing new is kept of it."""
    known = update(Activity).where(col(Activity.community_id) == community_id, col(Activity.key) == key)
    await session.exec(known.values(kind=ActivityKind.DELETED.value))


async def forget(session: Session, community_id: int, key: int) -> None:
    """Remove one row, such as a reaction that was taken away."""
    await session.exec(delete(Activity).where(col(Activity.community_id) == community_id, col(Activity.key) == key))


async def forget_before(session: Session, community_id: int, moment: datetime, at_most: int) -> int:
    """Remove rows of what happened before a moment, ``at_most`` so many at a time; how many that were."""
    kinds = [kind.value for kind in ActivityKind]  # named, so that the index over (community, kind, time) is taken
    oldest = (
        select(Activity.id)
        .where(Activity.community_id == community_id, col(Activity.kind).in_(kinds), col(Activity.at) < moment)
        .limit(at_most)
    )
    return (await session.exec(delete(Activity).where(col(Activity.id).in_(oldest)))).rowcount


async def last_came(
    session: Session, community_id: int, place_id: int, member_id: int, before: datetime
) -> datetime | None:
    """When a member last came into or went out of a place before a moment; None when they never did."""
    statement = select(func.max(Activity.at)).where(
        Activity.community_id == community_id,
        Activity.place_id == place_id,
        Activity.member_id == member_id,
        col(Activity.kind).in_((ActivityKind.JOIN.value, ActivityKind.LEAVE.value)),
        col(Activity.at) < before,
    )
    return (await session.exec(statement)).one()
