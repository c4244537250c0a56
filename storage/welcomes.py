"""Who was greeted when, how far they are on their first days, and whom the next joint line of a place greets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import SQLModel, col, delete, select, update

from storage.columns import Erase, Linked, Moment, RowId, neutral, pseudonymous
from storage.communities import CommunityPlace
from storage.database import Session
from storage.members import Member, Membership, Presence
from storage.upserts import insert_into


class Welcome(SQLModel, table=True):
    """That a member was greeted in a community: by the message of which reference, and where they had come to."""

    __tablename__ = "welcome"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True, erase=Erase.KEEP)
    greeted_at: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)
    reference: str | None = neutral(default=None, linked=Linked.OWN)
    place_id: int | None = neutral(default=None, sa_type=RowId, linked=Linked.OWN)


class Journey(SQLModel, table=True):
    """How far a member is on their first days in a community: which messages they had, and when they wanted no more.

    ``began_at`` is when they came; who comes back much later begins anew, and keeps ``declined_at``.
    """

    __tablename__ = "welcome_journey"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True, erase=Erase.KEEP)
    began_at: datetime = neutral(sa_type=Moment, linked=Linked.OWN)
    nudged_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.FIRST)
    shown_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.FIRST)
    declined_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.FIRST)


class Newcomer(SQLModel, table=True):
    """A member whom the next joint line in the place will greet."""

    __tablename__ = "newcomer"

    place_id: int = neutral(foreign_key="place.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    joined_at: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)


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


async def leave_out_of_joint_line(session: Session, place_id: int, member_id: int) -> None:
    """The member has been introduced in the place already; its joint line does not name them again."""
    await session.exec(delete(Newcomer).where(col(Newcomer.place_id) == place_id, col(Newcomer.member_id) == member_id))


async def take_newcomers(session: Session, place_id: int) -> list[Member]:
    """Who is to be named in the joint line now, in the order of joining; they are not named again.

    Who has left the place meanwhile is not named at all.
    """
    statement = (
        select(Member)
        .join(Newcomer, col(Newcomer.member_id) == col(Member.id))
        .join(Presence, col(Presence.member_id) == col(Member.id))
        .where(Newcomer.place_id == place_id, Presence.place_id == place_id)
        .order_by(col(Newcomer.joined_at), col(Member.id))
    )
    newcomers = list((await session.exec(statement)).all())
    await session.exec(delete(Newcomer).where(col(Newcomer.place_id) == place_id))
    return newcomers


async def begin_journey(session: Session, community_id: int, member_id: int, at: datetime) -> None:
    """The member's first days begin, again or for the first time."""
    values = {"community_id": community_id, "member_id": member_id, "began_at": at}
    again = {"began_at": at, "nudged_at": None, "shown_at": None}
    statement = insert_into(session, Journey).values(**values)
    await session.exec(statement.on_conflict_do_update(index_elements=["community_id", "member_id"], set_=again))


async def journey_of(session: Session, community_id: int, member_id: int) -> Journey | None:
    """How far a member is, as it stands now; None for who came before there were journeys."""
    return await session.get(Journey, (community_id, member_id), populate_existing=True)


async def take_step(session: Session, journey: Journey, **moments: datetime) -> bool:
    """Note that a message of the journey goes out now: ``nudged_at`` or ``shown_at``. False when it had gone before,
    when its member wants no more, has left the community, or began anew in the meantime."""
    here = select(Membership.member_id).where(
        Membership.community_id == journey.community_id,
        Membership.member_id == journey.member_id,
        col(Membership.left_at).is_(None),
    )
    statement = update(Journey).where(
        col(Journey.community_id) == journey.community_id,
        col(Journey.member_id) == journey.member_id,
        col(Journey.began_at) == journey.began_at,
        col(Journey.declined_at).is_(None),
        *(col(getattr(Journey, name)).is_(None) for name in moments),
        here.exists(),
    )
    return (await session.exec(statement.values(**moments))).rowcount == 1


async def decline_journey(session: Session, community_id: int, member_id: int, now: datetime) -> bool:
    """The member wants no more messages of the journey. False when they get none anyway."""
    declined = _journey(community_id, member_id).where(col(Journey.declined_at).is_(None))
    return bool((await session.exec(declined.values(declined_at=now))).rowcount)


async def resume_journey(session: Session, community_id: int, member_id: int) -> bool:
    """The member wants the messages of the journey after all. False when they had never declined them."""
    resumed = _journey(community_id, member_id).where(col(Journey.declined_at).is_not(None))
    return bool((await session.exec(resumed.values(declined_at=None))).rowcount)


async def places_with(session: Session, community_id: int, member_id: int) -> list[CommunityPlace]:
    """The places of a community that a member is in now, the one they came to first before the others."""
    statement = (
        select(CommunityPlace)
        .join(Presence, col(Presence.place_id) == col(CommunityPlace.id))
        .where(
            CommunityPlace.community_id == community_id,
            Presence.member_id == member_id,
            col(CommunityPlace.active),
        )
        .order_by(col(Presence.since), col(CommunityPlace.id))
    )
    return list((await session.exec(statement)).all())


def _journey(community_id: int, member_id: int) -> Any:
    return update(Journey).where(col(Journey.community_id) == community_id, col(Journey.member_id) == member_id)
