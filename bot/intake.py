"""The way into the inbox. What arrives while one commit runs shares the next: group commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import perf_counter

from bot.core.clock import Clock
from bot.core.platform import RawEvent
from bot.metrics import Metrics
from storage import inbox
from storage.database import Database, DatabaseUnavailable

Arrival = tuple[RawEvent, asyncio.Future[None]]

_BIGGEST_COMMIT = 500


class Intake:
    """Keeps raw events durably. Without a linger: under little load each event is committed at once."""

    def __init__(self, database: Database, clock: Clock, metrics: Metrics, on_kept: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._on_kept = on_kept
        self._waiting: list[Arrival] = []
        self._committing: asyncio.Task[None] | None = None

    async def accept(self, events: Sequence[RawEvent]) -> None:
        """Return when the events are durable. Raises when they could not be kept."""
        started = perf_counter()
        loop = asyncio.get_running_loop()
        kept = [loop.create_future() for _ in events]
        self._waiting.extend(zip(events, kept, strict=True))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all())
        await (kept[0] if len(kept) == 1 else asyncio.gather(*kept))
        took = perf_counter() - started
        for _ in events:
            self._metrics.acknowledged.observe(took)

    async def _commit_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_BIGGEST_COMMIT], self._waiting[_BIGGEST_COMMIT:]
            try:
                await self._commit_together(batch)
            except DatabaseUnavailable as problem:
                for _, kept in batch:
                    _settle(kept, problem)
            except Exception:  # noqa: BLE001 - one of them breaks the commit of all: each gets its own
                await self._commit_one_by_one(batch)

    async def _commit_together(self, batch: list[Arrival]) -> None:
        new = await self._commit([event for event, _ in batch])
        self._metrics.events.labels(kind="raw", outcome="kept").inc(new)
        self._metrics.events.labels(kind="raw", outcome="repeat").inc(len(batch) - new)
        self._on_kept()
        for _, kept in batch:
            _settle(kept, None)

    async def _commit_one_by_one(self, batch: list[Arrival]) -> None:
        for arrival in batch:
            try:
                await self._commit_together([arrival])
            except Exception as error:  # noqa: BLE001 - whatever it was, whoever waits must hear of it
                _settle(arrival[1], error)

    async def _commit(self, events: list[RawEvent]) -> int:
        async with self._database.transaction() as session:
            return await inbox.keep(session, self._database.cipher, events, self._clock.now())


def _settle(kept: asyncio.Future[None], error: Exception | None) -> None:
    if kept.done():  # whoever waited has gone away
        return
    if error is None:
        kept.set_result(None)
    else:
        kept.set_exception(error)
