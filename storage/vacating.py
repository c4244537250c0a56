"""Many leave at once: a place leaves its community with who was in no other of it, or somebody a whole workspace."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import and_, col, delete, select, update

from bot.core.addresses import Account
from storage.communities import CommunityPlace
from storage.database import Session
from storage.members import MemberAccount, MemberRole, Membership, Presence, user_key


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


async def leave_tenant(session: Session, account: Account, member_id: int, at: datetime) -> list[tuple[int, int]]:
    """The member with this account is in none of its tenant's places any more.

    The communities that they have left by that, each with one of its places there: those that know them in no other
    place, and that meet nowhere where they have another account.
    """
    there = (CommunityPlace.platform == account.platform, CommunityPlace.tenant == account.tenant)
    meeting = select(CommunityPlace).where(*there, col(CommunityPlace.community_id).is_not(None))
    places = (await session.exec(meeting.order_by(col(CommunityPlace.id)))).all()
    in_them = (col(Presence.place_id).in_([one.id for one in places]), col(Presence.member_id) == member_id)
    await session.exec(delete(Presence).where(*in_them))
    first = {one.community_id: one.id for one in reversed(places) if one.community_id is not None}
    left = []
    for community_id, place_id in sorted(first.items()):
        membership = await session.get(Membership, (community_id, member_id))
        if membership is None or membership.left_at is not None:
            continue
        if not await _is_elsewhere(session, community_id, member_id, account):
            membership.left_at = at
            left.append((community_id, place_id))
    await session.flush()
    return left


async def _is_elsewhere(session: Session, community_id: int, member_id: int, account: Account) -> bool:
    """Whether somebody is in a place of the community, or has an account other than this one where it meets."""
    of_it = (col(CommunityPlace.community_id) == community_id, col(CommunityPlace.active))
    present = (
        select(Presence.place_id)
        .join(CommunityPlace, col(CommunityPlace.id) == col(Presence.place_id))
        .where(*of_it, Presence.member_id == member_id)
    )
    same = and_(
        col(CommunityPlace.platform) == col(MemberAccount.platform),
        col(CommunityPlace.tenant) == col(MemberAccount.tenant),
    )
    another = (
        select(CommunityPlace.id)
        .join(MemberAccount, same)
        .where(*of_it, MemberAccount.member_id == member_id, MemberAccount.user_key != user_key(account))
    )
    return any([(await session.exec(query.limit(1))).first() is not None for query in (present, another)])
