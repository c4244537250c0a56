"""A community on a platform that has a page of the bot's own for everybody, and what people see and press there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app import discover_capabilities, discover_schedules
from bot.core.addresses import Privately
from bot.core.home import Home, HomeRow
from bot.core.messages import Button
from bot.core.platform import OpenForm
from tests.community import StandingClock
from tests.fakes import FakePlatform
from tests.frame import Program, program

PEOPLE = ("fatima", "hassan", "ana", "ben")
PLACE = "circle"


@dataclass
class Page:
    """What stands on somebody's page."""

    home: Home

    @property
    def headings(self) -> list[str]:
        return [section.heading for section in self.home.sections]

    @property
    def words(self) -> str:
        """Everything that can be read on it, the labels of its buttons too."""
        rows = [row for section in self.home.sections for row in section.shown]
        labels = [button.label for button in self.home.buttons]
        return "\n".join([*self.headings, *(row.text.plain() for row in rows), *labels])

    def under(self, heading: str) -> list[str]:
        """The rows of a section, as words."""
        return [row.text.plain() for row in self.rows(heading)]

    def buttons(self, heading: str) -> list[list[str]]:
        """The labels of the buttons of each of its rows."""
        return [[button.label for button in row.buttons] for row in self.rows(heading)]

    def rows(self, heading: str) -> tuple[HomeRow, ...]:
        return next((section.shown for section in self.home.sections if section.heading == heading), ())

    def button(self, label: str) -> Button:
        return next(one for one in self.home.buttons if one.label == label)


@dataclass
class HomeCircle:
    """Fatima facilitates, Hassan answers what is asked about the cold chain, Ana is a member, Ben nobody yet."""

    running: Program

    @property
    def fake(self) -> FakePlatform:
        return self.running.fake

    async def looks(self, person: str) -> Page:
        """Open the page, and wait until it is there."""
        await self.fake.looks_at_home(person)
        await self.running.settle()
        return self.page(person)

    def page(self, person: str) -> Page:
        """What stands there now."""
        return Page(self.fake.homes_of(person)[-1])

    def published(self, person: str) -> int:
        """How often somebody's page was published so far."""
        return len(self.fake.homes_of(person))

    async def while_it_follows(self) -> None:
        """The few seconds that a page takes to follow."""
        await self.running.wait(seconds=10)

    async def presses_at_home(self, person: str, label: str) -> None:
        await self._press(person, self.page(person).button(label))

    async def presses(self, person: str, label: str) -> None:
        """Press the newest button of this label in the private chat with the bot."""
        mine = [one for one in self.fake.shown if one.destination == Privately(self.fake.account(person))]
        buttons = [button for one in reversed(mine) for button in one.message.buttons if button.label == label]
        await self._press(person, buttons[0])

    async def _press(self, person: str, button: Button) -> None:
        assert button.token
        await self.fake.presses(person, button.token)
        await self.running.settle()

    def form(self, person: str) -> OpenForm:
        """The form that somebody opened last."""
        to = Privately(self.fake.account(person))
        return next(one for one in reversed(self.fake.opened) if one.destination == to)

    async def fills_in(self, person: str, **by_label: Any) -> None:
        """Fill in that form by its labels (underscores for blanks), and send it."""
        opened = self.form(person)
        values = {one.name: one.initial for one in opened.form.fields}
        names = {one.label: one.name for one in opened.form.fields}
        values |= {names[label.replace("_", " ")]: value for label, value in by_label.items()}
        sent = {name: value for name, value in values.items() if value is not None}
        await self.fake.submits(person, opened.form_id, **sent)
        await self.running.settle()

    async def says(self, person: str, command: str) -> None:
        """Type a command to the bot."""
        name, _, arguments = command.partition(" ")
        await self.fake.commands(person, name, arguments)
        await self.running.settle()

    async def asks(self, person: str, text: str, *, confidentially: bool = False) -> None:
        """Ask about the cold chain, and wait until the expert has the question."""
        await self.says(person, "ask")
        manner = "confidential" if confidentially else "name"
        await self.fills_in(person, Your_question=text, Topic="cold chain", By_name_or_confidentially=manner)
        await self.running.wait(minutes=3)

    def hears(self, person: str) -> list[str]:
        """What the bot said to somebody privately."""
        return self.fake.words(f"person:{person}")


@asynccontextmanager
async def home_circle(folder: Path) -> AsyncIterator[HomeCircle]:
    """The community, running."""
    clock = StandingClock()
    fake = FakePlatform(clock, people=set(PEOPLE))
    async with program(folder, *discover_capabilities(), fake=fake, schedules=discover_schedules()) as running:
        here = HomeCircle(running)
        await fake.invites_the_bot("fatima", PLACE)
        await running.settle()
        await here.presses("fatima", "Start a community here")
        await here.fills_in("fatima", Community_name="Field Nurses")
        for person in ("hassan", "ana"):
            await fake.joins(person, PLACE)
        await running.settle()
        await here.says("fatima", "experts add @hassan cold chain")
        await running.app.ticker.tick(clock.now())
        yield here
