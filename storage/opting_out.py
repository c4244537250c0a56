"""Who does not want their activity to be recorded. It holds for a person, in all of their communities."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import SQLModel, col, delete

from storage.columns import Linked, Moment, neutral, pseudonymous
from storage.database import Session
from storage.statements import columns, some
from storage.upserts import insert_into


class OptOut(SQLModel, table=True):
    """That nothing of what a member does has been counted since a moment."""

    __tablename__ = "opt_out"

    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True)
    since: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)


_OPT_OUT = columns(OptOut)
_AMONG: Any = select(_OPT_OUT.member_id).where(_OPT_OUT.member_id.in_(some("members")))


async def stop_recording(session: Session, member_id: int, now: datetime) -> bool:
    """What the member does is not counted from now on. False when that was so already."""
    values = {"member_id": member_id, "since": now}
    return bool((await session.exec(insert_into(session, OptOut).values(**values).on_conflict_do_nothing())).rowcount)


async def record_again(session: Session, member_id: int) -> bool:
    """What the member does is counted again. False when it was all the time."""
    return bool((await session.exec(delete(OptOut).where(col(OptOut.member_id) == member_id))).rowcount)


async def is_out(session: Session, member_id: int) -> bool:
    """Whether what the member does is counted nowhere."""
    return await session.get(OptOut, member_id) is not None


async def among(session: Session, member_ids: Collection[int]) -> set[int]:
    """Those of these members whose activity is not to be recorded."""
    return {member_id for (member_id,) in await session.exec(_AMONG, params={"members": list(member_ids)})}
