"""How updates reach a bot on the emulator: by polling, by webhook, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TimedOut

from tests.wire.clock import breathe
from tests.wire.telegram import Json, Person, TelegramEmulator
from tests.wire.telegram.faults import (
    dropped,
    hangs,
    not_found,
    rate_limited,
    says,
    server_error,
    unauthorized,
)
from tests.wire.telegram_calls import Calls


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


URL = "https://bot.example/telegram/hook"


def texts(updates: list[Json]) -> list[str]:
    return [one["message"]["text"] for one in updates]


# Polling


async def test_what_is_below_the_offset_is_forgotten(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    for words in ("one", "two", "three"):
        await ana.writes(None, words)
    updates = await bot.get_updates()
    assert [one.message.text for one in updates if one.message] == ["one", "two", "three"]
    assert len(await bot.get_updates(limit=2)) == 2
    assert [one.acknowledged for one in telegram.updates.deliveries] == [False, False, False]
    rest = await bot.get_updates(offset=updates[1].update_id)
    assert [one.update_id for one in rest] == [updates[1].update_id, updates[2].update_id]
    assert [one.acknowledged for one in telegram.updates.deliveries] == [True, False, False]
    last = await bot.get_updates(offset=-1)
    assert [one.update_id for one in last] == [updates[2].update_id]
    assert await bot.get_updates(offset=updates[2].update_id + 1) == ()


async def test_a_long_poll_ends_with_the_first_update(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    waiting = asyncio.ensure_future(bot.get_updates(timeout=30, read_timeout=5))
    await telegram.updates.waited_for.wait()
    await ana.writes(None, "hello")
    assert len(await waiting) == 1
    last = telegram.updates.deliveries[-1].update_id
    empty = asyncio.ensure_future(bot.get_updates(offset=last + 1, timeout=30, read_timeout=5))
    await telegram.updates.waited_for.wait()
    await telegram.clock.move(30)
    assert await empty == ()


async def test_who_acts_waits_until_the_bot_has_taken_it(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    telegram.patience = 5
    taken: list[int] = []

    async def poll() -> None:
        offset = 0
        while len(taken) < 2:
            for update in await bot.get_updates(offset=offset, timeout=30, read_timeout=5):
                taken.append(update.update_id)
                offset = update.update_id + 1
        await bot.get_updates(offset=offset)

    polling = asyncio.ensure_future(poll())
    await ana.writes(None, "one")
    assert len(taken) == 1
    await ana.writes(None, "two")
    assert len(taken) == 2
    await polling
    await telegram.settle()


async def test_two_pollers(telegram: TelegramEmulator, bot: Bot, calls: Calls) -> None:
    first = asyncio.ensure_future(bot.get_updates(timeout=30, read_timeout=5))
    await telegram.updates.waited_for.wait()
    second = asyncio.ensure_future(calls.updates(timeout=30))
    with pytest.raises(Conflict, match="terminated by other getUpdates request; make sure that only one bot instance"):
        await first
    await telegram.updates.waited_for.wait()
    telegram.updates.interrupt("")
    assert await second == []
    assert telegram.refused()[0][0] == "getUpdates"


async def test_what_a_bot_must_ask_for_by_name(telegram: TelegramEmulator, calls: Calls, ana: Person) -> None:
    await calls.updates(allowed_updates=["edited_message"])
    message = await ana.writes(None, "not wanted")
    await ana.edits(None, message, "wanted")
    await ana.reacts(message, "👍")
    assert [sorted(one)[0] for one in await calls.updates()] == ["edited_message"]
    await calls.updates(allowed_updates=[])
    await ana.reacts(message, "❤")
    await ana.writes(None, "wanted")
    kinds = [next(name for name in one if name != "update_id") for one in await calls.updates()]
    assert kinds == ["edited_message", "message"]
    assert "unknown kinds" in await calls.refused("getUpdates", allowed_updates=["messages"])
    assert "limit" in await calls.refused("getUpdates", limit=0)


async def test_numbers_that_begin_again_lower(telegram: TelegramEmulator, calls: Calls, ana: Person) -> None:
    await ana.writes(None, "before")
    (before,) = await calls.updates()
    await calls.updates(before["update_id"] + 1)
    telegram.updates.restart(1000)
    await ana.writes(None, "after")
    (after,) = await calls.updates(before["update_id"] + 1)
    assert (after["update_id"], after["message"]["text"]) == (1000, "after")
    assert await calls.updates(1001) == []


async def test_the_same_update_again(telegram: TelegramEmulator, calls: Calls, ana: Person) -> None:
    await ana.writes(None, "once")
    (update,) = await calls.updates()
    following = update["update_id"] + 1
    assert await calls.updates(following) == []
    telegram.updates.repeat(telegram.updates.deliveries[0], times=2)
    assert await calls.updates(following) == [update, update]
    assert await calls.updates(following) == []


async def test_a_hundred_updates_with_one_that_nobody_can_read(
    telegram: TelegramEmulator, bot: Bot, calls: Calls, ana: Person
) -> None:
    for number in range(60):
        await ana.writes(None, str(number))
    telegram.updates.unparsable()
    for number in range(60):
        await ana.writes(None, str(number))
    updates = await calls.updates()
    assert len(updates) == 100
    unreadable = []
    for one in updates:
        try:
            Update.de_json(one, bot)
        except Exception:  # noqa: BLE001 - whatever the library makes of it
            unreadable.append(one["update_id"])
    assert unreadable == [updates[60]["update_id"]]
    assert len(await calls.updates(updates[-1]["update_id"] + 1)) == 21


async def test_halves_of_characters_and_nul(telegram: TelegramEmulator, calls: Calls, ana: Person) -> None:
    await ana.writes(None, "\ud800 and \x00")
    async with calls.session.get(f"{telegram.url}/bot{telegram.token}/getUpdates") as response:
        assert b"\\ud800 and \\u0000" in await response.read()


# The webhook


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


# Faults


async def test_faults(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    telegram.faults.plan(
        "sendMessage",
        server_error(502),
        server_error(500, delivered=True),
        dropped(delivered=False),
        dropped(),
        says(400, "Bad Request: USER_IS_BLOCKED"),
        rate_limited(3600),
    )
    for text in ("lost", "arrived", "lost", "arrived too", "lost", "lost"):
        with pytest.raises((NetworkError, RetryAfter)) as error:
            await bot.send_message(ana.id, text)
    assert isinstance(error.value, RetryAfter)
    assert ana.hears() == ["arrived", "arrived too"]
    telegram.faults.plan("sendMessage", hangs())
    with pytest.raises(TimedOut):
        await bot.send_message(ana.id, "arrived late", read_timeout=0.1)
    assert ana.last().text == "arrived late"
    telegram.faults.plan("sendMessage", rate_limited(1), channel=str(ana.id))
    ben = telegram.person("Ben", started=True)
    await bot.send_message(ben.id, "Others are not concerned")
    with pytest.raises(RetryAfter):
        await bot.send_message(ana.id, "x")


async def test_one_404_or_401_then_healthy(telegram: TelegramEmulator, bot: Bot) -> None:
    telegram.faults.plan("getUpdates", not_found(), unauthorized())
    with pytest.raises(InvalidToken, match="Not Found"):
        await bot.get_updates()
    with pytest.raises(InvalidToken, match="Unauthorized"):
        await bot.get_updates()
    assert await bot.get_updates() == ()


async def test_rates(telegram: TelegramEmulator, bot: Bot, ana: Person) -> None:
    telegram.rates.enforced = True
    await bot.send_message(ana.id, "1")
    with pytest.raises(RetryAfter) as error:
        await bot.send_message(ana.id, "2")
    assert str(error.value) == "Flood control exceeded. Retry in 0:00:01"
    await telegram.clock.move(1)
    await bot.send_message(ana.id, "2")
    circle = telegram.group("Circle", ana, with_bot=True)
    for number in range(20):
        await telegram.clock.move(1)
        await bot.send_message(circle.id, str(number))
    await telegram.clock.move(1)
    with pytest.raises(RetryAfter):
        await bot.send_message(circle.id, "20")
    await telegram.clock.move(60)
    people = [telegram.person(f"P{number}", started=True) for number in range(31)]
    for person in people[:30]:
        await bot.send_message(person.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(people[30].id, "x")
    assert telegram.rates.refusals == 3
    await breathe()
