"""A community with prompts, for conversations about them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import select

from bot.app import App
from bot.texts import Texts
from handlers.prompts._pack import KINDS, PACK
from storage import prompts
from storage.communities import Community
from tests.conversations import Seen, Someone, StandingClock, Talk, founded, running

HEADINGS = tuple(KINDS.values())
INVITATION = "Answer here in the thread, or with the button. Two minutes are enough."


def at(local: str, zone: str = "UTC") -> datetime:
    """A moment by a wall clock."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def app_of(talk: Talk) -> App:
    assert talk.app is not None
    return talk.app


@dataclass
class Circle:
    """Fatima facilitates; Ana and Ben are members."""

    talk: Talk
    fatima: Someone
    ana: Someone
    ben: Someone

    async def prompts(self, place: str = "circle") -> list[Seen]:
        """The prompts in a place, the oldest first."""
        return [one for one in await self.fatima.sees(place) if one.by_bot and INVITATION in one]

    async def when(self, zone: str = "UTC", place: str = "circle") -> list[str]:
        """When prompts were posted, on the wall clock."""
        return [f"{one.at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}" for one in await self.prompts(place)]

    async def jump(self, **time: float) -> None:
        """Let time pass as if nothing had run in between; what was missed is caught up once."""
        app = app_of(self.talk)
        await self.talk.wait(seconds=0)
        app.clock.move_to(app.clock.now() + timedelta(**time))
        await self.talk.wait(seconds=0)

    async def schedules(self, words: str, *, place: str | None = None) -> None:
        """Propose a schedule, and say yes to it."""
        await self.fatima.says(f"/prompt schedule {words}", place=place)
        await self.fatima.presses("Yes, schedule it", place=place)

    async def use_up(self, *, but: int = 0) -> None:
        """Let the community have seen its whole library just now, but for the last so many."""
        await self.fatima.says("/prompt list")
        async with app_of(self.talk).database.transaction() as session:
            library = await prompts.in_library(session, 1)
            for one in library[: len(library) - but]:
                one.last_posted_at = app_of(self.talk).clock.now()

    async def set_up(self, **settings: Any) -> None:
        """Change what facilitators decide about their community."""
        async with app_of(self.talk).database.transaction() as session:
            community = (await session.exec(select(Community))).one()
            for name, value in settings.items():
                setattr(community, name, value)
            session.add(community)


def words_of(seen: Seen) -> str:
    """What a posted prompt asks."""
    return seen.text.removesuffix(INVITATION).partition("\n")[2].strip()


def kind_of(seen: Seen) -> str:
    """The heading of a posted prompt."""
    return seen.text.partition("\n")[0]


def pack_words(name: str) -> str:
    return Texts().wording().label(PACK[name].words)


@asynccontextmanager
async def circle(
    folder: Path, *, now: datetime | None = None, silence_days: int = 0, **settings: Any
) -> AsyncIterator[Circle]:
    """The community, running. A silence brings no prompt early, where the test does not ask for that."""
    clock = StandingClock(now) if now else None
    async with running(folder, clock=clock, **settings) as talk:
        fatima = await founded(talk)
        people = [await talk.newcomer(name) for name in ("Ana", "Ben")]
        for person in people:
            await person.joins("circle")
        here = Circle(talk, fatima, *people)
        await here.set_up(silence_days=silence_days)
        yield here
