"""Who writes in the name of a whole group, or of a channel: nobody can tell who they are, so they can do nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlmodel import select

from storage.members import Member
from tests.platforms.telegram.nurses import Nurses, nurses

WHO = "I can't see who you are here"
_AS_THE_GROUP = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
_AS_A_CHANNEL = {"id": 136_817_688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}


async def says(nurses: Nurses, words: str, *, channel: bool = False) -> None:
    """An administrator who stays anonymous, or somebody in the name of their channel, writes in the group."""
    telegram, group = nurses.here.telegram, nurses.place.shape()
    sender = {"id": -1_001_999, "type": "channel", "title": "Cold chain"} if channel else group
    message: dict[str, Any] = {
        "message_id": 5_000 + len(telegram.updates.deliveries),
        "date": int(telegram.clock.now()),
        "chat": group,
        "from": _AS_A_CHANNEL if channel else _AS_THE_GROUP,
        "sender_chat": sender,
        "text": words,
        "entities": [{"type": "bot_command", "offset": 0, "length": len(words.split()[0])}],
    }
    telegram.updates.inject("message", message, conversation=nurses.place.id)
    await nurses.here.settles()


async def names(nurses: Nurses) -> list[str]:
    async with nurses.here.running.database.reading() as session:
        return [one.name for one in (await session.exec(select(Member))).all()]


async def test_a_command_is_answered_in_the_group_as_there_is_nobody_to_write_to(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        for channel in (False, True):
            said = len(here.fatima.hears(here.place))
            await says(here, "/help", channel=channel)
            assert [WHO in one for one in here.fatima.hears(here.place)[said:]] == [True]
        assert await here.here.dead() == []
        assert here.here.telegram.refused() == []


async def test_a_command_of_another_bots_is_left_alone(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        said = here.fatima.hears(here.place)
        for words in ("/weather Goma", "/help@weather_bot"):
            await says(here, words)
        assert here.fatima.hears(here.place) == said


async def test_nobody_becomes_a_member_and_nobody_is_linked(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await here.fatima.says("/link")
        code = here.fatima.last().split("/link ")[1].split("\n")[0]
        told = len(here.fatima.hears())
        await says(here, f"/link {code}")
        assert await names(here) == ["Fatima"]
        assert len(here.fatima.hears()) == told
        assert WHO in here.fatima.last(here.place)


async def test_before_a_community_has_begun_nothing_is_said(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        other = here.here.telegram.supergroup("midwives", here.fatima.person)
        await here.fatima.person.adds_bot(other, as_admin=True)
        await here.here.settles()
        here.place = other
        await says(here, "/help")
        assert here.fatima.hears(other) == []
        assert await here.here.dead() == []
