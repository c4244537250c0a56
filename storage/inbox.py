"""The inbox: every event is kept here before anybody is told that it arrived."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import BigInteger, Index, SmallInteger, delete, exists, func, text, update
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel, col, select

from bot.core.platform import RawEvent
from storage.activity import activity_key
from storage.columns import NEVER_AGAIN, Moment, SealedBytes, neutral, personal, pseudonymous, row_id
from storage.database import Database, Session
from storage.statements import bare, columns, given, some
from storage.upserts import insert_new, insert_new_into


class InboxState(IntEnum):
    """Where an event stands."""

    WAITING = 0
    DONE = 1
    DEAD = 9


class InboxEvent(SQLModel, table=True):
    """One event as it came, encrypted. ``key`` and ``conversation`` are digests.

    ``message`` is the activity key of the message that the event is about; null where it is about none.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("inbox_waiting", "id", sqlite_where=text("state = 0"), postgresql_where=text("state = 0")),
        Index("inbox_dead", "id", sqlite_where=text("state = 9"), postgresql_where=text("state = 9")),
        Index(
            "inbox_about_message",
            "message",
            sqlite_where=text("message IS NOT NULL"),
            postgresql_where=text("message IS NOT NULL"),
        ),
        NEVER_AGAIN,  # the worker reads on behind the highest number it has seen
    )

    id: int = row_id()
    platform: str = neutral()
    tenant: str = neutral()
    key: bytes = pseudonymous(unique=True)
    conversation: bytes = pseudonymous()
    message: int | None = pseudonymous(default=None, sa_type=BigInteger)
    body: bytes = personal(sa_type=SealedBytes)
    received_at: datetime = neutral(sa_type=Moment, index=True)
    state: int = neutral(default=InboxState.WAITING, sa_type=SmallInteger)
    attempts: int = neutral(default=0, sa_type=SmallInteger)
    retry_at: datetime | None = neutral(default=None, sa_type=Moment)
    reason: str = neutral(default="")


class HandledEvent(SQLModel, table=True):
    """That a handler is done with an event. Written in the handler's own transaction, so it can't act twice."""

    __tablename__ = "handled"

    inbox_id: int = neutral(primary_key=True, sa_type=BigInteger)
    handler: str = neutral(primary_key=True)


