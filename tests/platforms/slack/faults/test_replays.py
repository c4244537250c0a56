"""A request that somebody recorded, and requests while a clock is wrong."""

from __future__ import annotations

import time
from pathlib import Path

from tests.frame import echo
from tests.platforms.slack.faults.installation import installed


async def test_a_replay_counts_once_and_is_refused_after_five_minutes(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), socket=False) as here:
        http = here.slack.http
        await here.ana.writes("circle", "hello")
        body, headers = http.encoded(here.slack.deliveries[-1])
        assert [(await http.post(body, headers))[0] for _ in range(3)] == [200] * 3
        old = headers | http.signed(body, at=time.time() - 301)
        assert (await http.post(body, old))[0] == 401
        await here.settles()
        assert here.posted(here.circle) == ["hello"]
        assert await here.dead() == []


async def test_while_the_clock_is_an_hour_off_nothing_is_taken_and_afterwards_nothing_is_missing(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path, echo(), socket=False) as here:
        for off in (-3_600, 3_600):
            here.slack.http.signs_at = lambda off=off: time.time() + off  # type: ignore[misc]
            await here.ana.writes("circle", f"hello {off}")
            assert not here.slack.deliveries[-1].acknowledged
        here.slack.http.signs_at = time.time
        await here.waits(61)
        assert sorted(here.posted(here.circle)) == ["hello -3600", "hello 3600"]


async def test_a_clock_that_jumps_an_hour_stops_no_socket_and_doubles_nothing(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.ana.writes("circle", "before")
        await here.settles()
        for hours in (1, -2, 1):
            await here.running.wait(hours=hours)
            await here.ana.writes("circle", f"after {hours}")
            await here.settles()
        await here.waits_long()
        assert here.posted(here.circle) == ["before", "after 1", "after -2", "after 1"]
        assert here.platform.trouble() is None
