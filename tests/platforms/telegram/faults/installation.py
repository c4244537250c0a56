"""Baraza on Telegram: the app with its adapter and the real library, and the emulator on the other side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from sqlmodel import select

from bot.app import discover_capabilities
from bot.core.addresses import Account, Place
from bot.core.capability import Capability
from bot.core.events import CommandUsed, MessagePosted
from bot.core.messages import Kind, Message, Text
from bot.platforms.telegram.pacing import Pace, Unpaced
from bot.platforms.telegram.platform import TelegramPlatform
from bot.platforms.telegram.timing import Timing
from bot.services import Services
from storage import communities
from storage.activity import Activity
from tests.community import StandingClock
from tests.fakes import FakePlatform
from tests.frame import Program, dead_letters, program
from tests.wire.telegram import Chat, Delivery, Person, TelegramEmulator

FAST = Timing(waits=(0.0, 0.02), stand_by=0.02, introduce=0.02, again=0.05, token=0.05, pause=0.02)
"""Telegram is asked again at once. How long a call may take is what it is; a test of that says less."""
PUBLIC_URL = "https://bot.example"
SECRET = "a-secret-for-tests-alone"


@dataclass
class Installed:
    """Two supergroups with Ana and Ben and the bot as administrator; and Baraza, which may die and come back."""

    telegram: TelegramEmulator
    folder: Path
    capabilities: Sequence[Capability]
    webhook: bool
    timing: Timing
    ana: Person
    ben: Person
    circle: Chat
    square: Chat
    clock: StandingClock = field(default_factory=StandingClock)
    pace: Pace | None = None
    _running: Program | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def running(self) -> Program:
        """The program, which runs."""
        assert self._running is not None
        return self._running

    @property
    def platform(self) -> TelegramPlatform:
        """Its adapter."""
        found = self.running.app.platforms["telegram"]
        assert isinstance(found, TelegramPlatform)
        return found

    @property
    def tenant(self) -> str:
        """The bot's id."""
        return str(self.telegram.bot.user.id)

    async def starts(self, *, token: str = "") -> None:
        """Start it, on the same database and with the same bot as before."""
        adapter = TelegramPlatform(
            self.clock,
            token or self.telegram.token,
            api_url=self.telegram.url,
            public_url=PUBLIC_URL if self.webhook else None,
            webhook_secret=SECRET if self.webhook else "",
            pace=self.pace or Unpaced(now=lambda: self.clock.now().timestamp()),
            timing=self.timing,
        )
        fake = FakePlatform(self.clock)
        self._running = await self._open.enter_async_context(
            program(self.folder, *self.capabilities, fake=fake, platforms=[adapter])
        )
        self.telegram.webhook.hosts[PUBLIC_URL] = self.running.app.web.url

    async def dies(self) -> None:
        """End it as ``kill -9`` does, once the change that is being written is written: it can't be torn in here."""
        self.running.database.down = True
        async with self.running.database._turn:
            await self.running.kill()
        await self._open.aclose()

    async def ends(self) -> None:
        """End it, whatever state it is in."""
        await self._open.aclose()

    async def settles(self) -> None:
        """Let everything happen that can happen now, on both sides."""
        told = -1
        while told < len(self.telegram.updates.deliveries):
            told = len(self.telegram.updates.deliveries)
            await self.telegram.settle()
            await self.running.settle()

    async def fails_to_keep(self, told: Delivery) -> None:
        """Wait until an update was handed over, and could not be kept."""
        if self.webhook:
            await self.comes_to(lambda: bool(told.statuses))
        else:
            await self.comes_to(lambda: "can't be kept" in (self.platform.trouble() or ""))

    async def comes_to(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that nobody tells of, for a few seconds of real time."""
        async with asyncio.timeout(5):
            while not holds():  # noqa: ASYNC110 - as nobody tells of it
                await asyncio.sleep(0.005)

    async def takes(self, told: Delivery) -> None:
        """Wait until an update was taken, and let everything come of it."""
        async with asyncio.timeout(5):
            await told.taken.wait()
        await self.settles()

    async def waits(self, seconds: float) -> None:
        """Let time pass, on both sides."""
        await self.telegram.clock.move(seconds)
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))
        await self.settles()

    async def waits_long(self) -> None:
        """Let so much time pass that whatever is tried again has been, many times."""
        for seconds in (1, 2, 8, 60, 300, 3_600):
            await self.waits(seconds)

    async def founds_a_community(self, chat: Chat | None = None) -> None:
        """From now on what happens in the circle is on record."""
        async with self.running.database.transaction() as session:
            place = await communities.discover(session, self.place(chat or self.circle))
            await communities.found(session, place, name="Nurses", language="en", time_zone="UTC", now=self.clock.now())

    def place(self, chat: Chat) -> Place:
        """A group in Baraza's words."""
        return Place("telegram", self.tenant, str(chat.id), chat.title)

    def account(self, person: Person) -> Account:
        """Somebody in Baraza's words."""
        return Account("telegram", self.tenant, str(person.id))

    async def counted(self) -> int:
        """How many messages of people are on record."""
        async with self.running.database.reading() as session:
            return len((await session.exec(select(Activity))).all())

    def told_last(self) -> Delivery:
        """The newest update."""
        return self.telegram.updates.deliveries[-1]

    async def health(self) -> tuple[int, list[str]]:
        """What ``/healthz`` answers: the status, and what is the matter."""
        url = f"{self.running.app.web.url}/healthz"
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, list((await answer.json())["troubles"])

    async def dead(self) -> list[str]:
        """Why anything was given up."""
        return await dead_letters(self.running)


@asynccontextmanager
async def installed(
    folder: Path,
    *capabilities: Capability,
    webhook: bool = False,
    pace: Pace | None = None,
    starts: bool = True,
    **changed: Any,
) -> AsyncIterator[Installed]:
    """Baraza with these capabilities (or with all that there are) on Telegram, by polling or by webhook.

    ``changed`` are other timings than ``FAST`` has.
    """
    async with TelegramEmulator() as telegram:
        ana, ben = (telegram.person(name, started=True) for name in ("Ana", "Ben"))
        circle, square = (
            telegram.supergroup(name, ana, ben, with_bot=True, as_admin=True) for name in ("circle", "square")
        )
        made = Installed(
            telegram=telegram,
            folder=folder,
            capabilities=capabilities or discover_capabilities(),
            webhook=webhook,
            timing=replace(FAST, **changed),
            ana=ana,
            ben=ben,
            circle=circle,
            square=square,
            pace=pace,
        )
        if starts:
            await made.starts()
        try:
            yield made
        finally:
            await made.ends()


def command(name: str, work: Callable[[CommandUsed, Services], Awaitable[None]]) -> Capability:
    """``/name`` does something of the test's, for everybody."""
    capability = Capability(name)
    capability.command(name, summary="", for_strangers=True)(work)
    return capability


async def say_hello(_event: CommandUsed, services: Services) -> None:
    """Answer the person who acts."""
    await services.answer(Message(Text("Good morning")))


def repeating(kind: Kind) -> Capability:
    """Says what is said to it, where it is said, in a message of this kind."""
    capability = Capability("repeating")

    @capability.on(MessagePosted, strangers=True)
    async def repeat(event: MessagePosted, services: Services) -> None:
        said = Message(Text("{text}", {"text": event.text}))
        if event.place is None:
            await services.answer(said, kind)
        else:
            await services.post(event.place, said, kind)

    return capability
