"""The local chat keeps every promise of a platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.addresses import Account, InPlace, Place
from bot.core.events import MessagePosted, Trigger
from bot.platforms.local.acts import Acts
from bot.platforms.local.chat import direct_place
from bot.platforms.local.incoming import PLATFORM, TENANT
from bot.platforms.local.platform import LocalPlatform
from bot.platforms.local.view import View
from tests.community import StandingClock, text_of
from tests.platforms.contract import PlatformContract, send
from tests.platforms.wires import RecordingHost, Seen, Wire


class LocalWire(Wire):
    """The local chat, driven by what people do on its page."""

    platform: LocalPlatform

    def __init__(self, path: Path) -> None:
        self.clock = StandingClock()
        self._path = path
        self.platform = LocalPlatform(path, self.clock)
        self.host = RecordingHost()

    @property
    def acts(self) -> Acts:
        return Acts(self.platform.chat)

    async def starts(self) -> None:
        """Ana and Ben in two places, the bot in both."""
        await self.platform.start(self.host)
        for name in ("ana", "ben"):
            await self.acts.come_in(name, "en", name)
        made = [await self.acts.create_place("ana", name) for name in ("circle", "square")]
        for one in made:
            await self.acts.join("ben", one["id"])
            await self._carried(await self.acts.invite_bot("ana", one["id"]))
        self.host.accepted.clear()
        self.place, self.other_place = (Place(PLATFORM, TENANT, one["id"], one["name"]) for one in made)
        self.ana, self.ben = (Account(PLATFORM, TENANT, name) for name in ("ana", "ben"))

    async def _carried(self, event: int) -> None:
        if not self.host.refuses:
            await self.platform.carried(event)

    async def writes(self, who: Account, text: str, place: Place | None, *, thread: str | None = None) -> None:
        _, event = await self.acts.write(who.user, _where(who, place), text, thread=thread)
        await self._carried(event)

    async def uses_command(
        self, who: Account, text: str, place: Place | None, *, about: MessagePosted | None = None
    ) -> None:
        message = about.message.id if about else None
        await self._carried(await self.acts.use_command(who.user, _where(who, place), text, message))

    async def uses_shortcut(self, who: Account, name: str, about: MessagePosted) -> None:
        await self._carried(await self.acts.use_shortcut(who.user, about.message.id, name))

    async def presses(self, who: Account, label: str, place: Place | None) -> None:
        shown, _ = await View(self.platform.chat).messages(who.user, _where(who, place))
        buttons = [(one["id"], button) for one in shown for button in one["buttons"]]
        message, token = next((number, one["token"]) for number, one in reversed(buttons) if one["label"] == label)
        await self._carried(await self.acts.press(who.user, message, token))

    async def submits(self, who: Account, form_id: str, values: Mapping[str, str]) -> None:
        await self._carried(await self.acts.submit(who.user, form_id, dict(values)))

    async def sees(self, who: Account, place: Place | None, *, thread: str | None = None) -> list[Seen]:
        shown, _ = await View(self.platform.chat).messages(who.user, _where(who, place), thread=thread)
        return [_seen(one) for one in shown if one["author"]["is_bot"]]

    async def open_forms(self, who: Account) -> list[str]:
        return [one["form"]["title"] for one in await View(self.platform.chat).forms(who.user)]

    async def restarts(self) -> None:
        await self.platform.close()
        self.platform = LocalPlatform(self._path, self.clock)
        await self.platform.start(self.host)
        last = await self.platform.chat.rows("SELECT max(id) AS last FROM event")
        if last[0]["last"]:
            await self.platform.carried(last[0]["last"])

    def now_plus(self, time: timedelta) -> Trigger:
        return Trigger("trigger", self.clock.now() + time)


def _where(who: Account, place: Place | None) -> str:
    return place.id if place else direct_place(who.user)


def _seen(one: dict[str, Any]) -> Seen:
    spans = [span for block in one["content"] for span in block.get("children", [])]
    return Seen(
        text=text_of(one["content"]),
        buttons={button["label"]: button["token"] for button in one["buttons"] if "token" in button},
        leads_to={button["label"]: button["goes_to"]["message"] for button in one["buttons"] if "goes_to" in button},
        files=[file["name"] for file in one["files"]],
        look={look for span in spans for look in ("bold", "italic", "code") if span.get(look)},
    )


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    made = LocalWire(tmp_path / "chat.sqlite3")
    await made.starts()
    yield made
    await made.platform.close()


class TestLocalPlatform(PlatformContract):
    """Every promise."""

    async def test_delivering_twice_shows_once(self, wire: Wire) -> None:
        first = await wire.platform.deliver(send(InPlace(wire.place)))
        assert await wire.platform.deliver(send(InPlace(wire.place))) == first
        assert len(await wire.sees(wire.ana, wire.place)) == 1

    async def test_who_waits_for_an_event_to_be_carried_is_let_go_when_it_stops(self, wire: LocalWire) -> None:
        wire.host.refuses = True
        _, event = await wire.acts.write("ana", wire.place.id, "hello")
        waiting = asyncio.create_task(wire.platform.carried(event))
        await asyncio.sleep(0)
        await wire.platform.stop_receiving()
        await waiting
