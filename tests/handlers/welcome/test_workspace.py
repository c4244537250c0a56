"""Who comes into a workspace, and into no place of it yet: greeted where one community alone meets there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations import founded
from tests.handlers.welcome.acting import NUDGE, heard_at
from tests.slack_community import OnSlack, SlackSomeone, SlackTalk

GREETING = "Welcome to Field Nurses, Ben!"


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[SlackTalk]:
    stage = OnSlack(socket=False)
    async with stage.running(tmp_path) as running:
        yield running
    await stage.close()


async def comes(talk: SlackTalk, name: str = "Ben", locale: str = "en-US") -> SlackSomeone:
    person = await talk.workspace.newcomer(name, locale=locale)
    await talk.settle()
    return SlackSomeone(talk, person)


async def greetings(who: SlackSomeone) -> int:
    return sum("Welcome to" in text for text in await who.hears())


async def test_who_comes_into_the_workspace_is_greeted_like_a_newcomer(talk: SlackTalk) -> None:
    await founded(talk)
    ben = await comes(talk)
    welcome = await ben.last()
    assert GREETING in welcome
    assert welcome.buttons == ["Introduce me", "Ask something", "The norms"]
    await ben.presses("Ask something")
    assert (await ben.form()) is not None
    await ben.says("/ask")
    form = await ben.form()
    assert form is not None
    assert form.title == "Ask a question"
    await talk.wait(days=3)
    assert await heard_at(ben, NUDGE) == ["Thu 05 09:00"]


async def test_who_comes_into_the_main_place_later_is_named_there_and_not_greeted_again(talk: SlackTalk) -> None:
    fatima = await founded(talk)
    ben = await comes(talk)
    await talk.wait(minutes=2)
    assert not any("Please welcome" in text for text in await fatima.hears("circle"))
    await ben.joins("circle")
    await talk.wait(minutes=2)
    assert await greetings(ben) == 1
    assert (await fatima.hears("circle"))[1:] == ["Please welcome Ben! Say hello below."]


async def test_an_introduction_reaches_the_main_place(talk: SlackTalk) -> None:
    fatima = await founded(talk)
    ben = await comes(talk)
    await ben.presses("Introduce me")
    await ben.fills_in(Topics_I_know="cold chain")
    await ben.presses("Yes, introduce me there")
    assert "Please welcome Ben!" in await fatima.last("circle")


async def test_who_was_there_when_the_community_began_is_not_greeted(talk: SlackTalk) -> None:
    ben = await comes(talk)
    await founded(talk)
    assert await ben.sees() == []


async def test_where_several_communities_meet_nobody_is_greeted_before_they_come_to_one(talk: SlackTalk) -> None:
    await founded(talk)
    drivers = await founded(talk, place="trucks", name="Truck Drivers")
    assert isinstance(drivers, SlackSomeone)
    ben = await comes(talk)
    assert await ben.sees() == []
    await ben.joins("trucks")
    assert "Welcome to Truck Drivers, Ben!" in await ben.last()
    await drivers.person.removes_bot("trucks")
    await talk.settle()
    cleo = await comes(talk, "Cleo")
    assert "Welcome to Field Nurses, Cleo!" in await cleo.last()


async def test_where_no_community_meets_nobody_is_greeted(talk: SlackTalk) -> None:
    fatima = await talk.newcomer("Fatima")
    await fatima.creates("circle")
    await fatima.invites_the_bot("circle")
    ben = await comes(talk)
    assert await ben.sees() == []


async def test_who_is_forgotten_and_comes_back_is_greeted_anew(talk: SlackTalk) -> None:
    await founded(talk)
    ben = await comes(talk)
    await ben.says("/forgetme")
    await ben.presses("Forget me and delete what I wrote")
    await talk.wait(days=31)
    again = {"type": "team_join", "user": ben.person.user.shape(locale=True)}
    await talk.slack.heard(talk.workspace.tell(again))
    await talk.settle()
    assert GREETING in await ben.last()
