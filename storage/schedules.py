"""What recurs: each community's schedules, when each is due next, and a row for every time that it ran."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint, delete, func, update
from sqlmodel import SQLModel, col, select

from storage.columns import NEVER_AGAIN, Moment, neutral, row_id
from storage.database import Session
from storage.upserts import insert_into


class StoredSchedule(SQLModel, table=True):
    """One recurring job of one community, or of the whole installation, where ``community_id`` is 0.

    ``subject`` tells several of one name apart. ``chosen``: the community chose the cadence, which a declared one
    doesn't overwrite. While it is not ``active`` it is never due, and ``next_at`` means nothing.
    """

    __tablename__ = "stored_schedule"
    __table_args__ = (UniqueConstraint("name", "community_id", "subject"), NEVER_AGAIN)

    id: int = row_id()
    name: str = neutral()
    community_id: int = neutral(sa_type=BigInteger)
    subject: str = neutral(default="")
    cadence: str = neutral()
    time_zone: str = neutral()
    chosen: bool = neutral(default=False)
    active: bool = neutral(default=True)
    next_at: datetime = neutral(sa_type=Moment, index=True)
    next_local: str = neutral()


class ScheduleRun(SQLModel, table=True):
    """That a schedule ran for a local date and time. The row decides who runs it, and that it runs once."""

    __tablename__ = "stored_schedule_run"

    schedule_id: int = neutral(primary_key=True, sa_type=BigInteger)
    local: str = neutral(primary_key=True)
    ran_at: datetime = neutral(sa_type=Moment)


async def all_schedules(session: Session) -> list[StoredSchedule]:
    """Every schedule of every community."""
    return list((await session.exec(select(StoredSchedule).order_by(col(StoredSchedule.id)))).all())


async def of_community(session: Session, community_id: int) -> list[StoredSchedule]:
    """A community's schedules by name and subject, also those that are switched off."""
    statement = select(StoredSchedule).where(StoredSchedule.community_id == community_id)
    ordered = statement.order_by(col(StoredSchedule.name), col(StoredSchedule.subject))
    return list((await session.exec(ordered, execution_options={"populate_existing": True})).all())


async def add(session: Session, schedule: StoredSchedule) -> None:
    """Keep a schedule, unless the community has one of that name and subject already."""
    values = schedule.model_dump(exclude={"id"})
    await session.exec(insert_into(session, StoredSchedule).values(**values).on_conflict_do_nothing())


async def put(session: Session, schedule: StoredSchedule) -> None:
    """Keep a schedule, in the place of one of that name and subject that the community had before."""
    values = schedule.model_dump(exclude={"id"})
    unique = ["name", "community_id", "subject"]
    changed = {name: value for name, value in values.items() if name not in unique}
    statement = insert_into(session, StoredSchedule).values(**values)
    await session.exec(statement.on_conflict_do_update(index_elements=unique, set_=changed))


async def plan_again(session: Session, seen: StoredSchedule, planned: StoredSchedule) -> bool:
    """Give a schedule another cadence or time zone. False when it has been changed since it was ``seen``."""
    changed = planned.model_dump(include={"cadence", "time_zone", "next_at", "next_local"})
    return await _change(session, seen, changed)


async def move_on(session: Session, seen: StoredSchedule, next_at: datetime, next_local: str) -> bool:
    """The next time the schedule is due, in UTC and as local date and time.

    False when it has been moved on, changed or switched off since it was ``seen``.
    """
    return await _change(session, seen, {"next_at": next_at, "next_local": next_local})


async def switch_off(session: Session, community_id: int, name: str, subject: str) -> None:
    """Let a schedule rest until its community switches it on again."""
    named = _named(community_id, name, subject)
    await session.exec(update(StoredSchedule).where(*named).values(active=False))


async def forget(session: Session, community_id: int, name: str, subject: str) -> None:
    """Remove a schedule, and that it ever ran."""
    named = _named(community_id, name, subject)
    ids = select(StoredSchedule.id).where(*named)
    await session.exec(delete(ScheduleRun).where(col(ScheduleRun.schedule_id).in_(ids)))
    await session.exec(delete(StoredSchedule).where(*named))


async def due(session: Session, now: datetime) -> list[StoredSchedule]:
    """What is due, in the order in which it fell due."""
    statement = select(StoredSchedule).where(col(StoredSchedule.active), col(StoredSchedule.next_at) <= now)
    return list((await session.exec(statement.order_by(col(StoredSchedule.next_at), col(StoredSchedule.id)))).all())


async def claim(session: Session, schedule_id: int, local: str, now: datetime) -> bool:
    """Whether this caller is the one to run the schedule for this local date and time."""
    values = {"schedule_id": schedule_id, "local": local, "ran_at": now}
    result = await session.exec(insert_into(session, ScheduleRun).values(**values).on_conflict_do_nothing())
    return bool(result.rowcount)


async def forget_runs(session: Session, now: datetime, keep_for: timedelta) -> None:
    """Remove that schedules ran, where that is longer than ``keep_for`` ago: no catching up goes back so far."""
    await session.exec(delete(ScheduleRun).where(col(ScheduleRun.ran_at) < now - keep_for))


async def next_due(session: Session, after: datetime) -> datetime | None:
    """When the next schedule falls due, later than ``after``."""
    later = (col(StoredSchedule.active), col(StoredSchedule.next_at) > after)
    return (await session.exec(select(func.min(StoredSchedule.next_at)).where(*later))).one()


async def _change(session: Session, seen: StoredSchedule, values: dict[str, Any]) -> bool:
    """Change a schedule that is still as it was seen: two who do so at once have one effect."""
    fields = ("id", "cadence", "time_zone", "chosen", "active", "next_at")
    unchanged = [col(getattr(StoredSchedule, field)) == getattr(seen, field) for field in fields]
    result = await session.exec(update(StoredSchedule).where(*unchanged).values(**values))
    return bool(result.rowcount)


def _named(community_id: int, name: str, subject: str) -> tuple[Any, ...]:
    table: Any = StoredSchedule
    return table.community_id == community_id, table.name == name, table.subject == subject
