"""When prompts are posted, and where: what a facilitator proposed, and what runs."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, or_, update
from sqlalchemy import text as sql
from sqlmodel import SQLModel, col, select

from storage.columns import Moment, neutral, pseudonymous, row_id
from storage.database import Session


class ScheduleState(StrEnum):
    """Where a schedule stands: nobody has said yes yet, it runs, or it is over."""

    PROPOSED = "proposed"
    RUNNING = "running"
    STOPPED = "stopped"


class PromptSchedule(SQLModel, table=True):
    """A prompt is posted in a place whenever ``cadence`` (in the words of ``bot.core.cadence``) says so.

    ``first_id`` is the prompt that it begins with. Occurrences until ``skip_through`` (local date and time) are left
    out; ``left_out`` is the moment of the last one that a facilitator left out. ``held_until``: one fell into quiet
    hours, and is posted when they end. ``everywhere``: it is posted in every main place of the community besides.
    """

    __tablename__ = "prompt_schedule"

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id", index=True)
    place_id: int = neutral(foreign_key="place.id")
    cadence: str = neutral()
    state: str = neutral(default=ScheduleState.PROPOSED.value)
    first_id: int | None = neutral(default=None, foreign_key="library_prompt.id")
    proposed_by: int | None = pseudonymous(default=None, foreign_key="member.id", index=True)
    proposed_at: datetime = neutral(sa_type=Moment)
    started_at: datetime | None = neutral(default=None, sa_type=Moment)
    skip_through: str | None = neutral(default=None)
    left_out: datetime | None = neutral(default=None, sa_type=Moment)
    held_until: datetime | None = neutral(default=None, sa_type=Moment)
    everywhere: bool = neutral(default=False, sa_column_kwargs={"server_default": sql("false")})


async def propose(session: Session, schedule: PromptSchedule) -> PromptSchedule:
    """Keep a schedule until somebody says yes to it, or a few days have passed."""
    session.add(schedule)
    await session.flush()
    return schedule


async def by_id(session: Session, community_id: int, schedule_id: int) -> PromptSchedule | None:
    """The schedule of a community with this number, or None. Until this transaction ends nobody else changes it."""
    found = await session.get(PromptSchedule, schedule_id, populate_existing=True, with_for_update=True)
    return found if found is not None and found.community_id == community_id else None


async def running(session: Session, community_id: int) -> list[PromptSchedule]:
    """The schedules of a community that run, the oldest first."""
    statement = select(PromptSchedule).where(
        PromptSchedule.community_id == community_id, PromptSchedule.state == ScheduleState.RUNNING.value
    )
    return list((await session.exec(statement.order_by(col(PromptSchedule.id)))).all())


async def start(session: Session, schedule_id: int, now: datetime) -> bool:
    """The schedule runs from now on. False when it does already, or is over."""
    values = {"state": ScheduleState.RUNNING.value, "started_at": now}
    return await _change(session, schedule_id, ScheduleState.PROPOSED, **values)


async def cancel(session: Session, schedule_id: int) -> bool:
    """Nobody wants the schedule after all. False when it runs already, or is over."""
    return await _change(session, schedule_id, ScheduleState.PROPOSED, state=ScheduleState.STOPPED.value)


async def stop(session: Session, schedule_id: int) -> bool:
    """The schedule is over. False when it does not run."""
    values = {"state": ScheduleState.STOPPED.value, "held_until": None}
    return await _change(session, schedule_id, ScheduleState.RUNNING, **values)


async def leave_out(session: Session, schedule_id: int, local: str, by_hand: datetime | None = None) -> bool:
    """The occurrence at this local date and time is not posted. False when it was left out already.

    ``by_hand``: its moment, where a facilitator wants it so.
    """
    not_yet = or_(col(PromptSchedule.skip_through).is_(None), col(PromptSchedule.skip_through) < local)
    values = {"skip_through": local, "held_until": None, "left_out": by_hand}
    return await _change(session, schedule_id, ScheduleState.RUNNING, not_yet, **values)


async def put_back(session: Session, schedule_id: int, local: str, before: str | None) -> bool:
    """The occurrence that was left out last is posted after all. False when another one was left out since."""
    last = col(PromptSchedule.skip_through) == local
    return await _change(session, schedule_id, ScheduleState.RUNNING, last, skip_through=before, left_out=None)


async def hold(session: Session, schedule_id: int, until: datetime) -> bool:
    """What is due waits until quiet hours end. False when something waits already."""
    nothing = col(PromptSchedule.held_until).is_(None)
    return await _change(session, schedule_id, ScheduleState.RUNNING, nothing, held_until=until)


async def release(session: Session, schedule_id: int) -> bool:
    """Quiet hours are over. False when nothing was held, or it was left out since."""
    held = col(PromptSchedule.held_until).is_not(None)
    return await _change(session, schedule_id, ScheduleState.RUNNING, held, held_until=None)


async def begun(session: Session, schedule_id: int) -> None:
    """The prompt that the schedule begins with has been posted."""
    await _change(session, schedule_id, ScheduleState.RUNNING, first_id=None)


async def forget_proposals(session: Session, community_id: int, before: datetime) -> None:
    """Remove what nobody said yes to."""
    await session.exec(
        delete(PromptSchedule).where(
            col(PromptSchedule.community_id) == community_id,
            col(PromptSchedule.state) == ScheduleState.PROPOSED.value,
            col(PromptSchedule.proposed_at) < before,
        )
    )


async def _change(session: Session, schedule_id: int, in_state: ScheduleState, *conditions: Any, **values: Any) -> bool:
    statement = update(PromptSchedule).where(
        col(PromptSchedule.id) == schedule_id, col(PromptSchedule.state) == in_state.value, *conditions
    )
    return bool((await session.exec(statement.values(**values))).rowcount)
