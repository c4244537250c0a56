"""Alerts: how much could not be done in a community that its facilitators have not heard of yet."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import SQLModel, col, or_, update

from storage.columns import Moment, neutral
from storage.database import Session
from storage.upserts import insert_into


class Alert(SQLModel, table=True):
    """One row a community, from its first dead letter on."""

    __tablename__ = "alert"

    community_id: int = neutral(primary_key=True, foreign_key="community.id")
    untold: int = neutral(default=0)
    told_at: datetime | None = neutral(default=None, sa_type=Moment)


async def count_one_more(session: Session, community_id: int) -> None:
    """Something could not be done."""
    statement = insert_into(session, Alert).values(community_id=community_id, untold=1)
    more = {"untold": col(Alert.untold) + 1}
    await session.exec(statement.on_conflict_do_update(index_elements=["community_id"], set_=more))


async def take_untold(session: Session, community_id: int, now: datetime, at_most_every: timedelta) -> int:
    """How much is to be told now, which then counts as told; 0 when there is nothing, or when it is too early."""
    alert = await session.get(Alert, community_id, populate_existing=True)
    if alert is None or not alert.untold:
        return 0
    untold = alert.untold
    unchanged = (col(Alert.community_id) == community_id, col(Alert.untold) == untold)
    late_enough = or_(col(Alert.told_at).is_(None), col(Alert.told_at) <= now - at_most_every)
    told = await session.exec(update(Alert).where(*unchanged, late_enough).values(untold=0, told_at=now))
    return untold if told.rowcount else 0
