"""The way into the inbox: nobody is told that an event arrived before it is durable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.core.capability import Capability
from bot.core.clock import Clock
from bot.core.platform import RawEvent
from bot.intake import Intake
from bot.metrics import Metrics
from storage import inbox
from storage.database import Database, DatabaseUnavailable
from tests.frame import echo, program


def event(key: str, tenant: str = "tenant") -> RawEvent:
    return RawEvent("fake", tenant, key, "circle", b"{}")


def an_intake(database: Database, **how: float) -> tuple[Intake, Metrics]:
    metrics = Metrics()
    return Intake(database, Clock(), metrics, on_kept=lambda: None, **how), metrics


def count_changes(database: Database) -> list[object]:
    """Grows with every change that is kept, whichever way it takes."""
    commits: list[object] = []
    change = database.direct if database.is_sqlite else database.transaction

    @asynccontextmanager
    async def counted() -> AsyncIterator[Any]:
        async with change() as changing:
            yield changing
        commits.append(changing)

    setattr(database, change.__name__, counted)
    return commits


async def count(database: Database) -> int:
    async with database.reading() as session:
        return await inbox.count_waiting(session)


async def test_when_it_returns_the_event_is_durable(database: Database) -> None:
    intake, _ = an_intake(database)
    for number in range(1, 4):
        await intake.accept([event(str(number))])
        assert await count(database) == number


async def test_what_arrives_together_is_kept_together_and_counted(database: Database) -> None:
    intake, metrics = an_intake(database)
    await asyncio.gather(*(intake.accept([event(str(number % 60)), event(f"b{number}")]) for number in range(600)))
    assert await count(database) == 660
    exposed = metrics.exposition().decode()
    assert 'baraza_events_total{kind="raw",outcome="kept"} 660.0' in exposed
    assert 'baraza_events_total{kind="raw",outcome="repeat"} 540.0' in exposed


async def test_those_who_were_acknowledged_together_are_kept_together_again(database: Database) -> None:
    """They come back one after the other; the first of them gets no commit of its own."""
    intake, _ = an_intake(database, gather_seconds=0.5)
    commits = count_changes(database)

    async def tell(who: int) -> None:
        for number in range(10):
            for _ in range(who):
                await asyncio.sleep(0)
            await intake.accept([event(f"{who}.{number}")])

    await asyncio.gather(*(tell(who) for who in range(16)))
    assert await count(database) == 160
    assert len(commits) < 16


async def test_who_comes_alone_after_many_is_kept_too(database: Database) -> None:
    intake, _ = an_intake(database)
    await asyncio.gather(*(intake.accept([event(str(number))]) for number in range(30)))
    await intake.accept([event("alone")])
    await asyncio.gather(*(intake.accept([event(f"a few {number}")]) for number in range(3)))
    assert await count(database) == 34


async def test_nothing_is_kept_of_nothing(database: Database) -> None:
    intake, _ = an_intake(database)
    await intake.accept([])
    assert await count(database) == 0


async def test_what_no_database_can_hold_is_refused_and_takes_nothing_else_with_it(database: Database) -> None:
    intake, _ = an_intake(database)
    outcomes = await asyncio.gather(
        *(intake.accept([event(str(number), "\ud800" if number == 7 else "tenant")]) for number in range(20)),
        return_exceptions=True,
    )
    assert [number for number, outcome in enumerate(outcomes) if outcome is not None] == [7]
    assert await count(database) == 19


async def test_somebody_who_goes_away_while_waiting_disturbs_nobody(database: Database) -> None:
    intake, _ = an_intake(database)
    leaving, staying = (asyncio.create_task(intake.accept([event(key)])) for key in ("a", "b"))
    await asyncio.sleep(0)
    leaving.cancel()
    await staying
    assert await count(database) == 2


async def test_while_the_database_is_away_everybody_hears_of_it_and_nothing_is_acknowledged(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        running.database.down = True
        with pytest.raises(DatabaseUnavailable):
            await running.app.accept([event("1"), event("2")])
        with pytest.raises(DatabaseUnavailable):
            await running.fake.writes("ana", "hello", place="circle")
        assert len(running.fake.not_accepted) == 1
        running.database.down = False
        await running.fake.writes("ana", "again", place="circle")
        await running.settle()
        assert running.fake.words() == ["hello", "again"]


async def test_a_body_of_a_hundred_thousand_characters_is_kept(tmp_path: Path) -> None:
    async with program(tmp_path, Capability("silent")) as running:
        await running.fake.writes("ana", "x" * 100_000, place="circle")
        await running.settle()
        assert await count(running.database) == 0
