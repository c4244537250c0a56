"""The monthly health check keeps to the community's clocks, and is caught up once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conversations import Someone, StandingClock, founded, running

ADELAIDE = "Australia/Adelaide"  # half an hour off; clocks go back on 5 April 2026 and forward on 4 October


async def checks(person: Someone) -> int:
    return sum("Health check of" in heard for heard in await person.hears())


@pytest.mark.parametrize(
    ("begins", "due"),
    [("2026-04-02T12:00", "2026-05-01T09:00"), ("2026-10-02T12:00", "2026-11-02T09:00")],
)
async def test_it_is_nine_o_clock_after_clocks_have_changed(tmp_path: Path, begins: str, due: str) -> None:
    start, nine = (
        datetime.fromisoformat(one).replace(tzinfo=ZoneInfo(ADELAIDE)).astimezone(UTC) for one in (begins, due)
    )
    async with running(tmp_path, clock=StandingClock(start), default_timezone=ADELAIDE) as talk:
        fatima = await founded(talk)
        await fatima.says("/settings schedule today off")
        await talk.wait_until(nine - timedelta(minutes=1))
        assert await checks(fatima) == 0
        await talk.wait_until(nine)
        assert await checks(fatima) == 1


async def test_after_a_week_of_downtime_it_is_caught_up_once(tmp_path: Path) -> None:
    clock = StandingClock(datetime(2026, 3, 31, 12, 0, tzinfo=UTC))
    async with running(tmp_path, clock=clock) as talk:
        fatima_id = (await founded(talk)).id
        await talk.wait(minutes=1)
    clock.move_to(datetime(2026, 4, 7, 12, 0, tzinfo=UTC))
    async with running(tmp_path, clock=clock) as talk:
        fatima = talk.person(fatima_id, "Fatima")
        await talk.settle()
        assert await checks(fatima) == 1
        await talk.wait(days=1)
        assert await checks(fatima) == 1
