"""Slack is never called more often than it allows, whatever takes how long; and nobody waits for long."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.slack.pacing import Pace, Unpaced
from bot.platforms.turns import LONGEST_WAIT, TurnFarAway, Turns
from tests.platforms.slack.jumping_loop import in_no_time

ALMOST = 1e-6


@dataclass(frozen=True)
class Caller:
    """Somebody who calls after a while; the call reaches Slack and is answered, both after some time."""

    after: float
    reaches: float
    answered: float
    gives_up: bool
    """Whoever waits for it may give up before it is answered, or before its turn."""


callers = st.lists(
    st.builds(
        Caller,
        st.floats(0, 20),
        st.floats(0, 3),
        st.floats(0, 10),
        st.booleans(),
    ),
    max_size=40,
)


@dataclass
class Record:
    """What happened: when calls reached Slack, how long each waited, in which order they were sent."""

    arrivals: list[float]
    waits: list[float]


async def happen(turns: Turns, who: list[Caller], pauses: list[tuple[float, float]] = []) -> Record:  # noqa: B006
    loop = asyncio.get_running_loop()
    record = Record([], [])

    async def call(one: Caller) -> None:
        await asyncio.sleep(one.after)
        asked = loop.time()
        try:
            async with asyncio.timeout(one.answered if one.gives_up else None), turns.turn():
                record.waits.append(loop.time() - asked)
                await asyncio.sleep(one.reaches)
                record.arrivals.append(loop.time())
                await asyncio.sleep(one.answered)
        except TurnFarAway:
            record.waits.append(loop.time() - asked)
        except TimeoutError:
            pass

    async def pause(at: float, seconds: float) -> None:
        await asyncio.sleep(at)
        turns.pause(seconds)

    await asyncio.gather(*(call(one) for one in who), *(pause(*one) for one in pauses))
    return record


def new_turns(calls: int, seconds: float) -> Turns:
    return Turns(calls, seconds, lambda: asyncio.get_running_loop().time())


@given(st.integers(1, 4), st.sampled_from((0.5, 1.0, 4.0, 60.0)), callers)
def test_never_more_calls_in_any_stretch_than_allowed(calls: int, seconds: float, who: list[Caller]) -> None:
    async def run() -> None:
        record = await happen(new_turns(calls, seconds), who)
        arrivals = sorted(record.arrivals)
        for first, one_too_many in zip(arrivals, arrivals[calls:], strict=False):
            assert one_too_many - first >= seconds - ALMOST
        assert all(wait <= LONGEST_WAIT + ALMOST for wait in record.waits)

    in_no_time(run())


@given(st.integers(1, 4), callers, st.lists(st.tuples(st.floats(0, 20), st.floats(1, 10)), min_size=1, max_size=3))
def test_during_a_pause_nothing_is_sent_not_even_by_those_who_waited(
    calls: int, who: list[Caller], pauses: list[tuple[float, float]]
) -> None:
    async def run() -> None:
        at_once = [Caller(one.after, 0, one.answered, one.gives_up) for one in who]
        record = await happen(new_turns(calls, 1.0), at_once, pauses)
        for at, seconds in pauses:
            assert not [sent for sent in record.arrivals if at + ALMOST < sent < at + seconds - ALMOST]

    in_no_time(run())


async def in_turn(count: int) -> list[int]:
    turns, sent = new_turns(1, 1.0), []

    async def call(number: int) -> None:
        async with turns.turn():
            sent.append(number)
            await asyncio.sleep(random.Random(number).random() / 10)

    await asyncio.gather(*(call(number) for number in range(count)))
    return sent


def test_whoever_came_first_is_first() -> None:
    assert in_no_time(in_turn(4)) == [0, 1, 2, 3]


def test_whose_turn_is_far_away_hears_it_at_once_and_when_to_come_again() -> None:
    async def run() -> None:
        turns = new_turns(2, 60.0)
        for _ in range(2):
            async with turns.turn():
                pass
        await asyncio.sleep(20)
        with pytest.raises(TurnFarAway) as caught:
            async with turns.turn():
                raise AssertionError("it was not its turn")
        assert caught.value.seconds == pytest.approx(40)
        assert asyncio.get_running_loop().time() == pytest.approx(20)

    in_no_time(run())


def test_nobody_waits_for_long_behind_a_call_that_hangs() -> None:
    async def run() -> None:
        turns, loop = new_turns(1, 1.0), asyncio.get_running_loop()

        async def hang() -> None:
            async with turns.turn():
                await asyncio.sleep(30)

        hanging = asyncio.create_task(hang())
        await asyncio.sleep(0)
        for _ in range(3):
            with pytest.raises(TurnFarAway):
                async with turns.turn():
                    raise AssertionError("it was not its turn")
        assert loop.time() == pytest.approx(3 * LONGEST_WAIT)
        await hanging
        async with turns.turn():
            assert loop.time() == pytest.approx(31)

    in_no_time(run())


def test_each_channel_and_each_method_of_each_workspace_has_turns_of_its_own() -> None:
    pace = Pace()
    turns = [
        pace.turns(team, method, channel)
        for team in ("T1", "T2")
        for method in ("chat.postMessage", "chat.update", "something.new")
        for channel in ("C1", "C2")
    ]
    assert len({id(one) for one in turns}) == 2 * (2 + 1 + 1)
    assert pace.turns("T1", "chat.postMessage", "C1") is turns[0]


def test_a_pause_holds_up_its_own_scope_alone() -> None:
    async def run() -> None:
        pace = Pace(lambda: asyncio.get_running_loop().time())
        pace.turns("T1", "chat.postMessage", "C1").pause(3_600)
        with pytest.raises(TurnFarAway):
            async with pace.turns("T1", "chat.postMessage", "C1").turn():
                raise AssertionError("it is paused")
        for team, method, channel in (
            ("T1", "chat.postMessage", "C2"), ("T2", "chat.postMessage", "C1"), ("T1", "chat.update", "C1"),
        ):  # fmt: skip
            async with pace.turns(team, method, channel).turn():
                assert asyncio.get_running_loop().time() == 0

    in_no_time(run())


def test_what_is_in_use_or_paused_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        monkeypatch.setattr("bot.platforms.slack.pacing._MOST_TURNS", 3)
        loop = asyncio.get_running_loop()
        pace = Pace(loop.time)
        calling, paused, idle = (pace.turns("T1", "chat.postMessage", channel) for channel in ("C1", "C2", "C3"))
        paused.pause(60)
        async with calling.turn():
            await asyncio.sleep(10)
            pace.turns("T1", "chat.postMessage", "C4")
            assert pace.turns("T1", "chat.postMessage", "C1") is calling
            assert pace.turns("T1", "chat.postMessage", "C2") is paused
            assert pace.turns("T1", "chat.postMessage", "C3") is not idle

    in_no_time(run())


def test_without_a_pace_only_a_refusal_counts() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        pace = Unpaced(loop.time)
        for _ in range(2_000):
            async with pace.turns("T1", "chat.postMessage", "C1").turn():
                pass
        pace.turns("T1", "chat.postMessage", "C1").pause(2)
        with pytest.raises(TurnFarAway):
            async with pace.turns("T1", "chat.postMessage", "C1").turn():
                raise AssertionError("it is paused")
        assert loop.time() == 0

    in_no_time(run())
