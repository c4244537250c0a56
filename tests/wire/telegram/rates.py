"""How often Telegram lets a bot send: 30 messages a second overall, one a second and chat, 20 a minute and group.

The figures are those of Telegram's own page for bots (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits).
"""

from __future__ import annotations

import math
from collections import defaultdict, deque

from tests.wire.clock import Clock
from tests.wire.telegram.refusal import too_many_requests

OVERALL = 30
IN_A_GROUP = 20

_JITTER = 0.05
"""Seconds by which two messages may come closer than they were sent, for a network is no metronome."""


class Rates:
    """Counts messages, and refuses those that come too soon, while ``enforced``."""

    def __init__(self, clock: Clock) -> None:
        self.enforced = False
        self.refusals = 0
        """How many calls were answered with 429."""
        self._clock = clock
        self._overall: deque[float] = deque()
        self._groups: dict[int, deque[float]] = defaultdict(deque)
        self._chats: dict[int, float] = {}

    def count(self, chat: int, *, group: bool, messages: int = 1) -> None:
        """Count messages to a chat."""
        if not self.enforced:
            return
        now = self._clock.now()
        waits = [_wait(self._overall, now, 1.0, OVERALL), self._chats.get(chat, -math.inf) + 1 - _JITTER - now]
        if group:
            waits.append(_wait(self._groups[chat], now, 60.0, IN_A_GROUP))
        if max(waits) > 0:
            self.refusals += 1
            raise too_many_requests(max(1, math.ceil(max(waits))))
        self._chats[chat] = now
        for counted in (self._overall, *((self._groups[chat],) if group else ())):
            counted.extend([now] * messages)


def _wait(times: deque[float], now: float, period: float, most: int) -> float:
    """Seconds until one more is allowed; none when it is now."""
    while times and times[0] <= now - period + _JITTER:
        times.popleft()
    return times[0] + period - now if len(times) >= most else 0.0
