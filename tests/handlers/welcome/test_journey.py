"""The first week of a newcomer: a word after three days, two conversations after seven, and no more if they like."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.conversations import START, StandingClock, founded, running
from tests.handlers.questions.acting import holds, set_up
from tests.handlers.welcome.acting import AGAIN, NO_MORE, NUDGE, WEEK, at, heard_at, introduces, joined, leads_to


async def test_after_three_days_who_has_not_introduced_themselves_gets_one_word(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben")
        await talk.wait(days=2, hours=23, minutes=59)
        assert await heard_at(ben, NUDGE) == []
        await talk.wait(minutes=1)
        assert await heard_at(ben, NUDGE) == ["Thu 05 09:00"]
        assert (await ben.last()).buttons == ["Introduce me", NO_MORE]
        await talk.wait(days=10)
        assert len(await heard_at(ben, NUDGE)) == 1
        await ben.presses("Introduce me")
        assert await ben.form() is not None


async def test_who_has_introduced_themselves_gets_no_such_word(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben")
        await introduces(ben)
        await talk.wait(days=5)
        assert await heard_at(ben, NUDGE) == []


async def test_who_introduces_themselves_while_the_word_waits_for_the_morning_does_not_get_it(tmp_path: Path) -> None:
    async with running(tmp_path, clock=StandingClock(at("2026-03-02 23:00"))) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben")
        await talk.wait_until(at("2026-03-06 05:00"))
        await introduces(ben)
        await talk.wait(days=3)
        assert await heard_at(ben, NUDGE) == []


@pytest.mark.parametrize(
    ("zone", "came", "settings", "nudged"),
    [
        pytest.param("UTC", "2026-03-02 23:00", {}, "Fri 06 07:00", id="three days end at night"),
        pytest.param("UTC", "2026-03-04 10:00", {}, "Mon 09 07:00", id="three days end on a Saturday"),
        pytest.param("Africa/Cairo", "2026-03-04 10:00", {"weekend": "45"}, "Sun 08 07:00", id="Friday is free"),
        pytest.param("Australia/Adelaide", "2026-04-01 22:00", {"weekend": ""}, "Sun 05 07:00",
                     id="clocks go back in a zone with a half-hour offset"),
        pytest.param("Australia/Adelaide", "2026-10-01 09:00", {"weekend": ""}, "Sun 04 10:00",
                     id="clocks go forward in a zone with a half-hour offset"),
        pytest.param("Australia/Lord_Howe", "2026-04-02 07:10", {"weekend": ""}, "Sun 05 07:00",
                     id="clocks go back by half an hour"),
        pytest.param("Australia/Lord_Howe", "2026-10-01 20:45", {"weekend": ""}, "Mon 05 07:00",
                     id="clocks go forward by half an hour into quiet hours"),
    ],
)  # fmt: skip
async def test_nights_and_weekends_hold_it(
    tmp_path: Path, zone: str, came: str, settings: dict[str, str], nudged: str
) -> None:
    clock = StandingClock(at(came, zone))
    async with running(tmp_path, clock=clock, default_timezone=zone) as talk:
        await founded(talk)
        await set_up(talk, **settings)
        ben = await joined(talk, "Ben")
        await talk.wait(days=6)
        assert await heard_at(ben, NUDGE, zone) == [nudged]


async def test_where_no_hour_is_open_people_are_greeted_and_left_in_peace(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        await set_up(talk, weekend="0123456")
        ben = await joined(talk, "Ben")
        await talk.wait(days=5)
        assert [len(await heard_at(ben, words)) for words in ("Welcome to", NUDGE)] == [1, 0]
        await set_up(talk, weekend="56")
        await talk.wait(days=2)
        assert len(await heard_at(ben, NUDGE)) == 1


async def test_after_a_week_of_downtime_both_come_once_on_different_days_in_open_hours(tmp_path: Path) -> None:
    clock = StandingClock()
    async with running(tmp_path, clock=clock) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        person = ben.id
    clock.move_to(at("2026-03-10 02:00"))
    async with running(tmp_path, clock=clock) as talk:
        await talk.settle()
        ben, fatima = talk.person(person, "Ben"), talk.person(fatima.id, "Fatima")
        ana = await joined(talk, "Ana")
        post = await ana.says("How do you keep a logbook?", place="circle")
        await fatima.says("In a drawer", place="circle", under=post)
        assert (await heard_at(ben, NUDGE), await heard_at(ben, WEEK)) == ([], [])
        await talk.wait(days=3)
        assert (await heard_at(ben, NUDGE), await heard_at(ben, WEEK)) == (["Tue 10 07:00"], ["Wed 11 07:00"])


async def test_a_restart_forgets_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    clock = StandingClock()
    async with running(tmp_path, clock=clock) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben")
        person = ben.id
    for days in (3, 4):
        clock.move_to(START + timedelta(days=days, minutes=1))
        async with running(tmp_path, clock=clock) as talk:
            await talk.settle()
            ben = talk.person(person, "Ben")
            assert len(await heard_at(ben, NUDGE)) == 1


async def test_who_has_left_hears_nothing_more_and_who_comes_back_soon_does_not_start_over(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben")
        await talk.wait(days=1)
        await ben.leaves("circle")
        await talk.wait(days=9)
        assert await heard_at(ben, NUDGE) == []
        await ben.joins("circle")
        await talk.wait(days=9)
        assert [len(await heard_at(ben, words)) for words in ("Welcome to", NUDGE)] == [1, 0]


async def test_who_comes_back_after_more_than_thirty_days_begins_anew(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben")
        await talk.wait(days=4)
        await ben.leaves("circle")
        await talk.wait(days=31)
        await ben.joins("circle")
        await talk.wait(days=7)
        assert [len(await heard_at(ben, words)) for words in ("Welcome to", NUDGE)] == [2, 2]


async def test_no_more_tips_is_one_press_and_can_be_taken_back(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        await talk.wait(days=3)
        button = await holds(ben, NO_MORE)
        await button.press()
        assert (await ben.last()).text.startswith("All right: no more tips.")
        await button.press()
        assert (await ben.last()).text == "You get no tips any more."
        post = await fatima.says("How do you keep a logbook?", place="circle")
        await (await joined(talk, "Ana")).says("In a drawer", place="circle", under=post)
        await talk.wait(days=4)
        assert await heard_at(ben, WEEK) == []

        await ben.says("/welcome show")
        assert AGAIN in (await ben.last()).buttons
        again = await holds(ben, AGAIN)
        await again.press()
        hears = [text for text in await ben.hears() if text == "Good: my tips come again."]
        assert len(hears) == 1
        assert len(await heard_at(ben, WEEK)) == 1
        await again.press()
        assert (await ben.last()).text == "You get my tips already."
        await talk.wait(days=3)
        assert len(await heard_at(ben, WEEK)) == 1
        await ben.says("/welcome show")
        assert AGAIN not in (await ben.last()).buttons


async def test_taking_it_back_when_nothing_is_left_says_so(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        await talk.wait(days=5)
        post = await fatima.says("How do you keep a logbook?", place="circle")
        await (await joined(talk, "Ana")).says("In a drawer", place="circle", under=post)
        await talk.wait(days=3)
        assert len(await heard_at(ben, WEEK)) == 1
        await ben.presses(NO_MORE)
        await ben.presses(AGAIN)
        assert (await ben.last()).text == "All right. You have had all of my tips by now."


async def test_after_a_week_two_conversations_fit_the_topics_and_buttons_lead_there(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        await introduces(ben, knows="training", wants="cold chain")
        await talk.wait(days=3)
        ana, cy = await joined(talk, "Ana"), await joined(talk, "Cy")
        lunch = await ana.says("Who brings lunch?", place="circle")
        for who in (fatima, cy):
            await who.says("Me", place="circle", under=lunch)
        drill = await cy.says("Our trainings are too long", place="circle")
        cold = await ana.says("The cold-chain box broke again", place="circle")
        await fatima.says("Ours too", place="circle", under=cold)
        await talk.wait(days=4)
        shown = await ben.last()
        assert "Ben, a week in Field Nurses! These 2 conversations touch your topics. Join in?" in shown
        assert "1. In #circle, where 1 person has answered:\nThe cold-chain box broke again" in shown
        assert "2. In #circle, where nobody has answered yet:\nOur trainings are too long" in shown
        assert shown.buttons == ["Go to conversation 1", "Go to conversation 2", NO_MORE]
        assert leads_to(shown) == [cold, drill]


async def test_where_nothing_fits_the_two_liveliest_conversations_are_shown(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben = await joined(talk, "Ben")
        await introduces(ben, wants="astronomy")
        await talk.wait(days=3)
        people = [await joined(talk, name) for name in ("Ana", "Cy", "Dan")]
        posts = [await fatima.says(f"Question {number}?", place="circle") for number in range(4)]
        for post, answers in zip(posts, (1, 3, 0, 2), strict=True):
            for who in people[:answers]:
                await who.says("Yes", place="circle", under=post)
        mine = await people[0].says("Hello all", place="circle")
        for who in (ben, *people):
            await who.says("Hello", place="circle", under=mine)
        await talk.wait(days=4)
        shown = await ben.last()
        assert "These are the 2 liveliest conversations right now. Join in?" in shown
        assert leads_to(shown) == [posts[1], posts[3]]


async def test_where_nobody_talks_nothing_is_said(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben = await joined(talk, "Ben")
        await introduces(ben, wants="cold chain")
        before = await ben.hears()
        await talk.wait(days=20)
        assert await ben.hears() == before


async def test_shared_questions_fit_too_but_never_confidential_or_unshared_ones(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        await founded(talk)
        ben, ana = await joined(talk, "Ben"), await joined(talk, "Ana")
        await introduces(ben, wants="cold chain")
        await talk.wait(days=5)
        asked = {"Shared cold chain?": {}, "Secret cold chain?": {"By_name_or_confidentially": "confidential"},
                 "Own cold chain?": {"May_others_read_question_and_answer?": "no"}}  # fmt: skip
        for text, how in asked.items():
            await ana.says("/ask")
            await ana.fills_in(Your_question=text, **how)
        await talk.wait(days=2)
        shown = await ben.last()
        assert "1. Q1 (no topic given) is open:\nShared cold chain?" in shown
        assert not any(word in text for text in await ben.hears() for word in ("Secret", "Own cold"))
        assert "Ana" not in shown


async def test_conversations_of_places_that_they_are_not_in_stay_there(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        await fatima.creates("facilitators")
        await fatima.says("/settings")
        await fatima.presses("Get a code for another place")
        code = (await fatima.last()).text.split("enter ")[1].split(".")[0]
        await fatima.invites_the_bot("facilitators")
        await fatima.presses("Join this place to a community")
        await fatima.fills_in(Code=code, **{"What_is_this_place_for?": "experts"})
        ana, ben = await joined(talk, "Ana", "facilitators"), await joined(talk, "Ben")
        await introduces(ben, wants="cold chain")
        await talk.wait(days=5)
        post = await fatima.says("The cold chain of Ben is a mess", place="facilitators")
        await ana.says("Indeed", place="facilitators", under=post)
        await talk.wait(days=4)
        assert not any("mess" in text for text in await ben.hears())
        assert await heard_at(ben, WEEK) == []


async def test_what_was_taken_back_is_not_shown_and_an_edit_is(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben, ana = await joined(talk, "Ben"), await joined(talk, "Ana")
        await introduces(ben, wants="cold chain")
        await talk.wait(days=6)
        gone = await fatima.says("cold chain one", place="circle")
        kept = await fatima.says("cold chain two", place="circle")
        await ana.says("Yes", place="circle", under=kept)
        await fatima.takes_back(gone)
        await fatima.rewrites(kept, "cold chain three <!channel> **x**")
        await talk.wait(days=1)
        shown = await ben.last()
        assert leads_to(shown) == [kept]
        assert "cold chain three <!channel> **x**" in shown


async def test_a_prompt_that_people_answer_is_a_conversation(tmp_path: Path) -> None:
    async with running(tmp_path) as talk:
        fatima = await founded(talk)
        ben, ana = await joined(talk, "Ben"), await joined(talk, "Ana")
        await talk.wait(days=6)
        await fatima.says("/prompt now")
        prompt = (await fatima.sees("circle"))[-1]
        await ana.says("Here is mine", place="circle", under=prompt.id)
        await talk.wait(days=1)
        shown = await ben.last()
        assert WEEK in shown
        assert len(leads_to(shown)) == 1
