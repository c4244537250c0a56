"""The web server: whether Baraza can do its work, whether it lives, and what it counts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.core.platform import NotSent, Undeliverable
from bot.metrics import Metrics
from bot.web import WebServer
from tests.frame import Program, echo, program


@asynccontextmanager
async def asking(running: Program) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(running.app.web.url) as session:
        yield session


async def health(running: Program) -> tuple[int, list[str]]:
    async with asking(running) as session, session.get("/healthz") as response:
        return response.status, (await response.json())["troubles"]


async def numbers(running: Program) -> dict[str, float]:
    """Every line of /metrics by its name and labels."""
    async with asking(running) as session, session.get("/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        text = await response.text()
    return {name: float(value) for name, value in re.findall(r"^(baraza\S+) (\S+)$", text, re.MULTILINE)}


async def test_while_everything_works_it_is_healthy(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        assert await health(running) == (200, [])


@pytest.mark.parametrize("loop", ["worker", "delivery", "tasks"])
async def test_a_loop_that_has_ended_is_named(tmp_path: Path, loop: str) -> None:
    async with program(tmp_path) as running:
        stopped = getattr(running.app, loop)
        await stopped.stop()
        assert await health(running) == (503, [f"the {stopped.name} does not run"])


async def test_a_database_that_does_not_answer_is_named_and_life_goes_on(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        running.database.down = True
        assert await health(running) == (503, ["the database does not answer"])
        async with asking(running) as session, session.get("/livez") as response:
            assert (response.status, await response.json()) == (200, {"status": "alive"})
        running.database.down = False
        assert await health(running) == (200, [])


async def test_a_platform_that_is_not_connected_is_named(tmp_path: Path) -> None:
    async with program(tmp_path) as running:
        await running.fake.stop_receiving()
        assert await health(running) == (503, ["fake is not connected"])


async def test_a_loop_whose_every_round_fails_is_not_healthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with program(tmp_path) as running:
        running.app.worker._last_round -= 31
        running.database.down = True
        await running.settle()
        running.database.down = False
        running.app.worker._stopping = True
        assert (await health(running))[0] == 503


async def test_the_metrics_count_what_happened(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        running.fake.fails(Undeliverable("gone"), conversation="place:square")
        for place in ("circle", "circle", "square"):
            await running.fake.writes("ana", "hello", place=place)
        await running.fake.arrives(b"{")
        await running.settle()
        found = await numbers(running)
    assert found['baraza_events_total{kind="raw",outcome="kept"}'] == 4
    assert found['baraza_events_total{kind="MessagePosted",outcome="done"}'] == 3
    assert found['baraza_events_total{kind="unreadable",outcome="dead"}'] == 1
    assert found['baraza_deliveries_total{outcome="sent",platform="fake"}'] == 2
    assert found['baraza_deliveries_total{outcome="dead",platform="fake"}'] == 1
    assert found['baraza_dead_letters{kind="inbox"}'] == 1
    assert found['baraza_dead_letters{kind="outbox"}'] == 1
    assert found['baraza_dead_letters{kind="task"}'] == 0
    assert found["baraza_ack_seconds_count"] == 4
    assert found["baraza_handling_seconds_count"] == 3
    assert (found["baraza_inbox_depth"], found["baraza_outbox_depth"]) == (0, 0)


async def test_the_metrics_tell_how_long_the_oldest_message_waits(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        running.fake.fails(*(NotSent("busy") for _ in range(99)))
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        await running.wait(minutes=2)
        found = await numbers(running)
    assert (found["baraza_outbox_depth"], found["baraza_outbox_oldest_seconds"]) == (1, 120)


async def test_while_the_database_is_away_the_counters_can_still_be_read(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        running.database.down = True
        found = await numbers(running)
    assert found['baraza_events_total{kind="raw",outcome="kept"}'] == 1


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    async def nothing() -> None: ...

    async def fine() -> list[str]:
        return []

    async with program(tmp_path) as running:
        second = WebServer("127.0.0.1", running.app.web.port, fine, nothing, Metrics())
        with pytest.raises(OSError, match="address already in use"):
            await second.start([])
        await second.stop()


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80")])
def test_its_address_can_be_put_into_a_browser(host: str, url: str) -> None:
    async def nothing() -> None: ...

    async def fine() -> list[str]:
        return []

    assert WebServer(host, 80, fine, nothing, Metrics()).url == url
