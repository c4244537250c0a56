"""What newcomers first wrote, and whether anybody answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import FromClause, and_, func, or_, select, true
from sqlmodel import SQLModel

from bot.core.roles import Role
from storage.activity_queries import ACTIVITY, by_person, rows_of, said, top_level, wait
from storage.columns import Linked, Moment, neutral, pseudonymous
from storage.communities import CommunityPlace
from storage.database import Session
from storage.members import Member, MemberRole, Membership
from storage.upserts import insert_into

A_DAY = timedelta(hours=24)
NEW_FOR = timedelta(days=30)
LOOKED_BACK = timedelta(days=14)
"""An older post is left in peace: Baraza was away, or came to the community long after it."""


class FirstPostShown(SQLModel, table=True):
    """That a newcomer's unanswered first post was shown to the facilitators; it happens once."""

    __tablename__ = "first_post_shown"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    shown_at: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)


class FirstPost(NamedTuple):
    """A newcomer's first top-level message: its activity key, who wrote it, where and when."""

    key: int
    member_id: int
    name: str
    place: str
    at: datetime


_SHOWN: FromClause = FirstPostShown.__table__  # type: ignore[attr-defined]
_MEMBER: FromClause = Member.__table__  # type: ignore[attr-defined]
_MEMBERSHIP: FromClause = Membership.__table__  # type: ignore[attr-defined]
_PLACE: FromClause = CommunityPlace.__table__  # type: ignore[attr-defined]
_ROLE: FromClause = MemberRole.__table__  # type: ignore[attr-defined]


async def unanswered(
    session: Session,
    community_id: int,
    now: datetime,
    at_most: int,
    *,
    waited: timedelta = A_DAY,
    also_shown: bool = False,
) -> list[FirstPost]:
    """Newcomers' first top-level messages that have ``waited`` for somebody else's answer, the longest waiting first.

    A newcomer came, or wrote for the first time, within the last 30 days. Left out is what was shown already (unless
    ``also_shown``), what is older than two weeks, and what was written by facilitators and by who has left.
    """
    first = _first_posts(community_id, now - LOOKED_BACK, now - waited)
    post, here, place = first.c, _MEMBERSHIP.c, _PLACE.c
    belongs = and_(here.community_id == community_id, here.member_id == post.member_id, here.left_at.is_(None))
    statement = (
        select(post.key, post.member_id, _MEMBER.c.name, place.name, post.at)
        .select_from(
            first.join(_MEMBERSHIP, belongs)
            .join(_MEMBER, _MEMBER.c.id == post.member_id)
            .join(_PLACE, and_(place.id == post.place_id, place.community_id == community_id, place.active.is_(True)))
        )
        .where(
            wait(first, community_id).is_(None),
            or_(here.joined_at >= now - NEW_FOR, ~_wrote_before(first, community_id, now - NEW_FOR)),
            true() if also_shown else ~_already_shown(first, community_id),
            ~_facilitates(first, community_id),
        )
        .order_by(post.at, post.member_id)
        .limit(at_most)
    )
    return [FirstPost(*row) for row in await rows_of(session, statement)]


async def show(session: Session, community_id: int, posts: Sequence[FirstPost], now: datetime) -> list[FirstPost]:
    """Note that these are shown now; those of them that had not been shown before."""
    fresh = []
    for post in posts:
        values = {"community_id": community_id, "member_id": post.member_id, "shown_at": now}
        noted = await session.exec(insert_into(session, FirstPostShown).values(**values).on_conflict_do_nothing())
        if noted.rowcount == 1:
            fresh.append(post)
    return fresh


def _first_posts(community_id: int, since: datetime, until: datetime) -> Any:
    """Everybody's first top-level message ever, where it was written in ``[since, until]``."""
    root, earlier = ACTIVITY.alias("root"), ACTIVITY.alias("earlier")
    end = until + timedelta(microseconds=1)
    turn = func.row_number().over(partition_by=by_person(root), order_by=(root.c.at, root.c.id)).label("turn")
    columns = (root.c.community_id, root.c.member_id, root.c.place_id, root.c.at, root.c.key, turn)
    own = select(*columns).where(top_level(root, community_id, since, end)).subquery("own")
    before = select(earlier.c.id).where(
        top_level(earlier, community_id, None, since), earlier.c.member_id == own.c.member_id
    )
    return select(own).where(own.c.turn == 1, ~before.exists()).subquery("first")


def _wrote_before(first: Any, community_id: int, moment: datetime) -> Any:
    earlier = ACTIVITY.alias("before")
    theirs = and_(said(earlier, community_id), earlier.c.member_id == first.c.member_id, earlier.c.at < moment)
    return select(earlier.c.id).where(theirs).exists()


def _already_shown(first: Any, community_id: int) -> Any:
    shown = _SHOWN.c
    return (
        select(shown.member_id).where(shown.community_id == community_id, shown.member_id == first.c.member_id).exists()
    )


def _facilitates(first: Any, community_id: int) -> Any:
    role = _ROLE.c
    holds = and_(role.community_id == community_id, role.member_id == first.c.member_id)
    return select(role.role).where(holds, role.role == Role.FACILITATOR.value).exists()
