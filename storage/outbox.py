"""The outbox: what is to be said, written in the same transaction as the reason for saying it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import Index, SmallInteger, delete, exists, false, func, insert, text, update
from sqlalchemy import select as select_columns
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import SQLModel, col, select

from storage.columns import NEVER_AGAIN, Moment, SealedJson, neutral, new_token, personal, pseudonymous, row_id
from storage.database import Session
from storage.statements import bare, columns, given, some


class OutboxState(IntEnum):
    """Where something outgoing stands. SENDING at start-up means: nobody knows whether it arrived."""

    WAITING = 0
    SENDING = 1
    SENT = 2
    DEAD = 9


NOT_SENT = "not sent yet"
PLACE_CLOSED = "its place is closed"
MAY_HAVE_ARRIVED = "nobody can tell whether it arrived"
"""Reasons why something waits to be sent again."""

_OPEN = "state IN (0, 1)"


class OutboxRow(SQLModel, table=True):
    """One thing to send, edit or open. Rows of one ``conversation`` (a digest) go out in order.

    ``reference`` names the message for ever; ``target`` is the reference of the message that an edit changes.
    ``awaits_first_word``: it goes out once its person has written to the bot, and keeps nothing else waiting.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_open", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("outbox_order", "conversation", "id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        NEVER_AGAIN,
    )

    id: int = row_id()
    reference: str = neutral(default_factory=new_token, unique=True)
    platform: str = neutral()
    conversation: bytes = pseudonymous()
    operation: str = neutral()
    kind: str = neutral()
    destination: dict[str, Any] = personal(sa_type=SealedJson)
    body: dict[str, Any] = personal(sa_type=SealedJson)
    target: str | None = neutral(default=None)
    created_at: datetime = neutral(sa_type=Moment, index=True)
    not_before: datetime = neutral(sa_type=Moment)
    state: int = neutral(default=OutboxState.WAITING, sa_type=SmallInteger)
    attempts: int = neutral(default=0, sa_type=SmallInteger)
    sent: dict[str, Any] | None = personal(default=None, sa_type=SealedJson)
    reason: str = neutral(default="")
    awaits_first_word: bool = neutral(default=False, sa_column_kwargs={"server_default": false()})

    @property
    def may_have_arrived(self) -> bool:
        """Whether an earlier sending may have arrived: if it is sent once more, it may be there twice."""
        return self.reason == MAY_HAVE_ARRIVED


_OUTBOX = columns(OutboxRow)
_EARLIER = bare(OutboxRow).alias("earlier")
_IS_WAITING = text(f"outbox.state = {OutboxState.WAITING.value}")  # spelt out, or the indexes of open rows aren't taken
_BLOCKED = exists().where(
    _EARLIER.c.conversation == _OUTBOX.conversation,
    _EARLIER.c.id < _OUTBOX.id,
    text(f"earlier.{_OPEN}"),
    ~_EARLIER.c.awaits_first_word,
)
_CLAIMABLE: Any = (
    select(OutboxRow)
    .where(_IS_WAITING, col(OutboxRow.not_before) <= given("now"), ~_BLOCKED)
    .order_by(col(OutboxRow.id))
    .limit(given("at_most"))
)
_ADD: Any = insert(bare(OutboxRow))
_CLAIM: Any = update(bare(OutboxRow)).where(_OUTBOX.id.in_(some("ids"))).values(state=OutboxState.SENDING.value)
_DUE: Any = select_columns(_OUTBOX.id).where(_IS_WAITING, _OUTBOX.not_before <= given("now")).limit(1)
_MARK_SENT: Any = (
    update(bare(OutboxRow))
    .where(_OUTBOX.id == given("row"))
    .values(state=OutboxState.SENT.value, sent=given("address"), reason="")
)


async def add(session: Session, row: OutboxRow) -> OutboxRow:
    """Write ``row``; it goes out once the transaction around this commits. What is changed on it later isn't kept."""
    await session.exec(_ADD, params=row.model_dump(exclude={"id"}))
    return row


async def claim_due(session: Session, now: datetime, limit: int) -> list[OutboxRow]:
    """The first open row of each conversation, where it is due, marked as being sent."""
    rows = list((await session.exec(_CLAIMABLE, params={"now": now, "at_most": limit})).all())
    if rows:
        await session.exec(_CLAIM, params={"ids": [one.id for one in rows]})
    for row in rows:
        set_committed_value(row, "state", OutboxState.SENDING.value)
    return rows


async def anything_due(session: Session, now: datetime) -> bool:
    """Whether a claim would find something, most likely; cheap, and without a write lock."""
    return (await session.exec(_DUE, params={"now": now})).first() is not None


async def newer_waits(session: Session, row: OutboxRow) -> bool:
    """Whether something of the same conversation, written after ``row``, waits to go out."""
    statement = select(OutboxRow.id).where(
        OutboxRow.conversation == row.conversation,
        col(OutboxRow.id) > row.id,
        col(OutboxRow.state) == OutboxState.WAITING.value,
    )
    return (await session.exec(statement.limit(1))).first() is not None


