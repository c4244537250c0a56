"""How often Slack lets itself be called: every call waits for its turn, so that none is refused.

The tiers are those of https://docs.slack.dev/apis/web-api/rate-limits: so many calls a minute, for each method and
workspace; posting is one message a second and channel. A turn comes back that long after the *answer*: then no delay on
the way can make two calls come closer than they were sent.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

MINUTE = 60.0
LONGEST_WAIT = 5.0
"""Seconds that a call waits for its turn at most; who would wait longer comes again."""

_TIER_2, _TIER_3, _TIER_4, _SPECIAL = 20, 50, 100, 300
_CALLS_A_MINUTE = {
    "auth.test": _SPECIAL,
    "chat.delete": _TIER_3,
    "chat.postEphemeral": _TIER_4,
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.info": _TIER_3,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.completeUploadExternal": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "reactions.add": _TIER_3,
    "users.info": _TIER_4,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
}
_POST = "chat.postMessage"
_MOST_TURNS = 20_000


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
        """Nobody's turn comes for so long, not even that of those who wait for it: Slack has said so."""
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


class Pace:
    """The turns of every method in every workspace, and of posting in every channel."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._turns: dict[tuple[str, ...], Turns] = {}

    def turns(self, team: str, method: str, channel: str = "") -> Turns:
        """What a call has to wait for; ``channel`` counts for posting alone."""
        key = (team, method, channel) if method == _POST else (team, method)
        known = self._turns.get(key)
        if known is None:
            self._forget_idle()
            calls, seconds = (1, 1.0) if method == _POST else (_CALLS_A_MINUTE.get(method, _TIER_2), MINUTE)
            known = self._turns[key] = Turns(calls, seconds, self._now)
        return known

    def _forget_idle(self) -> None:
        if len(self._turns) >= _MOST_TURNS:
            self._turns = {key: turns for key, turns in self._turns.items() if not turns.idle}


class Unpaced(Pace):
    """Nobody waits, for servers that take everything; after a refusal whoever would have to wait comes again."""

    def turns(self, team: str, method: str, channel: str = "") -> Turns:
        """Turns that come back at once."""
        key = (team, method, channel)
        return self._turns.setdefault(key, Turns(1_000, 0.0, self._now, 0.0))
