"""The time by which the emulator counts: it stands still until a test moves it, or runs for a measurement."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """Seconds since 1970, UTC, with timers that go off when this clock says so, never by the machine's.

    A standing clock moves with ``move`` alone. A running one follows the machine, and may be moved besides.
    """

    def __init__(self, start: datetime = START, *, running: bool = False) -> None:
        self._base = start.timestamp()
        self._began = time.monotonic()
        self.running = running
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """The present, in seconds since 1970."""
        return self._base + (time.monotonic() - self._began if self.running else 0.0)

    def after(self, seconds: float, act: Callable[[], None]) -> Timer:
        """Do something once this clock is so many seconds further."""
        timer = Timer(act)
        due = self.now() + seconds
        heapq.heappush(self._timers, (due, next(self._order), timer))
        if self.running:
            asyncio.get_running_loop().call_later(seconds, self._fire_due)
        return timer

    async def move(self, seconds: float) -> None:
        """Let time pass; what falls due on the way happens in order, each at its own time."""
        goal = self.now() + seconds
        while self._timers and self._timers[0][0] <= goal:
            self._base += max(0.0, self._timers[0][0] - self.now())
            self._fire_due()
            await breathe()
        self._base += max(0.0, goal - self.now())
        await breathe()

    def _fire_due(self) -> None:
        while self._timers and self._timers[0][0] <= self.now():
            heapq.heappop(self._timers)[2].go_off()


class Timer:
    """Something that will be done, unless it is called off before."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act: Callable[[], None] | None = act

    def call_off(self) -> None:
        """Don't do it."""
        self._act = None

    def go_off(self) -> None:
        """Do it now, once."""
        act, self._act = self._act, None
        if act is not None:
            act()


async def breathe() -> None:
    """Let the tasks run that became ready."""
    for _ in range(5):
        await asyncio.sleep(0)
