"""What tests of questions do beyond talking: hold a button for later, change settings, look at the rows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import select

from bot.core.platform import RawEvent
from bot.local_installation import LocalApp
from storage.communities import Community
from storage.database import Session
from storage.questions import Question
from tests.community import Json, Someone, Talk

OVER = "That button is no longer there."


def app_of(talk: Talk) -> LocalApp:
    assert talk.app is not None
    return talk.app


@dataclass(frozen=True)
class Held:
    """A button as somebody had it before them, whatever has become of its message since."""

    who: Someone
    message: Json
    token: str

    async def press(self) -> None:
        """Press it in the chat, where it still is."""
        await self.who.talk.post("/local/buttons", person=self.who.id, message=self.message["id"], button=self.token)
        await self.who.talk.settle()

    async def press_in_the_chat_when_it_is_over(self) -> str:
        """Press it in the chat, where it no longer is; what the chat says."""
        body = {"person": self.who.id, "message": self.message["id"], "button": self.token}
        return str((await self.who.talk.post("/local/buttons", expect=(400,), **body))["error"])

    async def press_too_late(self, by: Someone | None = None) -> None:
        """The press arrives although the button is gone from the chat: a second finger, a slow wire, another hand."""
        who, app = by or self.who, app_of(self.who.talk)
        now = app.clock.now()
        event = {
            "type": "button",
            "at": now.isoformat(),
            "person": {"id": who.id, "name": who.name, "language": "en", "is_bot": False},
            "place": None,
            "button": self.token,
            "message": {"id": str(self.message["id"]), "thread": None, "author": "baraza"},
            "trigger": {"id": token_urlsafe(8), "expires_at": (now + timedelta(seconds=3)).isoformat()},
        }
        body = json.dumps(event).encode()
        await app.accept([RawEvent("local", "local", f"late/{token_urlsafe(8)}", who.direct, body)])
        await self.who.talk.settle()


async def holds(who: Someone, label: str) -> Held:
    """The newest button of this label in somebody's private chat, to be pressed whenever."""
    message = next(one for one in reversed(await who.sees()) if label in one.buttons)
    token = next(one["token"] for one in message.raw["buttons"] if one["label"] == label)
    return Held(who, message.raw, token)


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
        (f"{datetime.fromisoformat(one.raw['at']).astimezone(ZoneInfo(zone)):%a %H:%M}", one.text.partition("\n")[0])
        for one in await who.sees()
        if one.by_bot and one.text.startswith(about)
    ]


async def heard_by(*people: Someone) -> dict[str, list[str]]:
    """Everything that people have before them now, in private and in the circle."""
    return {who.name: [*await who.hears(), *await who.hears("circle")] for who in people}
