"""The way into the inbox. What arrives while one commit runs shares the next: group commit.

Who is acknowledged tells the next event: those of a commit come back one after the other, and the first of them would
get a commit of its own. So the next one waits until as many are there as the last time, for a moment at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import perf_counter

from bot.core.clock import Clock
from bot.core.platform import RawEvent
from bot.metrics import Metrics
from storage import inbox
from storage.database import Database, DatabaseUnavailable

Arrival = tuple[RawEvent, asyncio.Future[None]]

_BIGGEST_COMMIT = 500
_MANY = 4
_GATHER_SECONDS = 0.003


class Intake:
    """Keeps raw events durably. Under little load each event is committed at once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        metrics: Metrics,
        on_kept: Callable[[], None],
        *,
        gather_seconds: float = _GATHER_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._on_kept = on_kept
        self._gather_seconds = gather_seconds
        self._waiting: list[Arrival] = []
        self._callers = 0
        self._expected = 0
        self._all_there = asyncio.Event()
        self._committing: asyncio.Task[None] | None = None

    async def accept(self, events: Sequence[RawEvent]) -> None:
        """Return when the events are durable. Raises when they could not be kept."""
        started = perf_counter()
        loop = asyncio.get_running_loop()
        kept = [loop.create_future() for _ in events]
        self._waiting.extend(zip(events, kept, strict=True))
        self._callers += 1
        if self._callers >= self._expected:
            self._all_there.set()
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_all())
        await (kept[0] if len(kept) == 1 else asyncio.gather(*kept))
        took = perf_counter() - started
        for _ in events:
            self._metrics.acknowledged.observe(took)

    async def _commit_all(self) -> None:
        while self._waiting:
            await self._gather()
            batch, self._waiting = self._waiting[:_BIGGEST_COMMIT], self._waiting[_BIGGEST_COMMIT:]
            self._expected, self._callers = self._callers, 0
            try:
                await self._commit_together(batch)
            except DatabaseUnavailable as problem:
                for _, kept in batch:
                    _settle(kept, problem)
            except Exception:  # noqa: BLE001 - one of them breaks the commit of all: each gets its own
                await self._commit_one_by_one(batch)

    async def _gather(self) -> None:
        """Give those a moment who were acknowledged together."""
        if self._callers >= self._expected or self._expected < _MANY:
            return
        self._all_there.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._gather_seconds):
                await self._all_there.wait()

    async def _commit_together(self, batch: list[Arrival]) -> None:
        new = await inbox.keep(self._database, [event for event, _ in batch], self._clock.now())
        self._metrics.events.labels(kind="raw", outcome="kept").inc(new)
        self._metrics.events.labels(kind="raw", outcome="repeat").inc(len(batch) - new)
        for _, kept in batch:
            _settle(kept, None)
        self._on_kept()  # after: who is acknowledged comes before who works on it

    async def _commit_one_by_one(self, batch: list[Arrival]) -> None:
        for arrival in batch:
            try:
                await self._commit_together([arrival])
            except Exception as error:  # noqa: BLE001 - whatever it was, whoever waits must hear of it
                _settle(arrival[1], error)


def _settle(kept: asyncio.Future[None], error: Exception | None) -> None:
    if kept.done():  # whoever waited has gone away
        return
    if error is None:
        kept.set_result(None)
    else:
        kept.set_exception(error)
