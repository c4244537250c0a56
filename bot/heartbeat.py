"""The heartbeat: while all is well somebody elsewhere hears so every five minutes, and notices when it stops.

Baraza can't report that it is down; a service that expects the next beat can.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import structlog

from bot.logs import where_it_failed

log = structlog.get_logger()

EVERY_SECONDS = 300.0
_TIMEOUT = aiohttp.ClientTimeout(total=10)


class Heartbeat:
    """Asks for ``url`` every five minutes while ``troubles`` finds none. Without a URL it does nothing."""

    def __init__(
        self, url: str | None, troubles: Callable[[], Awaitable[list[str]]], every_seconds: float = EVERY_SECONDS
    ) -> None:
        self._url = url
        self._troubles = troubles
        self._every_seconds = every_seconds
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin with a beat at once."""
        if self._url is not None:
            self._running = asyncio.create_task(self._run(self._url), name="heartbeat")

    async def stop(self) -> None:
        """No more beats; one that is on its way is broken off."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._running = None

    async def _run(self, url: str) -> None:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as session:
            while True:
                try:
                    if not await self._troubles():
                        await _beat(session, url)
                except Exception as error:  # noqa: BLE001 - a look for troubles may fail like anything: silence is for real ones
                    log.warning("the heartbeat failed", reason=where_it_failed(error))
                await asyncio.sleep(self._every_seconds)


async def _beat(session: aiohttp.ClientSession, url: str) -> None:
    """The address is a secret of its own: no failure may quote it."""
    try:
        async with session.get(url) as response:
            if not response.ok:
                log.warning("the heartbeat was not heard", reason=f"answered with {response.status}")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("the heartbeat was not heard", reason=type(error).__name__)
