"""Slow work and things that fall due later: durable, claimed when their moment has come."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import Index, SmallInteger, delete, func, text, update
from sqlmodel import SQLModel, col, select

from storage.columns import NEVER_AGAIN, Moment, SealedJson, neutral, personal, row_id
from storage.database import Session
from storage.statements import given
from storage.upserts import insert_into


class TaskState(IntEnum):
    """Where a task stands. A finished task is deleted."""

    WAITING = 0
    DEAD = 9


class Task(SQLModel, table=True):
    """Something to do at ``due_at``. ``once`` keeps two tasks for the same purpose from existing together."""

    __tablename__ = "task"
    __table_args__ = (
        Index("task_due", "due_at", sqlite_where=text("state = 0"), postgresql_where=text("state = 0")),
        NEVER_AGAIN,
    )

    id: int = row_id()
    kind: str = neutral()
    once: str | None = neutral(default=None, unique=True)
    community_id: int | None = neutral(default=None, foreign_key="community.id")
    payload: dict[str, Any] = personal(sa_type=SealedJson)
    created_at: datetime = neutral(sa_type=Moment)
    due_at: datetime = neutral(sa_type=Moment)
    retry_at: datetime = neutral(sa_type=Moment)
    state: int = neutral(default=TaskState.WAITING, sa_type=SmallInteger)
    attempts: int = neutral(default=0, sa_type=SmallInteger)
    reason: str = neutral(default="")


_DUE: Any = (
    select(Task)
    .where(
        col(Task.state) == text(str(TaskState.WAITING.value)),  # spelt out, or the index of what is due is not taken
        col(Task.due_at) <= given("now"),
        col(Task.retry_at) <= given("now"),
    )
    .order_by(col(Task.due_at), col(Task.id))
    .limit(given("at_most"))
)


_ADDED = "tasks were added"


def were_added(session: Session) -> bool:
    """Whether a change adds tasks: once it is kept, there may be something to do."""
    return _ADDED in session.info


async def add(session: Session, task: Task) -> bool:
    """Keep a task. False when one with the same ``once`` waits already; then nothing changes."""
    session.info[_ADDED] = True
    values = task.model_dump(exclude={"id"})
    result = await session.exec(insert_into(session, Task).values(**values).on_conflict_do_nothing())
    return bool(result.rowcount)


async def due(session: Session, now: datetime, limit: int) -> list[Task]:
    """What is due, in the order in which it fell due."""
    return list((await session.exec(_DUE, params={"now": now, "at_most": limit})).all())


async def finish(session: Session, task_id: int) -> bool:
    """The task is done. False when somebody else had finished it already."""
    result = await session.exec(delete(Task).where(col(Task.id) == task_id))
    return bool(result.rowcount)


async def retry_later(session: Session, task_id: int, attempts: int, at: datetime, reason: str) -> None:
    """The task failed ``attempts`` times and is tried again at ``at``."""
    change = {"attempts": attempts, "retry_at": at, "reason": reason}
    await session.exec(update(Task).where(col(Task.id) == task_id).values(**change))


async def bury(session: Session, task_id: int, attempts: int, reason: str) -> None:
    """The task can't be done; it stays, visible to ``baraza doctor``."""
    change = {"state": TaskState.DEAD.value, "attempts": attempts, "reason": reason, "once": None}
    await session.exec(update(Task).where(col(Task.id) == task_id).values(**change))


async def next_due(session: Session, after: datetime) -> datetime | None:
    """When the next task falls due, later than ``after``."""
    statement = select(func.min(Task.due_at)).where(
        col(Task.state) == TaskState.WAITING.value, col(Task.due_at) > after
    )
    return (await session.exec(statement)).one()


async def dead(session: Session) -> list[tuple[int, str, datetime, str]]:
    """Dead letters, oldest first: id, kind, when it was due, why it died."""
    table: Any = Task
    statement = select(table.id, table.kind, table.due_at, table.reason)
    rows = await session.exec(statement.where(table.state == TaskState.DEAD.value).order_by(table.id))
    return [tuple(row) for row in rows.all()]
