"""Loops: one that has ended says so, rather than let somebody wait for it for ever."""

from __future__ import annotations

import asyncio

import pytest

from bot.loops import Loop


class _Counting(Loop):
    def __init__(self, *, work: int = 0, breaks: BaseException | None = None) -> None:
        super().__init__("counting loop")
        self.left = work
        self.breaks = breaks

    async def round(self) -> bool:
        if self.breaks is not None:
            raise self.breaks
        self.left -= bool(self.left)
        return bool(self.left)


async def test_it_settles_when_nothing_is_left() -> None:
    loop = _Counting(work=5)
    loop.start()
    await loop.settled()
    assert loop.left == 0
    await loop.stop()


async def test_a_round_that_fails_does_not_end_it() -> None:
    loop = _Counting(breaks=RuntimeError("a bug"))
    loop.start()
    await loop.settled()
    loop.breaks, loop.left = None, 3
    await loop.settled()
    assert loop.left == 0
    assert loop.trouble() is None
    await loop.stop()


async def test_nobody_waits_for_one_that_has_ended() -> None:
    loop = _Counting(breaks=asyncio.CancelledError())
    loop.start()
    with pytest.raises(asyncio.CancelledError):
        await loop.settled()
    assert loop.trouble() == "the counting loop does not run"
    with pytest.raises(RuntimeError, match="does not run"):
        await loop.settled()
