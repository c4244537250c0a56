"""Fatima facilitates; Ben is a member."""

from __future__ import annotations

from tests.community import Someone, Talk, founded


async def with_ben(talk: Talk) -> tuple[Someone, Someone]:
    """The community's facilitator, and a member."""
    fatima, ben = await founded(talk), await talk.newcomer("Ben Otieno")
    await ben.joins("circle")
    return fatima, ben


async def said(person: Someone, words: str) -> str:
    """What the bot answers to it."""
    await person.says(words)
    return (await person.last()).text


async def second_place(fatima: Someone, name: str = "square", purpose: str = "main") -> None:
    """One more place of the community."""
    await fatima.says("/settings")
    await fatima.presses("Get a code for another place")
    code = (await fatima.last()).text.split("enter ")[1].split(".")[0]
    await fatima.creates(name)
    await fatima.invites_the_bot(name)
    await fatima.presses("Join this place to a community")
    await fatima.fills_in(Code=code, **{"What_is_this_place_for?": purpose})
