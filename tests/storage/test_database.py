"""The database keeps its promises on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from storage.communities import Community
from storage.database import Database, DatabaseProblem, parse_url

NOW = datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC)


async def test_a_moment_comes_back_exactly_and_with_its_zone(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Community(name="Nurses", created_at=NOW))
    async with database.reading() as session:
        community = (await session.exec(select(Community))).one()
    assert community.created_at == NOW
    assert community.created_at.tzinfo is UTC


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def breaks_half_way() -> None:
        async with database.transaction() as session:
            session.add(Community(name="Nurses", created_at=NOW))
            await session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await breaks_half_way()
    async with database.reading() as session:
        assert (await session.exec(select(Community))).all() == []


async def test_no_concurrent_increment_is_lost(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Community(id=1, name="0", created_at=NOW))

    async def increment() -> None:
        async with database.transaction() as session:
            statement = select(Community).where(Community.id == 1).with_for_update()
            community = (await session.exec(statement)).one()
            community.name = str(int(community.name) + 1)

    await asyncio.gather(*(increment() for _ in range(400)))
    async with database.reading() as session:
        assert (await session.exec(select(Community.name))).one() == "400"


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.003, 0.01, 0.03])
async def test_a_change_that_is_stopped_in_the_middle_of_a_query_lets_others_write_at_once(
    database: Database, seconds: float
) -> None:
    async def changes_and_reads_on(limit: float) -> None:
        async with database.transaction() as session:
            session.add(Community(id=1, name="half", created_at=NOW))
            await session.flush()
            async with asyncio.timeout(limit):
                while True:
                    await session.exec(select(Community.name))

    stopped = []  # who keeps an error keeps the query that it came from
    for _ in range(20):
        with pytest.raises(TimeoutError) as kept:
            await changes_and_reads_on(seconds)
        stopped.append(kept)
    async with asyncio.timeout(10), database.transaction() as session:
        assert (await session.exec(select(Community.name))).all() == []


def test_addresses_get_the_drivers_that_baraza_uses() -> None:
    assert parse_url("sqlite:///a.sqlite3").drivername == "sqlite+aiosqlite"
    assert parse_url("postgres://u:p@h/d").drivername == "postgresql+asyncpg"
    assert parse_url("postgresql+psycopg://u:p@h/d").drivername == "postgresql+asyncpg"


@pytest.mark.parametrize("url", ["mysql://h/d", "not an address"])
def test_an_address_it_cannot_use_is_named_in_plain_words(url: str) -> None:
    with pytest.raises(DatabaseProblem, match="DATABASE_URL"):
        parse_url(url)
