"""From a message in a conversation: to a question about it, or to the answer of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations import Json, Someone
from tests.handlers.questions.acting import heard_by, state_of
from tests.handlers.questions.circle import BY_NAME, CONFIDENTIAL, Circle, circle

QUESTION = "How long may the cold box stand open?"
KNOWN = "As short as you can: under a minute. <!channel> *now*"


async def form_of(who: Someone) -> Json:
    form = await who.form()
    assert form is not None
    return {"intro": form.intro, **{field.name: field.initial for field in form.fields}}


async def test_whoever_chooses_ask_an_expert_asks_in_their_own_name(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.mei.says(QUESTION, place="circle")
        assert "Ask an expert" in await here.ana.shortcuts()
        await here.ana.uses_shortcut(message, "Ask an expert")
        assert (await form_of(here.ana))["text"] == QUESTION
        await here.ana.fills_in(Topic="cold chain")
        assert "Ana asks:" in await here.hassan.last()
        assert QUESTION in await here.hassan.last()
        assert not any("Q1" in said for said in await here.mei.hears("circle"))


async def test_ask_as_a_reply_begins_with_the_words_replied_to(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.mei.says(QUESTION, place="circle")
        await here.ana.says("/ask", place="circle", about=message)
        assert (await form_of(here.ana))["text"] == QUESTION


async def test_absurdly_many_words_are_cut_to_what_a_form_takes(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        message = await here.mei.says("x" * 20_000, place="circle")
        await here.ana.uses_shortcut(message, "Ask an expert")
        assert len((await form_of(here.ana))["text"]) == 3000
        await here.ana.fills_in(Topic="cold chain")
        assert "Q1" in await here.hassan.last()


@pytest.mark.parametrize("manner", [BY_NAME, CONFIDENTIAL])
async def test_an_expert_saves_their_own_words_as_the_answer(tmp_path: Path, manner: str) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=manner)
        message = await here.hassan.says(KNOWN, place="circle")
        await here.hassan.uses_shortcut(message, "Save as answer")
        form = await form_of(here.hassan)
        assert (form["code"], form["text"]) == ("Q1", KNOWN)
        await here.hassan.fills_in()
        assert "Q1: Hassan answers:" in await here.ana.last()
        assert KNOWN in await here.ana.last()
        assert "Thank you. Your answer to Q1 is on its way." in await here.hassan.last("circle")


async def test_a_facilitator_saves_somebody_elses_words_whoever_has_the_question(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        message = await here.mei.says(KNOWN, place="circle")
        await here.fatima.uses_shortcut(message, "Save as answer")
        form = await form_of(here.fatima)
        assert form["code"] is None
        assert form["text"] == f"Mei wrote: {KNOWN}"
        assert "only if they agree" in form["intro"]
        await here.fatima.fills_in(Question="q1")
        assert "Q1: Fatima answers:" in await here.ana.last()
        assert "Mei wrote:" in await here.ana.last()
        assert any("Somebody else takes care of it now." in said for said in await here.hassan.hears())
        await here.ana.presses("Not yet")  # the facilitator is no expert: somebody else gets it
        assert QUESTION in await here.hassan.last()
        assert "Fatima answered:" in await here.hassan.last()


async def test_a_question_that_nobody_has_can_be_answered_so(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for expert in ("Hassan", "Mei"):
            await here.fatima.says(f"/experts remove @{expert}")
        await here.asks(here.ana, QUESTION, topic="?")
        assert await state_of(here.talk) == "waiting"
        message = await here.fatima.says(KNOWN, place="circle")
        await here.fatima.uses_shortcut(message, "Save as answer")
        await here.fatima.fills_in(Question="Q1")
        assert KNOWN in await here.ana.last()


async def test_who_may_not_and_what_is_over_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        message = await here.mei.says(KNOWN, place="circle")

        async def saves(who: Someone, code: str) -> str:
            await who.uses_shortcut(message, "Save as answer")
            await who.fills_in(Question=code)
            return (await who.last("circle")).text

        assert await saves(here.mei, "Q1") == "Only the expert who has this question now can do that."
        assert (await saves(here.mei, "Q9")).startswith("There is no question Q9 here.")
        assert (await saves(here.mei, "this one")).startswith("Please give the question's code, such as Q12.")
        await here.answers(here.hassan, "Under a minute.")
        before = await heard_by(here.ana)
        assert await saves(here.fatima, "Q1") == "This question has been answered already. Thank you!"
        assert await heard_by(here.ana) == before


async def test_who_is_no_expert_is_not_offered_to_save_an_answer(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        assert "Save as answer" not in await here.ana.shortcuts()
        assert "Save as answer" in await here.mei.shortcuts()
        assert "Save as answer" in await here.fatima.shortcuts()


async def test_a_facilitator_does_not_answer_what_they_asked_confidentially(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.fatima, QUESTION, manner=CONFIDENTIAL)
        message = await here.mei.says(KNOWN, place="circle")
        await here.fatima.uses_shortcut(message, "Save as answer")
        await here.fatima.fills_in(Question="Q1")
        told = (await here.fatima.last("circle")).text.split("\n")
        assert told[0] == "You asked this question yourself; somebody else answers it."
        assert await state_of(here.talk) == "routed"


async def test_both_at_once_give_one_answer(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await _both(here)


async def _both(here: Circle) -> None:
    await here.asks(here.ana, QUESTION)
    message = await here.hassan.says(KNOWN, place="circle")
    for who in (here.hassan, here.fatima):
        await who.uses_shortcut(message, "Save as answer")
    await here.hassan.fills_in(Question="Q1")
    await here.fatima.fills_in(Question="Q1")
    assert len([said for said in await here.ana.hears() if "answers:" in said]) == 1
    told = (await here.fatima.last("circle")).text.split("\n")
    assert told[0] == "This question has been answered already. Thank you!"
