"""What tests of questions do beyond talking: hold a button for later, change settings, look at the rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import select

from bot.app import App
from storage.communities import Community
from storage.database import Session
from storage.questions import Question
from tests.conversations import Held, Someone, Talk


def app_of(talk: Talk) -> App:
    assert talk.app is not None
    return talk.app


async def holds(who: Someone, label: str) -> Held:
    """The newest button of this label in somebody's private chat, to be pressed whenever."""
    return await who.holds(label)


@asynccontextmanager
async def rows(talk: Talk) -> AsyncIterator[Session]:
    """The rows as they stand, to read and to change."""
    async with app_of(talk).database.transaction() as session:
        yield session


async def set_up(talk: Talk, **settings: Any) -> None:
    """Change what facilitators decide about their community."""
    async with rows(talk) as session:
        community = (await session.exec(select(Community))).one()
        for name, value in settings.items():
            setattr(community, name, value)
        session.add(community)


async def state_of(talk: Talk, number: int = 1) -> str:
    async with rows(talk) as session:
        return (await session.exec(select(Question.state).where(Question.number == number))).one()


async def log_of(who: Someone, zone: str = "UTC", about: str = "Q1") -> list[tuple[str, str]]:
    """When the bot told somebody privately about a question, on the wall clock, and how it began."""
    return [
        (f"{one.at.astimezone(ZoneInfo(zone)):%a %H:%M}", one.text.partition("\n")[0])
        for one in await who.sees()
        if one.by_bot and one.text.startswith(about)
    ]


async def heard_by(*people: Someone) -> dict[str, list[str]]:
    """Everything that people have before them now, in private and in the circle."""
    return {who.name: [*await who.hears(), *await who.hears("circle")] for who in people}
