"""What goes wrong with calls of an emulated API, on demand."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, before the call has its effect or (``delivered``) after it."""

    kind: str
    """``status``, ``drop``, ``hang``, ``ratelimited``, ``error``, ``late`` (of Slack alone) or ``none``."""
    delivered: bool = False
    status: int = 500
    retry_after: int = 1
    code: str = ""


def server_error(status: int = 500, *, delivered: bool = False) -> Fault:
    """The answer is a 500, 502...; the call may have had its effect."""
    return Fault("status", delivered, status=status)


def dropped(*, delivered: bool = True) -> Fault:
    """The connection is torn down without an answer."""
    return Fault("drop", delivered)


def hangs(*, delivered: bool = True) -> Fault:
    """No answer comes until ``Faults.release``."""
    return Fault("hang", delivered)


def late() -> Fault:
    """The answer comes, but not before ``Faults.release``."""
    return Fault("late", delivered=True)


def rate_limited(seconds: int = 1) -> Fault:
    """429, with the seconds to wait."""
    return Fault("ratelimited", retry_after=seconds)


def says(code: str) -> Fault:
    """The call is refused with a code of the platform's (``fatal_error``, ``is_archived``...)."""
    return Fault("error", code=code)


def fine() -> Fault:
    """Nothing goes wrong: for what comes before something that does."""
    return Fault("none")


class Faults:
    """What is to go wrong next, by method."""

    def __init__(self) -> None:
        self._planned: dict[tuple[str, str], deque[Fault]] = defaultdict(deque)
        self._released = asyncio.Event()
        self._struck: dict[str, int] = defaultdict(int)
        self._one_more = asyncio.Event()

    def plan(self, method: str, *faults: Fault, channel: str = "") -> None:
        """Let the next calls of a method (to one channel) go wrong, in this order."""
        self._planned[method, channel].extend(faults)

    def take(self, method: str, channel: str) -> Fault | None:
        """What goes wrong with this call."""
        for key in ((method, channel), (method, "")):
            if self._planned[key]:
                fault = self._planned[key].popleft()
                if fault.kind == "none":
                    return None
                self._struck[method] += 1
                self._one_more.set()
                return fault
        return None

    async def struck(self, method: str, times: int = 1, *, within: float = 30.0) -> None:
        """Wait until so many calls of a method have met what was planned, for some seconds of real time."""
        async with asyncio.timeout(within):
            while self._struck[method] < times:
                self._one_more.clear()
                await self._one_more.wait()

    def count(self, method: str) -> int:
        """How many calls of a method have met what was planned."""
        return self._struck[method]

    def clear(self) -> None:
        """Nothing more goes wrong."""
        self._planned.clear()

    async def hang(self) -> None:
        """Wait until somebody lets go."""
        await self._released.wait()

    def release(self) -> None:
        """End the waiting of every call that hangs."""
        self._released.set()
        self._released = asyncio.Event()


def no_answer(request: web.Request) -> web.Response:
    """End the connection of a request; what is returned reaches nobody."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=499)
