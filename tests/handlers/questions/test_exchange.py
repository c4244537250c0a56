"""What asker and expert said to each other stays with the question: no word is lost when it goes to somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import select

from storage.question_exchange import QuestionExchange
from storage.questions import Question
from tests.conversations import Someone
from tests.handlers.questions.acting import heard_by, holds, rows, set_up
from tests.handlers.questions.circle import BY_NAME, CONFIDENTIAL, Circle, circle

QUESTION = "How long may the cold box stand open?"
ASKED, REPLY = "Which box is it?", "The small blue one."
WHO = {BY_NAME: "Ana replied:", CONFIDENTIAL: "Who asked replied:"}


async def asks_back(expert: Someone, words: str = ASKED) -> None:
    await expert.presses("Ask back")
    await expert.fills_in(**{"What_would_you_like_to_know?": words})


async def replies(who: Someone, words: str = REPLY) -> None:
    await who.presses("Answer")
    await who.fills_in(Your_answer=words)


async def named(here: Circle) -> list[str]:
    """What others have before them about the question that tells a name."""
    said = await heard_by(here.hassan, here.mei, here.fatima)
    return [one for words in said.values() for one in words if "Q1" in one and "Ana" in one]


@pytest.mark.parametrize("manner", [BY_NAME, CONFIDENTIAL])
async def test_the_next_expert_sees_what_was_asked_and_replied(tmp_path: Path, manner: str) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=manner)
        await asks_back(here.hassan)
        await replies(here.ana)
        await asks_back(here.hassan, "And how old?")
        await here.hassan.presses("Not mine")
        card = (await here.mei.last()).text
        parts = [QUESTION, "Hassan asked back:", ASKED, WHO[manner], REPLY, "Hassan asked back:", "And how old?"]
        places = [card.find(part) for part in parts[:5]]
        assert places == sorted(places)
        assert -1 not in places
        assert card.count("Hassan asked back:") == 2
        assert (await named(here) == []) is (manner == CONFIDENTIAL)

        await replies(here.ana, "Two years.")  # to what the one before wanted to know
        card = (await here.mei.last()).text
        assert "Two years." in card
        assert REPLY in card
        await here.answers(here.mei, "Under a minute.")
        assert "Under a minute." in await here.ana.last()


@pytest.mark.parametrize("declines_first", [True, False])
async def test_a_reply_that_is_held_reaches_whoever_has_the_question_then(tmp_path: Path, declines_first: bool) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await here.talk.wait(seconds=120)
        await asks_back(here.hassan)
        await replies(here.ana)
        if declines_first:
            await here.hassan.presses("Not mine")
            assert QUESTION in await here.mei.last()
            assert ASKED in await here.mei.last()
            assert REPLY not in await here.mei.last()  # the moment would tell who was there
        await here.talk.wait(seconds=120)
        if not declines_first:
            assert REPLY in await here.hassan.last()
            await here.hassan.presses("Not mine")
        card = await here.mei.last()
        assert REPLY in card
        assert card.buttons == ["Answer", "Ask back", "Not mine", "Away"]
        assert await named(here) == []


async def test_a_reply_while_nobody_has_the_question_waits_for_who_gets_it(tmp_path: Path) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await here.talk.wait(seconds=120)
        await asks_back(here.hassan)
        await replies(here.ana)
        await here.hassan.presses("Not mine")
        await here.mei.presses("Not mine")
        await here.talk.wait(seconds=120)
        await here.fatima.says("/assign Q1 @Hassan")
        assert REPLY in await here.hassan.last()


async def test_an_answer_that_did_not_help_is_seen_by_the_next_expert(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await here.answers(here.hassan, "It depends.")
        await here.ana.presses("Not yet")
        await here.ana.presses("Say more")
        await here.ana.fills_in(**{"What_is_missing?": "I need a number."})
        await here.hassan.presses("Not mine")
        card = (await here.mei.last()).text
        for words in ("Hassan answered:", "It depends.", "The answer has not solved it yet.", "I need a number."):
            assert words in card
        assert await named(here) == []


async def test_once_replied_the_button_is_gone_wherever_it_stood(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await asks_back(here.hassan)
        held = await holds(here.ana, "Answer")
        await here.talk.wait(hours=48)  # a reminder has the same button
        assert len([one for one in await here.ana.sees() if one.buttons == ["Answer"]]) == 2
        await replies(here.ana)
        assert [one for one in await here.ana.sees() if "Answer" in one.buttons] == []
        assert len([said for said in await here.ana.hears() if "You have replied. Thank you!" in said]) == 2
        await held.press_too_late()
        assert (await here.ana.last()).text == "This question is with an expert already. Nothing was changed."


async def test_the_words_are_sealed_with_the_question_and_go_with_its_key(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await asks_back(here.hassan)
        await replies(here.ana)
        await here.asks(here.ana, "What is a vaccine carrier?")
        await asks_back(here.hassan, "Which country?")
        await replies(here.ana, "Uganda.")
        async with rows(here.talk) as session:
            kept = (await session.exec(select(QuestionExchange).order_by(QuestionExchange.id))).all()  # type: ignore[arg-type]
            assert [(one.content is None, one.sealed is None) for one in kept] == [(True, False)] * 2 + [
                (False, True)
            ] * 2
            assert [one.member_id is None for one in kept] == [False, True, False, False]
        for _ in range(2):
            await here.answers(here.hassan, "Under a minute.")
            await here.ana.presses("This helps")
        await here.talk.wait(days=32)
        async with rows(here.talk) as session:
            left = (await session.exec(select(QuestionExchange))).all()
            assert [one.content["words"] if one.content else None for one in left] == ["Which country?", "Uganda."]


async def test_what_a_confidential_asker_does_is_kept_to_the_hour(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.talk.wait(minutes=17)
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await asks_back(here.hassan)
        await here.talk.wait(hours=1)
        await replies(here.ana)
        await here.answers(here.hassan, "It depends.")
        await here.talk.wait(hours=1)
        await here.ana.presses("Not yet")

        async def moments() -> list[str]:
            async with rows(here.talk) as session:
                one = (await session.exec(select(Question))).one()
                told = (one.asked_at, one.routed_at, one.reopened_at, one.closed_at)
                return [f"{moment:%H:%M:%S}" if moment else "-" for moment in told]

        assert await moments() == ["09:00:00", "11:00:00", "11:00:00", "-"]
        await here.answers(here.hassan, "Under a minute.")
        await here.ana.presses("This helps")
        assert (await moments())[3] == "11:00:00"


@pytest.mark.parametrize(("hours", "words"), [(5, "5 hours"), (48, "2 days"), (72, "3 days"), (24, "a day")])
async def test_facilitators_read_how_long_it_waits_here(tmp_path: Path, hours: int, words: str) -> None:
    async with circle(tmp_path) as here:
        await set_up(
            here.talk, remind_after_hours=1, next_expert_after_hours=2, facilitator_after_hours=hours,
            quiet_from="00:00", quiet_until="00:00", weekend="",
        )  # fmt: skip
        await here.asks(here.ana, QUESTION)
        await here.talk.wait(hours=hours, minutes=5)
        assert f"Q1 (cold chain) has waited for {words}." in await here.fatima.last()


async def test_the_queue_tells_days_on_the_communitys_clocks(tmp_path: Path) -> None:
    async with circle(tmp_path, default_timezone="Pacific/Auckland") as here:
        await here.asks(here.ana, QUESTION)  # at 09:00 on 2 March in UTC
        await here.talk.wait(hours=3)
        await here.asks(here.ana, "And the ice packs?")  # at 01:00 on 3 March there
        await here.fatima.says("/questions open")
        queue = await here.fatima.last()
        assert "Q1 (cold chain), since 2 March 2026, Hassan: with an expert" in queue
        assert "Q2 (cold chain), since 3 March 2026, Hassan: with an expert" in queue


async def test_the_form_says_that_what_is_shared_carries_no_name(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/ask")
        form = await here.ana.form()
        assert form is not None
        hint = "What helped goes to the main place; if you asked confidentially, without your name."
        assert form.field("share").hint == hint
