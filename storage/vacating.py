"""A place leaves its community, and with it who was in no other place of it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, delete, select, update

from storage.communities import CommunityPlace
from storage.database import Session
from storage.members import MemberRole, Membership, Presence


async def vacate(session: Session, community_id: int, place_id: int, at: datetime) -> None:
    """The place is no longer one of the community's. Who is in none of its others has left the community.

    Who holds a role stays in it: or who took the place out could no longer bring it back.
    """
    there = select(Presence.member_id).where(Presence.place_id == place_id)
    elsewhere = (
        select(Presence.member_id)
        .join(CommunityPlace, col(CommunityPlace.id) == col(Presence.place_id))
        .where(CommunityPlace.community_id == community_id, Presence.place_id != place_id)
    )
    with_a_role = select(MemberRole.member_id).where(MemberRole.community_id == community_id)
    statement = update(Membership).where(
        col(Membership.community_id) == community_id,
        col(Membership.left_at).is_(None),
        col(Membership.member_id).in_(there),
        col(Membership.member_id).not_in(elsewhere),
        col(Membership.member_id).not_in(with_a_role),
    )
    await session.exec(statement.values(left_at=at))
    await session.exec(delete(Presence).where(col(Presence.place_id) == place_id))
