"""How a community begins on a new place."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from bot.app import discover_capabilities, discover_schedules
from bot.core.addresses import Person
from bot.core.capability import Schedule
from bot.core.messages import Kind, Message, Text
from bot.core.platform import Installation
from bot.core.roles import Purpose, Role
from bot.services import Services
from handlers import beginning, housekeeping, welcome
from storage import communities, members
from storage.activity import Activity
from storage.communities import CommunityPlace
from tests.community import START, StandingClock, founded, running
from tests.fake_events import TENANT
from tests.fakes import FakePlatform
from tests.frame import Program, dead_letters, program


async def test_a_community_begins_where_the_bot_is_invited(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        await ana.creates("nurses")
        await ana.invites_the_bot("nurses")
        asked = await ana.last()
        assert "Thank you for inviting me to #nurses" in asked
        assert asked.buttons == ["Start a community here", "Join this place to a community"]

        await ana.presses("Start a community here")
        await ana.fills_in(Community_name="Field Nurses", Time_zone="africa/nairobi")
        assert "Field Nurses has begun. You are its first facilitator." in await ana.last()
        assert "Hello! I am Baraza, and I help Field Nurses from now on." in await ana.last("nurses")
        assert "settings" in await ana.commands()


async def test_until_somebody_chooses_nothing_is_said_or_recorded(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana, ben = await talk.newcomer("Ana"), await talk.newcomer("Ben")
        await ana.creates("nurses")
        await ana.invites_the_bot("nurses")
        await ben.joins("nurses")
        await ben.says("Is anybody here?", place="nurses")
        assert await ben.hears() == []
        assert await ben.hears("nurses") == []


async def test_another_place_joins_with_a_code_that_works_once(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/settings")
        await fatima.presses("Get a code for another place")
        code = (await fatima.last()).text.split("enter ")[1].split(".")[0]

        for place in ("steering", "third"):
            await fatima.creates(place)
            await fatima.invites_the_bot(place)
            await fatima.presses("Join this place to a community")
            await fatima.fills_in(Code=code.lower().replace("-", " "), **{"What_is_this_place_for?": "stakeholders"})
            if place == "steering":
                assert "#steering is part of Field Nurses now." in await fatima.last()
            else:
                assert "That code doesn't work (any more)." in await fatima.last()


async def test_pressing_start_twice_makes_one_community(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        ana = await talk.newcomer("Ana")
        await ana.creates("nurses")
        await ana.invites_the_bot("nurses")
        await ana.presses("Start a community here")
        await ana.fills_in(Community_name="Nurses")
        await ana.presses("Start a community here")
        assert "This place is part of a community already." in await ana.last()


# The bot is taken out of a whole workspace

HERE = Installation("fake", TENANT, "Nurses", "bot", "token-1")


async def say_something(services: Services) -> None:
    """What every community hears each hour, in its main place and its facilitators privately."""
    place = await communities.place_for(services.session, services.community.id, Purpose.MAIN)
    if place is not None:
        await services.post(place.address, Message(Text("every hour")), Kind.PROMPT)
    for member in await members.of_community(services.session, services.community.id):
        await services.tell(member, Message(Text("every hour, for you")), Kind.REMINDER)


@asynccontextmanager
async def nurses(folder: Path) -> AsyncIterator[Program]:
    """A community of two places, with Ana in one of them; whoever joins is welcomed."""
    hourly = Schedule("hourly", "0 * * * *", say_something)
    parts = (beginning.capability, housekeeping.capability, welcome.capability)
    async with program(folder, *parts, schedules=[hourly]) as running:
        await running.app.keep_installation(HERE)
        async with running.database.transaction() as session:
            main = await communities.discover(session, running.fake.place("circle"))
            made = await communities.found(session, main, name="Nurses", language="en", time_zone="UTC", now=START)
            square = await communities.discover(session, running.fake.place("square"))
            await communities.take_in(session, square, made.id, Purpose.EXPERTS)
        await running.fake.writes("ana", "hello", place="circle")
        await running.settle()
        yield running


async def open_places(running: Program) -> list[str]:
    async with running.database.reading() as session:
        places = (await session.exec(select(CommunityPlace).where(CommunityPlace.active))).all()
    return sorted(place.external_id for place in places)


async def uninstalled(running: Program) -> None:
    running.clock.move_to(running.clock.now() + timedelta(minutes=10))
    await running.fake.uninstalls()
    await running.settle()


async def test_who_takes_the_bot_out_of_a_workspace_closes_all_its_places(tmp_path: Path) -> None:
    async with nurses(tmp_path) as running:
        async with running.database.transaction() as session:
            await communities.discover(session, replace(running.fake.place("elsewhere"), tenant="another"))
        assert await open_places(running) == ["circle", "elsewhere", "square"]
        await uninstalled(running)
        await running.fake.uninstalls()  # told twice: of the app, and of its token
        await running.settle()
        assert await open_places(running) == ["elsewhere"]
        assert await running.app.installations("fake") == []
        assert running.fake.words() == []
        assert await dead_letters(running) == []


async def test_what_happened_there_stays_and_nothing_is_said_there_any_more(tmp_path: Path) -> None:
    async with nurses(tmp_path) as running:
        await running.app.ticker.tick(running.clock.now())
        await running.app.move_clock(START + timedelta(hours=1))
        assert running.fake.words() == ["every hour", "every hour, for you"]
        await uninstalled(running)
        await running.app.move_clock(START + timedelta(hours=3))
        assert running.fake.words() == ["every hour", "every hour, for you"]
        async with running.database.reading() as session:
            assert len((await session.exec(select(Activity))).all()) == 1
            assert [one.name for one in await communities.all_communities(session)] == ["Nurses"]


async def test_whatever_recurs_leaves_a_closed_community_in_peace(tmp_path: Path, logs: io.StringIO) -> None:
    fake = FakePlatform(StandingClock())
    everything = discover_capabilities()
    async with program(tmp_path, *everything, fake=fake, schedules=discover_schedules()) as running:
        await running.app.keep_installation(HERE)
        async with running.database.transaction() as session:
            main = await communities.discover(session, fake.place("circle"))
            made = await communities.found(session, main, name="Nurses", language="en", time_zone="UTC", now=START)
            ana = await members.ensure(session, Person(fake.account("ana"), "Ana"), START)
            await members.arrive(session, made.id, main.id, ana.id, START)
            await members.give_role(session, made.id, ana.id, Role.FACILITATOR)
        await fake.writes("ben", "Does anybody know?", place="circle")
        await running.settle()
        await uninstalled(running)
        said = fake.words()
        await running.app.move_clock(START + timedelta(days=35))
        assert fake.words() == said
        assert await dead_letters(running) == []
        assert "a schedule failed" not in logs.getvalue()


async def test_what_is_kept_of_a_closed_community_ends_like_that_of_any_other(tmp_path: Path) -> None:
    async with nurses(tmp_path) as running:
        await uninstalled(running)
        running.clock.move_to(START + timedelta(days=365 * 2 + 2))
        async with running.database.transaction() as session:
            await housekeeping.forget_what_is_over(Services(running.app.frame, session))
        await running.settle()
        async with running.database.reading() as session:
            assert (await session.exec(select(Activity))).all() == []


async def test_invited_again_the_bot_goes_on_in_silence_where_it_stopped(tmp_path: Path) -> None:
    async with nurses(tmp_path) as running:
        await uninstalled(running)
        await running.app.keep_installation(replace(HERE, token="token-2"))
        assert await open_places(running) == []
        await running.fake.invites_the_bot("ana", "circle")
        await running.fake.writes("ana", "hello again", place="circle")
        await running.settle()
        assert await open_places(running) == ["circle"]
        assert running.fake.words() == []
        async with running.database.reading() as session:
            assert len((await session.exec(select(Activity))).all()) == 2


async def test_late_news_of_an_earlier_removal_closes_nothing(tmp_path: Path) -> None:
    async with nurses(tmp_path) as running:
        await running.app.worker.stop()
        await running.fake.uninstalls()
        running.clock.move_to(running.clock.now() + timedelta(minutes=1))
        await running.app.keep_installation(replace(HERE, token="token-2"))
        await running.fake.invites_the_bot("ana", "circle")
        running.app.worker.start()
        await running.settle()
        assert await open_places(running) == ["circle", "square"]
        assert await running.app.installations("fake") == [replace(HERE, token="token-2")]
