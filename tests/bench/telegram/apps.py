"""The apps that are measured: Baraza, and python-telegram-bot as its own pages show it; each until its block ends."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from bot.app import App
from bot.core.addresses import Place
from bot.core.capability import Capability
from bot.core.clock import Clock
from bot.core.roles import Purpose
from bot.platforms.telegram.pacing import Pace, Unpaced
from bot.platforms.telegram.platform import TelegramPlatform
from bot.platforms.telegram.receiving import PATH
from bot.settings import Settings
from storage import communities
from storage.database import Database
from tests.bench.telegram.process import Telegram
from tests.databases import SECRET_KEY

PUBLIC_URL = "https://bot.example"


@dataclass
class Measured:
    """A running app: how much it has handled, or for Baraza that it has handled all."""

    app: App | None = None
    handled: int = 0
    one_more: asyncio.Event | None = None

    async def has_handled(self, count: int) -> None:
        """Return when so much more than at the last time was handled."""
        if self.app is not None:
            await self.app.settle()
            return
        self.one_more = asyncio.Event()
        while self.handled < count:
            self.one_more.clear()
            await self.one_more.wait()
        self.handled = 0

    def count(self) -> None:
        """One more was handled."""
        self.handled += 1
        if self.one_more is not None:
            self.one_more.set()


@asynccontextmanager
async def baraza(
    telegram: Telegram,
    folder: Path,
    *,
    webhook: bool = False,
    capabilities: Sequence[Capability] | None = None,
    pace: Pace | None = None,
) -> AsyncIterator[Measured]:
    """Baraza as it is run, with a community in all groups. Without a pace it calls as often as it likes."""
    url = f"sqlite:///{folder}/baraza.sqlite3"
    settings = Settings(_env_file=None, database_url=url, http_port=0, log_level="ERROR")
    clock, database = Clock(), Database(url, SECRET_KEY)
    public: dict[str, Any] = {"public_url": PUBLIC_URL, "webhook_secret": "for-measuring"} if webhook else {}
    platform = TelegramPlatform(clock, telegram.token, api_url=telegram.url, pace=pace or Unpaced(), **public)
    app = App(settings, database, [platform], clock=clock, capabilities=capabilities)
    await app.start()
    gc.freeze()  # as bot/cli.py does
    try:
        await _settle_down(app, telegram)
        await telegram.ask("is_reached", url=app.web.url if webhook else "")
        yield Measured(app)
    finally:
        await app.stop()


async def _settle_down(app: App, telegram: Telegram) -> None:
    """One community in all groups, unless it is there from an earlier round."""
    async with app.database.transaction() as session:
        if await communities.all_communities(session):
            return
        groups = [Place("telegram", telegram.tenant, str(one), "place") for one in telegram.groups]
        places = [await communities.discover(session, one) for one in groups]
        named = {"name": "Bench", "language": "en", "time_zone": "UTC"}
        community = await communities.found(session, places[0], **named, now=app.clock.now())
        for place in places[1:]:
            await communities.take_in(session, place, community.id, Purpose.LISTENING)


@asynccontextmanager
async def stock(telegram: Telegram, *, webhook: bool = False, replies: bool = False) -> AsyncIterator[Measured]:
    """python-telegram-bot with a handler that does nothing, or replies.

    Its own webhook needs another library; here a few lines of aiohttp stand for it, as in its examples.
    """
    measured = Measured()

    async def handle(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        if replies and update.message is not None:
            await update.message.reply_text("Here it is.")
        measured.count()

    app = Application.builder().token(telegram.token).base_url(f"{telegram.url}/bot").build()
    app.add_handler(MessageHandler(filters.ALL, handle))
    async with app:
        await app.start()
        try:
            way = _posted(app, telegram) if webhook else _polled(app, telegram)
            async with way:
                yield measured
        finally:
            await app.stop()


@asynccontextmanager
async def _polled(app: Any, telegram: Telegram) -> AsyncIterator[None]:
    await app.updater.start_polling()
    await telegram.ask("is_reached")
    yield
    await app.updater.stop()


@asynccontextmanager
async def _posted(app: Any, telegram: Telegram) -> AsyncIterator[None]:
    async def take(request: web.Request) -> web.Response:
        await app.update_queue.put(Update.de_json(await request.json(), app.bot))
        return web.Response()

    application = web.Application()
    application.router.add_post(PATH, take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await telegram.ask("is_reached", url="http://{}:{}".format(*runner.addresses[0][:2]))
    await app.bot.set_webhook(PUBLIC_URL + PATH)
    yield
    await runner.cleanup()