_INBOX = columns(InboxEvent)
_IS_WAITING = _INBOX.state == text(str(InboxState.WAITING.value))  # spelt out, or the index of what waits is not taken
_WAITING: Any = (
    select_columns(
        _INBOX.id,
        _INBOX.platform,
        _INBOX.conversation,
        _INBOX.body,
        _INBOX.received_at,
        _INBOX.attempts,
        _INBOX.retry_at,
    )
    .where(_IS_WAITING, _INBOX.id > given("after"))
    .order_by(_INBOX.id)
    .limit(given("at_most"))
)
_WAITING_ON: Any = _WAITING.where(_INBOX.platform.in_(some("platforms")))
_FINISH: Any = update(bare(InboxEvent)).where(_INBOX.id.in_(some("ids"))).values(state=InboxState.DONE.value)
_HANDLED = columns(HandledEvent)
_TAKE: Any = (
    update(bare(InboxEvent))
    .where(_INBOX.id == given("event"), _IS_WAITING)
    .where(~exists().where(_HANDLED.inbox_id == _INBOX.id, _HANDLED.handler == given("done_by")))
    .values(state=InboxState.DONE.value)
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that waits for its turn."""

    id: int
    platform: str
    conversation: bytes
    body: bytes
    received_at: datetime
    attempts: int
    retry_at: datetime | None


async def keep(database: Database, events: Sequence[RawEvent], now: datetime) -> int:
    """Keep what is new of ``events``; how many that were. They are durable when this returns.

    Raises DatabaseUnavailable.
    """
    digest = database.cipher.digest
    rows = [
        {
            "platform": event.platform,
            "tenant": event.tenant,
            "key": digest("event", event.platform, event.tenant, event.key),
            "conversation": digest("conversation", event.platform, event.tenant, event.conversation),
            "message": activity_key(event.platform, event.tenant, event.message) if event.message else None,
            "body": event.body,
            "received_at": now,
            "state": InboxState.WAITING.value,
            "attempts": 0,
            "reason": "",
        }
        for event in events
    ]
    return await insert_new(database, InboxEvent, rows) if rows else 0


async def waiting(
    session: Session,
    *,
    limit: int,
    after: int = 0,
    without: Collection[int] = (),
    platforms: Collection[str] | None = None,
) -> list[Waiting]:
    """The oldest events that nobody has finished, in the order of their arrival, beginning behind ``after``.

    Only those of ``platforms``, where some are named.
    """
    among = {"after": after, "at_most": limit + len(without)}
    if platforms is None:
        rows = await session.exec(_WAITING, params=among)
    else:
        rows = await session.exec(_WAITING_ON, params={**among, "platforms": list(platforms)})
    return [Waiting(*row) for row in rows if row[0] not in without][:limit]


async def about_message(session: Session, key: int) -> list[tuple[str, bytes]]:
    """The events that posted, edited or took back the message with this activity key: platform and body.

    In the order of their arrival. What could not be read is left out, and so is what is older than a week.
    """
    table: Any = InboxEvent
    statement = select(table.platform, table.body).where(table.message == key, table.state != InboxState.DEAD.value)
    return [tuple(row) for row in (await session.exec(statement.order_by(table.id))).all()]


async def latest(session: Session, platform: str, tenant: str, limit: int) -> list[bytes]:
    """The bodies of the latest events of a tenant, the newest first."""
    statement = select(InboxEvent.body).where(InboxEvent.platform == platform, InboxEvent.tenant == tenant)
    return list((await session.exec(statement.order_by(col(InboxEvent.id).desc()).limit(limit))).all())


async def finish(session: Session, ids: Sequence[int]) -> None:
    """These events are done; their handlers' marks are no longer needed."""
    if not ids:
        return
    await session.exec(_FINISH, params={"ids": ids})


async def retry_later(session: Session, event_id: int, attempts: int, at: datetime, reason: str) -> None:
    """The event failed ``attempts`` times and is tried again at ``at``."""
    change = {"attempts": attempts, "retry_at": at, "reason": reason}
    await session.exec(update(InboxEvent).where(col(InboxEvent.id) == event_id).values(**change))


async def bury(session: Session, event_id: int, attempts: int, reason: str) -> None:
    """The event can't be handled. It stays, visible to ``baraza doctor``, with a reason that quotes nobody."""
    change = {"state": InboxState.DEAD.value, "attempts": attempts, "reason": reason}
    await session.exec(update(InboxEvent).where(col(InboxEvent.id) == event_id).values(**change))


async def take_last_step(session: Session, event_id: int, handler: str) -> bool:
    """Part of the transaction of the last handler that an event has: with it the event is done.

    False when another run of the handler got there first.
    """
    return bool((await session.exec(_TAKE, params={"event": event_id, "done_by": handler})).rowcount)


async def mark_handled(session: Session, event_id: int, handler: str) -> bool:
    """Part of the handler's transaction. False when another run of the handler got there first."""
    values = {"inbox_id": event_id, "handler": handler}
    return bool((await session.exec(insert_new_into(session, HandledEvent), params=values)).rowcount)


async def count_waiting(session: Session) -> int:
    """How many events wait."""
    statement = select(func.count()).select_from(InboxEvent).where(col(InboxEvent.state) == InboxState.WAITING.value)
    return (await session.exec(statement)).one()


async def dead(session: Session) -> list[tuple[int, str, datetime, str]]:
    """Dead letters, oldest first: id, platform, when it came, why it died."""
    table: Any = InboxEvent
    statement = select(table.id, table.platform, table.received_at, table.reason)
    rows = await session.exec(statement.where(table.state == InboxState.DEAD.value).order_by(table.id))
    return [tuple(row) for row in rows.all()]


async def forget_done(session: Session, now: datetime, keep_for: timedelta) -> None:
    """Remove finished events that came longer than ``keep_for`` ago, and their handlers' marks."""
    old = (col(InboxEvent.state) == InboxState.DONE.value, col(InboxEvent.received_at) < now - keep_for)
    ids = select(InboxEvent.id).where(*old)
    await session.exec(delete(HandledEvent).where(col(HandledEvent.inbox_id).in_(ids)))
    await session.exec(delete(InboxEvent).where(*old))
