"""The fake platform of the tests keeps every promise of a real one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.core.addresses import Account, InPlace, OnlyVisibleTo, Place
from bot.core.events import MessagePosted, Trigger
from bot.platforms.options import with_options
from bot.platforms.rich_text import parse, plain
from tests.community import StandingClock
from tests.fakes import FakePlatform, Shown
from tests.platforms.contract import PlatformContract
from tests.platforms.wires import RecordingHost, Seen, Wire


class FakeWire(Wire):
    """The fake platform, driven directly."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.platform: FakePlatform = FakePlatform(self.clock)
        self.host = RecordingHost()
        self.place, self.other_place = self.platform.place("circle"), self.platform.place("square")
        self.ana, self.ben = self.platform.account("ana"), self.platform.account("ben")

    async def writes(self, who: Account, text: str, place: Place | None, *, thread: str | None = None) -> None:
        with suppress(ConnectionError):
            await self.platform.writes(who.user, text, place=place.id if place else None, thread=thread)

    async def uses_command(
        self, who: Account, text: str, place: Place | None, *, about: MessagePosted | None = None
    ) -> None:
        name, _, arguments = text.removeprefix("/").partition(" ")
        await self.platform.commands(who.user, name, arguments, place=place.id if place else None, about=about)

    async def uses_shortcut(self, who: Account, name: str, about: MessagePosted) -> None:
        await self.platform.uses_shortcut(who.user, name, about)

    async def presses(self, who: Account, label: str, place: Place | None) -> None:
        seen = await self.sees(who, place)
        token = next(one.buttons[label] for one in reversed(seen) if label in one.buttons)
        await self.platform.presses(who.user, token, place=place.id if place else None)

    async def submits(self, who: Account, form_id: str, values: Mapping[str, str]) -> None:
        await self.platform.submits(who.user, form_id, **values)

    async def sees(self, who: Account, place: Place | None, *, thread: str | None = None) -> list[Seen]:
        return [
            _seen(one)
            for one in self.platform.shown
            if _is_seen(one, who, place) and (thread in (one.ref.id, one.ref.thread) if thread else not one.ref.thread)
        ]

    async def open_forms(self, who: Account) -> list[str]:
        return self.platform.open_for(who.user)

    async def restarts(self) -> None:
        await self.platform.close()
        await self.platform.start(self.host)

    def now_plus(self, time: timedelta) -> Trigger:
        return Trigger("trigger", self.clock.now() + time)


def _is_seen(one: Shown, who: Account, place: Place | None) -> bool:
    to = one.destination
    if isinstance(to, InPlace | OnlyVisibleTo):
        return to.place == place and (isinstance(to, InPlace) or to.account == who)
    return place is None and to.account == who


def _seen(one: Shown) -> Seen:
    blocks = parse(with_options(one.message))
    buttons = {button.label: button.token for button in one.message.buttons if not button.goes_to}
    leads_to = {button.label: button.goes_to.id for button in one.message.buttons if button.goes_to}
    return Seen(plain(blocks), buttons, leads_to, [attachment.name for attachment in one.message.attachments])


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    made = FakeWire()
    await made.platform.start(made.host)
    yield made
    await made.platform.close()


class TestFakePlatform(PlatformContract):
    """Every promise."""
