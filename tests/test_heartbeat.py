"""Somebody elsewhere hears while all is well, and only then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from aiohttp import web

from bot.heartbeat import Heartbeat
from tests.community import running


@dataclass
class Listener:
    """Hears beats, and answers as it is told."""

    status: int = 200
    heard: int = 0
    url: str = ""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def answer(self, _request: web.Request) -> web.Response:
        async with self.changed:
            self.heard += 1
            self.changed.notify_all()
        return web.Response(status=self.status)

    async def until(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(enough)


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    app = web.Application()
    app.router.add_get("/beat-5ecret", listener.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    listener.url = f"http://127.0.0.1:{runner.addresses[0][1]}/beat-5ecret"
    try:
        yield listener
    finally:
        await runner.cleanup()


async def test_the_running_program_is_heard_as_soon_as_it_works(tmp_path: Path) -> None:
    async with listening() as listener, running(tmp_path, heartbeat_url=listener.url):
        await listener.until(lambda: listener.heard == 1)


async def test_while_something_is_the_matter_nothing_is_heard() -> None:
    looked = asyncio.Queue[int]()
    troubles = ["the worker is stuck"]

    async def trouble() -> list[str]:
        looked.put_nowait(1)
        return list(troubles)

    async with listening() as listener:
        heartbeat = Heartbeat(listener.url, trouble, every_seconds=0)
        heartbeat.start()
        for _ in range(3):
            await looked.get()
        assert listener.heard == 0
        troubles.clear()
        await listener.until(lambda: listener.heard >= 2)
        await heartbeat.stop()


async def _fine() -> list[str]:
    return []


@pytest.mark.parametrize("status", [404, 500])
async def test_a_failure_is_logged_without_the_address_and_the_next_beat_comes(status: int) -> None:
    async with listening() as listener:
        listener.status = status
        heartbeat = Heartbeat(listener.url, _fine, every_seconds=0)
        with structlog.testing.capture_logs() as lines:
            heartbeat.start()
            await listener.until(lambda: listener.heard >= 3)
            await heartbeat.stop()
    assert lines[0]["reason"] == f"answered with {status}"
    assert "5ecret" not in str(lines)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/5ecret", "no address 5ecret", "http://[5ecret"])
async def test_nobody_there_or_no_address_at_all_harms_nothing(url: str) -> None:
    beats = asyncio.Queue[int]()

    async def fine() -> list[str]:
        beats.put_nowait(1)
        return []

    heartbeat = Heartbeat(url, fine, every_seconds=0)
    with structlog.testing.capture_logs() as lines:
        heartbeat.start()
        for _ in range(3):
            await beats.get()
        await heartbeat.stop()
    assert lines
    assert "5ecret" not in str(lines)


async def test_without_an_address_it_does_nothing() -> None:
    heartbeat = Heartbeat(None, _fine)
    heartbeat.start()
    await heartbeat.stop()
