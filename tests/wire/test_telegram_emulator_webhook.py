"""How updates reach a bot on the emulator by its webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import Conflict

from tests.wire.telegram import Json, Person, TelegramEmulator
from tests.wire.telegram_calls import Calls

URL = "https://bot.example/telegram/hook"


@dataclass
class Receiver:
    """A webhook that writes down what it is told, and answers as it is bidden."""

    heard: list[Json] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """The answers to the next posts; 200 when there are none left."""
    says: Json | None = None
    slow: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.arrived.set()
        if self.slow is not None:
            await self.slow.wait()
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, text=json.dumps(self.says) if self.says else "")

    @property
    def texts(self) -> list[str]:
        return [one["message"]["text"] for one in self.heard]


@pytest.fixture
async def webhook(telegram: TelegramEmulator) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    server = web.Application()
    server.router.add_post("/telegram/hook", receiver.handle)
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    telegram.webhook.hosts["https://bot.example"] = "http://{}:{}".format(*runner.addresses[0][:2])
    telegram.patience = 5
    yield receiver
    telegram.webhook.set("")
    await runner.cleanup()


@pytest.fixture
def ana(telegram: TelegramEmulator) -> Person:
    return telegram.person("Ana", started=True)


async def test_what_a_webhook_must_be(bot: Bot, calls: Calls, telegram: TelegramEmulator) -> None:
    for url, why in (
        ("http://bot.example/x", "An HTTPS URL must be provided for webhook"),
        ("https://bot.example:8080/x", "Webhook can be set up only on ports 80, 88, 443 or 8443"),
        ("https://127.0.0.1/x", "IP address 127.0.0.1 is reserved"),
        ("nothing", "invalid webhook URL specified"),
    ):
        assert await calls.refused("setWebhook", url=url) == f"Bad Request: bad webhook: {why}"
    unallowed = "Bad Request: secret token contains unallowed characters"
    assert await calls.refused("setWebhook", url=URL, secret_token="a b") == unallowed
    assert "too long" in await calls.refused("setWebhook", url=URL, secret_token="a" * 257)
    assert "max_connections" in await calls.refused("setWebhook", url=URL, max_connections=101)
    telegram.local_server = True
    await bot.set_webhook("http://127.0.0.1:8080/x")
    assert (await bot.get_webhook_info()).url == "http://127.0.0.1:8080/x"
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active; use deleteWebhook"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    assert await bot.get_updates() == ()


async def test_updates_are_posted(telegram: TelegramEmulator, bot: Bot, webhook: Receiver, ana: Person) -> None:
    await bot.set_webhook(URL, secret_token="s3cret", allowed_updates=["message"], max_connections=3)
    message = await ana.writes(None, "hello")
    await ana.edits(None, message, "hi")
    assert (webhook.texts, webhook.secrets) == (["hello"], ["s3cret"])
    info = await bot.get_webhook_info()
    assert (info.pending_update_count, info.max_connections, info.allowed_updates) == (0, 3, ("message",))


async def test_a_refused_update_is_posted_again_and_its_conversation_waits(
    telegram: TelegramEmulator, bot: Bot, webhook: Receiver, ana: Person
) -> None:
    ben = telegram.person("Ben", started=True)
    await bot.set_webhook(URL)
    webhook.statuses = [500]
    await ana.writes(None, "a1")
    telegram.patience = 0
    await ana.writes(None, "a2")
    telegram.patience = 5
    await ben.writes(None, "b1")
    assert webhook.texts == ["a1", "b1"]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 500"
    assert info.pending_update_count == 2
    webhook.statuses = [503]
    await telegram.clock.move(1)
    await telegram.updates.deliveries[0].settled.wait()
    await telegram.clock.move(1)
    assert webhook.texts == ["a1", "b1", "a1"]
    await telegram.clock.move(1)
    await telegram.settle()
    assert webhook.texts == ["a1", "b1", "a1", "a1", "a2"]
    assert telegram.updates.deliveries[0].statuses == [500, 503, 200]


async def test_no_more_posts_at_once_than_the_bot_wants(
    telegram: TelegramEmulator, bot: Bot, webhook: Receiver
) -> None:
    await bot.set_webhook(URL, max_connections=2)
    webhook.slow = asyncio.Event()
    telegram.patience = 0
    for name in ("Ana", "Ben", "Chidi"):
        await telegram.person(name, started=True).writes(None, name)
    await webhook.arrived.wait()
    webhook.slow.set()
    telegram.patience = 5
    await telegram.settle()
    assert (sorted(webhook.texts), telegram.webhook.at_once) == (["Ana", "Ben", "Chidi"], 2)


async def test_a_webhook_that_does_not_answer(
    telegram: TelegramEmulator, bot: Bot, webhook: Receiver, ana: Person
) -> None:
    await bot.set_webhook(URL)
    webhook.slow = asyncio.Event()
    acting = asyncio.ensure_future(ana.writes(None, "hello"))
    await webhook.arrived.wait()
    await telegram.clock.move(60)
    await acting
    (delivery,) = telegram.updates.deliveries
    assert (delivery.statuses, delivery.acknowledged) == (["timeout"], False)
    # What the webhook has not taken waits for whoever polls.
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    webhook.slow.set()


async def test_a_webhook_may_answer_with_a_call(
    telegram: TelegramEmulator, bot: Bot, webhook: Receiver, ana: Person
) -> None:
    await bot.set_webhook(URL)
    webhook.says = {"method": "sendMessage", "chat_id": ana.id, "text": "At once"}
    await ana.writes(None, "hello")
    assert ana.hears() == ["At once"]


async def test_an_update_that_was_polled_and_not_confirmed_is_posted(
    telegram: TelegramEmulator, bot: Bot, webhook: Receiver, ana: Person
) -> None:
    telegram.patience = 0
    await ana.writes(None, "hello")
    (polled,) = await bot.get_updates()
    await bot.set_webhook(URL)
    telegram.patience = 5
    await telegram.settle()
    assert [one["update_id"] for one in webhook.heard] == [polled.update_id]
    assert await telegram.webhook.post(b"[", {}) == (500, "500 Internal Server Error\n\nServer got itself in trouble")


async def test_a_poll_ends_when_a_webhook_is_set(telegram: TelegramEmulator, bot: Bot, webhook: Receiver) -> None:
    waiting = asyncio.ensure_future(bot.get_updates(timeout=30, read_timeout=5))
    await telegram.updates.waited_for.wait()
    await bot.set_webhook(URL)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await waiting


async def test_dropping_what_waits(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    await ana.writes(None, "hello")
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == ()
