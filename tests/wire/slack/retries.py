"""How Slack repeats what an app didn't acknowledge: at once, after a minute, after five more; then it is gone."""

from __future__ import annotations

from collections.abc import Callable

from tests.wire.slack.clock import Clock
from tests.wire.slack.state import Delivery

ACKNOWLEDGE_WITHIN = 3.0
"""Seconds that an app has."""
RETRY_AFTER = (0.0, 60.0, 300.0)
"""Seconds before the first, the second and the third repetition."""


class Retries:
    """Repeats the deliveries of one route."""

    def __init__(self, clock: Clock, attempt: Callable[[Delivery, int, str], None], repeated: set[str]) -> None:
        self._clock = clock
        self._attempt = attempt
        self.repeated = repeated
        """The kinds that are repeated at all."""

    def failed(self, delivery: Delivery, number: int, why: str, *, status: int | str = "", final: bool = False) -> None:
        """Attempt ``number`` (from 0) came to nothing."""
        delivery.statuses.append(status or why)
        if delivery.acknowledged:
            return
        if final or number >= len(RETRY_AFTER) or delivery.kind not in self.repeated:
            delivery.given_up = True
            delivery.settled.set()
            return
        if RETRY_AFTER[number] == 0:
            self._attempt(delivery, number + 1, why)
            return
        delivery.settled.set()
        self._clock.after(RETRY_AFTER[number], lambda: self._attempt(delivery, number + 1, why))
