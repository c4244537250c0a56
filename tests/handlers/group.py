"""A group on a platform where people have to write to the bot first, with a community that Fatima looks after."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import discover_capabilities
from bot.core.addresses import Person, conversation_of
from bot.core.messages import Button
from bot.core.roles import Purpose, Role
from storage import communities, members
from storage.communities import CommunityPlace
from storage.members import Member
from tests.community import START, StandingClock
from tests.fakes import FakePlatform, Shown
from tests.frame import Program, program

PEOPLE = ("fatima", "ana", "ben", "chi", "dio", "eva", "finn", "gus", "zoe")


@dataclass
class Group:
    """The program, and what people in the group do and see. Fatima alone has written to the bot."""

    running: Program
    place: CommunityPlace

    @property
    def purpose(self) -> Purpose:
        return Purpose(self.place.purpose)

    @property
    def fake(self) -> FakePlatform:
        return self.running.fake

    async def joins(self, *people: str, place: str = "circle") -> None:
        """They come in; whatever waits some seconds for others has happened afterwards."""
        for person in people:
            await self.fake.joins(person, place)
        await self.running.settle()
        await self.running.wait(seconds=10)

    async def leaves(self, person: str, place: str = "circle") -> None:
        await self.fake.leaves(person, place)
        await self.running.settle()

    async def starts(self, person: str, payload: str = "") -> None:
        await self.fake.starts(person, payload)
        await self.running.settle()

    async def follows(self, person: str, label: str, place: str = "circle") -> None:
        """Press the newest button of this label that opens the private chat."""
        await self.starts(person, self.button(label, f"place:{place}").starts)

    async def commands(self, person: str, name: str, arguments: str = "", *, place: str | None = None) -> None:
        await self.fake.commands(person, name, arguments, place=place)
        await self.running.settle()

    async def presses(self, person: str, label: str, *, place: str | None = None) -> None:
        """Press the newest button of this label that this person sees in the place, or in private."""
        where = f"place:{place}" if place else f"person:{person}"
        await self.fake.presses(person, self.button(label, where).token, place=place)
        await self.running.settle()

    async def fills_in(self, person: str, **values: object) -> None:
        """Send the form that was opened last for somebody."""
        form = next(one for one in reversed(self.fake.opened) if conversation_of(one.destination) == f"person:{person}")
        initial = {field.name: getattr(field, "initial", None) for field in form.form.fields}
        await self.fake.submits(person, form.form_id, **{**initial, **values})
        await self.running.settle()

    def button(self, label: str, conversation: str) -> Button:
        found = [button for one in self.seen(conversation) for button in one.message.buttons if button.label == label]
        assert found, f"nobody sees {label} there"
        return found[-1]

    def seen(self, conversation: str) -> list[Shown]:
        return [one for one in self.fake.shown if conversation_of(one.destination) == conversation]

    def lines(self, place: str = "circle") -> list[str]:
        """What stands in a place, the oldest first."""
        return self.fake.words(f"place:{place}")

    def told(self, person: str) -> list[str]:
        """What somebody was told alone, the oldest first."""
        return self.fake.words(f"person:{person}")

    async def member(self, person: str) -> Member | None:
        async with self.running.database.reading() as session:
            return await members.find(session, self.fake.account(person))


@asynccontextmanager
async def group(folder: Path, *, purpose: Purpose = Purpose.MAIN) -> AsyncIterator[Group]:
    """Everything that Baraza can do, in a community with one place."""
    fake = FakePlatform(StandingClock(), needs_first_word=True, people=set(PEOPLE))
    async with program(folder, *discover_capabilities(), fake=fake) as running:
        async with running.database.transaction() as session:
            place = await communities.discover(session, fake.place("circle"))
            made = await communities.found(session, place, name="Nurses", language="en", time_zone="UTC", now=START)
            await communities.give_purpose(session, made.id, place.id, purpose)
            fatima = await members.ensure(session, Person(fake.account("fatima"), "Fatima"), START)
            await members.arrive(session, made.id, place.id, fatima.id, START)
            await members.give_role(session, made.id, fatima.id, Role.FACILITATOR)
        here = Group(running, place)
        await here.starts("fatima")
        yield here
