"""Telegram: everything wired together. It receives by long polling or by webhook, and sends by the Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from aiohttp import web

from bot.core.addresses import MessageRef
from bot.core.clock import Clock
from bot.core.events import Event
from bot.core.platform import Host, NotSent, Outgoing
from bot.platforms.telegram._document import PLATFORM
from bot.platforms.telegram.calling import BotApi, Moved, Refused
from bot.platforms.telegram.envelope import Bot, from_update
from bot.platforms.telegram.incoming import ALLOWED_UPDATES, translate
from bot.platforms.telegram.memory import Memory
from bot.platforms.telegram.pacing import Pace
from bot.platforms.telegram.reaching import who_can_be_reached
from bot.platforms.telegram.receiving import PATH, Polling, Webhook
from bot.platforms.telegram.requesting import AiohttpRequest, raw_bot
from bot.platforms.telegram.sending import Sending
from bot.platforms.telegram.timing import Timing

log = structlog.get_logger()

DEFAULT_API_URL = "https://api.telegram.org"


def who_it_is(told: Any) -> Bot | None:
    """The bot of an answer to ``getMe``; None where the answer tells of none."""
    if not isinstance(told, dict) or not isinstance(told.get("id"), int):
        return None
    name = " ".join(str(told.get(one) or "") for one in ("first_name", "last_name")).strip()
    reads = told.get("can_read_all_group_messages") is True
    return Bot(str(told["id"]), str(told.get("username") or ""), name, reads)


class TelegramPlatform:
    """See ``bot.core.platform.Platform``. There is no history to look a message up in: ``find`` can't tell.

    With ``public_url`` updates come by webhook, with ``webhook_secret`` to tell them from others'; else by polling.
    Raises ValueError for a webhook without a secret: anybody could post there.
    """

    name = PLATFORM
    shows_forms = False
    needs_first_word = True
    keeps_events_for: timedelta | None = timedelta(hours=24)

    def __init__(
        self,
        clock: Clock,
        token: str,
        *,
        api_url: str | None = None,
        public_url: str | None = None,
        webhook_secret: str = "",
        pace: Pace | None = None,
        timing: Timing = Timing(),  # noqa: B008 - it is frozen
    ) -> None:
        if public_url and not webhook_secret:
            raise ValueError("a webhook needs a secret")
        base = (api_url or DEFAULT_API_URL).rstrip("/")
        self._clock = clock
        self._timing = timing
        self._requests = AiohttpRequest(timing)
        self._api = BotApi(clock, pace or Pace(), raw_bot(token, base, self._requests), timing)
        self._memory = Memory()
        self._sending = Sending(clock, self._api, self._memory, self._group_moved, timing)
        self._polling = Polling(f"{base}/bot{token}", lambda: self._requests.session, self._take, timing)
        self._webhook = Webhook(webhook_secret, self._take) if public_url else None
        self._public_url = (public_url or "").rstrip("/")
        self._secret = webhook_secret
        self._me = Bot(token.partition(":")[0])
        self._why = "no answer yet"
        self._host: Host | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._beginning: asyncio.Task[None] | None = None

    @property
    def username(self) -> str:
        """The bot's username, once Telegram has told it."""
        return self._me.username

    async def start(self, host: Host) -> None:
        """Learn who the bot is, and begin to receive. Telegram need not answer yet: it is asked again."""
        self._host = host
        self._sending.start(host, self._me)
        if not await self._begin():
            self._beginning = self._spawn(self._begin_later())

    async def stop_receiving(self) -> None:
        """Take nothing new. What was not confirmed Telegram tells again."""
        if self._beginning is not None:
            self._beginning.cancel()
            await asyncio.gather(self._beginning, return_exceptions=True)
        self._host = None
        if self._webhook is not None:
            self._webhook.open = False
        await self._polling.stop()

    async def close(self) -> None:
        """Let go of every connection."""
        await self.stop_receiving()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._requests.shutdown()

    def add_routes(self, application: web.Application) -> None:
        """Part of ``bot.web.ServesHttp``: where Telegram posts updates."""
        if self._webhook is not None:
            application.router.add_post(PATH, self._webhook.handle)

    def translate(self, body: bytes) -> Sequence[Event]:
        """See ``incoming``."""
        return translate(body)

    async def deliver(self, outgoing: Outgoing) -> MessageRef | None:
        """See ``sending``."""
        return await self._sending.deliver(outgoing)

    async def find(self, outgoing: Outgoing) -> MessageRef | None:
        """See ``sending``."""
        return await self._sending.find(outgoing)

    def hears(self) -> bool:
        """Whether updates can arrive now."""
        return self.trouble() is None

    def trouble(self) -> str | None:
        """None while updates can arrive and messages can leave."""
        if self._host is None:
            return "Telegram's updates are not taken"
        if self._why:
            return f"Telegram: {self._why}"
        if self._api.token_refused:
            return "Telegram refuses TELEGRAM_BOT_TOKEN"
        return None if self._webhook is not None else self._polling.trouble()

    async def _introduce(self) -> bool:
        """Ask Telegram who the bot is; whether it said."""
        try:
            me = who_it_is(await self._api.harmless("getMe", {}))
        except (NotSent, Refused, Moved):
            me = None
        if me is None:
            self._why = "it refuses TELEGRAM_BOT_TOKEN" if self._api.token_refused else "it does not answer"
            return False
        self._me = me
        self._sending.bot, self._why = me, ""
        return True

    async def _begin(self) -> bool:
        """Learn who the bot is, and open the way in; whether both are done."""
        if not await self._introduce() or not await self._receive():
            return False
        self._spawn(self._show_menus())
        return True

    async def _show_menus(self) -> None:
        """Bring the menus of commands that everybody sees up to date; the old ones stay where that fails."""
        if self._host is None:
            return
        try:
            await self._sending.acting.show_menus(self._host)
        except (NotSent, Refused, Moved) as problem:
            log.warning("the menus of commands stay as they were", platform=PLATFORM, reason=type(problem).__name__)

    async def _begin_later(self) -> None:
        while True:
            await asyncio.sleep(self._timing.introduce)
            if await self._begin():
                return

    async def _receive(self) -> bool:
        """Open the way in; whether it is open."""
        try:
            if self._webhook is None:
                await self._api.harmless("deleteWebhook", {})
                await self._polling.start()
            else:
                self._webhook.open = True
                asked = {"url": self._public_url + PATH, "secret_token": self._secret}
                await self._api.harmless("setWebhook", {**asked, "allowed_updates": list(ALLOWED_UPDATES)})
        except (NotSent, Refused, Moved) as problem:
            self._why = "the way in could not be opened"
            log.error("no way in from Telegram", platform=PLATFORM, reason=type(problem).__name__)
            return False
        self._why = ""
        return True

    async def _take(self, updates: Sequence[Any]) -> None:
        """Make updates durable. Raises when they could not be kept."""
        assert self._host is not None, "the platform is stopped"  # noqa: S101 - a programmer's mistake
        now = self._clock.now()
        events = []
        for update in updates:
            known = replace(self._memory.about(update), reachable=await who_can_be_reached(self._api, update))
            events.append(from_update(update, now, self._me, known))
        await self._host.accept(events)
        for update in updates:
            pressed = update.get("callback_query") if isinstance(update, dict) else None
            if isinstance(pressed, dict):
                self._spawn(self._let_go(pressed))

    async def _let_go(self, pressed: Mapping[str, Any]) -> None:
        """Take the waiting look off a button that was pressed; Telegram itself does so after a while."""
        with suppress(Refused, Moved):
            for wait in (self._timing.pause, self._timing.again, None):
                try:
                    await self._api.harmless("answerCallbackQuery", {"callback_query_id": pressed.get("id")})
                except NotSent:
                    if wait is not None:
                        await asyncio.sleep(wait)
                else:
                    return

    async def _group_moved(self, old: int, new: int) -> None:
        """Tell of it as Telegram does; it may be told twice."""
        if self._host is None:
            return
        now = self._clock.now()
        chat = {"id": old, "type": "group", "title": ""}
        message = {"message_id": 0, "date": int(now.timestamp()), "chat": chat, "migrate_to_chat_id": new}
        await self._host.accept([from_update({"message": message}, now, self._me)])

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
