"""How often Slack lets a method be called.

The tiers are those of Slack's documentation (https://docs.slack.dev/apis/web-api/rate-limits) and of the rate limit
table in Slack's Java SDK: a method's tier is for each workspace, in calls a minute; posting is one message a second
and channel. For posting as a whole Slack names no figure ("several hundred a minute"), so none is enforced here.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque

from tests.wire.slack.clock import Clock
from tests.wire.slack.refusal import ratelimited

TIER_2, TIER_3, TIER_4 = 20, 50, 100
CONNECTIONS = 10
"""``apps.connections.open`` is of tier 1, whose bursts are tolerated: one for each connection that an app may have."""
AUTH_TEST = 300
"""``auth.test`` has a tier of its own, hundreds a minute."""
POSTS = 0
"""Posting has no tier; it is counted by channel. (Asking for a message's address has next to no limit.)"""

_JITTER = 0.05
"""Seconds by which two posts may come closer than they were sent, for a network is no metronome."""


class Rates:
    """Counts the calls, and refuses those that come too soon, while ``enforced``."""

    def __init__(self, clock: Clock) -> None:
        self.enforced = False
        self.refusals = 0
        """How many calls were answered with 429."""
        self._clock = clock
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._posts: dict[str, float] = {}

    def count(self, team: str, method: str, tier: int) -> None:
        """Count a call of a method against its tier."""
        if not self.enforced or tier == POSTS:
            return
        now, calls = self._clock.now(), self._calls[team, method]
        while calls and calls[0] <= now - 60:
            calls.popleft()
        if len(calls) >= tier:
            self._refuse(calls[0] + 60 - now)
        calls.append(now)

    def count_post(self, channel: str) -> None:
        """Count a message against its channel."""
        if not self.enforced:
            return
        now = self._clock.now()
        wait = self._posts.get(channel, -math.inf) + 1 - _JITTER - now
        if wait > 0:
            self._refuse(wait)
        self._posts[channel] = now

    def _refuse(self, wait: float) -> None:
        self.refusals += 1
        raise ratelimited(max(1, math.ceil(wait)))
