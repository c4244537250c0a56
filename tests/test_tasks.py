"""Slow work: durable, outside any transaction, finished once, tried again, never in another's way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.addresses import Place
from bot.core.capability import Capability
from bot.core.events import MessagePosted
from bot.core.messages import Kind, Message, Text
from bot.loops import STEP_PATIENCE
from bot.services import Services, WorkServices
from tests.frame import TRY_AGAIN_AFTER, Program, dead_letters, echo, program

Work = Callable[[dict[str, Any], WorkServices], Awaitable[Any]]


async def doubled(payload: dict[str, Any], _services: WorkServices) -> str:
    return str(payload["text"]) * 2


def slow(work: Work, *, after: timedelta = timedelta(0), once: str | None = None, name: str = "slow") -> Capability:
    """Whatever is written in a place is worked on, and what comes of it is said there."""
    capability = Capability(name)

    async def say(payload: dict[str, Any], result: Any, services: Services) -> None:
        await services.post(Place(**payload["place"]), Message(Text("{it}", {"it": str(result)})), Kind.ANSWER)

    capability.task(f"{name}.work", finish=say)(work)

    @capability.on(MessagePosted, strangers=True)
    async def heard(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        where = {"platform": event.place.platform, "tenant": event.place.tenant, "id": event.place.id}
        await services.later(f"{name}.work", {"text": event.text, "place": where}, at=services.now() + after, once=once)

    return capability


async def write(running: Program, *texts: str) -> None:
    for text in texts:
        await running.fake.writes("ana", text, place="circle")
    await running.settle()


async def test_what_comes_of_the_work_is_said(tmp_path: Path) -> None:
    async with program(tmp_path, slow(doubled)) as running:
        await write(running, "a", "b")
        assert running.fake.words() == ["aa", "bb"]


@pytest.mark.parametrize(("capability", "expected"), [(echo(), []), (slow(doubled), ["woken"])])
async def test_only_a_handler_that_leaves_work_wakes_who_does_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capability: Capability, expected: list[str]
) -> None:
    async with program(tmp_path, capability) as running:
        await running.settle()
        woken: list[str] = []
        monkeypatch.setattr(running.app.tasks, "wake", lambda: woken.append("woken"))
        await running.fake.writes("ana", "a", place="circle")
        await running.app.worker.settled()
        assert woken == expected
        monkeypatch.undo()


async def test_what_is_due_later_happens_at_its_moment(tmp_path: Path) -> None:
    async with program(tmp_path, slow(doubled, after=timedelta(minutes=5))) as running:
        await write(running, "a")
        await running.wait(minutes=4, seconds=59)
        assert running.fake.words() == []
        await running.wait(seconds=1)
        assert running.fake.words() == ["aa"]


async def test_one_purpose_is_worked_on_once_until_it_is_done(tmp_path: Path) -> None:
    async with program(tmp_path, slow(doubled, after=timedelta(minutes=1), once="the purpose")) as running:
        await write(running, "a", "b")
        await running.wait(minutes=1)
        assert running.fake.words() == ["aa"]
        await write(running, "c")
        await running.wait(minutes=1)
        assert running.fake.words() == ["aa", "cc"]


async def test_the_work_holds_no_transaction_while_it_takes_its_time(tmp_path: Path) -> None:
    """On SQLite a transaction that waits would keep everybody from writing."""
    begun, goes_on = asyncio.Event(), asyncio.Event()

    async def wait(_payload: dict[str, Any], _services: WorkServices) -> str:
        begun.set()
        await goes_on.wait()
        return "done"

    async with program(tmp_path, slow(wait)) as running:
        await running.fake.writes("ana", "a", place="circle")
        await begun.wait()
        await running.fake.writes("ana", "b", place="circle")
        goes_on.set()
        await running.settle()
        assert running.fake.words() == ["done", "done"]


async def test_a_kill_while_it_works_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def hang_once(payload: dict[str, Any], _services: WorkServices) -> str:
        if not begun.is_set():
            begun.set()
            await asyncio.get_running_loop().create_future()
        return str(payload["text"])

    async with program(tmp_path, slow(hang_once)) as first:
        await first.fake.writes("ana", "a", place="circle")
        await begun.wait()
        await first.kill()
    async with program(tmp_path, slow(hang_once), fake=first.fake) as second:
        await second.settle()
        assert second.fake.words() == ["a"]


async def test_broken_work_is_tried_eight_times_and_holds_nobody_up(tmp_path: Path) -> None:
    tried_at: list[float] = []

    async def fail(_payload: dict[str, Any], services: WorkServices) -> None:
        tried_at.append(services.now().timestamp())
        raise RuntimeError("Ana wrote this")

    async with program(tmp_path, slow(fail, name="broken"), slow(doubled)) as running:
        await write(running, "a")
        assert running.fake.words() == ["aa"]
        for delay in TRY_AGAIN_AFTER:
            await running.wait(seconds=delay - 1)
            await running.wait(seconds=1)
        await running.wait(hours=1)
        assert [round(moment - tried_at[0]) for moment in tried_at] == [0, 1, 3, 7, 15, 31, 63, 127]
        (reason,) = await dead_letters(running)
        assert reason.startswith("RuntimeError at ")
        assert "Ana" not in reason


async def test_work_that_nobody_does_any_more_is_a_dead_letter(tmp_path: Path) -> None:
    async with program(tmp_path, slow(doubled, after=timedelta(hours=1))) as first:
        await write(first, "a")
    async with program(tmp_path, fake=first.fake) as second:
        await second.wait(hours=1)
        await second.wait_through_all_tries()
        (reason,) = await dead_letters(second)
        assert reason.startswith("LookupError")


async def test_while_the_database_is_away_no_try_is_counted(tmp_path: Path) -> None:
    async with program(tmp_path, slow(doubled, after=timedelta(minutes=1))) as running:
        await write(running, "a")
        running.database.down = True
        await running.wait(minutes=1)
        await running.wait_in_seconds(5)
        running.database.down = False
        await running.wait(seconds=1)
        assert running.fake.words() == ["aa"]
        assert await dead_letters(running) == []


async def test_a_round_of_much_slow_work_is_not_taken_for_a_stuck_one(tmp_path: Path) -> None:
    """Twenty calls of a language model may take minutes; each that ends is a sign of life."""
    found: list[str | None] = []

    async def minutes_of_work(_payload: dict[str, Any], _services: WorkServices) -> str:
        found.append(running.app.tasks.trouble())
        running.app.tasks._last_round -= 31  # as if this had taken half a minute
        return "done"

    async with program(tmp_path, slow(minutes_of_work, after=timedelta(minutes=1))) as running:
        await write(running, "a", "b", "c")
        await running.wait(minutes=1)
        assert found == [None, None, None]
        assert running.fake.words() == ["done"] * 3


async def test_what_hangs_while_its_result_is_written_is_taken_back_and_tried_again(tmp_path: Path) -> None:
    capability, tries = Capability("slow"), 0

    @capability.on(MessagePosted, strangers=True)
    async def heard(_event: MessagePosted, services: Services) -> None:
        await services.later("slow.work", {})

    @capability.due("slow.work")
    async def hang(_payload: dict[str, Any], services: Services) -> None:
        nonlocal tries
        tries += 1
        await services.post(Place("fake", "tenant", "circle"), Message(Text("done")), Kind.ANSWER)
        if tries == 1:
            await asyncio.Event().wait()

    async with program(tmp_path, capability) as running:
        running.app.tasks.patience = timedelta(milliseconds=200)
        await write(running, "hello")
        assert running.fake.words() == []
        running.app.tasks.patience = STEP_PATIENCE
        await running.wait(seconds=1)
        assert (tries, running.fake.words()) == (2, ["done"])
