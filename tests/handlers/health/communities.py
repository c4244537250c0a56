"""Puts a story into a database, so that its figures can be asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from handlers.health._figures import BY_MEMBERS, NAMES, Figures
from storage.activity import Activity, ActivityKind
from storage.communities import Community, CommunityPlace
from storage.database import Session
from storage.members import Member, MemberAccount, Membership
from tests.handlers.health.definitions import Row, Someone, Story

A = datetime(2026, 3, 2, tzinfo=UTC)
B = datetime(2026, 4, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOMENT = timedelta(microseconds=1)

_KINDS = {"message": ActivityKind.MESSAGE, "reaction": ActivityKind.REACTION, "deleted": ActivityKind.DELETED}


def said(person: int, at: datetime, key: int = 0, thread: int | None = None, **more: Any) -> Row:
    """A message of a person; ``key`` tells it apart, ``thread`` makes it a reply."""
    return Row(person, at, "message", key, thread, **more)


def story(*rows: Row, people: int = 0, **more: Any) -> Story:
    """A community in which this happened. Rows without a key get one of their own."""
    keyed = [
        row if row.key else Row(row.person, row.at, row.kind, 10_000 + number, row.thread, row.is_question)
        for number, row in enumerate(rows)
    ]
    number = max([people, *(row.person + 1 for row in rows)])
    return Story(keyed, more.pop("people_are", [Someone()] * number), **more)


async def told(session: Session, what: Story, time_zone: str = "UTC") -> Community:
    """The community of a story, with everything that happened in it."""
    community = Community(name="Nurses", created_at=A, time_zone=time_zone)
    session.add(community)
    await session.flush()
    place = CommunityPlace(
        community_id=community.id,
        platform="local",
        tenant="",
        external_id=f"{community.id}",
        active=what.meets,
        tells_joins=what.tells_joins,
    )
    session.add(place)
    members = [Member(name="x", unit=one.unit, language=one.language, created_at=A) for one in what.people]
    session.add_all(members)
    await session.flush()
    rows: list[dict[str, Any]] = [
        {
            "community_id": community.id,
            "place_id": place.id,
            "member_id": members[row.person].id,
            "kind": _KINDS[row.kind].value,
            "at": row.at,
            "key": row.key,
            "thread": row.thread,
            "is_question": row.is_question,
        }
        for row in what.rows
    ]
    await _insert(session, Activity, rows)
    await _insert(session, Membership, _memberships(what, community, members))
    await _insert(session, MemberAccount, _accounts(what, members))
    return community


def _memberships(what: Story, community: Community, members: list[Member]) -> list[dict[str, Any]]:
    return [
        {"community_id": community.id, "member_id": member.id, "joined_at": one.joined, "left_at": one.left}
        for one, member in zip(what.people, members, strict=True)
        if one.joined is not None
    ]


def _accounts(what: Story, members: list[Member]) -> list[dict[str, Any]]:
    return [
        {
            "member_id": member.id,
            "platform": platform,
            "tenant": "",
            "user_key": f"{member.id}".encode(),
            "user": "x",
            "is_bot": False,
        }
        for one, member in zip(what.people, members, strict=True)
        for platform in one.platforms
    ]


def figures(**known: Any) -> Figures:
    """Figures where only some are given; counts are zero and the others missing."""
    counts = ("messages", "active_members", "engaged_members", "new_members", "known_members", "questions")
    empty: dict[str, Any] = dict.fromkeys(NAMES) | dict.fromkeys((*counts, "returning", "lost"), 0)
    return Figures(**(empty | {"participation_base": BY_MEMBERS} | known))


async def _insert(session: Session, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    if rows:
        await (await session.connection()).execute(insert(table), rows)
