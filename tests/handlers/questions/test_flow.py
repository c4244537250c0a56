"""From the question to the answer that helped: each step as the people see it."""

from __future__ import annotations

from pathlib import Path

from tests.handlers.questions.circle import CONFIDENTIAL, circle

QUESTION = "How long may the cold box stand open?"
ANSWER = "As short as you can: under a minute."


async def test_a_question_by_name_goes_the_whole_way(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        assert "Thank you, I have your question: Q1." in await here.ana.last()

        card = await here.hassan.last()
        assert "Q1 (cold chain): a question for you" in card
        assert "Ana asks:" in card
        assert QUESTION in card
        assert card.buttons == ["Answer", "Ask back", "Not mine", "Away"]

        await here.answers(here.hassan, ANSWER)
        assert "Thank you. Your answer to Q1 is on its way." in await here.hassan.last()
        assert any("Q1 You have answered this. Thank you!" in text for text in await here.hassan.hears())

        got = await here.ana.last()
        assert "Q1: Hassan answers:" in got
        assert ANSWER in got
        assert got.buttons == ["This helps", "Not yet"]

        await here.ana.presses("This helps")
        assert "Question and answer go to #circle" in await here.ana.last()
        assert "Your answer to Q1 helped. Thank you!" in await here.hassan.last()
        published = await here.ana.last("circle")
        for words in ("Q1: Ana asked:", QUESTION, "Hassan answered:", ANSWER):
            assert words in published


async def test_nobody_sees_who_asked_confidentially(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        assert "No member, expert or facilitator sees that it is yours." in await here.ana.last()
        assert "Somebody asks confidentially:" in await here.hassan.last()
        await here.answers(here.hassan, ANSWER)
        await here.ana.presses("This helps")
        assert "Q1: Somebody asked confidentially:" in await here.ana.last("circle")
        await here.fatima.says("/questions open")
        for reader in (here.hassan, here.fatima, here.mei):
            seen = await reader.hears() + [
                text for text in await reader.hears("circle") if "Please welcome" not in text
            ]
            assert not any("Ana" in text for text in seen if "Q1" in text)
        await here.ana.says("/questions")
        assert QUESTION in await here.ana.last()


async def test_a_confidential_question_leaves_after_a_while(tmp_path: Path) -> None:
    async with circle(tmp_path, confidential_delay_seconds=120) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        assert not any("Q1" in text for text in await here.hassan.hears())
        await here.talk.wait(seconds=120)
        assert "Somebody asks confidentially:" in await here.hassan.last()


async def test_who_does_not_want_to_share_it_is_not_published(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, **{"May_others_read_question_and_answer?": "no"})
        await here.answers(here.hassan, ANSWER)
        await here.ana.presses("This helps")
        assert (await here.ana.last()).text.endswith("Good to hear!")
        assert not any(ANSWER in text for text in await here.ana.hears("circle"))


async def test_the_expert_asks_back_and_the_asker_replies(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION, manner=CONFIDENTIAL)
        await here.hassan.presses("Ask back")
        await here.hassan.fills_in(**{"What_would_you_like_to_know?": "Which box is it?"})
        assert "Q1: Hassan would like to know:" in await here.ana.last()
        assert "Which box is it?" in await here.ana.last()
        await here.ana.presses("Answer")
        await here.ana.fills_in(Your_answer="The small blue one.")
        more = await here.hassan.last()
        assert "Hassan asked back:\nWhich box is it?\nWho asked replied:" in more
        assert "The small blue one." in more
        await here.answers(here.hassan, ANSWER)
        assert ANSWER in await here.ana.last()


async def test_an_answer_that_did_not_help_yet_goes_back(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.answers(here.hassan, "It depends.")
        await here.ana.presses("Not yet")
        assert "The answer has not solved it yet." in await here.hassan.last()
        await here.ana.presses("Say more")
        await here.ana.fills_in(**{"What_is_missing?": "I need a number."})
        assert "I need a number." in await here.hassan.last()
        await here.answers(here.hassan, ANSWER)
        await here.ana.presses("This helps")
        assert ANSWER in await here.ana.last("circle")


async def test_not_mine_goes_to_the_next_expert_and_then_to_the_facilitators(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.hassan.presses("Not mine")
        assert any("Q1 Thank you. I bring it to somebody else." in text for text in await here.hassan.hears())
        assert QUESTION in await here.mei.last()
        await here.mei.presses("Not mine")
        assert "Q1 (cold chain) finds no expert. Give it to somebody: /assign Q1 @name" in await here.fatima.last()
        await here.fatima.says("/assign Q1 @Hassan")
        assert "Q1 is with Hassan now." in await here.fatima.last()
        await here.answers(here.hassan, ANSWER)
        assert ANSWER in await here.ana.last()


async def test_an_expert_who_is_away_gets_nothing_until_back(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.hassan.presses("Away")
        assert "Type /back when you are here again." in await here.hassan.last()
        assert QUESTION in await here.mei.last()
        await here.asks(here.ana, "And the ice packs, how many?")
        assert "ice packs" in await here.mei.last()
        await here.hassan.says("/back")
        await here.asks(here.ana, "Who repairs the freezer?")
        assert "freezer" in await here.hassan.last()


async def test_the_same_question_again_shows_the_earlier_answer_first(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.answers(here.hassan, ANSWER)
        await here.ana.presses("This helps")

        await here.asks(here.mei, "How long may a cold box stand open?")
        shown = await here.mei.last()
        assert "Q2: this was answered before. Is it what you need?" in shown
        assert ANSWER in shown
        assert shown.buttons == ["This helps", "Send it to an expert"]
        await here.mei.presses("This helps")
        assert "Q2 Good that this helped." in await here.mei.last()

        await here.asks(here.mei, "How long may a cold box stand open?")
        await here.mei.presses("Send it to an expert")
        assert "Q3 (cold chain): a question for you" in await here.hassan.last()


async def test_an_expert_who_asks_is_not_asked(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.hassan, QUESTION)
        assert QUESTION in await here.mei.last()
        await here.fatima.says("/assign Q1 @Hassan")
        assert "Hassan asked this question." in await here.fatima.last()


async def test_without_any_expert_the_facilitators_are_told(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/experts remove @Hassan")
        await here.fatima.says("/experts remove @Mei")
        await here.asks(here.ana, QUESTION, topic="?")
        assert "Q1 (no topic given) finds no expert." in await here.fatima.last()
        await here.ana.says("/questions")
        assert "waits for an expert" in await here.ana.last()


async def test_a_removed_experts_questions_go_to_others(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.ana, QUESTION)
        await here.fatima.says("/experts remove @Hassan")
        assert QUESTION in await here.mei.last()
        await here.hassan.says("/answer Q1 Too late")
        assert "Only experts and facilitators can do this." in await here.hassan.last()
