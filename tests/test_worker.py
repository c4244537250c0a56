"""The worker: every event has its effect once, in order within its conversation, whatever breaks beside it."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import CommandUsed, MessagePosted
from bot.core.messages import Kind, Message, Text, mark
from bot.core.platform import RawEvent
from bot.loops import STEP_PATIENCE
from bot.services import Services
from storage import inbox
from storage.database import DatabaseUnavailable
from tests.community import StandingClock
from tests.databases import fresh_postgres
from tests.fakes import FakePlatform
from tests.frame import TRY_AGAIN_AFTER, dead_letters, echo, failing, hearing, program, waiting

ANSWER_TO_WHOM = mark("You can't do this in your role. Please ask a facilitator.")


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


async def test_a_slow_handler_holds_its_own_conversation_and_no_other(tmp_path: Path, postgres: URL) -> None:
    """On PostgreSQL; SQLite has one writer at a time, which is why handlers never wait for a network."""
    goes_on, elsewhere_heard = asyncio.Event(), asyncio.Event()
    heard: list[str] = []

    async def listen(event: MessagePosted, _services: Services) -> None:
        if event.text == "slow":
            await goes_on.wait()
        heard.append(event.text)
        if event.text == "elsewhere":
            elsewhere_heard.set()

    url = await fresh_postgres(postgres)
    async with program(tmp_path, hearing("listener", listen), database_url=url) as running:
        await running.fake.writes("ana", "slow", place="circle")
        await running.fake.writes("ana", "behind it", place="circle")
        await running.fake.writes("ben", "elsewhere", place="square")
        await elsewhere_heard.wait()
        assert heard == ["elsewhere"]
        goes_on.set()
        await running.settle()
        assert heard == ["elsewhere", "slow", "behind it"]


async def test_events_of_a_platform_that_is_switched_off_wait_and_hold_nobody_up(tmp_path: Path) -> None:
    """Its events wait for better days: they are neither lost nor in anybody's way, however many there are."""
    running_clock = StandingClock()
    off = FakePlatform(running_clock, "off")
    async with program(tmp_path, echo(), platforms=[off], fake=FakePlatform(running_clock)) as before:
        before.app.worker._stopping = True  # it goes before anything was handled
        before.app.worker.wake()
        bodies = [
            RawEvent("off", "tenant", str(number), f"c{number}", _message(number)) for number in range(2 * 1000 + 1)
        ]
        await before.app.accept(bodies)
        await before.kill()
    async with program(tmp_path, echo(), fake=FakePlatform(running_clock)) as running:
        await running.settle()
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        assert running.fake.words() == ["hello"]
        assert await waiting(running) == 2001


def _message(number: int) -> bytes:
    body = {"type": "message", "at": "2026-03-02T09:00:00+00:00", "person": "ana", "place": "circle", "number": number}
    return json.dumps(body).encode()


# Failures


async def test_a_broken_capability_takes_nobody_elses_work_with_it_and_runs_again_alone(tmp_path: Path) -> None:
    async with program(tmp_path, echo(), failing(1)) as running:
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        assert running.fake.words() == ["hello"]
        await running.wait(seconds=1)
        assert running.fake.words() == ["hello", "at last"]
        assert await waiting(running) == 0


async def test_a_failure_is_tried_eight_times_with_growing_delay_and_then_a_visible_dead_letter(tmp_path: Path) -> None:
    tried_at: list[float] = []

    async def fail(event: MessagePosted, services: Services) -> None:
        tried_at.append((services.now() - event.at).total_seconds())
        raise RuntimeError("Ana wrote this")

    async with program(tmp_path, hearing("broken", fail)) as running:
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        for delay in TRY_AGAIN_AFTER:
            await running.wait(seconds=delay - 1)
            await running.wait(seconds=1)
        await running.wait(hours=1)
        assert tried_at == [0, 1, 3, 7, 15, 31, 63, 127]
        (reason,) = await dead_letters(running)
        assert reason.startswith("RuntimeError at ")
        assert "Ana" not in reason
        assert await waiting(running) == 0


