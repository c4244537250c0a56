"""A facilitator's day: who wants no message about it by itself, and which places have fallen silent."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import SQLModel, col, delete, select

from bot.core.roles import Purpose
from storage.activity import Activity, ActivityKind
from storage.columns import Linked, Moment, neutral, pseudonymous
from storage.communities import CommunityPlace
from storage.database import Session
from storage.members import Presence
from storage.upserts import insert_into


class WithoutToday(SQLModel, table=True):
    """That a facilitator asked for no daily message in a community. /today still answers them."""

    __tablename__ = "without_today"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    since: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)


async def leave_out(session: Session, community_id: int, member_id: int, now: datetime) -> None:
    """No daily message for this member from now on."""
    values = {"community_id": community_id, "member_id": member_id, "since": now}
    await session.exec(insert_into(session, WithoutToday).values(**values).on_conflict_do_nothing())


async def take_in(session: Session, community_id: int, member_id: int) -> None:
    """The daily message comes to this member again."""
    await session.exec(
        delete(WithoutToday).where(
            col(WithoutToday.community_id) == community_id, col(WithoutToday.member_id) == member_id
        )
    )


async def left_out(session: Session, community_id: int) -> set[int]:
    """The members of the community who want no daily message."""
    statement = select(WithoutToday.member_id).where(WithoutToday.community_id == community_id)
    return set((await session.exec(statement)).all())


async def silent_places(session: Session, community_id: int, since: datetime) -> list[CommunityPlace]:
    """The main places where somebody is, and nobody has written anything, since a moment."""
    heard = select(Activity.place_id).where(
        Activity.community_id == community_id,
        Activity.kind == ActivityKind.MESSAGE.value,
        col(Activity.at) >= since,
    )
    peopled = select(Presence.place_id).where(col(Presence.since) <= since)
    statement = select(CommunityPlace).where(
        CommunityPlace.community_id == community_id,
        CommunityPlace.purpose == Purpose.MAIN.value,
        col(CommunityPlace.active),
        col(CommunityPlace.id).in_(peopled),
        col(CommunityPlace.id).not_in(heard),
    )
    return list((await session.exec(statement.order_by(col(CommunityPlace.id)))).all())
