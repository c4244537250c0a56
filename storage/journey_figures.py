"""How far newcomers came: from joining over a first post to being back in their second week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import FromClause, and_, case, func, select

from storage.activity_queries import ACTIVITY, as_number, microseconds, row_of, said, wait
from storage.columns import to_microseconds
from storage.database import Session
from storage.members import Member, MemberAccount, Membership
from storage.welcomes import Welcome

_WEEK = timedelta(days=7)
_ACCOUNT: FromClause = MemberAccount.__table__  # type: ignore[attr-defined]
_MEMBER: FromClause = Member.__table__  # type: ignore[attr-defined]
_MEMBERSHIP: FromClause = Membership.__table__  # type: ignore[attr-defined]
_WELCOME: FromClause = Welcome.__table__  # type: ignore[attr-defined]


class Funnel(NamedTuple):
    """How many of the people who joined in a window did each thing, at any time since; each is counted by itself.

    ``posted``: wrote a top-level message. ``answered``: somebody else replied to their first one within seven days.
    ``back``: wrote in the second week after their first message, of whatever kind; ``second_weeks`` is of how many
    that week is over.
    """

    joined: int
    welcomed: int
    introduced: int
    posted: int
    answered: int
    back: int
    second_weeks: int


async def funnel(session: Session, community_id: int, a: datetime, b: datetime, now: datetime) -> Funnel:
    """What became, until ``now``, of who joined in ``[a, b)``: also of who has left since. Bots are left out."""
    person = _newcomers(community_id, a, b, now)
    first_post = _first_post(community_id, person, now)
    first_at = _first_message(community_id, person, now)
    welcomed = select(_WELCOME.c.member_id).where(
        _WELCOME.c.community_id == community_id, _WELCOME.c.member_id == person.c.member_id
    )
    steps = select(
        person.c.member_id,
        case((welcomed.exists(), 1)).label("welcomed"),
        person.c.introduced_at,
        first_post.label("first_post"),
        first_at.label("first_at"),
    ).cte("steps")
    post = ACTIVITY.alias("post")
    reached = steps.join(post, post.c.id == steps.c.first_post, isouter=True)
    waited = and_(said(post, community_id), wait(post, community_id) <= microseconds(_WEEK))
    statement = select(
        func.count(),
        func.count(steps.c.welcomed),
        func.count(steps.c.introduced_at),
        func.count(steps.c.first_post),
        func.count(case((waited, 1))),
        func.count(case((_came_back(community_id, steps, now), 1))),
        func.count(case((steps.c.first_at <= to_microseconds(now - 2 * _WEEK), 1))),
    ).select_from(reached)
    return Funnel(*await row_of(session, statement))


def _newcomers(community_id: int, a: datetime, b: datetime, now: datetime) -> Any:
    """Who joined in the window, with the moment at which they introduced themselves, if that is past."""
    here = _MEMBERSHIP.c
    is_bot = select(_ACCOUNT.c.id).where(_ACCOUNT.c.member_id == here.member_id, _ACCOUNT.c.is_bot.is_(True)).exists()
    introduced = case((_MEMBER.c.introduced_at <= now, as_number(_MEMBER.c.introduced_at)))
    return (
        select(here.member_id, introduced.label("introduced_at"))
        .select_from(_MEMBERSHIP.join(_MEMBER, _MEMBER.c.id == here.member_id))
        .where(here.community_id == community_id, here.joined_at >= a, here.joined_at < b, ~is_bot)
        .cte("newcomer")
    )


def _first_post(community_id: int, person: Any, now: datetime) -> Any:
    """The row of somebody's first top-level message."""
    row = ACTIVITY.alias("own")
    theirs = and_(said(row, community_id), row.c.member_id == person.c.member_id, row.c.at <= now)
    first = select(row.c.id).where(theirs, row.c.thread.is_(None)).order_by(row.c.at, row.c.id).limit(1)
    return first.scalar_subquery()


def _first_message(community_id: int, person: Any, now: datetime) -> Any:
    """When somebody first wrote anything (µs)."""
    row = ACTIVITY.alias("wrote")
    theirs = and_(said(row, community_id), row.c.member_id == person.c.member_id, row.c.at <= now)
    return select(func.min(as_number(row.c.at))).where(theirs).scalar_subquery()


def _came_back(community_id: int, steps: Any, now: datetime) -> Any:
    row = ACTIVITY.alias("later")
    at, week = as_number(row.c.at), microseconds(_WEEK)
    theirs = and_(said(row, community_id), row.c.member_id == steps.c.member_id, row.c.at <= now)
    return select(row.c.id).where(theirs, at >= steps.c.first_at + week, at < steps.c.first_at + 2 * week).exists()
