"""What recurs: each community's schedules, when each is due next, and a row for every time that it ran."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint, func, update
from sqlmodel import SQLModel, col, select

from storage.columns import Moment, neutral, row_id
from storage.database import Session
from storage.upserts import insert_into


class StoredSchedule(SQLModel, table=True):
    """One recurring job of one community, or of the whole installation, where ``community_id`` is 0."""

    __tablename__ = "schedule"
    __table_args__ = (UniqueConstraint("name", "community_id"),)

    id: int = row_id()
    name: str = neutral()
    community_id: int = neutral(sa_type=BigInteger)
    cadence: str = neutral()
    time_zone: str = neutral()
    next_at: datetime = neutral(sa_type=Moment, index=True)
    next_local: str = neutral()


class ScheduleRun(SQLModel, table=True):
    """That a schedule ran for a local date and time. The row decides who runs it, and that it runs once."""

    __tablename__ = "schedule_run"

    schedule_id: int = neutral(primary_key=True, sa_type=BigInteger)
    local: str = neutral(primary_key=True)
    ran_at: datetime = neutral(sa_type=Moment)


async def all_schedules(session: Session) -> list[StoredSchedule]:
    """Every schedule of every community."""
    return list((await session.exec(select(StoredSchedule).order_by(col(StoredSchedule.id)))).all())


async def put(session: Session, schedule: StoredSchedule) -> None:
    """Keep a community's schedule, in the place of one of that name that it had before."""
    values = schedule.model_dump(exclude={"id"})
    statement = insert_into(session, StoredSchedule).values(**values)
    changed = {name: values[name] for name in ("cadence", "time_zone", "next_at", "next_local")}
    await session.exec(statement.on_conflict_do_update(index_elements=["name", "community_id"], set_=changed))


async def due(session: Session, now: datetime) -> list[StoredSchedule]:
    """What is due, in the order in which it fell due."""
    statement = select(StoredSchedule).where(col(StoredSchedule.next_at) <= now)
    return list((await session.exec(statement.order_by(col(StoredSchedule.next_at), col(StoredSchedule.id)))).all())


async def claim(session: Session, schedule_id: int, local: str, now: datetime) -> bool:
    """Whether this caller is the one to run the schedule for this local date and time."""
    values = {"schedule_id": schedule_id, "local": local, "ran_at": now}
    result = await session.exec(insert_into(session, ScheduleRun).values(**values).on_conflict_do_nothing())
    return bool(result.rowcount)


async def move_on(session: Session, schedule_id: int, next_at: datetime, next_local: str) -> None:
    """The next time the schedule is due, in UTC and as local date and time."""
    change = {"next_at": next_at, "next_local": next_local}
    await session.exec(update(StoredSchedule).where(col(StoredSchedule.id) == schedule_id).values(**change))


async def next_due(session: Session, after: datetime) -> datetime | None:
    """When the next schedule falls due, later than ``after``."""
    statement = select(func.min(StoredSchedule.next_at)).where(col(StoredSchedule.next_at) > after)
    return (await session.exec(statement)).one()
