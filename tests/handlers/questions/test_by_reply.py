"""A reply to a question's card is its answer: two taps less, and the way that comes to mind first on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations import founded
from tests.handlers.questions.circle import BY_NAME, CONFIDENTIAL, circle

QUESTION = "How long may the cold box stand open?"
ANSWER = "As short as you can: under a minute."
UNDERSTOOD = "I understand commands. Type /help to see them."


async def test_a_reply_to_the_card_goes_to_the_asker(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        card = await here.hassan.last()
        await here.hassan.says(ANSWER, under=card.id)
        assert "Q1: Hassan answers:" in await here.ana.last()
        assert ANSWER in await here.ana.last()
        assert "Thank you. Your answer to Q1 is on its way." in await here.hassan.last()
        assert any("Q1 You have answered this. Thank you!" in text for text in await here.hassan.hears())
        await here.ana.presses("This helps")
        assert ANSWER in await here.hassan.last("circle")


async def test_of_several_questions_it_answers_the_one_that_is_replied_to(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        first = await here.hassan.last()
        await here.asks(here.mei, "How cold is cold?")
        await here.hassan.says(ANSWER, under=first.id)
        assert "Q1: Hassan answers:" in await here.ana.last()
        assert not any("Hassan answers:" in text for text in await here.mei.hears())


async def test_what_is_no_reply_to_a_card_answers_nothing(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        welcome = await here.hassan.last()
        await here.asks(here.ana, QUESTION)
        heard = await here.ana.hears()
        await here.hassan.says(ANSWER)
        assert "I understand commands." in await here.hassan.last()
        await here.hassan.says(ANSWER, under=welcome.id)
        zoe = await here.talk.newcomer("Zoe")
        greeting = await zoe.says("Good morning")
        await zoe.says("Is anybody there?", under=greeting)
        for one in (here.hassan, zoe):
            assert [text for text in await one.hears() if "understand" in text] == [UNDERSTOOD] * 2
        assert await here.ana.hears() == heard


async def test_a_card_that_went_to_somebody_else_takes_no_answer(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        card = await here.hassan.last()
        heard = await here.ana.hears()
        await here.hassan.presses("Not mine")
        await here.hassan.says(ANSWER, under=card.id)
        assert (await here.hassan.last()).text == UNDERSTOOD
        assert await here.ana.hears() == heard


async def test_who_is_in_two_communities_answers_in_the_one_that_asks(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        card = await here.hassan.last()
        await founded(here.talk, place="logistics", name="Truck Drivers")
        await here.hassan.joins("logistics")
        await here.hassan.says(ANSWER, under=card.id)
        assert "Q1: Hassan answers:" in await here.ana.last()


async def test_a_reply_to_what_reminded_of_the_question_is_its_answer(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(hours=25)
        reminder = await here.hassan.last()
        assert "Q1 still waits for your answer." in reminder
        await here.hassan.says(ANSWER, under=reminder.id)
        assert "Q1: Hassan answers:" in await here.ana.last()
        assert "Thank you. Your answer to Q1 is on its way." in await here.hassan.last()


@pytest.mark.parametrize("manner", [BY_NAME, CONFIDENTIAL])
async def test_what_the_asker_replies_to_the_experts_question_goes_to_the_expert(tmp_path: Path, manner: str) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=manner)
        old = await here.hassan.last()
        await here.hassan.presses("Ask back")
        await here.hassan.fills_in(**{"What_would_you_like_to_know?": "Which box is it?"})
        asked = await here.ana.last()
        assert "Hassan would like to know:" in asked
        await here.ana.says("The small blue one.", under=asked.id)
        assert "Thank you. I pass it on for Q1." in await here.ana.last()
        card = await here.hassan.last()
        assert "The small blue one." in card
        assert ("Ana" in card) is (manner == BY_NAME)
        await here.ana.says("Did you get it?", under=asked.id)
        assert (await here.ana.last()).text == UNDERSTOOD
        await here.hassan.says(ANSWER, under=old.id)  # the card before, of the same question
        assert "Q1: Hassan answers:" in await here.ana.last()