async def test_after_three_tries_the_conversation_goes_on_without_it(tmp_path: Path) -> None:
    async def fails_on_bad(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        if event.text == "bad":
            raise RuntimeError
        await services.post(event.place, Message(Text(event.text)), Kind.PROMPT)

    async with program(tmp_path, hearing("picky", fails_on_bad)) as running:
        await running.fake.writes("ana", "bad", place="circle")
        await running.fake.writes("ana", "good", place="circle")
        await running.fake.writes("ben", "elsewhere", place="square")
        await running.settle()
        assert running.fake.words() == ["elsewhere"]
        await running.wait(seconds=1)
        assert running.fake.words("place:circle") == []
        await running.wait(seconds=2)
        assert running.fake.words("place:circle") == ["good"]


async def test_after_a_restart_too_the_conversation_goes_on_without_what_stepped_aside(tmp_path: Path) -> None:
    capability = failing(5)
    async with program(tmp_path, capability) as first:
        await first.fake.writes("ana", "bad", place="circle")
        await first.settle()
        await first.wait_in_seconds(8)  # tried four times; the fifth is due 8 seconds later
        await first.kill()
    async with program(tmp_path, capability, echo(), fake=first.fake) as second:
        await second.fake.writes("ana", "good", place="circle")
        await second.settle()
        assert "good" in second.fake.words()


async def test_after_ten_seconds_the_conversation_goes_on_without_it(tmp_path: Path) -> None:
    """It came eleven seconds before it was first tried: a conversation has waited long enough by then."""
    async with program(tmp_path, failing(1)) as running:
        running.database.down = True
        with pytest.raises(DatabaseUnavailable):
            await running.fake.writes("ana", "bad", place="circle")
        running.database.down = False
        event = running.fake.not_accepted[0]
        await inbox.keep(running.database, [event], running.clock.now() - timedelta(seconds=11))
        await running.fake.writes("ana", "good", place="circle")
        await running.settle()
        assert running.fake.words() == ["at last"]


async def test_a_refusal_is_answered_and_never_retried(tmp_path: Path) -> None:
    capability, tries = Capability("refusing"), []

    @capability.command("try", summary="", for_strangers=True)
    async def refuse(event: CommandUsed, services: Services) -> None:
        tries.append(event.arguments)
        await services.answer(Message(Text("half of the work")))
        raise Refusal(ANSWER_TO_WHOM)

    async with program(tmp_path, capability) as running:
        await running.fake.commands("ana", "try", place="circle")
        await running.settle()
        await running.wait_in_seconds(5)
        assert running.fake.words("person:ana") == [ANSWER_TO_WHOM]
        assert len(tries) == 1
        assert await dead_letters(running) == []


async def test_a_listeners_refusal_is_silent_because_nobody_asked(tmp_path: Path) -> None:
    async def refuse(_event: MessagePosted, _services: Services) -> None:
        raise Refusal(ANSWER_TO_WHOM)

    async with program(tmp_path, hearing("refusing", refuse)) as running:
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        assert running.fake.words() == []
        assert await waiting(running) == 0


async def test_a_handler_that_hangs_is_taken_back_and_tried_again_like_any_other_that_fails(tmp_path: Path) -> None:
    tries = 0

    async def hang(event: MessagePosted, services: Services) -> None:
        nonlocal tries
        tries += 1
        assert event.place is not None
        await services.post(event.place, Message(Text("{it}", {"it": f"try {tries}"})), Kind.PROMPT)
        if tries < 3:
            await asyncio.Event().wait()

    async with program(tmp_path, hearing("hanging", hang)) as running:
        running.app.worker.handling.patience = timedelta(milliseconds=200)
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        await running.wait(seconds=1)
        assert (tries, running.fake.words()) == (2, [])
        running.app.worker.handling.patience = STEP_PATIENCE
        await running.wait(seconds=2)
        assert running.fake.words() == ["try 3"]
        assert await dead_letters(running) == []


async def test_a_handler_that_is_stopped_in_the_middle_of_its_queries_leaves_nothing_and_nobody_waiting(
    tmp_path: Path,
) -> None:
    endless = True

    async def work(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        await services.post(event.place, Message(Text(event.text)), Kind.PROMPT)
        while endless:
            await inbox.count_waiting(services.session)

    async with program(tmp_path, hearing("working", work)) as running:
        running.app.worker.handling.patience = timedelta(milliseconds=50)
        for text in ("one", "two"):
            await running.fake.writes("ana", text, place="circle")
        await running.settle()
        await running.wait(seconds=1)
        assert running.fake.words() == []
        endless = False
        running.app.worker.handling.patience = STEP_PATIENCE
        await running.wait(minutes=1)
        assert running.fake.words() == ["one", "two"]


async def test_a_handler_that_always_hangs_becomes_a_dead_letter_and_says_so(tmp_path: Path) -> None:
    capability = Capability("hanging")

    @capability.command("hang", summary="", for_strangers=True)
    async def hang(_event: CommandUsed, _services: Services) -> None:
        await asyncio.Event().wait()

    async with program(tmp_path, capability) as running:
        running.app.worker.handling.patience = timedelta(milliseconds=200)
        await running.fake.commands("ana", "hang")
        await running.settle()
        await running.wait_through_all_tries()
        (reason,) = await dead_letters(running)
        assert "TimeoutError" in reason
        assert "Something went wrong here" in running.fake.words()[-1]
