"""Telegram keeps every promise of a platform, by polling and by webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.core.addresses import Privately
from bot.core.events import CommandUsed, MessagePosted
from bot.core.platform import OpenForm, TriggerExpired
from tests.platforms.contract import FORM, PlatformContract
from tests.platforms.telegram.wire import TelegramWire
from tests.platforms.wires import Wire
from tests.wire.telegram import TelegramEmulator


@pytest.fixture(params=[False, True], ids=["polling", "webhook"])
async def wire(request: pytest.FixtureRequest) -> AsyncIterator[Wire]:
    async with TelegramEmulator() as telegram:
        made = TelegramWire(telegram, webhook=request.param)
        await made.starts()
        yield made
        await made.ends()


class TestTelegram(PlatformContract):
    """Every promise; where Telegram lacks something, what stands in for it."""

    async def test_a_shortcut_comes_with_its_message_and_a_trigger(self, wire: Wire) -> None:
        """Messages have no menu for bots: a command that answers a message does what the menu does elsewhere."""
        await wire.writes(wire.ana, "root", wire.place)
        (root,) = await wire.hears()
        assert isinstance(root, MessagePosted)
        await wire.writes(wire.ana, "boil the water", wire.place, thread=root.message.id)
        posted = (await wire.hears())[-1]
        assert isinstance(posted, MessagePosted)
        await wire.uses_command(wire.ben, "/log", wire.place, about=posted)
        event = (await wire.hears())[-1]
        assert isinstance(event, CommandUsed)
        assert event.about == posted
        assert event.about.thread_key == root.key
        assert event.trigger is None or event.trigger.expires_at > event.at

    async def test_a_form_opens_for_its_person_and_comes_back(self, wire: Wire) -> None:
        """The frame asks question by question; what waits to be opened is led to by a button."""
        trigger = wire.now_plus(timedelta(seconds=3))
        with pytest.raises(TriggerExpired):
            await wire.platform.deliver(OpenForm("ref-1", Privately(wire.ana), "form-1", FORM, trigger))