async def interrupted(session: Session) -> list[OutboxRow]:
    """Rows that were being sent when the program last stopped."""
    statement = select(OutboxRow).where(col(OutboxRow.state) == OutboxState.SENDING.value)
    return list((await session.exec(statement.order_by(col(OutboxRow.id)))).all())


async def mark_sent(session: Session, addresses: Mapping[int, dict[str, Any] | None]) -> None:
    """Rows that arrived, by their ids, with the address that each has on its platform."""
    if addresses:
        connection = await session.connection()
        await connection.execute(_MARK_SENT, [{"row": row, "address": sent} for row, sent in addresses.items()])


async def is_gone(session: Session, reference: str) -> None:
    """The message with this reference was taken down: nothing can be changed on it any more."""
    await session.exec(update(OutboxRow).where(col(OutboxRow.reference) == reference).values(sent=None))


async def send_again(session: Session, row_id: int, at: datetime, attempts: int, reason: str) -> None:
    """It is tried again at ``at``. Of what may have arrived before, ``reason`` has to say so each time."""
    change = {"state": OutboxState.WAITING.value, "not_before": at, "attempts": attempts, "reason": reason}
    await _change(session, row_id, **change)


async def withdraw(session: Session, reference: str) -> bool:
    """It is not sent any more. False when it is on its way by now, or has ended."""
    mine = (col(OutboxRow.reference) == reference, col(OutboxRow.state) == OutboxState.WAITING.value)
    gone = {"state": OutboxState.SENT.value, "body": {}, "awaits_first_word": False, "reason": "taken back in time"}
    return (await session.exec(update(OutboxRow).where(*mine).values(**gone))).rowcount == 1


async def hold(session: Session, row: OutboxRow, until: datetime) -> None:
    """It waits for its person's first word, and is tried once more at ``until`` if that doesn't come."""
    change = {"state": OutboxState.WAITING.value, "not_before": until, "awaits_first_word": True}
    reason = MAY_HAVE_ARRIVED if row.may_have_arrived else "waits for the person to write first"
    await _change(session, row.id, **change, reason=reason)


async def let_go(session: Session, conversation: bytes, now: datetime) -> bool:
    """The person of a conversation has written: what waited for that goes out now, in order. Whether there was any."""
    waiting = (col(OutboxRow.state) == OutboxState.WAITING.value, col(OutboxRow.awaits_first_word))
    statement = update(OutboxRow).where(col(OutboxRow.conversation) == conversation, *waiting)
    return bool((await session.exec(statement.values(awaits_first_word=False, not_before=now))).rowcount)


async def readdress(session: Session, old: bytes, new: bytes, destination: dict[str, Any]) -> None:
    """What still waits for one conversation goes to another, which is at ``destination``; in a thread, no longer there.

    Changes of messages stay behind with their messages.
    """
    open_ones = (OutboxRow.conversation == old, OutboxRow.state == OutboxState.WAITING.value)
    movable = col(OutboxRow.operation).not_in(("edit", "delete"))
    for row in (await session.exec(select(OutboxRow).where(*open_ones, movable))).all():
        row.conversation, row.destination = new, destination
        session.add(row)
    await session.flush()


async def bury(session: Session, row_id: int, reason: str) -> None:
    """It can't arrive. It stays, visible to ``baraza doctor``, with a reason that quotes nobody."""
    await _change(session, row_id, state=OutboxState.DEAD.value, reason=reason)


async def by_reference(session: Session, reference: str) -> OutboxRow | None:
    """The row with this reference, or None when it is gone."""
    return (await session.exec(select(OutboxRow).where(OutboxRow.reference == reference))).one_or_none()


async def depth(session: Session) -> tuple[int, datetime | None]:
    """How many rows are open, and since when the oldest waits; what waits for a person's first word is no backlog."""
    statement = select(func.count(), func.min(OutboxRow.created_at)).where(
        col(OutboxRow.state).in_((OutboxState.WAITING.value, OutboxState.SENDING.value)),
        ~col(OutboxRow.awaits_first_word),
    )
    count, oldest = (await session.exec(statement)).one()
    return count, oldest


async def dead(session: Session) -> list[tuple[int, str, datetime, str]]:
    """Dead letters, oldest first: id, platform, when it was written, why it died."""
    table: Any = OutboxRow
    statement = select(table.id, table.platform, table.created_at, table.reason)
    rows = await session.exec(statement.where(table.state == OutboxState.DEAD.value).order_by(table.id))
    return [tuple(row) for row in rows.all()]


async def forget_sent(session: Session, now: datetime, content_for: timedelta, address_for: timedelta) -> None:
    """Take the content out of what was sent longer than ``content_for`` ago; its address stays, for edits.

    After ``address_for`` nothing of it stays.
    """
    sent = col(OutboxRow.state) == OutboxState.SENT.value
    await session.exec(update(OutboxRow).where(sent, col(OutboxRow.created_at) < now - content_for).values(body={}))
    await session.exec(delete(OutboxRow).where(sent, col(OutboxRow.created_at) < now - address_for))


async def _change(session: Session, row_id: int, **values: Any) -> None:
    await session.exec(update(OutboxRow).where(col(OutboxRow.id) == row_id).values(**values))
