"""Thanks: who thanked whom, and for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, func
from sqlmodel import SQLModel, col, select

from storage.columns import Erase, Moment, SealedText, neutral, personal, pseudonymous, row_id
from storage.communities import Community
from storage.database import Session
from storage.members import Member, Membership

SAME_CLICK = timedelta(minutes=1)
"""Thanks of the same person to the same one for the same thing, as public, within this time are one."""


class Thanks(SQLModel, table=True):
    """One member's thanks to another. An empty reason is that of a message they replied to.

    ``in_public``: everybody in a place read it.
    """

    __tablename__ = "thanks"
    __table_args__ = (Index("thanks_by_time", "community_id", "given_at"),)

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id")
    giver_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True, seen_by=("receiver_id",))
    receiver_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True, seen_by=("giver_id",))
    reason: str = personal(sa_type=SealedText, whose="giver_id", seen_by=("receiver_id",), erase=Erase.UNLESS_SHARED)
    in_public: bool = neutral(default=False)
    given_at: datetime = neutral(sa_type=Moment)


async def keep(session: Session, thanks: Thanks) -> bool:
    """Remember the thanks. False when the same ones were given within a minute: a double click."""
    await session.exec(select(Community.id).where(Community.id == thanks.community_id).with_for_update())
    statement = select(Thanks).where(
        Thanks.community_id == thanks.community_id,
        Thanks.giver_id == thanks.giver_id,
        Thanks.receiver_id == thanks.receiver_id,
        Thanks.in_public == thanks.in_public,
        col(Thanks.given_at) > thanks.given_at - SAME_CLICK,
    )
    if any(one.reason == thanks.reason for one in (await session.exec(statement)).all()):
        return False
    session.add(thanks)
    await session.flush()
    return True


@dataclass(frozen=True, slots=True)
class ThanksFigures:
    """How often people were thanked in a window, by how many and how many of them. No name is in it."""

    times: int
    givers: int
    receivers: int


async def between(session: Session, community_id: int, a: datetime, b: datetime) -> ThanksFigures:
    """The thanks of ``[a, b)``, those given privately too."""
    people = (func.count(func.distinct(Thanks.giver_id)), func.count(func.distinct(Thanks.receiver_id)))
    statement = select(func.count(), *people).where(
        Thanks.community_id == community_id, col(Thanks.given_at) >= a, col(Thanks.given_at) < b
    )
    times, givers, receivers = (await session.exec(statement)).one()
    return ThanksFigures(times, givers, receivers)


async def thanked_in_public(session: Session, community_id: int, a: datetime, b: datetime) -> list[tuple[str, int]]:
    """Who was thanked in ``[a, b)`` where everybody read it, and how often, the most thanked first.

    Who has left the community is not named.
    """
    times = func.count()
    statement = (
        select(Member, times)
        .join(Thanks, col(Thanks.receiver_id) == col(Member.id))
        .join(Membership, col(Membership.member_id) == col(Member.id))
        .where(
            Thanks.community_id == community_id,
            col(Thanks.in_public),
            col(Thanks.given_at) >= a,
            col(Thanks.given_at) < b,
            Membership.community_id == community_id,
            col(Membership.left_at).is_(None),
        )
        .group_by(col(Member.id))
        .order_by(times.desc(), col(Member.id))
    )
    return [(member.name, count) for member, count in (await session.exec(statement)).all()]
