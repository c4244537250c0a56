"""The program on Telegram is killed for real, at every moment that counts, and told to end under load."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from time import monotonic

import aiohttp
import pytest

from tests.process import Process, baraza
from tests.wire.telegram import Person, TelegramEmulator
from tests.wire.telegram.faults import Fault, hangs

_KILLS = 5
_ALLOWED_SECONDS = 10.0
_REPEAT = re.compile(r"\(This may be a repeat of #[A-Z0-9]{4}\.\)")


@asynccontextmanager
async def killable(folder: Path, **settings: str) -> AsyncIterator[tuple[Process, TelegramEmulator, Person]]:
    """The program as people start it, Telegram, and somebody who writes to the bot."""
    async with TelegramEmulator() as telegram, aiohttp.ClientSession() as session:
        telegram.patience = 30
        told = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, "LOG_LEVEL": "DEBUG"}
        program = Process(folder, settings={**told, **settings})
        program.start()
        try:
            await program.healthy(session)
            yield program, telegram, telegram.person("Ana", started=True)
        finally:
            if program.running is not None and program.running.poll() is None:
                program.kill()
        output = (folder / "output.txt").read_text()
        assert telegram.token.partition(":")[2] not in output
        assert "Ana" not in output


async def answered(person: Person, times: int) -> tuple[int, int]:
    """Wait until somebody was answered so often; how many answers say that they may be repeats, and how many don't."""
    async with asyncio.timeout(60):
        while len(person.hears()) < times:  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0.05)
    repeats = sum(bool(_REPEAT.search(words)) for words in person.hears())
    return len(person.hears()) - repeats, repeats


def rises(program: Process) -> None:
    """Kill it, and start it again."""
    program.kill()
    program.start()


MOMENTS = {
    "kept, and not confirmed": ("getUpdates", hangs(delivered=False), (1, 0)),
    "confirmed, and nobody heard": ("getUpdates", hangs(), (1, 0)),
    "on its way": ("sendMessage", hangs(delivered=False), (0, 1)),
    "arrived, and nobody heard": ("sendMessage", hangs(), (1, 1)),
}


@pytest.mark.process
async def test_killed_at_each_moment_it_answers_and_what_comes_twice_says_so(tmp_path: Path) -> None:
    async with killable(tmp_path) as (program, telegram, ana):
        plain = repeats = 0
        for moment, (method, fault, (once, again)) in MOMENTS.items():
            await telegram.updates.waited_for.wait()
            await struck(telegram, ana, method, fault)
            rises(program)
            telegram.faults.release()
            plain, repeats = plain + once, repeats + again
            assert await answered(ana, plain + repeats) == (plain, repeats), moment
        assert program.terminate() == 0
    assert "dead letters: ok (none)" in baraza(tmp_path, "doctor").stdout


async def struck(telegram: TelegramEmulator, person: Person, method: str, fault: Fault) -> None:
    """Ask for help, and wait until the call that goes wrong is in the air, and nothing else."""
    before = telegram.faults._struck[method]
    answers = len(person.hears())
    telegram.faults.plan(method, fault)
    telegram.patience = 0
    await person.writes(None, "/help")
    telegram.patience = 30
    await telegram.faults.struck(method, before + 1)
    if method == "getUpdates":
        await answered(person, answers + 1)


@pytest.mark.process
async def test_many_deaths_lose_no_answer_and_double_none_that_does_not_say_so(tmp_path: Path) -> None:
    random = Random(8)
    async with killable(tmp_path) as (program, telegram, ana):
        people = [ana, *(telegram.person(f"Person {number}", started=True) for number in range(5))]
        telegram.patience = 0
        asked = 0
        for _ in range(_KILLS):
            asked += 1
            for person in people:
                await person.writes(None, "/help")
            await asyncio.sleep(random.uniform(0.0, 1.5))
            rises(program)
        for person in people:
            plain, repeats = await answered(person, asked)
            assert plain <= asked <= plain + repeats
        telegram.patience = 30
        await telegram.settle()
        assert not telegram.updates.pending
        assert program.terminate() == 0
    assert "dead letters: ok (none)" in baraza(tmp_path, "doctor").stdout


@pytest.mark.process
@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_told_to_end_under_load_it_is_gone_in_time_and_goes_on_where_it_was(
    tmp_path: Path, webhook: bool
) -> None:
    settings = {"PUBLIC_URL": "https://bot.example"} if webhook else {}
    async with killable(tmp_path, **settings) as (program, telegram, ana):
        telegram.webhook.hosts["https://bot.example"] = program.url
        people = [ana, *(telegram.person(f"Person {number}", started=True) for number in range(20))]
        telegram.patience = 0
        for person in people:
            await person.writes(None, "/help")
        started = monotonic()
        assert await asyncio.to_thread(program.terminate) == 0
        assert monotonic() - started < _ALLOWED_SECONDS
        program.start()
        for person in people:
            async with asyncio.timeout(60):
                while not person.hears():
                    await telegram.clock.move(1)  # a webhook that failed is tried again
                    await asyncio.sleep(0.05)
            assert len(person.hears()) == 1
        assert program.terminate() == 0
    assert "dead letters: ok (none)" in baraza(tmp_path, "doctor").stdout
