"""So many calls in any stretch of time: every call waits for its turn, so that no server has to refuse one.

A turn comes back that long after the *answer*: then no delay on the way can make two calls come closer than they were
sent.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

LONGEST_WAIT = 5.0
"""Seconds that a call waits for its turn at most; who would wait longer comes again."""


class TurnFarAway(Exception):
    """It would be long until this call's turn; ``seconds`` from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the next turn is in {seconds:.0f} seconds")
        self.seconds = seconds


class Turns:
    """So many calls in any stretch of so many seconds; in the order in which they came."""

    def __init__(self, calls: int, seconds: float, now: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._ready_at = [float("-inf")] * calls
        self._paused_until = float("-inf")
        self._line = asyncio.Lock()
        self._back = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether nobody would have to wait, or waits, or calls."""
        now = self._now()
        return not self._line.locked() and self._paused_until <= now and all(at <= now for at in self._ready_at)

    def pause(self, seconds: float) -> None:
        """Nobody's turn comes for so long: the server has said so."""
        self._paused_until = max(self._paused_until, self._now() + seconds)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a turn during a call. Raises TurnFarAway at once rather than wait for long."""
        async with self._line:
            while not self._ready_at:
                self._back.clear()
                await self._back.wait()
            wait = max(self._ready_at[0], self._paused_until) - self._now()
            if wait > LONGEST_WAIT:
                raise TurnFarAway(wait)
            heapq.heappop(self._ready_at)
        try:
            if wait > 0:
                await asyncio.sleep(wait)
            yield
        finally:
            heapq.heappush(self._ready_at, self._now() + self._seconds)
            self._back.set()
