"""What the tests of the imports share: importing, and looking at what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import SQLModel, col, func, select

from handlers.imports import ImportResult, import_slack_export
from storage import communities
from storage.activity import Activity, ActivityKind
from storage.communities import Community, CommunityPlace
from storage.database import Database
from storage.imports import ImportPerson, ImportPlace, ImportRecord
from storage.members import MemberAccount

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

Row = tuple[str, str, datetime, int, int | None, bool, str]


def silently(done: int, total: int) -> None:
    """A progress bar for nobody."""


async def read_in(
    database: Database,
    path: Path,
    name: str | None = None,
    progress: Callable[[int, int], None] = silently,
) -> ImportResult:
    """Import the archive at ``path``."""
    return await import_slack_export(database, path, name, NOW, progress)


async def rows_of(database: Database, community: str) -> list[Row]:
    """All that is known to have happened in a community: user, kind, time, key, thread, question, channel."""
    statement = (
        select(Activity, MemberAccount.user, CommunityPlace.external_id)
        .join(Community, col(Community.id) == Activity.community_id)
        .join(MemberAccount, col(MemberAccount.member_id) == Activity.member_id)
        .join(CommunityPlace, col(CommunityPlace.id) == Activity.place_id)
        .where(Community.name == community)
    )
    async with database.reading() as session:
        found = (await session.exec(statement)).all()
    return sorted(
        (
            (user, ActivityKind(row.kind).name, row.at, row.key, row.thread, row.is_question, place)
            for row, user, place in found
        ),
        key=lambda row: (row[2], row[0], row[1], row[3]),
    )


async def shows(database: Database, community: str) -> bool:
    """Whether there is a community of this name for people to see."""
    async with database.reading() as session:
        return await communities.named(session, community) is not None


async def waiting(database: Database) -> int:
    """How many rows still wait to be published."""
    return sum([await count(database, table) for table in (ImportRecord, ImportPerson, ImportPlace)])


async def count(database: Database, table: type[SQLModel]) -> int:
    """How many rows a table has."""
    async with database.reading() as session:
        return (await session.exec(select(func.count()).select_from(table))).one()
