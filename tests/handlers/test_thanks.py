"""Thanks are kept, told to who is thanked, and public where they were given in public."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from storage import communities, thanks
from storage.thanks import Thanks, ThanksFigures
from tests.community import START, Someone, Talk, founded, running
from tests.handlers.questions.acting import rows


@asynccontextmanager
async def _circle(folder: Path) -> AsyncIterator[tuple[Talk, Someone, Someone]]:
    async with running(folder) as talk:
        await founded(talk)
        ana, ben = await talk.newcomer("Ana"), await talk.newcomer("Ben Okri")
        for person in (ana, ben):
            await person.joins("circle")
        yield talk, ana, ben


async def _kept(talk: Talk) -> list[str]:
    async with rows(talk) as session:
        return [one.reason for one in (await session.exec(select(Thanks).order_by(Thanks.id))).all()]  # type: ignore[arg-type]


async def _figures(talk: Talk) -> ThanksFigures:
    async with rows(talk) as session:
        (community,) = await communities.all_communities(session)
        return await thanks.between(session, community.id, START - timedelta(days=1), START + timedelta(days=90))


async def test_thanks_in_a_place_are_read_by_everybody(tmp_path: Path) -> None:
    async with _circle(tmp_path) as (talk, ana, ben):
        await ana.says("/thanks @Ben Okri for lending the *cold* box <!channel>", place="circle")
        assert "Ana thanks Ben Okri for lending the *cold* box <!channel>" in "".join(await ben.hears("circle"))
        assert "Ana thanks you for lending the *cold* box <!channel>" in await ben.last()
        assert "Done: Ben Okri is thanked." in await ana.last("circle")
        assert await _kept(talk) == ["lending the *cold* box <!channel>"]


async def test_thanks_given_privately_stay_between_the_two(tmp_path: Path) -> None:
    async with _circle(tmp_path) as (talk, ana, ben):
        await ana.says("/thanks ben for the box")
        assert "Ana thanks you for the box" in await ben.last()
        assert "Done: I have thanked Ben Okri for you." in await ana.last()
        assert not [said for said in await ben.hears("circle") if "thanks" in said]
        assert await _figures(talk) == ThanksFigures(1, 1, 1)


async def test_a_reply_thanks_who_wrote_it(tmp_path: Path) -> None:
    async with _circle(tmp_path) as (talk, ana, ben):
        message = await ben.says("Freeze the packs for two days.", place="circle")
        await ana.says("/thanks", place="circle", about=message)
        assert "Ana thanks you for what you wrote." in await ben.last()
        assert "Ana thanks Ben Okri for what they wrote." in "".join(await ben.hears("circle"))
        await ana.says("/thanks for the tip", place="circle", about=message)
        assert "Ana thanks you for the tip" in await ben.last()
        await ben.says("/thanks @Ana for asking", place="circle", about=message)
        assert "Ben Okri thanks you for asking" in await ana.last()
        assert await _figures(talk) == ThanksFigures(3, 2, 2)


async def test_thanks_need_somebody_else_and_a_reason(tmp_path: Path) -> None:
    async with _circle(tmp_path) as (talk, ana, ben):
        for words, answer in {
            "/thanks": "I understand: thanks @name for what they did",
            "/thanks @Ben": "I understand: thanks @name for what they did",
            "/thanks @Ben Okri for": "I understand: thanks @name for what they did",
            "/thanks @Zoe for the box": "I know nobody called Zoe in this community.",
            "/thanks @Ana for the box": "Thanks are for others.",
            "/thanks @Baraza for the box": "I know nobody called Baraza in this community.",
        }.items():
            await ana.says(words)
            assert answer in await ana.last(), words
        own = await ana.says("I did it.", place="circle")
        await ana.says("/thanks", place="circle", about=own)
        assert "Thanks are for others." in await ana.last("circle")
        of_the_bot = next(one for one in await ana.sees("circle") if one.by_bot)
        await ana.says("/thanks", place="circle", about=str(of_the_bot.raw["id"]))
        assert "A program wrote this." in await ana.last("circle")
        await ben.leaves("circle")
        await ana.says("/thanks @Ben for the box")
        assert "I know nobody called Ben" in await ana.last()
        assert await _kept(talk) == []


async def test_a_double_click_thanks_once(tmp_path: Path) -> None:
    async with _circle(tmp_path) as (talk, ana, ben):
        for _ in range(2):
            await ana.says("/thanks @Ben for the box", place="circle")
        assert "I have passed that on already." in await ana.last("circle")
        assert len([said for said in await ben.hears() if "thanks you" in said]) == 1
        assert len([said for said in await ben.hears("circle") if "thanks Ben" in said]) == 1
        await ana.says("/thanks @Ben for the ride", place="circle")
        await talk.wait(minutes=2)
        await ana.says("/thanks @Ben for the box", place="circle")
        assert await _kept(talk) == ["the box", "the ride", "the box"]


async def test_a_long_reason_is_cut(tmp_path: Path) -> None:
    async with _circle(tmp_path) as (talk, ana, _):
        await ana.says("/thanks @Ben for " + "x" * 100_000)
        assert await _kept(talk) == ["x" * 1000]


async def test_thanks_in_public_are_no_repeat_of_thanks_in_private(tmp_path: Path) -> None:
    async with _circle(tmp_path) as (talk, ana, ben):
        await ana.says("/thanks @Ben for the box")
        await ana.says("/thanks @Ben for the box", place="circle")
        assert "Ana thanks Ben Okri for the box" in "".join(await ben.hears("circle"))
        assert len(await _kept(talk)) == 2
