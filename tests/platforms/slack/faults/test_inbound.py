"""What Slack tells at a bad moment, or more than once: it counts once, and in its order."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlmodel import select

from storage.activity import Activity
from tests.frame import echo
from tests.platforms.slack.faults.installation import Installed, answering, installed
from tests.wire.slack import Delivery
from tests.wire.slack.clock import breathe
from tests.wire.slack.faults import hangs

BOTH = pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])


async def counted(here: Installed) -> int:
    """How many messages of people are on record."""
    async with here.running.database.reading() as session:
        return len((await session.exec(select(Activity))).all())


def told_last(here: Installed, kind: str = "events_api") -> Delivery:
    return [one for one in here.slack.deliveries if one.kind == kind][-1]


@BOTH
async def test_the_same_event_a_hundred_times_at_once_counts_once(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, echo(), socket=socket) as here:
        await here.ana.writes("circle", "hello")
        again = here.slack.repeat(told_last(here), 100)
        await here.settles()
        assert all(one.acknowledged for one in again)
        assert here.posted(here.circle) == ["hello"]
        assert await here.dead() == []


@BOTH
async def test_what_is_told_again_during_a_slow_commit_counts_once(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, echo(), socket=socket) as here:
        async with here.running.database.transaction():  # nobody else can write meanwhile
            writing = asyncio.create_task(here.ana.writes("circle", "hello"))
            await breathe()
            told = told_last(here)
            await here.slack.clock.move(3.1)
            assert (told.attempts, told.acknowledged) == (2, False)
        await writing
        await here.waits(61)
        assert told.acknowledged
        assert here.posted(here.circle) == ["hello"]


async def test_the_same_event_by_a_socket_and_over_http_counts_once(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), http=True) as here:
        await here.ana.writes("circle", "hello")
        told = told_last(here)
        again = [*here.slack.repeat(told, 5, via="http"), *here.slack.repeat(told, 5, via="socket")]
        await here.settles()
        assert all(one.acknowledged for one in again)
        assert here.posted(here.circle) == ["hello"]


@BOTH
async def test_a_command_told_again_is_carried_out_once(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, answering(), socket=socket) as here:
        told = await here.ana.types("/baraza say")
        again = here.slack.repeat(told, 10)
        await here.settles()
        assert all(one.acknowledged for one in again)
        assert here.ana.hears() == ["Good morning"]


async def test_an_edit_that_comes_before_its_original_loses_neither(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.founds_a_community()
        here.slack.app.events = set()
        ts = await here.ana.writes("circle", "helo")
        message = dict(here.circle.messages[ts])
        here.slack.app.events = None
        await here.ana.edits("circle", ts, "hello")
        here.workspace.tell(here.workspace.message_event(here.circle, message), here.circle)
        await here.settles()
        assert here.posted(here.circle) == ["helo"]
        assert await counted(here) == 1
        assert await here.dead() == []


@BOTH
@pytest.mark.parametrize("text", ["half \ud800 a pair", "nul \x00 byte", "\udfff"], ids=["high", "nul", "low"])
async def test_words_that_are_no_text_arrive_and_hold_nothing_up(tmp_path: Path, socket: bool, text: str) -> None:
    async with installed(tmp_path, echo(), socket=socket) as here:
        await here.ana.writes("circle", text)
        told = told_last(here)
        await here.ana.writes("circle", "and then")
        await here.settles()
        assert told.acknowledged
        assert len(here.posted(here.circle)) == 2
        assert here.posted(here.circle)[-1] == "and then"
        assert await here.dead() == []


@BOTH
async def test_what_the_bot_says_is_not_heard(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, echo(), socket=socket) as here:
        await here.founds_a_community()
        await here.ana.writes("circle", "hello")
        await here.settles()
        own = told_last(here)
        assert own.payload["event"]["user"] == here.workspace.bot.id
        here.slack.repeat(own, 3)
        await here.settles()
        assert here.posted(here.circle) == ["hello"]
        assert await counted(here) == 1


@BOTH
async def test_what_is_told_of_a_workspace_without_the_app_reaches_nobody(tmp_path: Path, socket: bool) -> None:
    async with installed(tmp_path, echo(), socket=socket) as here:
        other = here.slack.workspace("Elsewhere")
        eve = other.person("Eve")
        theirs = other.channel("circle", eve, with_bot=True)
        await eve.writes(theirs, "hello from outside")
        await here.ana.writes("circle", "hello")
        await here.settles()
        assert here.posted(here.circle) == ["hello"]
        assert [one for one in eve.sees(theirs) if one.by_bot] == []
        assert await here.dead() == ["undeliverable: the app is not in this workspace"]
        assert all("outside" not in str(call.arguments) for call in here.slack.web_api.calls)


@BOTH
async def test_while_the_database_is_away_nothing_is_acknowledged_and_nothing_lost(
    tmp_path: Path, socket: bool
) -> None:
    async with installed(tmp_path, echo(), socket=socket) as here:
        here.running.database.down = True
        writing = asyncio.create_task(here.ana.writes("circle", "hello"))
        await breathe()
        told = told_last(here)
        while len(told.statuses) < 2:
            await here.slack.clock.move(1)
            await asyncio.sleep(0)
        await writing
        assert "acknowledged" not in told.statuses
        here.running.database.down = False
        await here.waits(61)
        assert told.acknowledged
        assert here.posted(here.circle) == ["hello"]
        assert await here.dead() == []


async def test_who_waits_for_a_name_is_not_overtaken(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), names=0.3) as here:
        await here.ben.writes("circle", "I am known")
        cleo, dora = here.workspace.person("Cleo"), here.workspace.person("Dora")
        here.circle.members += [cleo.id, dora.id]
        here.slack.faults.plan("users.info", hangs(), hangs())
        first = asyncio.create_task(cleo.writes("circle", "first"))
        await here.slack.faults.struck("users.info")
        second = asyncio.create_task(dora.writes("circle", "second"))
        await first
        await here.ben.writes("circle", "third")
        await second
        here.slack.faults.release()
        await here.settles()
        assert here.posted(here.circle) == ["I am known", "first", "second", "third"]


async def test_a_channel_full_of_strangers_is_not_kept_waiting_for_their_names_one_by_one(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), names=0.2) as here:
        strangers = [here.workspace.person(f"Stranger {number}") for number in range(20)]
        here.circle.members += [one.id for one in strangers]
        here.slack.faults.plan("users.info", *[hangs(delivered=False) for _ in strangers])
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(*(one.writes("circle", one.name) for one in strangers))
        assert loop.time() - began < 20 * 0.2 / 2
        here.slack.faults.release()
        await here.settles()
        assert sorted(here.posted(here.circle)) == sorted(one.name for one in strangers)


async def test_an_event_that_nobody_can_look_up_is_a_visible_dead_letter_and_not_told_for_ever(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        told = here.workspace.tell({"type": "user_change", "user": {"id": here.ana.id, "profile": 5}})
        assert told is not None
        await here.slack.heard(told)
        assert told.acknowledged
        await here.ana.writes("circle", "hello")
        await here.settles()
        assert here.posted(here.circle) == ["hello"]
        (reason,) = await here.dead()
        assert reason.startswith("unreadable: ")
