"""``kill -9`` at the worst moments, of the program as it runs in a workspace: what was told is answered, once."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic

import aiohttp
import pytest

from tests.platforms.slack.faults.mortal import AFTER_ITS_COMMIT, BEFORE_ITS_COMMIT, IN_A_HANDLER
from tests.process import Process, baraza
from tests.wire.slack import Clock, Person, SlackEmulator, Workspace
from tests.wire.slack.clock import breathe
from tests.wire.slack.faults import Fault, dropped, hangs, late, server_error

pytestmark = pytest.mark.process

ANSWER = "I understand commands. Type /baraza help to see them."
_DEADLINE_SECONDS = 60.0


@dataclass
class Mortal:
    """The program in a workspace."""

    slack: SlackEmulator
    workspace: Workspace
    process: Process
    session: aiohttp.ClientSession

    async def comes_back(self) -> None:
        """After its death it starts again, and Slack tells again what it may have missed."""
        self.slack.faults.clear()
        self.slack.faults.release()
        self.process.start()
        await self.process.healthy(self.session)
        await self.slack.socket.connected(2, within=_DEADLINE_SECONDS)
        self.slack.patience = 5.0
        for seconds in (61, 301):  # no more, or the three seconds of an answer would have passed, too
            await self.slack.clock.move(seconds)
            await self.slack.settle()

    async def is_at_rest(self) -> None:
        """Wait until nothing is left in its inbox and outbox, at two looks in a row."""
        quiet = 0
        async with asyncio.timeout(_DEADLINE_SECONDS):
            while quiet < 2:
                async with self.session.get(f"{self.process.url}/metrics") as response:
                    depths = re.findall(r"^baraza_(?:inbox|outbox)_depth (\S+)", await response.text(), re.MULTILINE)
                quiet = quiet + 1 if depths == ["0.0", "0.0"] else 0
                await asyncio.sleep(0.02)

    @contextmanager
    def nothing_can_be_written(self) -> Iterator[None]:
        """Somebody else holds the database."""
        connection = sqlite3.connect(self.process.folder / "baraza.sqlite3", isolation_level=None, timeout=10)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
        finally:
            connection.close()


@asynccontextmanager
async def mortal(folder: Path, module: str = "bot") -> AsyncIterator[Mortal]:
    async with (
        SlackEmulator(clock=Clock(datetime.now(UTC))) as slack,
        aiohttp.ClientSession() as session,
    ):
        workspace = slack.workspace()
        settings = {
            "SLACK_BOT_TOKEN": workspace.token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "SLACK_API_URL": slack.api_url,
            "CONFIDENTIAL_DELAY_SECONDS": "0",
        }
        process = Process(folder, settings=settings, module=module)
        process.start()
        try:
            await process.healthy(session)
            await slack.socket.connected(2, within=_DEADLINE_SECONDS)
            yield Mortal(slack, workspace, process, session)
        finally:
            if process.running is not None and process.running.poll() is None:
                process.kill()


Death = Callable[[Mortal, Person], Awaitable[None]]


async def writes_until(here: Mortal, person: Person, method: str, fault: Fault) -> asyncio.Task[str]:
    """Somebody writes, and the program comes as far as a call in which it waits."""
    here.slack.faults.plan(method, fault)
    struck = here.slack.faults.count(method)
    writing = asyncio.create_task(person.writes(None, "hello"))
    await here.slack.faults.struck(method, struck + 1)
    return writing


async def before_the_insert(here: Mortal, person: Person) -> None:
    """It asks who that is, and has kept nothing yet."""
    writing = await writes_until(here, person, "users.info", hangs(delivered=False))
    here.process.kill()
    await writing


async def before_the_commit(here: Mortal, person: Person) -> None:
    """The database keeps it waiting."""
    with here.nothing_can_be_written():
        writing = await writes_until(here, person, "users.info", server_error())
        await asyncio.sleep(0.1)
        here.process.kill()
    await writing


async def between_commit_and_acknowledgement(here: Mortal, person: Person) -> None:
    """Slack hears nothing more of it, while it works on."""
    here.slack.patience = 0.1
    here.slack.faults.plan("chat.postMessage", hangs(delivered=False))
    struck = here.slack.faults.count("chat.postMessage")
    writing = asyncio.create_task(person.writes(None, "hello"))
    await breathe()  # it is sent
    here.slack.socket.freeze()
    await here.slack.faults.struck("chat.postMessage", struck + 1)
    here.process.kill()
    await writing
    assert not here.slack.deliveries[-1].acknowledged


async def after_a_claim(here: Mortal, person: Person) -> None:
    """It has taken the answer from its outbox, and Slack has not taken it yet."""
    writing = await writes_until(here, person, "chat.postMessage", hangs(delivered=False))
    here.process.kill()
    await writing


async def after_the_bytes_of_the_request(here: Mortal, person: Person) -> None:
    """Slack has shown the answer, and has not said so yet."""
    writing = await writes_until(here, person, "chat.postMessage", hangs())
    here.process.kill()
    await writing


async def between_response_and_mark(here: Mortal, person: Person) -> None:
    """Slack has said so, and it can't be written down."""
    writing = await writes_until(here, person, "chat.postMessage", late())
    with here.nothing_can_be_written():
        here.slack.faults.release()
        await asyncio.sleep(0.2)
        here.process.kill()
    await writing


