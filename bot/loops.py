"""A loop that works in rounds, sleeps when there is nothing to do, and can be asked to settle."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta
from time import monotonic

import structlog

from bot.logs import where_it_failed
from storage.database import DatabaseUnavailable

log = structlog.get_logger()

TRIES = 8
"""How often an event or a task is tried before it becomes a dead letter."""

STEP_PATIENCE = timedelta(seconds=20)
"""How long a handler may take inside its transaction, by the loop's clock; then it has failed like any other.

Shorter than what makes a loop count as stuck, as others wait meanwhile to write on SQLite.
"""

_LOOK_AGAIN_SECONDS = 1.0
_STUCK_SECONDS = 30.0


def delay_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 1, 2, 4 ... seconds."""
    return timedelta(seconds=2 ** (attempts - 1))


class Loop:
    """The frame's workers are loops: each does ``round`` after ``round`` until it is stopped."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._wake = asyncio.Event()
        self._stopping = False
        self._settling: list[asyncio.Future[None]] = []
        self.busy_rounds = 0
        self._last_round = monotonic()
        self._running: asyncio.Task[None] | None = None

    async def round(self) -> bool:
        """One round of work; whether there was any."""
        raise NotImplementedError

    def at_work(self) -> bool:
        """Whether something that a round started still runs."""
        return False

    async def finish_running(self) -> None:
        """Wait for what earlier rounds started."""

    def wake(self) -> None:
        """There may be something to do."""
        self._wake.set()

    def lives(self) -> None:
        """Something was done: a long round is no stuck one."""
        self._last_round = monotonic()

    def start(self) -> None:
        """Begin to work."""
        self._stopping = False
        self._running = asyncio.create_task(self._run(), name=self.name)

    async def stop(self) -> None:
        """Start nothing more, finish what runs."""
        self._stopping = True
        self.wake()
        if self._running is not None:
            await self._running
        await self.finish_running()

    def started(self) -> Collection[asyncio.Task[None]]:
        """What rounds have started and still runs."""
        return ()

    async def break_off(self) -> None:
        """End in the middle of whatever still runs: nobody works on when all is closed."""
        self._stopping = True
        left = [task for task in (self._running, *self.started()) if task is not None and not task.done()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def settled(self) -> None:
        """Return when a look at everything found nothing to do now, or nothing that can be done now."""
        if self._running is not None and self._running.done():
            raise RuntimeError(f"the {self.name} does not run")
        waiting = asyncio.get_running_loop().create_future()
        self._settling.append(waiting)
        self.wake()
        await waiting

    def trouble(self) -> str | None:
        """None while the loop goes round, else what is the matter."""
        if self._running is None or self._running.done():
            return f"the {self.name} does not run"
        if monotonic() - self._last_round > _STUCK_SECONDS:
            return f"the {self.name} is stuck"
        return None

    async def _run(self) -> None:
        try:
            await self._go_round()
        finally:
            for waiting in self._settling:
                waiting.cancel()

    async def _go_round(self) -> None:
        while not self._stopping:
            self._wake.clear()
            asked = list(self._settling)
            busy = await self._safe_round()
            self.busy_rounds += bool(busy)
            if not busy and not (busy is not None and self.at_work()):
                self._settling = self._settling[len(asked) :]
                for waiting in asked:
                    if not waiting.done():
                        waiting.set_result(None)
            if not busy:
                await self._sleep()

    async def _safe_round(self) -> bool | None:
        """Whether there was any work; None where the round failed. Only a round that ends well counts as life."""
        try:
            busy = await self.round()
        except DatabaseUnavailable as error:
            log.warning("the database does not answer", where=self.name, reason=str(error))
        except Exception as error:  # noqa: BLE001 - the loop outlives whatever goes wrong in one round
            log.error("a round failed", where=self.name, reason=where_it_failed(error))
        else:
            self.lives()
            return busy
        return None

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(_LOOK_AGAIN_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass
