"""Telegram is never called more often than it allows: overall, in a chat and in a group; others go on meanwhile."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from bot.core.addresses import Account, InPlace, Place, Privately
from bot.core.messages import Kind, Message, Text
from bot.delivery import IN_FLIGHT
from bot.messenger import Messenger
from bot.platforms.telegram.pacing import Pace
from bot.platforms.telegram.platform import TelegramPlatform
from bot.platforms.turns import TurnFarAway
from tests.community import StandingClock
from tests.fakes import FakePlatform
from tests.frame import dead_letters, program
from tests.platforms.slack.jumping_loop import in_no_time
from tests.wire.telegram import Clock, TelegramEmulator

ALMOST = 1e-6
PEOPLE = 120


async def sent(pace: Pace, chats: list[int], random: Random) -> dict[int, list[float]]:
    """When the messages to these chats reach Telegram, each on its own way; who would wait for long comes again."""
    loop, arrivals, in_flight = asyncio.get_running_loop(), defaultdict(list), asyncio.Semaphore(IN_FLIGHT)

    async def send(chat: int) -> None:
        while True:
            try:
                async with in_flight, pace.turn(chat):
                    await asyncio.sleep(random.uniform(0.01, 0.2))
                    arrivals[chat].append(loop.time())
                    await asyncio.sleep(random.uniform(0.01, 0.2))
                    return
            except TurnFarAway as far:
                await asyncio.sleep(far.seconds)

    await asyncio.gather(*(send(chat) for chat in chats))
    return arrivals


def most_within(times: list[float], seconds: float) -> int:
    """The most that fall into any stretch of so many seconds."""
    times = sorted(times)
    return max((sum(start <= one < start + seconds - ALMOST for one in times) for start in times), default=0)


def run(chats: list[int]) -> dict[int, list[float]]:
    async def work() -> dict[int, list[float]]:
        return await sent(Pace(lambda: asyncio.get_running_loop().time()), chats, Random(1))

    return in_no_time(work())


def test_thirty_a_second_in_all() -> None:
    arrivals = run([*range(1, 301)])
    times = [at for one in arrivals.values() for at in one]
    assert len(times) == 300
    assert most_within(times, 1) <= 30
    assert max(times) < 300 / 30 * 1.6


def test_one_a_second_to_a_person() -> None:
    arrivals = run([1] * 10)
    assert most_within(arrivals[1], 1) == 1


def test_one_a_second_and_twenty_a_minute_to_a_group() -> None:
    arrivals = run([-100] * 45 + [1] * 5)
    assert most_within(arrivals[-100], 1) == 1
    assert most_within(arrivals[-100], 60) == 20
    assert max(arrivals[1]) < 10, "a person does not wait for a group"


def test_a_chat_that_has_to_rest_holds_up_no_other() -> None:
    async def work() -> tuple[float, float]:
        loop = asyncio.get_running_loop()
        pace = Pace(loop.time)
        pace.pause(1, 3_600)
        with pytest.raises(TurnFarAway) as far:
            async with pace.turn(1):
                pass
        async with pace.turn(2):
            pass
        return far.value.seconds, loop.time()

    seconds, took = in_no_time(work())
    assert seconds == pytest.approx(3_600)
    assert took < 1


async def test_a_message_to_everybody_is_never_refused(tmp_path: Path) -> None:
    """On a clock that runs, with a server that refuses what comes too soon."""
    async with TelegramEmulator(clock=Clock(datetime.now(UTC), running=True)) as telegram:
        telegram.rates.enforced = True
        people = [telegram.person(f"Person {number}", started=True) for number in range(PEOPLE)]
        group = telegram.supergroup("circle", people[0], with_bot=True, as_admin=True)
        clock = StandingClock()
        platform = TelegramPlatform(clock, telegram.token, api_url=telegram.url)
        async with program(tmp_path, fake=FakePlatform(clock), platforms=[platform]) as running:
            tenant = str(telegram.bot.user.id)
            async with running.database.transaction() as session:
                messenger = Messenger(session, running.database.cipher, clock)
                place = InPlace(Place("telegram", tenant, str(group.id), "circle"))
                for number, person in enumerate(people):
                    account = Account("telegram", tenant, str(person.id))
                    await messenger.send(Privately(account), Message(Text("Hello")), Kind.PROMPT)
                    if number % 50 == 0:
                        await messenger.send(place, Message(Text("Hello")), Kind.PROMPT)
            running.app.delivery.wake()
            async with asyncio.timeout(60):
                await running.settle()
            assert telegram.rates.refusals == 0
            assert len(telegram.called("sendMessage")) == PEOPLE + 3
            assert await dead_letters(running) == []