DEATHS: list[Death] = [
    before_the_insert,
    before_the_commit,
    between_commit_and_acknowledgement,
    after_a_claim,
    after_the_bytes_of_the_request,
    between_response_and_mark,
]


async def test_whenever_it_is_killed_everybody_is_answered_once(tmp_path: Path) -> None:
    async with mortal(tmp_path) as here:
        people = {death.__name__: here.workspace.person(f"Person {number}") for number, death in enumerate(DEATHS)}
        for death in DEATHS:
            person = people[death.__name__]
            await death(here, person)
            await here.comes_back()
            await here.is_at_rest()
            assert person.hears() == [ANSWER], death.__name__
        assert {name: person.hears() for name, person in people.items()} == {name: [ANSWER] for name in people}
        assert here.process.terminate() == 0
    assert "dead letters: ok (none)" in baraza(tmp_path, "doctor").stdout


async def test_killed_inside_a_handler_and_around_its_commit_it_does_its_work_once(tmp_path: Path) -> None:
    async with mortal(tmp_path, "tests.platforms.slack.faults.mortal") as here:
        moments = (IN_A_HANDLER, BEFORE_ITS_COMMIT, AFTER_ITS_COMMIT)
        for number, moment in enumerate(moments):
            person = here.workspace.person(f"Person {number}")
            typing = asyncio.create_task(person.types(f"/baraza die {moment}"))
            assert here.process.running is not None
            await asyncio.to_thread(here.process.running.wait, _DEADLINE_SECONDS)
            assert (tmp_path / f"died {moment}").exists()
            await typing
            await here.comes_back()
            await here.is_at_rest()
            assert person.hears() == [f"I live, though {moment}"]


async def test_killed_again_and_again_under_load_it_answers_everybody_once(tmp_path: Path) -> None:
    random = Random(5)
    async with mortal(tmp_path) as here:
        people = [here.workspace.person(f"Person {number}") for number in range(30)]
        for first in range(0, len(people), 10):
            here.slack.patience = 0.05
            kinds = (dropped(), server_error(502, delivered=True), dropped(delivered=False))
            here.slack.faults.plan("chat.postMessage", *random.choices(kinds, k=4))
            writing = [asyncio.create_task(one.writes(None, "hello")) for one in people[first : first + 10]]
            await asyncio.sleep(random.uniform(0.0, 0.3))
            here.process.kill()
            await asyncio.gather(*writing)
            await here.comes_back()
        await here.is_at_rest()
        assert [one.hears() for one in people] == [[ANSWER]] * len(people)
        assert here.process.terminate() == 0
    assert "dead letters: ok (none)" in baraza(tmp_path, "doctor").stdout


async def test_told_to_stop_under_load_it_is_gone_in_time_and_goes_on_where_it_was(tmp_path: Path) -> None:
    async with mortal(tmp_path) as here:
        people = [here.workspace.person(f"Person {number}") for number in range(40)]
        here.slack.patience = 0.05
        load = asyncio.gather(*(one.writes(None, "hello") for one in people))
        await here.slack.heard(*here.slack.deliveries[:1])
        began = monotonic()
        assert await asyncio.to_thread(here.process.terminate) == 0
        assert monotonic() - began < 10
        await load
        await here.comes_back()
        await here.is_at_rest()
        assert [one.hears() for one in people] == [[ANSWER]] * len(people)
