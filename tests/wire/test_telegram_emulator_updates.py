"""How updates reach a bot on the emulator: by polling, and what goes wrong on the way."""

from __future__ import annotations

import asyncio

import pytest
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


@pytest.fixture
def ana(telegram: TelegramEmulator) -> Person:
    return telegram.person("Ana", started=True)


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


async def test_a_poller_that_is_gone_is_in_nobodys_way(telegram: TelegramEmulator, calls: Calls, ana: Person) -> None:
    gone = asyncio.ensure_future(calls.updates(timeout=30))
    await telegram.updates.waited_for.wait()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    await ana.writes(None, "hello")
    assert texts(await calls.updates()) == ["hello"]
    assert telegram.refused() == []


async def test_what_a_bot_must_ask_for_by_name(telegram: TelegramEmulator, calls: Calls, ana: Person) -> None:
    await calls.updates(allowed_updates=["edited_message"])
    message = await ana.writes(None, "not wanted")
    await ana.edits(None, message, "wanted")
    await ana.reacts(message, "👍")
    assert [min(one) for one in await calls.updates()] == ["edited_message"]
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
