"""What Telegram tells at a bad moment, or more than once: it counts once, and nothing of it is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Kind, Message, Text
from bot.services import Services
from tests.frame import echo
from tests.platforms.telegram.faults.installation import command, installed, say_hello
from tests.wire.clock import breathe
from tests.wire.telegram.faults import server_error

BOTH = pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])


@BOTH
async def test_the_same_update_a_hundred_times_counts_once(tmp_path: Path, webhook: bool) -> None:
    async with installed(tmp_path, echo(), webhook=webhook) as here:
        await here.founds_a_community()
        await here.ana.writes("circle", "hello")
        again = here.telegram.updates.repeat(here.told_last(), 100)
        await here.settles()
        assert all(one.acknowledged for one in again)
        assert here.ana.hears("circle") == ["hello"]
        assert await here.counted() == 1
        assert await here.dead() == []


async def test_updates_whose_ids_begin_anew_lower_are_all_taken(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.ana.writes("circle", "before")
        here.telegram.updates.restart(5)
        for word in ("one", "two"):
            await here.ana.writes("circle", word)
        here.telegram.updates.restart(3)
        await here.ana.writes("circle", "three")
        here.telegram.updates.restart(4)
        await here.settles()  # what was sent is written down: this is not about what a death leaves open
        await here.dies()
        for word in ("four", "five"):
            here.telegram.patience = 0
            await here.ana.writes("circle", word)
        here.telegram.patience = 5
        await here.starts()
        await here.settles()
        assert here.ana.hears("circle") == ["before", "one", "two", "three", "four", "five"]
        assert not here.telegram.updates.pending
        assert await here.dead() == []


async def test_an_id_that_comes_again_with_something_else_is_news(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.ana.writes("circle", "one")
        here.telegram.updates.restart(here.told_last().update_id)
        await here.ana.writes("circle", "two")
        await here.settles()
        assert here.ana.hears("circle") == ["one", "two"]


@BOTH
async def test_of_a_hundred_updates_one_that_cannot_be_read_holds_up_none(tmp_path: Path, webhook: bool) -> None:
    async with installed(tmp_path, command("say", say_hello), webhook=webhook) as here:
        await here.founds_a_community()
        here.telegram.patience = 0
        for number in range(99):
            if number == 50:
                here.telegram.updates.unparsable()
            await here.ana.writes("circle", f"line {number}")
        here.telegram.patience = 5
        await here.ana.writes("circle", "/say")
        await here.settles()
        assert here.ana.hears() == ["Good morning"]
        assert await here.counted() == 99
        assert not here.telegram.updates.pending
        assert await here.health() == (200, [])
        (why,) = await here.dead()
        assert "line" not in why


@BOTH
@pytest.mark.parametrize("text", ["half \ud800 a pair", "nul \x00 byte", "\udfff"], ids=["high", "nul", "low"])
async def test_words_that_are_no_text_arrive_and_hold_nothing_up(tmp_path: Path, webhook: bool, text: str) -> None:
    async with installed(tmp_path, echo(), webhook=webhook) as here:
        message = dict(here.circle.add(here.ana.user, {"text": "?"}), text=text)
        told = here.telegram.updates.inject("message", message, conversation=here.circle.id)
        await here.ana.writes("circle", "and then")
        await here.settles()
        assert told.acknowledged
        assert len(here.ana.hears("circle")) == 2
        assert here.ana.hears("circle")[-1] == "and then"
        assert await here.dead() == []


async def test_what_the_webhook_is_told_again_during_a_slow_commit_counts_once(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), webhook=True) as here:
        async with here.running.database.transaction():  # nobody else can write meanwhile
            writing = asyncio.create_task(here.ana.writes("circle", "hello"))
            await breathe()
            told = here.told_last()
            while not told.statuses:
                await here.telegram.clock.move(61)
                await asyncio.sleep(0.01)
            assert told.statuses == ["timeout"]
            assert not told.acknowledged
        await writing
        await here.waits(2)
        await here.takes(told)
        assert here.ana.hears("circle") == ["hello"]


async def test_polling_waits_for_a_slow_commit_before_it_confirms(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        here.telegram.patience = 0
        async with here.running.database.transaction():
            await here.ana.writes("circle", "hello")
            told = here.told_last()
            await here.telegram.clock.move(600)
            assert (told.handed, told.acknowledged) == (True, False)
        here.telegram.patience = 5
        await here.settles()
        assert told.acknowledged
        assert here.ana.hears("circle") == ["hello"]


async def test_the_same_update_by_polling_and_then_by_webhook_counts_once(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.founds_a_community()
        await here.ana.writes("circle", "hello")
        told = here.told_last()
        await here.settles()
        await here.dies()
        here.webhook = True
        await here.starts()
        again = here.telegram.updates.repeat(told, 3)
        await here.settles()
        assert all(one.acknowledged for one in again)
        await here.dies()
        here.webhook = False
        await here.starts()
        here.telegram.updates.repeat(told, 3)
        await here.settles()
        assert here.ana.hears("circle") == ["hello"]
        assert await here.counted() == 1


@BOTH
async def test_while_the_database_is_away_nothing_is_confirmed_and_nothing_lost(tmp_path: Path, webhook: bool) -> None:
    async with installed(tmp_path, echo(), webhook=webhook) as here:
        here.telegram.patience = 0.2
        here.running.database.down = True
        await here.ana.writes("circle", "hello")
        told = here.told_last()
        await here.fails_to_keep(told)
        assert not told.acknowledged
        status, troubles = await here.health()
        assert status == 503
        assert "the database does not answer" in troubles
        here.telegram.patience = 5
        here.running.database.down = False
        await here.waits(2)
        await here.takes(told)
        assert here.ana.hears("circle") == ["hello"]
        assert await here.health() == (200, [])
        assert await here.dead() == []


@BOTH
async def test_what_the_bot_says_is_not_heard(tmp_path: Path, webhook: bool) -> None:
    async with installed(tmp_path, echo(), webhook=webhook) as here:
        await here.founds_a_community()
        await here.ana.writes("circle", "hello")
        await here.settles()
        own = here.ana.last("circle").raw
        here.telegram.updates.inject("message", own, conversation=here.circle.id)
        await here.settles()
        assert here.ana.hears("circle") == ["hello"]
        assert await here.counted() == 1
        assert await here.dead() == []


@BOTH
async def test_an_edit_that_comes_before_its_original_loses_neither(tmp_path: Path, webhook: bool) -> None:
    async with installed(tmp_path, echo(), webhook=webhook) as here:
        await here.founds_a_community()
        message = here.circle.add(here.ana.user, {"text": "helo"})
        edited = {**message, "text": "hello", "edit_date": message["date"] + 5}
        here.telegram.updates.inject("edited_message", edited, conversation=here.circle.id)
        here.telegram.updates.inject("message", message, conversation=here.circle.id)
        await here.settles()
        assert here.ana.hears("circle") == ["helo"]
        assert await here.counted() == 1
        assert await here.dead() == []


# Buttons


def counting(presses: list[str]) -> Capability:
    """``/count`` posts a message whose button counts who presses it, and says so by an edit."""
    capability = Capability("count")

    @capability.command("count", summary="", for_strangers=True)
    async def count(event: CommandUsed, services: Services) -> None:
        assert event.place is not None
        await services.post(event.place, Message(Text("Ready?"), (Button("Count me", "count.me"),)), Kind.PROMPT)

    @capability.button("count.me", for_strangers=True)
    async def me(event: ButtonPressed, services: Services) -> None:
        presses.append(event.by.name)
        counted = Text("Counted: {names}", {"names": ", ".join(sorted(set(presses)))})
        await services.edit(event.reference, Message(counted, (Button("Count me", "count.me"),)))

    return capability


@BOTH
async def test_a_button_that_is_pressed_twice_does_no_harm_and_lets_go_each_time(tmp_path: Path, webhook: bool) -> None:
    async with installed(tmp_path, counting([]), webhook=webhook) as here:
        await here.ana.writes("circle", "/count")
        await here.settles()
        message = here.ana.last("circle")
        presses = [await here.ana.presses("Count me", "circle", message=message.id) for _ in range(2)]
        await here.settles()
        assert here.ana.hears("circle") == ["Counted: Ana"]
        assert [await one.answer() is not None for one in presses] == [True, True]
        assert await here.dead() == []


@BOTH
async def test_two_people_who_press_at_once_are_both_heard(tmp_path: Path, webhook: bool) -> None:
    async with installed(tmp_path, counting([]), webhook=webhook) as here:
        await here.ana.writes("circle", "/count")
        await here.settles()
        presses = await asyncio.gather(*(who.presses("Count me", "circle") for who in (here.ana, here.ben)))
        await here.settles()
        assert here.ana.hears("circle") == ["Counted: Ana, Ben"]
        assert [await one.answer() is not None for one in presses] == [True, True]
        assert await here.dead() == []


async def test_the_same_press_told_again_is_one_press(tmp_path: Path) -> None:
    presses: list[str] = []
    async with installed(tmp_path, counting(presses)) as here:
        await here.ana.writes("circle", "/count")
        await here.settles()
        pressed = await here.ana.presses("Count me", "circle")
        assert pressed.delivery is not None
        here.telegram.updates.repeat(pressed.delivery, 10)
        await here.settles()
        assert presses == ["Ana"]


async def test_a_press_counts_although_nobody_could_let_the_button_go(tmp_path: Path) -> None:
    presses: list[str] = []
    async with installed(tmp_path, counting(presses)) as here:
        here.telegram.faults.plan("answerCallbackQuery", server_error())
        await here.ana.writes("circle", "/count")
        await here.settles()
        await here.ana.presses("Count me", "circle")
        await here.settles()
        assert presses == ["Ana"]
        assert await here.health() == (200, [])
        assert await here.dead() == []
