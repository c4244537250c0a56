"""What could not be done is counted once, told once, and not too often."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.core.addresses import Place
from storage import alerts, communities
from storage.database import Database
from tests.community import START

HOUR = timedelta(hours=1)


async def found(database: Database) -> int:
    async with database.transaction() as session:
        place = await communities.discover(session, Place("fake", "tenant", "circle", "circle"))
        return (await communities.found(session, place, name="N", language="en", time_zone="UTC", now=START)).id


async def test_it_is_told_at_most_once_an_hour_and_nothing_is_told_twice(database: Database) -> None:
    community = await found(database)

    async def one_more() -> None:
        async with database.transaction() as session:
            await alerts.count_one_more(session, community)

    async def told(after: timedelta) -> int:
        async with database.transaction() as session:
            return await alerts.take_untold(session, community, START + after, HOUR)

    assert await told(timedelta(0)) == 0
    await one_more()
    assert await told(timedelta(0)) == 1
    await asyncio.gather(*(one_more() for _ in range(5)))
    assert await told(timedelta(minutes=59)) == 0
    assert sorted(await asyncio.gather(*(told(HOUR) for _ in range(4)))) == [0, 0, 0, 5]
    assert await told(HOUR * 3) == 0
