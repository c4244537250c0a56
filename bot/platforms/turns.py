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

    def __init__(
        self, calls: int, seconds: float, now: Callable[[], float] = monotonic, longest_wait: float = LONGEST_WAIT
    ) -> None:
        self._calls = calls
        self._seconds = seconds
        self._now = now
        self._longest_wait = longest_wait
        self._ready_at = [float("-inf")] * calls
        self._paused_until = float("-inf")
        self._line = asyncio.Lock()
        self._back = asyncio.Event()

    @property
    def idle(self) -> bool:
        """Whether nobody would have to wait, or waits, or calls."""
        now = self._now()
        calling = len(self._ready_at) < self._calls
        return not calling and not self._line.locked() and max(self._paused_until, *self._ready_at) <= now

    def pause(self, seconds: float) -> None:
        """Nobody's turn comes for so long, not even that of those who wait for it: the server has said so."""
        self._paused_until = max(self._paused_until, self._now() + seconds)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold a turn during a call. Raises TurnFarAway rather than wait for long, at once where that is known."""
        try:
            async with asyncio.timeout(self._longest_wait), self._line:
                await self._take()
        except TimeoutError:
            raise TurnFarAway(self._longest_wait) from None
        try:
            yield
        finally:
            heapq.heappush(self._ready_at, self._now() + self._seconds)
            self._back.set()

    async def _take(self) -> None:
        """Wait at the head of the line for a turn, and take it."""
        while True:
            if not self._ready_at:
                self._back.clear()
                await self._back.wait()
                continue
            wait = max(self._ready_at[0], self._paused_until) - self._now()
            if wait <= 0:
                heapq.heappop(self._ready_at)
                return
            if wait > self._longest_wait:
                raise TurnFarAway(wait)
            await asyncio.sleep(wait)
