"""Newcomers who can't be written to yet: which line in their place names them, until they open the private chat."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import SQLModel, col, delete, select, update

from storage.columns import Linked, Moment, neutral, pseudonymous
from storage.database import Session
from storage.members import Member, Presence
from storage.upserts import insert_into


class GroupGreeting(SQLModel, table=True):
    """A member who came into a place and is still to be greeted privately.

    ``named_at`` is when a line in the place named them; ``reference`` is that of the line, as long as it stands.
    """

    __tablename__ = "group_greeting"

    place_id: int = neutral(foreign_key="place.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    joined_at: datetime = neutral(sa_type=Moment, linked=Linked.FIRST)
    named_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.OWN)
    reference: str | None = neutral(default=None, linked=Linked.OWN)


async def expect(session: Session, place_id: int, member_id: int, joined_at: datetime) -> None:
    """The next line in the place names this member; who is expected already is so once."""
    values = {"place_id": place_id, "member_id": member_id, "joined_at": joined_at}
    await session.exec(insert_into(session, GroupGreeting).values(**values).on_conflict_do_nothing())


async def in_place(session: Session, place_id: int) -> list[tuple[GroupGreeting, Member]]:
    """Who is in the place and still to be greeted, in the order of joining."""
    statement = (
        select(GroupGreeting, Member)
        .join(Member, col(Member.id) == col(GroupGreeting.member_id))
        .join(Presence, col(Presence.member_id) == col(GroupGreeting.member_id))
        .where(GroupGreeting.place_id == place_id, Presence.place_id == place_id)
        .order_by(col(GroupGreeting.joined_at), col(GroupGreeting.member_id))
    )
    return list((await session.exec(statement)).all())


async def of_member(session: Session, member_id: int) -> list[GroupGreeting]:
    """Where a member is still to be greeted, the place they came to first before the others."""
    statement = select(GroupGreeting).where(GroupGreeting.member_id == member_id)
    return list((await session.exec(statement.order_by(col(GroupGreeting.joined_at)))).all())


async def named(
    session: Session, place_id: int, member_ids: Collection[int], reference: str, named_at: datetime
) -> None:
    """A line in the place names these members."""
    theirs = (col(GroupGreeting.place_id) == place_id, col(GroupGreeting.member_id).in_(member_ids))
    await session.exec(update(GroupGreeting).where(*theirs).values(reference=reference, named_at=named_at))


async def no_longer(session: Session, place_id: int, member_id: int) -> str | None:
    """A member needs no greeting in the place any more. The reference of the line that names nobody else, if any."""
    row = await session.get(GroupGreeting, (place_id, member_id))
    if row is None:
        return None
    reference = row.reference
    await session.exec(
        delete(GroupGreeting).where(col(GroupGreeting.place_id) == place_id, col(GroupGreeting.member_id) == member_id)
    )
    session.expunge(row)
    others = select(GroupGreeting.member_id).where(GroupGreeting.reference == reference).limit(1)
    return None if reference is None or (await session.exec(others)).first() is not None else reference


async def line_is_gone(session: Session, place_id: int, reference: str) -> bool:
    """The line stands no longer; those whom it named stay to be greeted privately. Whether there were any."""
    theirs = (col(GroupGreeting.place_id) == place_id, col(GroupGreeting.reference) == reference)
    return bool((await session.exec(update(GroupGreeting).where(*theirs).values(reference=None))).rowcount)
