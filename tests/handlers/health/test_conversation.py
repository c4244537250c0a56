"""A health check is asked for, or comes by itself, and is read by the stakeholders."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.conversations import Seen, Someone, Talk, founded, running

PNG = b"\x89PNG\r\n\x1a\n"


async def with_stakeholders_place(fatima: Someone) -> None:
    await fatima.says("/settings")
    await fatima.presses("Get a code for another place")
    code = (await fatima.last()).text.split("enter ")[1].split(".")[0]
    await fatima.creates("steering")
    await fatima.invites_the_bot("steering")
    await fatima.presses("Join this place to a community")
    await fatima.fills_in(Code=code, **{"What_is_this_place_for?": "stakeholders"})


async def talks(talk: Talk, fatima: Someone) -> None:
    ben = await talk.newcomer("Ben")
    await ben.joins("circle")
    question = await ben.says("Where do you keep the spare loggers?", place="circle")
    await talk.wait(minutes=30)
    await fatima.says("In the cold room, second shelf.", place="circle", under=question)
    await talk.wait(minutes=1)


async def check_in(person: Someone, place: str | None = None) -> Seen:
    """The newest health check that somebody sees in a place, or privately."""
    return [one for one in await person.sees(place) if "Health check of" in one][-1]


async def test_a_facilitator_asks_and_the_stakeholders_read_it(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await with_stakeholders_place(fatima)
        await talks(talk, fatima)
        await fatima.says("/health 7d")
        assert "It will be in #steering in a moment." in await fatima.last()

        post = (await fatima.sees("steering"))[-1]
        assert post.by_bot
        assert "Health check of Field Nurses" in post
        assert "Messages: 2 " in post
        assert "Active members: 2 " in post
        assert "New voices: 2 " in post
        assert "Answered within a day" in post
        picture, sheet = post.files
        assert (await talk.content(picture)).startswith(PNG)
        assert "Field Nurses" in picture.alt
        assert (await talk.content(sheet)).startswith(b"PK")

        details = (await fatima.sees("steering", under=post.id))[-1]
        assert "Time to a first answer (median): 30 minutes" in details


async def test_it_comes_by_itself_on_the_first_working_day_of_the_month(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await with_stakeholders_place(fatima)
        await talks(talk, fatima)
        await talk.wait_until(datetime(2026, 4, 1, 8, 59, tzinfo=UTC))
        assert not any("Health check" in text for text in await fatima.hears("steering"))
        await talk.wait_until(datetime(2026, 4, 1, 9, 0, tzinfo=UTC))
        assert any("Health check of Field Nurses" in text for text in await fatima.hears("steering"))


async def test_without_a_place_for_stakeholders_who_asked_gets_it(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/health")
        assert "Health check of Field Nurses" in await fatima.last()


async def test_a_length_it_does_not_know_is_explained(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.says("/health 12d")
        assert (await fatima.last()).text == "I understand: health, or health 7d|30d|90d"


async def test_a_member_is_told_who_can_do_it(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await talk.newcomer("Ben")
        await ben.joins("circle")
        await ben.says("/health")
        assert (await ben.last()).text == "Only facilitators and stakeholders can do this. Please ask a facilitator."


async def test_who_wrote_and_has_left_since_makes_no_share_above_everybody(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await talks(talk, fatima)
        await (await talk.newcomer("Zoe")).joins("circle")
        cleo = await talk.newcomer("Cleo")
        await cleo.joins("circle")
        await cleo.says("hello and goodbye", place="circle")
        await cleo.leaves("circle")
        ben = talk.person(next(one.author for one in await fatima.sees("circle") if "loggers" in one))
        await ben.leaves("circle")
        await talk.wait(minutes=1)
        await fatima.says("/health 7d")
        assert "Participation: 3, and 2 are members now" in (await check_in(fatima)).text
