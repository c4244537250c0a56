"""The stage for conversations on Telegram: the whole program, which speaks to the emulator with python-telegram-bot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from bot.app import App
from bot.core.addresses import MessageRef, OnlyVisibleTo
from bot.core.clock import Clock
from bot.core.platform import Outgoing, Send
from bot.platforms.telegram.pacing import Unpaced
from bot.platforms.telegram.platform import TelegramPlatform
from bot.settings import Settings
from storage.database import Database
from tests.conversations import StandingClock
from tests.databases import SECRET_KEY, migrated
from tests.in_step import InStep
from tests.telegram_community import TelegramTalk, Where, Whispers
from tests.wire.telegram import TelegramEmulator

PUBLIC_URL = "https://bot.example"


class WhoWhispers(TelegramPlatform):
    """The platform as it is; it remembers what went to a private chat in the place of a group."""

    whispers: Whispers

    async def deliver(self, outgoing: Outgoing) -> MessageRef | None:
        """Deliver it."""
        sent = await super().deliver(outgoing)
        if sent is not None and isinstance(outgoing, Send) and isinstance(outgoing.destination, OnlyVisibleTo):
            there = outgoing.destination.place.id.partition("/")[0]
            self.whispers[sent.conversation, there].add(f"{sent.conversation}/{sent.id}")
        return sent


class OnTelegram:
    """The stage for conversations on Telegram; one for each folder, which lasts as long as the stage."""

    def __init__(self, kind: Where, *, webhook: bool) -> None:
        self._webhook = webhook
        self._kind = kind
        self._stages = AsyncExitStack()
        self._emulators: dict[Path, tuple[TelegramEmulator, Whispers]] = {}

    async def close(self) -> None:
        """Let go of the emulators."""
        await self._stages.aclose()

    @asynccontextmanager
    async def running(
        self, folder: Path, *, database_url: str = "", clock: Clock | None = None, **settings: Any
    ) -> AsyncIterator[TelegramTalk]:
        """The whole program beside Telegram; see ``tests.conversations.running``."""
        clock = clock or StandingClock()
        telegram, whispers = await self._emulator(folder, clock)
        url = database_url or await migrated(folder)
        settings.setdefault("confidential_delay_seconds", 0)
        chosen = Settings(_env_file=None, database_url=url, http_port=0, **settings)
        public: dict[str, Any] = (
            {"public_url": PUBLIC_URL, "webhook_secret": "a-secret-for-tests-alone"} if self._webhook else {}
        )
        platform = WhoWhispers(clock, telegram.token, api_url=telegram.url, pace=Unpaced(), **public)
        platform.whispers = whispers
        app = App(chosen, Database(url, SECRET_KEY), [platform], clock=clock)
        await app.start()
        telegram.webhook.hosts[PUBLIC_URL] = app.web.url
        try:
            yield TelegramTalk(telegram, self._kind, app, whispers)
        finally:
            await app.stop()

    async def _emulator(self, folder: Path, clock: Clock) -> tuple[TelegramEmulator, Whispers]:
        if folder not in self._emulators:
            telegram = TelegramEmulator(clock=InStep(clock), bot_name="Baraza", username="baraza_bot")
            await self._stages.enter_async_context(telegram)
            self._emulators[folder] = telegram, defaultdict(set)
        telegram, whispers = self._emulators[folder]
        assert isinstance(telegram.clock, InStep)
        telegram.clock.followed = clock
        return telegram, whispers
