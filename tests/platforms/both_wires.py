"""One program on Slack and on Telegram at once: the real adapters and SDKs, with an emulator behind each of them.

What people of the workspace do is told as in ``tests/slack_community.py``; who is on Telegram has a ``Phone``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.platforms.slack.pacing import Unpaced as UnpacedSlack
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.telegram.pacing import Unpaced as UnpacedTelegram
from bot.platforms.telegram.platform import TelegramPlatform
from bot.settings import Settings
from storage.database import Database
from tests.conversations import StandingClock, founded
from tests.databases import SECRET_KEY, migrated
from tests.in_step import InStep
from tests.platforms.phone import Phone
from tests.slack_community import A_MOMENT, SlackSomeone, SlackTalk
from tests.wire.slack import SlackEmulator
from tests.wire.telegram import Chat, TelegramEmulator

PUBLIC_URL = "https://bot.example"
SECRET = "a-secret-for-tests-alone"
by_polling_and_by_webhook = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
"""How Telegram's updates come."""


@dataclass
class BothWires(SlackTalk):
    """The program as people reach it from the workspace and from their phones."""

    telegram: TelegramEmulator

    async def settle(self) -> None:
        """Wait until neither Baraza nor one of the two platforms has anything left to do."""
        told = -1
        while told != len(self.telegram.updates.deliveries):
            told = len(self.telegram.updates.deliveries)
            await self.telegram.settle()
            await super().settle()

    async def wait_until(self, moment: datetime) -> None:
        """Let time pass until a moment; what falls due on the way happens in order."""
        await self.settle()
        await self.running.move_clock(moment.replace(microsecond=0) + A_MOMENT)
        for clock in (self.slack.clock, self.telegram.clock):
            assert isinstance(clock, InStep)
            await clock.catch_up()
        await self.settle()

    def phone(self, name: str, **about: Any) -> Phone:
        """Somebody on Telegram who has written to the bot before; ``about`` as for the emulator's ``person``."""
        return Phone(self.settle, self.telegram.person(name, started=True, **about))


@asynccontextmanager
async def both_wires(folder: Path, *, webhook: bool, **settings: Any) -> AsyncIterator[BothWires]:
    """Slack by Socket Mode, and Telegram by webhook or by polling. All that ever reaches Slack is kept."""
    clock = StandingClock()
    async with (
        SlackEmulator(clock=InStep(clock), app_name="Baraza") as slack,
        TelegramEmulator(clock=InStep(clock), bot_name="Baraza", username="baraza_bot") as telegram,
    ):
        slack.overheard = []
        workspace = slack.workspace()
        url = await migrated(folder)
        public: dict[str, Any] = {"public_url": PUBLIC_URL, "webhook_secret": SECRET} if webhook else {}
        on_slack = SlackPlatform(
            clock, bot_token=workspace.token, app_token=slack.app.app_token, api_url=slack.api_url, pace=UnpacedSlack()
        )
        on_telegram = TelegramPlatform(clock, telegram.token, api_url=telegram.url, pace=UnpacedTelegram(), **public)
        chosen = Settings(_env_file=None, database_url=url, http_port=0, **settings)
        app = App(chosen, Database(url, SECRET_KEY), [on_slack, on_telegram], clock=clock)
        await app.start()
        try:
            telegram.webhook.hosts[PUBLIC_URL] = app.web.url
            await slack.socket.connected(2)
            yield BothWires(slack, workspace, app, telegram)
        finally:
            await app.stop()


@dataclass
class Community:
    """Field Nurses: #circle on Slack with Fatima, who facilitates, and the group *cercle* that Zoe brought to it."""

    here: BothWires
    fatima: SlackSomeone
    hassan: SlackSomeone
    zoe: Phone
    cercle: Chat

    async def posts_everywhere(self) -> None:
        """Let answers that helped, and prompts, be posted in both places."""
        await self.fatima.says("/settings everywhere yes")


async def community(here: BothWires) -> Community:
    """The same, with Hassan as the expert for the cold chain, on Slack."""
    fatima = await founded(here)
    assert isinstance(fatima, SlackSomeone)
    await fatima.says("/settings")
    await fatima.presses("Get a code for another place")
    code = (await fatima.last()).text.split("enter ")[1].split(".")[0].strip("`")
    zoe = here.phone("Zoe")
    cercle = here.telegram.supergroup("cercle", zoe.person)
    await zoe.person.adds_bot(cercle, as_admin=True)
    await here.settle()
    await zoe.presses("Join this place to a community")
    await zoe.says(code)
    await zoe.presses("Main: where everybody talks")
    await zoe.presses("Join")
    hassan = await here.newcomer("Hassan")
    await hassan.joins("circle")
    await fatima.says("/experts add @Hassan cold chain")
    return Community(here, fatima, hassan, zoe, cercle)
