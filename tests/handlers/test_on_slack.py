"""What is otherwise on Slack than on the page: how commands are called and told, and what a menu offers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conversations import STAGE, Talk, running
from tests.handlers.questions.circle import Circle, circle
from tests.slack_community import OnSlack, SlackSomeone

ANSWER = "As short as you can."


@pytest.fixture(params=[True, False], ids=["slack-socket", "slack-http"])
def stage(request: pytest.FixtureRequest) -> OnSlack:
    return OnSlack(socket=request.param)


@pytest.fixture
async def here(stage: OnSlack, tmp_path: Path) -> AsyncIterator[Circle]:
    token = STAGE.set(stage)
    async with circle(tmp_path) as found:
        yield found
    STAGE.reset(token)
    await stage.close()


@pytest.fixture
async def empty(stage: OnSlack, tmp_path: Path) -> AsyncIterator[Talk]:
    token = STAGE.set(stage)
    async with running(tmp_path) as talk:
        yield talk
    STAGE.reset(token)
    await stage.close()


def in_slack(who: object) -> SlackSomeone:
    assert isinstance(who, SlackSomeone)
    return who


async def test_commands_are_told_as_they_are_typed(here: Circle) -> None:
    ana = in_slack(here.ana)
    await ana.says("/help")
    shown = ana.person.last().text
    assert "/baraza ask " in shown
    assert not re.search(r"(?<!\w)/(?!baraza )\w", shown)
    await ana.person.types("/baraza hlep", "circle")
    await here.talk.settle()
    assert ana.person.last("circle").text.startswith("I don't know /baraza hlep. Did you mean /baraza help?")
    assert ana.person.last("circle").ephemeral
    await ana.person.types("/baraza /ask")
    await here.talk.settle()
    assert (await ana.form()) is not None


async def test_the_root_alone_and_a_call_by_name_open_the_menu(here: Circle) -> None:
    ana = in_slack(here.ana)
    await ana.person.types("/baraza", "circle")
    await here.talk.settle()
    menu = ana.person.last("circle")
    assert menu.ephemeral
    assert "/baraza help shows everything" in menu
    await ana.person.writes("circle", "@Baraza")
    await here.talk.settle()
    assert ana.person.last("circle").buttons == menu.buttons
    await ana.presses("Ask something", place="circle")
    assert (await ana.form()) is not None


async def test_who_may_not_is_told_who_may_though_the_menu_offers_it_to_everybody(here: Circle) -> None:
    message = await here.mei.says(ANSWER, place="circle")
    await here.ana.uses_shortcut(message, "Save as answer")
    refused = "Only experts and facilitators can do this. Please ask a facilitator."
    assert (await here.ana.last("circle")).text == refused
    assert (await here.ana.form()) is None


async def test_a_form_that_is_sent_twice_counts_once(here: Circle) -> None:
    await here.asks(here.ana, "How long may the cold box stand open?")
    await here.hassan.presses("Answer")
    form = await here.hassan.form()
    assert form is not None
    await here.hassan.sends(form, Your_answer=ANSWER)
    told = await here.hassan.hears()
    await here.hassan.sends(form, Your_answer="Something else.")
    assert await here.hassan.hears() == told
    (answer,) = [said for said in await here.ana.hears() if "answers:" in said]
    assert ANSWER in answer


async def test_who_calls_in_a_thread_is_answered_in_the_thread(here: Circle) -> None:
    ana = in_slack(here.ana)
    message = await here.mei.says("Ice packs keep for nine hours.", place="circle")
    await ana.person.writes("circle", "@Baraza log story", thread=message)
    await here.talk.settle()
    offered = ana.person.sees("circle", thread=message)[-1]
    assert offered.ephemeral
    assert offered.buttons == ["Open the form"]
    await ana.person.writes("circle", "@Baraza rules", thread=message)
    await here.talk.settle()
    assert "Ask early." in ana.person.sees("circle", thread=message)[-1]
    assert not [one for one in ana.person.sees("circle") if one.ephemeral]


async def test_who_was_there_before_the_bot_and_never_wrote_can_be_made_an_expert(empty: Talk) -> None:
    fatima, hassan, mei = [in_slack(await empty.newcomer(name)) for name in ("Fatima", "Hassan", "Mei")]
    await fatima.creates("circle")
    for one in (hassan, mei):
        await one.joins("circle")
    await fatima.invites_the_bot("circle")
    await fatima.presses("Start a community here")
    await fatima.fills_in(Community_name="Field Nurses")
    await fatima.says("/experts add @Hassan cold chain")
    assert (await fatima.last()).text == "Hassan answers questions now: cold chain"
    await fatima.says("/settings role @Mei expert")
    assert (await fatima.last()).text == "Mei is expert here now."
    await fatima.says("/experts add @Baraza cold chain")
    assert (await fatima.last()).text.startswith("I know nobody called")


async def test_of_who_wrote_before_the_bot_came_and_not_since_nobody_is_told_that_they_are_gone(empty: Talk) -> None:
    fatima, mei = [in_slack(await empty.newcomer(name)) for name in ("Fatima", "Mei")]
    await fatima.creates("circle")
    await mei.joins("circle")
    message = await mei.says("Ice packs keep for nine hours.", place="circle")
    await fatima.invites_the_bot("circle")
    await fatima.presses("Start a community here")
    await fatima.fills_in(Community_name="Field Nurses")
    for words, answer in {
        "/thanks": "Once they have written here again, your thanks can reach them.",
        "/log story": "Please try again once they have written here.",
    }.items():
        await fatima.says(words, place="circle", about=message)
        said = fatima.person.sees("circle", thread=message)[-1].text
        assert said.startswith("I don't know yet who wrote this")
        assert said.endswith(answer)
    await mei.says("Good morning", place="circle")
    await fatima.says("/thanks", place="circle", about=message)
    assert "Fatima thanks you for what you wrote." in await mei.last()
    await mei.leaves("circle")
    await fatima.says("/thanks for the tip", place="circle", about=message)
    gone = "Who wrote this is not in this community any more."
    assert fatima.person.sees("circle", thread=message)[-1].text == gone


async def test_who_left_or_is_named_by_a_member_alone_is_not_made_one(here: Circle) -> None:
    zoe = in_slack(await here.talk.newcomer("Zoe"))
    await zoe.joins("circle")
    await zoe.leaves("circle")
    await here.fatima.says("/experts add @Zoe cold chain")
    assert (await here.fatima.last()).text == "I know nobody called Zoe in this community."
    lea = in_slack(await here.talk.newcomer("Lea"))
    await here.ana.says("/thanks @Lea for the box")
    assert (await here.ana.last()).text == "I know nobody called Lea in this community."
    assert await lea.hears() == []


async def test_a_member_is_served_in_every_channel_of_the_workspace(here: Circle) -> None:
    ana = in_slack(here.ana)
    await ana.creates("elsewhere")
    await here.mei.joins("elsewhere")
    await ana.says("/menu", place="elsewhere")
    assert ana.person.last("elsewhere").ephemeral
    await ana.presses("Ask something", place="elsewhere")
    await ana.fills_in(Your_question="How long may the cold box stand open?", Topic="cold chain")
    assert "I have your question: Q1" in await ana.last()
    assert any("How long may the cold box" in one for one in await here.hassan.hears())


@pytest.mark.parametrize("invited", [True, False])
async def test_where_no_community_meets_nobody_else_hears_of_it(here: Circle, invited: bool) -> None:
    ana = in_slack(here.ana)
    await ana.creates("elsewhere")
    await here.mei.joins("elsewhere")
    if invited:
        await ana.invites_the_bot("elsewhere")
    await ana.says("/thanks @Mei for the box", place="elsewhere")
    assert "Ana thanks you for the box" in await here.mei.last()
    assert await here.mei.hears("elsewhere") == []
    zoe = await here.talk.newcomer("Zoe")
    await zoe.joins("elsewhere")
    await zoe.says("/ask", place="elsewhere")
    assert "This works in a community." in await zoe.last("elsewhere")


@pytest.mark.parametrize("written", ["@Hassan, for the box", "@Hassan: for the box", "@Hassan for the box"])
async def test_who_is_mentioned_before_a_comma_is_meant_all_the_same(here: Circle, written: str) -> None:
    await here.ana.says(f"/thanks {written}")
    assert (await here.hassan.last()).text == "Ana thanks you for the box"
    await here.fatima.says(f"/experts add {written.replace('for the box', 'storage')}")
    assert (await here.fatima.last()).text == "Hassan answers questions now: storage"
