"""From the wire's bytes to done: how many events a second, and how long until they are durable."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from bot.core.clock import Clock
from bot.core.platform import RawEvent
from bot.local_installation import LocalApp
from bot.platforms.local.incoming import translate
from bot.settings import Settings
from storage.database import Database
from tests.bench.lines import Line
from tests.community import Talk, founded
from tests.databases import SECRET_KEY

_EVENTS = 20_000
_PRODUCERS = 64
_PACE = 50
_SECONDS = 4


async def _app(folder: Path) -> LocalApp:
    url = f"sqlite:///{folder}/baraza.sqlite3"
    settings = Settings(_env_file=None, database_url=url, http_port=0, log_level="ERROR")
    app = LocalApp(settings, Database(url, SECRET_KEY), Clock(), sample=False)
    await app.start()
    return app


async def _community(app: LocalApp) -> str:
    """A community to write in; the id of its place."""
    import aiohttp

    async with aiohttp.ClientSession() as session:
        founder = await founded(Talk(session, app.web.url, app))
        return await founder.place("circle")


def _messages(place: str, count: int, start: int = 0) -> list[RawEvent]:
    bodies = []
    for number in range(start, start + count):
        person = {"id": f"p{number % 200}", "name": f"Person {number % 200}", "language": "en", "is_bot": False}
        body = {
            "type": "message",
            "at": "2026-03-02T09:00:00+00:00",
            "person": person,
            "place": {"id": place, "name": "circle"},
            "message": {"id": f"b{number}", "thread": None, "text": "Who has the key of the cold room?"},
        }
        bodies.append(RawEvent("local", "local", f"bench/{number}", place, json.dumps(body).encode()))
    return bodies


async def _produce(app: LocalApp, raw: Sequence[RawEvent]) -> list[float]:
    """Many producers at once, each waiting until its event is durable; how long each waited."""
    waits: list[float] = []
    queue = iter(raw)

    async def produce() -> None:
        for event in queue:
            started = perf_counter()
            await app.accept([event])
            waits.append(perf_counter() - started)

    await asyncio.gather(*(produce() for _ in range(_PRODUCERS)))
    return waits


async def _nothing(_event: object) -> None:
    """A handler that does nothing."""


async def _floor_rate(raw: Sequence[RawEvent]) -> float:
    """The same loop with a handler that does nothing, and no storage."""
    queue = iter(raw)

    async def produce() -> None:
        for one in queue:
            for event in translate(one.body):
                await _nothing(event)
            await asyncio.sleep(0)

    started = perf_counter()
    await asyncio.gather(*(produce() for _ in range(_PRODUCERS)))
    return len(raw) / (perf_counter() - started)


async def events(folder: Path) -> list[Line]:
    """Events a second from the inbox to done, durable."""
    app = await _app(folder)
    raw = _messages(await _community(app), _EVENTS)
    started = perf_counter()
    waits = await _produce(app, raw)
    await app.settle()
    rate = len(raw) / (perf_counter() - started)
    await app.stop()
    floor = await _floor_rate(raw)
    cuts = quantiles(waits, n=100)
    return [
        Line("events a second, inbox to done (64 producers; floor: no-op, no storage)", rate, floor, "/s"),
        Line("  inbox commit under that load, p50", median(waits) * 1000, None, "ms"),
        Line("  inbox commit under that load, p99", cuts[98] * 1000, None, "ms", "< 500 ms"),
    ]


async def acknowledgements(folder: Path) -> list[Line]:
    """The inbox commit at 50 events a second, beside one bare SQLite commit at the same pace."""
    app = await _app(folder)
    raw = _messages(await _community(app), _PACE * _SECONDS, start=1_000_000)
    bare = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None, check_same_thread=False)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE kept (body BLOB)")
    waits, floors = [], []
    for one in raw:
        started = perf_counter()
        await app.accept([one])
        waits.append(perf_counter() - started)
        started = perf_counter()
        await asyncio.to_thread(bare.execute, "INSERT INTO kept VALUES (?)", (one.body,))
        floors.append(perf_counter() - started)
        await asyncio.sleep(1 / _PACE)
    bare.close()
    await app.stop()
    at_99 = quantiles(waits, n=100)[98], quantiles(floors, n=100)[98]
    return [
        Line("inbox commit at 50 events/s, p50 (floor: a bare SQLite commit)", *_ms(median(waits), median(floors))),
        Line("inbox commit at 50 events/s, p99", *_ms(*at_99), "< 500 ms"),
    ]


def _ms(figure: float, floor: float) -> tuple[float, float, str]:
    return figure * 1000, floor * 1000, "ms"
