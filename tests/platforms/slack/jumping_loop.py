"""An event loop whose time jumps: nobody waits in it, and everything happens in its order."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _Jumping(selectors.DefaultSelector):
    """Lets the time pass at once for which nothing was to happen."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """For what needs no network."""

    def __init__(self) -> None:
        self._selector_that_jumps = _Jumping()
        super().__init__(self._selector_that_jumps)

    def time(self) -> float:
        """Seconds since it began."""
        return self._selector_that_jumps.now


def in_no_time(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it, however long it takes."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(work)
