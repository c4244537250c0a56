"""The frame alone, around a fake platform: for tests of what holds whatever capabilities there are."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.app import App
from bot.core.capability import Capability, Schedule
from bot.core.events import MessagePosted
from bot.core.messages import Kind, Message, Text
from bot.core.platform import Platform
from bot.services import Services
from bot.settings import Settings
from storage import inbox, outbox, tasks
from storage.database import Database, DatabaseUnavailable, Session
from storage.sqlite_connection import OneTripConnection
from tests.community import StandingClock
from tests.connections import any_left_open, cut
from tests.databases import SECRET_KEY, migrated
from tests.fakes import FakePlatform

TRY_AGAIN_AFTER = (1, 2, 4, 8, 16, 32, 64)
"""Seconds after each failed try."""


class FlakyDatabase(Database):
    """A database that does not answer while it is ``down``, or that answers only so many more times."""

    down = False
    loses_the_next_answer = False
    answers_left: int | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        self._answer()
        async with super().transaction() as session:
            yield session
        if self.loses_the_next_answer:
            self.loses_the_next_answer = False
            raise DatabaseUnavailable("the change was kept, and nobody heard of it")

    @asynccontextmanager
    async def direct(self) -> AsyncIterator[OneTripConnection]:
        self._answer()
        async with super().direct() as connection:
            yield connection
        if self.loses_the_next_answer:
            self.loses_the_next_answer = False
            raise DatabaseUnavailable("the change was kept, and nobody heard of it")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        self._answer()
        async with super().reading() as session:
            yield session

    def _answer(self) -> None:
        if self.answers_left is not None:
            self.down = self.down or self.answers_left <= 0
            self.answers_left -= 1
        if self.down:
            raise DatabaseUnavailable("it is down")


@dataclass
class Program:
    """One running program, and what a test does with it."""

    app: App
    fake: FakePlatform
    clock: StandingClock
    database: FlakyDatabase
    others: set[asyncio.Task[object]] = field(default_factory=set)
    ended: bool = False

    async def settle(self) -> None:
        """Let everything happen that can happen now."""
        await self.app.settle()

    async def wait(self, **time: float) -> None:
        """Let time pass in one step, and everything happen that can happen then."""
        self.clock.move_to(self.clock.now() + timedelta(**time))
        with suppress(DatabaseUnavailable):  # its own tick comes within a second, and what is due would come late
            await self.app.ticker.tick(self.clock.now())
        await self.app.settle()

    async def wait_in_seconds(self, seconds: int) -> None:
        """Let time pass second by second."""
        for _ in range(seconds):
            await self.wait(seconds=1)

    async def wait_through_all_tries(self) -> None:
        """Let time pass as far as the eighth try of whatever fails."""
        for delay in TRY_AGAIN_AFTER:
            await self.wait(seconds=delay)

    async def kill(self) -> None:
        """End it as ``kill -9`` does: nothing is finished, nothing more is written."""
        if self.ended:
            return
        self.ended = True
        pool = self.database.engine.pool
        with warnings.catch_warnings():  # a death closes nothing: what it leaves is cleared here, where it happened
            warnings.simplefilter("ignore", ResourceWarning)
            for task in (mine := self._tasks()):
                task.cancel()
            await asyncio.gather(*mine, return_exceptions=True)
            await asyncio.gather(*self._tasks(), return_exceptions=True)  # sessions that give back their connections
            await self.app.ticker.stop()
            await self.app._close()
            cut(pool)
            mine.clear()
            gc.collect(2 if any_left_open() else 1)  # all objects take a quarter of a second, young ones nothing

    def _tasks(self) -> set[asyncio.Task[object]]:
        return {task for task in asyncio.all_tasks() - self.others if task is not asyncio.current_task()}

    async def stop(self) -> None:
        """End it as SIGTERM does."""
        self.ended = True
        await self.app.stop()


@asynccontextmanager
async def program(
    folder: Path,
    *capabilities: Capability,
    fake: FakePlatform | None = None,
    schedules: Sequence[Schedule] = (),
    platforms: Sequence[Platform] | None = None,
    database_url: str = "",
) -> AsyncIterator[Program]:
    """The frame with these capabilities alone; started again on the same folder, it goes on where it was."""
    url = database_url or await migrated(folder)
    clock = fake.clock if fake else StandingClock()
    assert isinstance(clock, StandingClock)
    fake = fake or FakePlatform(clock)
    database = FlakyDatabase(url, SECRET_KEY)
    settings = Settings(_env_file=None, database_url=url, http_port=0)
    app = App(
        settings,
        database,
        [fake] if platforms is None else platforms,
        clock=clock,
        capabilities=capabilities,
        declared_schedules=schedules,
    )
    running = Program(app, fake, clock, database, asyncio.all_tasks())
    await app.start()
    try:
        yield running
    finally:
        await running.kill()


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
        letters = [await box(session) for box in (inbox.dead, outbox.dead, tasks.dead)]
    return [reason for box in letters for _, _, _, reason in box]


async def waiting(running: Program) -> int:
    async with running.database.reading() as session:
        return await inbox.count_waiting(session)
