"""Answering a prompt, and what facilitators hear of it a week later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from storage import communities, prompts
from tests.conversations import START
from tests.handlers.privacy.circle import is_forgotten
from tests.handlers.privacy.searching import where_found
from tests.handlers.prompts.circle import Circle, app_of, at, circle


async def told(here: Circle) -> list[str]:
    """What Fatima heard about how prompts did."""
    return [one for one in await here.fatima.hears() if "the prompt of" in one]


async def thread(here: Circle, number: int = 0) -> str:
    return (await here.prompts())[number].id


async def test_an_answer_with_the_button_goes_into_the_thread_with_its_name(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt now Who has a spare pump?")
        await here.ana.presses("Answer", place="circle")
        form = await here.ana.form()
        assert form is not None
        assert form.labels == ["Your answer"]
        await here.ana.fills_in(Your_answer="Me, **two** of them!\n<!channel> come and get one")
        replies = await here.ben.sees("circle", under=await thread(here))
        assert replies[-1].text == "Ana: Me, **two** of them!\n<!channel> come and get one"
        assert replies[-1].by_bot
        assert any("Thank you, Ana. Your answer is posted." in one.text for one in await here.ana.sees("circle"))


async def test_after_a_week_facilitators_hear_how_many_answered_and_whose_first_word_it_was(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        cleo = await here.talk.newcomer("Cleo *the* <Brave>")
        await cleo.joins("circle")
        await here.ana.says("Good morning!", place="circle")
        await here.fatima.says("/settings role @Ana facilitator")
        await here.talk.wait(minutes=1)
        await here.fatima.says("/prompt now Who has a spare pump?")
        for _ in range(2):
            await here.ana.says("Not me.", place="circle", under=await thread(here))
        await here.ben.says("I have one.", place="circle", under=await thread(here))
        await cleo.presses("Answer", place="circle")
        await cleo.fills_in(Your_answer="Me too.")
        await here.talk.wait(days=7, seconds=-1)
        assert await told(here) == []
        await here.talk.wait(seconds=1)
        assert await told(here) == [
            "3 people answered the prompt of 2 March 2026 in #circle (“Who has a spare pump?”).\n"
            "It was the very first word here from Ben and Cleo *the* <Brave>. "
            "Thank them: who gets an answer comes back."
        ]
        assert (await here.ana.hears())[-1] == (await told(here))[0], "every facilitator hears it"
        assert not any("the prompt of" in one for one in await here.ben.hears())
        await here.talk.wait(days=7)
        assert len(await told(here)) == 1


async def test_nobody_answered(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt now Who has a spare pump?")
        await here.talk.wait(days=7)
        assert (await told(here))[0].startswith(
            "Nobody has answered the prompt of 2 March 2026 in #circle (“Who has a spare pump?”). Ask one person"
        )


async def test_who_had_spoken_before_is_no_first_voice_and_what_was_taken_back_does_not_count(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("Good morning!", place="circle")
        await here.talk.wait(days=1)
        await here.fatima.says("/prompt now Who has a spare pump?")
        await here.ana.says("I have.", place="circle", under=await thread(here))
        mistaken = await here.ben.says("Me too!", place="circle", under=await thread(here))
        await here.ben.takes_back(mistaken)
        await here.talk.wait(days=7)
        assert await told(here) == [
            "1 person answered the prompt of 3 March 2026 in #circle (“Who has a spare pump?”).\n"
            "Did an answer teach you something? Save it for everybody with /log."
        ]


async def test_who_answers_a_second_prompt_is_a_first_voice_only_once(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for number, question in enumerate(("Who has a spare pump?", "Where does the road end?")):
            await here.fatima.says(f"/prompt now {question}")
            await here.ana.says("I know.", place="circle", under=await thread(here, number))
            await here.talk.wait(hours=1)
        await here.talk.wait(days=7)
        assert ["first word here from Ana" in one for one in await told(here)] == [True, False]


async def test_the_week_ends_in_open_hours(tmp_path: Path) -> None:
    async with circle(tmp_path, now=at("2026-02-28 12:00")) as here:
        await here.fatima.says("/prompt now Who has a spare pump?")
        await here.talk.wait_until(at("2026-03-09 06:59"))
        assert await told(here) == []
        await here.set_up(quiet_until="08:00")
        await here.talk.wait_until(at("2026-03-09 07:59"))
        assert await told(here) == []
        await here.talk.wait_until(at("2026-03-09 08:00"))
        assert len(await told(here)) == 1


async def test_who_does_not_want_to_be_counted_is_not(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/optout")
        if "Yes" in " ".join((await here.ana.last()).buttons):
            await here.ana.presses(next(one for one in (await here.ana.last()).buttons if "Yes" in one))
        await here.fatima.says("/prompt now Who has a spare pump?")
        await here.ana.says("I have.", place="circle", under=await thread(here))
        await here.ana.presses("Answer", place="circle")
        await here.ana.fills_in(Your_answer="I have.")
        assert (await here.ben.sees("circle", under=await thread(here)))[-1].text == "Ana: I have."
        await here.talk.wait(days=7)
        assert (await told(here))[0].startswith("Nobody has answered")


async def test_who_has_left_neither_answers_nor_comes_back_by_a_form_from_before(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt now Who has a spare pump?")
        await here.ben.presses("Answer", place="circle")
        await here.ben.leaves("circle")
        await here.ben.fills_in(Your_answer="I have.")
        await here.ben.joins("circle")
        assert any("You have left this community." in one.text for one in await here.ben.sees("circle"))
        assert not any("Your answer is posted" in one.text for one in await here.ben.sees("circle"))
        assert len(await here.fatima.sees("circle", under=await thread(here))) == 1


async def answers_and_is_forgotten(here: Circle, label: str, *, days: float) -> str:
    """Renée answers a prompt, and asks to be forgotten so many days later; what her answer is then."""
    renee = await here.talk.newcomer("Renée Otieno")
    await renee.joins("circle")
    await here.fatima.says("/prompt now Who has a spare pump?")
    await renee.presses("Answer", place="circle")
    await renee.fills_in(Your_answer="I have one, **in** the shed.")
    assert (await here.ana.sees("circle", under=await thread(here)))[-1].text.startswith("Renée Otieno: I have one")
    await here.jump(days=days)
    await is_forgotten(renee, label)
    return (await here.ana.sees("circle", under=await thread(here)))[-1].text


KEEP, ALL = "Forget me, keep what I shared without my name", "Forget me and delete what I wrote"


@pytest.mark.parametrize("days", [0, 8, 59])
async def test_the_answer_of_who_is_forgotten_stays_as_nobodys_if_they_let_it(tmp_path: Path, days: int) -> None:
    async with circle(tmp_path) as here:
        assert await answers_and_is_forgotten(here, KEEP, days=days) == "Former member: I have one, **in** the shed."
        assert not await where_found(app_of(here.talk).database, ["Renée", "Otieno"], tmp_path)


@pytest.mark.parametrize("days", [0, 8, 59])
async def test_the_answer_of_who_is_forgotten_is_taken_back_with_the_rest(tmp_path: Path, days: int) -> None:
    async with circle(tmp_path) as here:
        assert await answers_and_is_forgotten(here, ALL, days=days) == "This answer was taken back."
        assert not await where_found(app_of(here.talk).database, ["Renée", "Otieno", "in** the shed"], tmp_path)


async def test_the_answer_of_who_is_not_counted_goes_as_well(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        renee = await here.talk.newcomer("Renée Otieno")
        await renee.joins("circle")
        await renee.says("/optout")
        await here.fatima.says("/prompt now Who has a spare pump?")
        await renee.presses("Answer", place="circle")
        await renee.fills_in(Your_answer="I have one.")
        await is_forgotten(renee, ALL)
        assert (await here.ana.sees("circle", under=await thread(here)))[-1].text == "This answer was taken back."


async def test_an_answer_that_comes_when_the_place_is_gone(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt now Who has a spare pump?")
        await here.ben.presses("Answer", place="circle")
        async with app_of(here.talk).database.transaction() as session:
            await communities.close_place(session, (await communities.places_of(session, 1))[0].address)
        await here.ben.fills_in(Your_answer="I have.")
        assert "This prompt is no longer open" in (await here.ben.hears())[-1] + (await here.ben.hears("circle"))[-1]
        assert len(await here.fatima.sees("circle", under=await thread(here))) == 1


async def test_the_health_check_can_ask_what_was_posted_and_how_many_answered(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt now Who has a spare pump?")
        await here.ana.says("I have.", place="circle", under=await thread(here))
        await here.fatima.says("/prompt now debate")
        for days in (0, 1, 99):
            await here.jump(days=days)
            async with app_of(here.talk).database.reading() as session:
                found = await prompts.posted_between(session, 1, START, START + timedelta(days=1))
                assert [(one.posted.kind, one.replies) for one in found] == [("own", 1), ("debate", 0)]
                assert await prompts.posted_between(session, 1, START - timedelta(days=1), START) == []


async def test_a_long_answer_is_refused_by_the_form(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt now")
        await here.ana.presses("Answer", place="circle")
        assert "under 2000 characters" in (await here.ana.fills_in_wrongly(Your_answer="x" * 2001))["text"]
        assert await here.ana.fills_in_wrongly(Your_answer="  \n ")
