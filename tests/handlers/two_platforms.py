"""A community on two platforms: people who act on either of them, and what each platform shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import select

from bot.app import App
from bot.core.addresses import InPlace
from bot.settings import Settings
from storage.database import Database
from storage.questions import ConfidentialAsker
from storage.schema import upgrade
from tests.community import StandingClock
from tests.databases import SECRET_KEY, migrated
from tests.fakes import FakePlatform, Shown

FATIMA, HASSAN, ANA, ANITA, ZOE = "U-fatima", "U-hassan", "U-ana", "T-anita", "T-zoe"
"""Ids: those with U are people of the first platform, those with T of the second."""

NAMES = {FATIMA: "Fatima", HASSAN: "Hassan", ANA: "Ana", ANITA: "Anita", ZOE: "Zoe"}


@dataclass
class One:
    """One account: what somebody does with it, and what they see there."""

    bridge: Bridge
    platform: FakePlatform
    id: str

    async def says(self, text: str, *, place: str | None = None) -> None:
        """Write; a text with a slash is a command."""
        if text.startswith("/"):
            name, _, arguments = text[1:].partition(" ")
            await self.platform.commands(self.id, name, arguments, place=place)
        else:
            await self.platform.writes(self.id, text, place=place)
        await self.bridge.settle()

    async def joins(self, place: str) -> None:
        await self.platform.joins(self.id, place)
        await self.bridge.settle()

    async def presses(self, label: str, *, place: str | None = None) -> None:
        """Press the newest button of this label that they see in private, or in a place."""
        message = next(one for one in reversed(self._seen(place)) if label in labels(one))
        await self.press(next(one.token for one in message.message.buttons if one.label == label), place=place)

    async def press(self, token: str, *, place: str | None = None) -> None:
        await self.platform.presses(self.id, token, place=place)
        await self.bridge.settle()

    async def fills_in(self, **by_label: Any) -> None:
        """Fill in the newest form by its labels (underscores for blanks) and send it."""
        opened = [one for one in self.platform.opened if getattr(one.destination, "account", None) == self.account][-1]
        fields = opened.form.fields
        values = {one.name: getattr(one, "initial", None) for one in fields}
        names = {one.label: one.name for one in fields}
        values |= {names[label.replace("_", " ")]: value for label, value in by_label.items()}
        await self.platform.submits(self.id, opened.form_id, **values)
        await self.bridge.settle()

    @property
    def account(self) -> Any:
        return self.platform.account(self.id)

    def hears(self) -> list[str]:
        """What the bot said to them alone, the oldest first."""
        return [one.words.replace("**", "") for one in self._seen(None)]

    def last(self) -> str:
        return self.hears()[-1]

    def buttons(self) -> list[str]:
        """The labels below the newest message to them."""
        return labels(self._seen(None)[-1])

    def _seen(self, place: str | None) -> list[Shown]:
        if place is not None:
            return [one for one in self.platform.shown if isinstance(one.destination, InPlace)
                    and one.destination.place.id == place]  # fmt: skip
        return [
            one
            for one in self.platform.shown
            if not isinstance(one.destination, InPlace) and one.destination.account == self.account
        ]


def labels(shown: Shown) -> list[str]:
    return [button.label for button in shown.message.buttons]


@dataclass
class Bridge:
    """The running program, with a platform called *first* and one called *second*."""

    app: App
    clock: StandingClock
    database: Database
    first: FakePlatform
    second: FakePlatform
    people: dict[str, One] = field(default_factory=dict)

    def __getitem__(self, person: str) -> One:
        return self.people[person]

    async def settle(self) -> None:
        await self.app.settle()

    async def wait(self, **time: float) -> None:
        self.clock.move_to(self.clock.now() + timedelta(**time))
        await self.app.ticker.tick(self.clock.now())
        await self.app.settle()

    def said_in(self, platform: FakePlatform, place: str) -> list[str]:
        return [words.replace("**", "") for words in platform.words(f"place:{place}")]

    def someone(self, platform: FakePlatform, person: str) -> One:
        platform.people.add(person)
        platform.names[person] = NAMES.get(person, person)
        self.people[person] = One(self, platform, person)
        return self.people[person]

    async def code(self, person: str) -> str:
        """The code that somebody gets."""
        await self[person].says("/link")
        return self[person].last().split("/link ")[1].split("\n")[0].strip("`. ")

    async def sealed(self) -> list[bytes]:
        """What is kept of confidential askers, as it lies there."""
        async with self.database.reading() as session:
            return [row.sealed for row in (await session.exec(select(ConfidentialAsker))).all()]

    async def link(self, one: str, other: str) -> None:
        """Two accounts become one person: the first one issues the code and says yes."""
        code = await self.code(one)
        await self[other].says(f"/link {code}")
        await self[one].presses("Yes, that is me")


@asynccontextmanager
async def two_platforms(folder: Path, *, database_url: str = "", **settings: Any) -> AsyncIterator[Bridge]:
    """Fatima facilitates; Hassan, an expert, and Ana are on the first platform, Anita and Zoe on the second."""
    clock = StandingClock()
    first = FakePlatform(clock, name="first", places={"circle"}, people=set())
    second = FakePlatform(clock, name="second", places={"cercle"}, people=set())
    database = Database(database_url or await migrated(folder), SECRET_KEY)
    await upgrade(database)
    settings.setdefault("confidential_delay_seconds", 0)
    chosen = Settings(_env_file=None, database_url=str(database.url), http_port=0, **settings)
    app = App(chosen, database, [first, second], clock=clock)
    bridge = Bridge(app, clock, database, first, second)
    await app.start()
    try:
        await _begin(bridge)
        yield bridge
    finally:
        await app.stop()


async def _begin(bridge: Bridge) -> None:
    for person in (FATIMA, HASSAN, ANA):
        bridge.someone(bridge.first, person)
    for person in (ANITA, ZOE):
        bridge.someone(bridge.second, person)
    fatima, zoe = bridge[FATIMA], bridge[ZOE]
    await bridge.first.invites_the_bot(FATIMA, "circle")
    await bridge.settle()
    await fatima.presses("Start a community here")
    await fatima.fills_in(Community_name="Field Nurses")
    await fatima.says("/settings")
    await fatima.presses("Get a code for another place")
    code = fatima.last().split("enter ")[1].split(".")[0].strip("`")
    await bridge.second.invites_the_bot(ZOE, "cercle")
    await bridge.settle()
    await zoe.presses("Join this place to a community")
    await zoe.fills_in(Code=code)
    for person in (HASSAN, ANA):
        await bridge[person].joins("circle")
    await bridge[ANITA].joins("cercle")
    await fatima.says("/experts add @Hassan cold chain")
