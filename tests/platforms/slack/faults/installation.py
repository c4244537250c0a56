"""Baraza in a workspace: the app with Slack's adapter, bolt and the SDK, and the emulator on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import discover_capabilities
from bot.core.addresses import Account, Place
from bot.core.capability import Capability
from bot.core.events import CommandUsed
from bot.core.messages import Message, Text
from bot.platforms.slack.pacing import Unpaced
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.timing import Timing
from bot.services import Services
from storage import communities
from tests.community import StandingClock
from tests.fakes import FakePlatform
from tests.frame import Program, dead_letters, program
from tests.wire.slack import Channel, Person, SlackEmulator, Workspace

FAST = Timing(again=0.05, token=0.05, answer=0.05, whisper=0.5, pause=0.02, lasts=0.0, waits=(0.0, 0.02))
"""Slack is tried again at once. How long something may take is what it is; a test of that says less."""


@dataclass
class Installed:
    """The workspace with Ana and Ben, who are in its channels with the bot; and Baraza, which may die and come back."""

    slack: SlackEmulator
    folder: Path
    capabilities: Sequence[Capability]
    socket: bool
    http: bool
    timing: Timing
    workspace: Workspace
    ana: Person
    ben: Person
    circle: Channel
    square: Channel
    clock: StandingClock = field(default_factory=StandingClock)
    _running: Program | None = None
    _open: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def running(self) -> Program:
        """The program, which runs."""
        assert self._running is not None
        return self._running

    @property
    def platform(self) -> SlackPlatform:
        """Its adapter."""
        found = self.running.app.platforms["slack"]
        assert isinstance(found, SlackPlatform)
        return found

    async def starts(self, *, app_token: str = "") -> None:
        """Start it, on the same database and in the same workspace as before."""
        app = self.slack.app
        slack = SlackPlatform(
            self.clock,
            bot_token=self.workspace.token,
            app_token=(app_token or app.app_token) if self.socket else None,
            signing_secret=app.signing_secret if self.http else None,
            api_url=self.slack.api_url,
            pace=Unpaced(now=lambda: self.clock.now().timestamp()),
            timing=self.timing,
        )
        fake = FakePlatform(self.clock)
        self._running = await self._open.enter_async_context(
            program(self.folder, *self.capabilities, fake=fake, platforms=[slack])
        )
        app.request_url = f"{self.running.app.web.url}/slack/events"

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
        while told < len(self.slack.deliveries):
            told = len(self.slack.deliveries)
            await self.slack.settle()
            await self.running.settle()

    async def waits(self, seconds: float) -> None:
        """Let time pass, on both sides."""
        await self.slack.clock.move(seconds)
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))
        await self.settles()

    async def waits_long(self) -> None:
        """Let so much time pass that whatever is tried again has been, many times."""
        for seconds in (1, 2, 8, 60, 300, 3_600):
            await self.waits(seconds)

    async def founds_a_community(self) -> None:
        """From now on what happens in the circle is on record."""
        async with self.running.database.transaction() as session:
            place = await communities.discover(session, self.place(self.circle))
            await communities.found(session, place, name="Nurses", language="en", time_zone="UTC", now=self.clock.now())

    def place(self, channel: Channel) -> Place:
        """A channel in Baraza's words."""
        return Place("slack", self.workspace.id, channel.id, channel.name)

    def account(self, person: Person) -> Account:
        """Somebody in Baraza's words."""
        return Account("slack", self.workspace.id, person.id)

    def posted(self, channel: Channel) -> list[str]:
        """The words of everything that the bot posted in a channel, threads too, the oldest first."""
        bot = self.workspace.bot.id
        seen = self.ana._everything(channel)
        return [one.text for one in seen if one.raw["user"] == bot and one.text]

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
    socket: bool = True,
    http: bool | None = None,
    timing: Timing = FAST,
    **changed: Any,
) -> AsyncIterator[Installed]:
    """Baraza with these capabilities (or with all that there are) in a workspace, over a socket or over HTTP.

    ``changed`` are other timings than ``FAST`` has.
    """
    async with SlackEmulator() as slack:
        slack.app.socket_mode = socket
        workspace = slack.workspace()
        ana, ben = workspace.person("Ana"), workspace.person("Ben")
        circle, square = (workspace.channel(name, ana, ben, with_bot=True) for name in ("circle", "square"))
        made = Installed(
            slack=slack,
            folder=folder,
            capabilities=capabilities or discover_capabilities(),
            socket=socket,
            http=not socket if http is None else http,
            timing=replace(timing, **changed),
            workspace=workspace,
            ana=ana,
            ben=ben,
            circle=circle,
            square=square,
        )
        await made.starts()
        try:
            yield made
        finally:
            await made.ends()


def command(name: str, work: Callable[[CommandUsed, Services], Awaitable[None]]) -> Capability:
    """``/baraza name`` does something of the test's, for everybody."""
    capability = Capability(name)
    capability.command(name, summary="", for_strangers=True)(work)
    return capability


def answering(*messages: Message) -> Capability:
    """``/baraza say`` answers with these messages, where it was typed."""

    async def say(_event: CommandUsed, services: Services) -> None:
        for message in messages or (Message(Text("Good morning")),):
            await services.answer(message)

    return command("say", say)
