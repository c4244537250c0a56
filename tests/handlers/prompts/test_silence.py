"""When nobody but Baraza has spoken for days, the next prompt comes early, in place of the one that was due."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from storage import communities
from storage.prompts import PostedPrompt
from tests.conversations import StandingClock, founded, running
from tests.handlers.prompts.circle import Circle, app_of, at, circle, words_of

# It begins on Monday, the 2nd of March, at 9:00; places are looked at every day at 10:00.


async def posted(here: Circle) -> list[tuple[str, str | None]]:
    async with app_of(here.talk).database.reading() as session:
        rows = (await session.exec(select(PostedPrompt).order_by("id"))).all()
    return [(row.reason, row.in_place_of) for row in rows]


async def test_after_a_week_of_silence_the_next_prompt_comes_early_and_not_a_second_time(tmp_path: Path) -> None:
    async with circle(tmp_path, silence_days=7) as here:
        await here.schedules("first tuesday 10:00")
        await here.ana.says("Good morning!", place="circle")
        await here.talk.wait_until(at("2026-03-03 12:00"))
        assert await here.when() == ["Tue 03 Mar 10:00"]
        await here.talk.wait_until(at("2026-03-09 09:59"))
        assert len(await here.prompts()) == 1
        await here.fatima.says("/prompt")
        announced = (await here.fatima.last()).text.split("Share a win: ")[1][:40]
        await here.talk.wait_until(at("2026-03-09 10:00"))
        assert await here.when() == ["Tue 03 Mar 10:00", "Mon 09 Mar 10:00"]
        assert words_of((await here.prompts())[-1]).startswith(announced), "it is the one that was next"
        await here.fatima.says("/prompt")
        assert "Next: Tuesday 5 May, 10:00" in await here.fatima.last()
        await here.jump(days=28, hours=2)
        await here.ben.says("It was raining here.", place="circle")
        await here.talk.wait_until(at("2026-04-07 12:00"))
        assert len(await here.prompts()) == 2
        assert await posted(here) == [("scheduled", None), ("early", "2026-04-07 10:00")]


async def test_a_new_silence_counts_from_the_early_prompt(tmp_path: Path) -> None:
    async with circle(tmp_path, silence_days=7) as here:
        await here.schedules("first tuesday 10:00")
        await here.talk.wait_until(at("2026-03-16 09:59"))
        assert await here.when() == ["Tue 03 Mar 10:00", "Mon 09 Mar 10:00"]
        await here.talk.wait_until(at("2026-03-16 10:00"))
        assert await posted(here) == [("scheduled", None), ("early", "2026-04-07 10:00"), ("early", "2026-05-05 10:00")]


@pytest.mark.parametrize("how", ["a message", "a reply", "the button"])
async def test_any_word_of_a_member_ends_the_silence(tmp_path: Path, how: str) -> None:
    async with circle(tmp_path, silence_days=7) as here:
        await here.schedules("first tuesday 10:00")
        await here.talk.wait_until(at("2026-03-08 12:00"))
        if how == "a message":
            await here.ana.says("Hello?", place="circle")
        elif how == "a reply":
            await here.ana.says("A river.", place="circle", under=(await here.prompts())[0].id)
        else:
            await here.ana.presses("Answer", place="circle")
            await here.ana.fills_in(Your_answer="A river.")
        await here.talk.wait_until(at("2026-03-15 12:00"))
        assert len(await here.prompts()) == 1
        await here.talk.wait_until(at("2026-03-16 10:00"))
        assert len(await here.prompts()) == 2, "the 15th is a Sunday, so it waits for Monday"


@pytest.mark.parametrize(
    ("days", "words", "until", "moments"),
    [
        pytest.param(0, "first tuesday 10:00", "2026-03-12 12:00", ["Tue 03 Mar 10:00"], id="switched off"),
        pytest.param(3, "every monday 9:00", "2026-03-12 12:00",
                     ["Thu 05 Mar 10:00", "Mon 09 Mar 07:00", "Thu 12 Mar 10:00"], id="three days"),
        pytest.param(7, "weekdays 9:00", "2026-03-12 12:00",
                     ["Tue 03 Mar 09:00", "Wed 04 Mar 09:00", "Thu 05 Mar 09:00", "Fri 06 Mar 09:00",
                      "Mon 09 Mar 09:00", "Tue 10 Mar 09:00", "Wed 11 Mar 09:00", "Thu 12 Mar 09:00"],
                     id="a prompt a day needs no other"),
        pytest.param(4, "every friday 15:00", "2026-03-07 12:00", ["Fri 06 Mar 15:00"], id="it is due today anyway"),
        pytest.param(5, "every friday 15:00", "2026-03-11 12:00", ["Fri 06 Mar 15:00", "Mon 09 Mar 07:00"],
                     id="found on a weekend, it waits for Monday"),
    ],
)  # fmt: skip
async def test_how_many_days_is_a_setting_and_quiet_hours_hold(
    tmp_path: Path, days: int, words: str, until: str, moments: list[str]
) -> None:
    async with circle(tmp_path, silence_days=days) as here:
        await here.schedules(words)
        await here.talk.wait_until(at(until))
        assert await here.when() == moments


async def test_a_date_that_was_left_out_by_hand_is_no_silence(tmp_path: Path) -> None:
    async with circle(tmp_path, silence_days=7) as here:
        await here.schedules("every monday 9:00")
        await here.fatima.says("/prompt skip")
        await here.talk.wait_until(at("2026-03-16 12:00"))
        assert await here.when() == ["Mon 16 Mar 09:00"]


async def test_a_new_community_has_seven_days(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        async with app_of(talk).database.reading() as session:
            assert (await communities.by_id(session, 1)).silence_days == 7


async def test_a_place_without_a_schedule_is_left_alone(tmp_path: Path) -> None:
    async with circle(tmp_path, silence_days=7) as here:
        await here.talk.wait(days=9)
        assert await here.prompts() == []


async def test_of_several_schedules_the_one_due_next_gives_its_prompt(tmp_path: Path) -> None:
    async with circle(tmp_path, silence_days=7) as here:
        await here.schedules("first monday 9:00")
        await here.schedules("day 15 9:00")
        await here.talk.wait_until(at("2026-03-09 10:00"))
        assert await posted(here) == [("early", "2026-03-15 09:00")]


async def test_a_downtime_is_no_silence(tmp_path: Path) -> None:
    async with circle(tmp_path, silence_days=7) as here:
        await here.schedules("every monday 9:00")
        await here.schedules("first friday 9:00")
    async with running(tmp_path, clock=StandingClock(at("2026-03-11 12:00"))) as talk:
        again = Circle(talk, *(talk.person(one.id) for one in (here.fatima, here.ana, here.ben)))
        await talk.wait(seconds=1)
        assert await posted(again) == [("late", None), ("late", None)], "each schedule makes good what it missed, once"
