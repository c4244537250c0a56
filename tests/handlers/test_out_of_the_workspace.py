"""Whose account is closed in the workspace has left every place there: nobody waits for them any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from storage.activity import Activity, ActivityKind
from tests.conversations import Someone, founded
from tests.handlers.welcome.acting import joined
from tests.slack_community import OnSlack, SlackSomeone, SlackTalk


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[SlackTalk]:
    stage = OnSlack(socket=True)
    async with stage.running(tmp_path) as running:
        yield running
    await stage.close()


async def is_closed(talk: SlackTalk, who: Someone, *, again: bool = False) -> None:
    """The account of somebody is closed, or opened again."""
    assert isinstance(who, SlackSomeone)
    await who.person.changes(deleted=not again)
    await talk.settle()


async def goodbyes(talk: SlackTalk) -> int:
    async with talk.running.database.reading() as session:
        left = select(Activity).where(Activity.kind == ActivityKind.LEAVE.value)
        return len((await session.exec(left)).all())


async def experts(asker: Someone) -> str:
    await asker.says("/experts")
    return (await asker.last()).text


async def test_whose_account_is_closed_is_no_member_and_no_expert_until_they_are_back(talk: SlackTalk) -> None:
    fatima = await founded(talk)
    ben, _ = [await joined(talk, name) for name in ("Ben", "Mei")]
    for name in ("Ben", "Mei"):
        await fatima.says(f"/experts add @{name} water")
    await ben.says("Good morning", place="circle")
    for _ in range(2):  # told twice, it is one goodbye
        await is_closed(talk, ben)
    listed = await experts(fatima)
    assert "Mei" in listed
    assert "Ben" not in listed
    assert await goodbyes(talk) == 1
    await fatima.says("/thanks Ben for the box")
    assert "I know nobody called Ben" in await fatima.last()
    await is_closed(talk, ben, again=True)
    assert "Ben" not in await experts(fatima)
    await ben.says("I am back", place="circle")
    assert "Ben" in await experts(fatima)
    assert await goodbyes(talk) == 1


async def test_who_never_said_anything_and_was_made_an_expert_leaves_too(talk: SlackTalk) -> None:
    ben = await talk.newcomer("Ben")
    fatima = await founded(talk)
    await fatima.says("/experts add @Ben water")
    assert "Ben" in await experts(fatima)
    await is_closed(talk, ben)
    assert "Ben" not in await experts(fatima)


async def test_a_stranger_whose_account_is_closed_stays_one(talk: SlackTalk) -> None:
    fatima = await founded(talk)
    zoe = await talk.newcomer("Zoe")
    await is_closed(talk, zoe)
    await fatima.says("/thanks Zoe for the box")
    assert "I know nobody called Zoe" in await fatima.last()
    assert await goodbyes(talk) == 0
