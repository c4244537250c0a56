"""A newcomer's first post that nobody answers is shown to the facilitators: once, together, in working time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.conversations import START, StandingClock, founded, running
from tests.handlers.questions.acting import set_up
from tests.handlers.welcome.acting import FIRST_POST, at, heard_at, joined, leads_to

SEVERAL = "First posts of"


async def test_after_a_day_without_an_answer_the_facilitator_gets_a_button_that_leads_there(tmp_path: Path) -> None:
    async with running(tmp_path, clock=StandingClock(at("2026-03-02 08:59"))) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "*Ben* <!channel>")
        post = await ben.says("How do you keep a **logbook**?", place="circle")
        await talk.wait(hours=24)
        assert await heard_at(fatima, FIRST_POST) == []
        await talk.wait(minutes=1)
        assert await heard_at(fatima, FIRST_POST) == ["Tue 03 09:00"]
        shown = await fatima.last()
        assert "*Ben* <!channel> in #circle, Monday 2 March, 08:59:\nHow do you keep a **logbook**?" in shown
        assert "whose first post was answered 56% posted again, of the others 44% (Joyce & Kraut 2006)" in shown
        assert shown.buttons == ["Go to the post"]
        assert leads_to(shown) == [post]
        await talk.wait(days=4)
        assert len(await heard_at(fatima, FIRST_POST)) == 1
        assert await heard_at(ben, FIRST_POST) == []


async def test_an_answer_by_somebody_else_is_enough_one_by_oneself_is_not(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ana, ben = await joined(talk, "Ana"), await joined(talk, "Ben")
        answered = await ana.says("How do you keep a logbook?", place="circle")
        lonely = await ben.says("And who orders diesel?", place="circle")
        await talk.wait(hours=23)
        await ben.says("In a drawer", place="circle", under=answered)
        await ben.says("Anybody?", place="circle", under=lonely)
        await talk.wait(hours=2)
        shown = await fatima.last()
        assert leads_to(shown) == [lonely]
        await talk.wait(days=3)
        assert len(await heard_at(fatima, FIRST_POST)) == 1


async def test_what_was_answered_or_taken_back_while_it_waited_for_the_morning_is_not_shown(tmp_path: Path) -> None:
    async with running(tmp_path, clock=StandingClock(at("2026-03-02 22:00"))) as talk:
        fatima = await founded(talk)
        ana, ben = await joined(talk, "Ana"), await joined(talk, "Ben")
        answered = await ana.says("How do you keep a logbook?", place="circle")
        gone = await ben.says("Oops", place="circle")
        await talk.wait_until(at("2026-03-04 05:00"))
        await fatima.says("In a drawer", place="circle", under=answered)
        await ben.takes_back(gone)
        await talk.wait(days=3)
        assert await heard_at(fatima, FIRST_POST) == []


async def test_several_found_at_the_same_time_come_in_one_message(tmp_path: Path) -> None:
    async with running(tmp_path, clock=StandingClock(at("2026-03-06 12:00"))) as talk:
        fatima = await founded(talk)
        people = [await joined(talk, name) for name in ("Ana", "Ben")]
        posts = [await who.says(f"I am {who.name}", place="circle") for who in people]
        await talk.wait(days=4)
        assert await heard_at(fatima, SEVERAL) == ["Mon 09 07:00"]
        shown = next(one for one in await fatima.sees() if SEVERAL in one)
        assert "First posts of 2 newcomers have waited for an answer for a day." in shown
        assert shown.buttons == ["Go to the post of Ana", "Go to the post of Ben"]
        assert leads_to(shown) == posts


async def test_a_second_post_and_what_is_no_newcomers_is_not_shown(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben, left = await joined(talk, "Ben"), await joined(talk, "Lea")
        await fatima.says("I begin", place="circle")
        first = await ben.says("Hello", place="circle")
        await left.says("Hello", place="circle")
        await left.leaves("circle")
        await fatima.says("Welcome", place="circle", under=first)
        await ben.says("Anybody else?", place="circle")
        await talk.wait(days=3)
        assert await heard_at(fatima, FIRST_POST) == []
        assert await heard_at(fatima, SEVERAL) == []


async def test_who_was_silent_for_long_counts_as_new_when_they_first_write(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben, ana = await joined(talk, "Ben"), await joined(talk, "Ana")
        root = await fatima.says("Good morning", place="circle")
        await ana.says("Good morning", place="circle", under=root)
        await talk.wait(days=40)
        new = await ben.says("I have read along for a while", place="circle")
        await ana.says("My first post, though I have long been here", place="circle")
        await talk.wait(days=3)
        assert leads_to(next(one for one in await fatima.sees() if FIRST_POST in one)) == [new]


@pytest.mark.parametrize(
    ("zone", "written", "settings", "shown"),
    [
        pytest.param("UTC", "2026-03-05 09:59", {}, "Fri 06 10:00", id="the next day"),
        pytest.param("UTC", "2026-03-06 10:00", {}, "Mon 09 07:00", id="over the weekend"),
        pytest.param("UTC", "2026-03-02 20:58", {}, "Wed 04 07:00", id="over the night"),
        pytest.param("Australia/Adelaide", "2026-04-04 09:29", {"weekend": ""}, "Sun 05 08:30",
                     id="clocks go back in a zone with a half-hour offset"),
        pytest.param("Australia/Adelaide", "2026-10-03 09:29", {"weekend": ""}, "Sun 04 10:30",
                     id="clocks go forward in a zone with a half-hour offset"),
        pytest.param("Australia/Lord_Howe", "2026-04-04 01:40", {"weekend": "", "quiet_from": "00:00",
                     "quiet_until": "00:00"}, "Sun 05 01:30", id="clocks go back by half an hour"),
        pytest.param("Australia/Lord_Howe", "2026-10-03 02:10", {"weekend": "", "quiet_from": "00:00",
                     "quiet_until": "00:00"}, "Sun 04 03:00", id="clocks go forward by half an hour"),
    ],
)  # fmt: skip
async def test_nights_weekends_and_changed_clocks(
    tmp_path: Path, zone: str, written: str, settings: dict[str, str], shown: str
) -> None:
    async with running(tmp_path, clock=StandingClock(at(written, zone)), default_timezone=zone) as talk:
        fatima = await founded(talk)
        await set_up(talk, **settings)
        await (await joined(talk, "Ben")).says("Hello", place="circle")
        await talk.wait(days=4)
        assert await heard_at(fatima, FIRST_POST, zone) == [shown]


async def test_after_a_week_of_downtime_it_is_caught_up_once_in_open_hours(tmp_path: Path) -> None:
    clock = StandingClock()
    async with running(tmp_path, clock=clock) as talk:
        fatima = await founded(talk)
        await (await joined(talk, "Ben")).says("Hello", place="circle")
        await talk.wait(minutes=1)
    clock.move_to(START + timedelta(days=7, hours=-6))
    async with running(tmp_path, clock=clock) as talk:
        await talk.settle()
        fatima = talk.person(fatima.id, "Fatima")
        assert await heard_at(fatima, FIRST_POST) == []
        await talk.wait(days=2)
        assert await heard_at(fatima, FIRST_POST) == ["Mon 09 07:00"]


async def test_every_facilitator_hears_of_it_in_their_language(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        gus = await joined(talk, "Gus")
        await fatima.says("/settings role @Gus facilitator")
        await (await joined(talk, "Ben")).says("Hello", place="circle")
        await talk.wait(days=2)
        assert [len(await heard_at(who, FIRST_POST)) for who in (fatima, gus)] == [1, 1]
