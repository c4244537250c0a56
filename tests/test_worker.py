"""The worker: every event has its effect once, in order within its conversation, whatever breaks beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import CommandUsed, Event, Joined, MessagePosted
from bot.core.messages import Kind, Message, Text, mark
from bot.services import Services
from storage import communities, inbox, members
from tests.fakes import FakePlatform
from tests.frame import Program, program

ANSWER_TO_WHOM = mark("You can't do this in your role. Please ask a facilitator.")


def echo(name: str = "echo") -> Capability:
    """Says in a place what is written there."""
    capability = Capability(name)

    @capability.on(MessagePosted, strangers=True)
    async def repeat(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        await services.post(event.place, Message(Text("{text}", {"text": event.text})), Kind.PROMPT)

    return capability


def hearing(name: str, heard: Callable[[MessagePosted, Services], Awaitable[None]]) -> Capability:
    """Does something of the test's with every message in a place."""
    capability = Capability(name)
    capability.on(MessagePosted, strangers=True)(heard)
    return capability


def failing(times: int, seen: list[str] | None = None) -> Capability:
    """Fails so often, then says ``at last``."""
    tries = seen if seen is not None else []

    async def heard(event: MessagePosted, services: Services) -> None:
        tries.append(event.text)
        if len(tries) <= times:
            raise RuntimeError(event.text)
        assert event.place is not None
        await services.post(event.place, Message(Text("at last")), Kind.PROMPT)

    return hearing("failing", heard)


async def dead_letters(running: Program) -> list[str]:
    async with running.database.reading() as session:
        return [reason for _, _, _, reason in await inbox.dead(session)]


async def waiting(running: Program) -> int:
    async with running.database.reading() as session:
        return await inbox.count_waiting(session)


# Once


async def test_the_same_event_a_hundred_times_at_once_has_its_effect_once(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        event = await running.fake.writes("ana", "hello", place="circle")
        await asyncio.gather(*(running.app.accept([event]) for _ in range(100)))
        await running.settle()
        await running.app.accept([event] * 10)
        await running.settle()
        assert running.fake.words() == ["hello"]


async def test_a_handler_acts_once_although_the_program_is_killed_between_its_end_and_the_events(
    tmp_path: Path,
) -> None:
    """Two capabilities: the first is done, the second hangs when the program is killed."""
    hanging = asyncio.Event()

    async def hang(_event: MessagePosted, _services: Services) -> None:
        if not hanging.is_set():
            hanging.set()
            await asyncio.get_running_loop().create_future()

    async with program(tmp_path, echo(), hearing("later", hang)) as first:
        await first.fake.writes("ana", "hello", place="circle")
        await hanging.wait()
        await first.kill()
    async with program(tmp_path, echo(), hearing("later", hang), fake=first.fake) as second:
        await second.settle()
        assert second.fake.words() == ["hello"]
        assert await waiting(second) == 0


async def test_a_kill_in_the_middle_of_a_handler_leaves_nothing_of_it(tmp_path: Path) -> None:
    hanging = asyncio.Event()

    async def speaks_then_hangs(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        await services.post(event.place, Message(Text("said")), Kind.PROMPT)
        if not hanging.is_set():
            hanging.set()
            await asyncio.get_running_loop().create_future()

    capability = hearing("speaker", speaks_then_hangs)
    async with program(tmp_path, capability) as first:
        await first.fake.writes("ana", "hello", place="circle")
        await hanging.wait()
        await first.kill()
        assert first.fake.words() == []
    async with program(tmp_path, capability, fake=first.fake) as second:
        await second.settle()
        assert second.fake.words() == ["said"]


async def test_an_event_that_was_kept_but_not_acknowledged_is_told_again_and_dropped(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as first:
        event = await first.fake.writes("ana", "hello", place="circle")
        await first.kill()
    first.fake.not_accepted.append(event)  # the platform never saw the acknowledgement
    async with program(tmp_path, echo(), fake=first.fake) as second:
        await second.settle()
        assert second.fake.words() == ["hello"]
        assert second.fake.not_accepted == []


# In order, side by side


async def test_a_conversation_keeps_its_order(tmp_path: Path) -> None:
    async with program(tmp_path, echo()) as running:
        said = [f"line {number}" for number in range(40)]
        for text in said:
            await running.fake.writes("ana", text, place="circle")
        await running.settle()
        assert running.fake.words("place:circle") == said


async def test_a_slow_handler_holds_its_own_conversation_and_no_other(tmp_path: Path) -> None:
    waits, goes_on = asyncio.Event(), asyncio.Event()
    heard: list[str] = []
    square_is_through = asyncio.Event()

    async def listen(event: MessagePosted, _services: Services) -> None:
        if event.text == "slow":
            waits.set()
            await goes_on.wait()
        heard.append(event.text)
        if event.text == "elsewhere":
            square_is_through.set()

    # SQLite has one writer, so the slow part of this handler holds no transaction: the test's own lock does.
    class Slow(FakePlatform):
        pass

    async with program(tmp_path, hearing("listener", listen)) as running:
        await running.fake.writes("ana", "slow", place="circle")
        await waits.wait()
        await running.fake.writes("ana", "behind it", place="circle")
        await running.fake.writes("ben", "elsewhere", place="square")
        goes_on.set()
        await square_is_through.wait()
        await running.settle()
        assert heard.index("slow") < heard.index("behind it")
        assert sorted(heard) == ["behind it", "elsewhere", "slow"]
