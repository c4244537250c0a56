"""Who was greeted when, and who still has to be named in a place's joint line of greeting."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import SQLModel, col, delete, select

from storage.columns import Moment, neutral, pseudonymous
from storage.database import Session
from storage.members import Member


class Welcome(SQLModel, table=True):
    """That a member was greeted in a community, by the message of which reference."""

    __tablename__ = "welcome"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    greeted_at: datetime = neutral(sa_type=Moment)
    reference: str | None = neutral(default=None)


class Newcomer(SQLModel, table=True):
    """A member whom the next joint line in the place will greet."""

    __tablename__ = "newcomer"

    place_id: int = neutral(foreign_key="place.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    joined_at: datetime = neutral(sa_type=Moment)


async def of(session: Session, community_id: int, member_id: int) -> Welcome | None:
    """When the member was greeted last, or None."""
    return await session.get(Welcome, (community_id, member_id))


async def remember(session: Session, welcome: Welcome) -> None:
    """The member has been greeted (again)."""
    await session.merge(welcome)
    await session.flush()


async def expect_in_joint_line(session: Session, place_id: int, member_id: int, joined_at: datetime) -> None:
    """The next joint line of the place names this member."""
    await session.merge(Newcomer(place_id=place_id, member_id=member_id, joined_at=joined_at))
    await session.flush()


async def leave_out_of_joint_line(session: Session, member_id: int) -> None:
    """The member has been introduced already; no joint line names them again."""
    await session.exec(delete(Newcomer).where(col(Newcomer.member_id) == member_id))


async def take_newcomers(session: Session, place_id: int) -> list[Member]:
    """Who is to be named in the joint line now, in the order of joining; they are not named again."""
    statement = (
        select(Member)
        .join(Newcomer, col(Newcomer.member_id) == col(Member.id))
        .where(Newcomer.place_id == place_id)
        .order_by(col(Newcomer.joined_at), col(Member.id))
    )
    newcomers = list((await session.exec(statement)).all())
    await session.exec(delete(Newcomer).where(col(Newcomer.place_id) == place_id))
    return newcomers
