"""What is pressed twice, too late or by somebody else changes nothing, and says so in a sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.conversations import Held, OpenForm, Someone, founded
from tests.handlers.questions.acting import heard_by, holds, state_of
from tests.handlers.questions.circle import BY_NAME, CONFIDENTIAL, Circle, circle

QUESTION = "How long may the cold box stand open?"
ANSWER = "As short as you can: under a minute."
ONLY_EXPERT = "Only the expert who has this question now can do that."
ONLY_ASKER = "Only who asked this question can do that."
WITH_EXPERT = "This question is with an expert already. Nothing was changed."
ANSWERED = "This question has been answered already. Thank you!"
ACCEPTED = "This question is answered and closed. Thank you!"
FORM_OVER = "This form was sent already, or is no longer open. Nothing was changed."

Stage = Callable[[Circle], Awaitable[Held]]


async def unchanged_but_for(here: Circle, who: Someone, act: Awaitable[object], sentence: str) -> None:
    """After the act ``who`` has one message more, with this sentence, and nobody else has anything new."""
    everybody = (here.fatima, here.hassan, here.mei, here.ana)
    before, state = await heard_by(*everybody), await state_of(here.talk)
    private = await who.hears()
    await act
    after = await heard_by(*everybody)
    assert await who.hears() == [*private, sentence]
    assert {name: said for name, said in after.items() if name != who.name} == {
        name: said for name, said in before.items() if name != who.name
    }
    assert await state_of(here.talk) == state


async def asked(here: Circle, manner: str = BY_NAME) -> None:
    await here.asks(here.ana, QUESTION, manner=manner)


async def answered(here: Circle, label: str) -> Held:
    await asked(here)
    await here.answers(here.hassan, ANSWER)
    return await holds(here.ana, label)


async def not_mine(here: Circle) -> Held:
    await asked(here)
    return await holds(here.hassan, "Not mine")


async def away(here: Circle) -> Held:
    await asked(here)
    return await holds(here.hassan, "Away")


async def helps(here: Circle) -> Held:
    return await answered(here, "This helps")


async def not_yet(here: Circle) -> Held:
    return await answered(here, "Not yet")


async def suggested(here: Circle, label: str) -> Held:
    await asked(here)
    await here.answers(here.hassan, ANSWER)
    await here.ana.presses("This helps")
    await here.asks(here.ana, QUESTION)
    return await holds(here.ana, label)


async def send(here: Circle) -> Held:
    return await suggested(here, "Send it to an expert")


async def found(here: Circle) -> Held:
    return await suggested(here, "This helps")


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        pytest.param(not_mine, ONLY_EXPERT, id="Not mine"),
        pytest.param(away, ONLY_EXPERT, id="Away"),
        pytest.param(helps, ACCEPTED, id="This helps"),
        pytest.param(not_yet, WITH_EXPERT, id="Not yet"),
        pytest.param(send, WITH_EXPERT, id="Send it to an expert"),
        pytest.param(found, "An earlier answer helped, so this question is closed.", id="an earlier answer"),
    ],
)
async def test_a_button_pressed_twice_acts_once(tmp_path: Path, stage: Stage, sentence: str) -> None:
    async with circle(tmp_path) as here:
        held = await stage(here)
        await held.press()
        assert await held.is_gone()
        await unchanged_but_for(here, held.who, held.press_too_late(), sentence)


@pytest.mark.parametrize("label", ["Answer", "Ask back", "Not mine", "Away"])
@pytest.mark.parametrize("manner", [BY_NAME, CONFIDENTIAL])
async def test_an_experts_button_in_other_hands_does_nothing(tmp_path: Path, label: str, manner: str) -> None:
    async with circle(tmp_path) as here:
        await asked(here, manner)
        held = await holds(here.hassan, label)
        for other in (here.mei, here.fatima):
            await unchanged_but_for(here, other, held.press_too_late(other), ONLY_EXPERT)
        own = "You asked this question yourself; somebody else answers it."
        await unchanged_but_for(here, here.ana, held.press_too_late(here.ana), own)
        assert [await who.form() for who in (here.mei, here.fatima, here.ana)] == [None] * 3


@pytest.mark.parametrize("label", ["This helps", "Not yet"])
@pytest.mark.parametrize("manner", [BY_NAME, CONFIDENTIAL])
async def test_an_askers_button_in_other_hands_does_nothing(tmp_path: Path, label: str, manner: str) -> None:
    async with circle(tmp_path) as here:
        await asked(here, manner)
        await here.answers(here.hassan, ANSWER)
        held = await holds(here.ana, label)
        for other in (here.mei, here.fatima, here.hassan):
            await unchanged_but_for(here, other, held.press_too_late(other), ONLY_ASKER)


@pytest.mark.parametrize("label", ["Answer", "Ask back", "Not mine", "Away"])
async def test_an_experts_button_after_the_question_moved_on(tmp_path: Path, label: str) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        held = await holds(here.hassan, label)
        await here.talk.wait(hours=48)  # now it is with Mei
        await unchanged_but_for(here, here.hassan, held.press_too_late(), ONLY_EXPERT)


@pytest.mark.parametrize("label", ["Answer", "Ask back", "Not mine", "Away"])
async def test_an_experts_button_after_the_answer(tmp_path: Path, label: str) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        held = await holds(here.hassan, label)
        await here.answers(here.hassan, ANSWER)
        await unchanged_but_for(here, here.hassan, held.press_too_late(), ANSWERED)
        await here.ana.presses("This helps")
        await unchanged_but_for(here, here.hassan, held.press_too_late(), ACCEPTED)


async def filled(who: Someone, form: OpenForm, words: str) -> None:
    """Send a form with one field, whichever others are open."""
    await who.sends(form, **{form.labels[0]: words})


async def opened(who: Someone, label: str) -> OpenForm:
    await who.presses(label)
    form = await who.form()
    assert form is not None
    return form


async def test_two_open_forms_for_one_answer_give_one_answer(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        first, second = await opened(here.hassan, "Answer"), await opened(here.hassan, "Answer")
        assert first != second
        await filled(here.hassan, second, ANSWER)
        await unchanged_but_for(here, here.hassan, filled(here.hassan, first, "Another answer."), ANSWERED)


async def test_two_open_forms_for_asking_back_ask_once_and_two_replies_both_arrive(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        first, second = await opened(here.hassan, "Ask back"), await opened(here.hassan, "Ask back")
        await filled(here.hassan, first, "Which box?")
        sentence = "The asker has been asked for more already. Nothing was changed."
        await unchanged_but_for(here, here.hassan, filled(here.hassan, second, "Which one?"), sentence)
        held = await holds(here.hassan, "Ask back")
        await unchanged_but_for(here, here.hassan, held.press(), sentence)

        held = await holds(here.ana, "Answer")
        one, other = await opened(here.ana, "Answer"), await opened(here.ana, "Answer")
        await filled(here.ana, one, "The blue one.")
        await filled(here.ana, other, "The red one.")  # other words than before: neither are lost
        assert "The red one." in await here.hassan.last()
        assert await held.is_gone()
        await unchanged_but_for(here, here.ana, held.press_too_late(), WITH_EXPERT)


@pytest.mark.parametrize(("label", "text"), [("Answer", ANSWER), ("Ask back", "Which box?")])
async def test_a_form_that_was_open_when_the_question_moved_on(tmp_path: Path, label: str, text: str) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        form = await opened(here.hassan, label)
        await here.fatima.says("/assign Q1 @Mei")
        await unchanged_but_for(here, here.hassan, filled(here.hassan, form, text), ONLY_EXPERT)


async def test_a_form_that_was_open_when_the_answer_came(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        await here.hassan.presses("Ask back")
        await here.hassan.fills_in(**{"What_would_you_like_to_know?": "Which box?"})
        form = await opened(here.ana, "Answer")
        await here.answers(here.hassan, ANSWER)
        await unchanged_but_for(here, here.ana, filled(here.ana, form, "The blue one."), ANSWERED)


async def test_saying_more_when_nobody_has_the_question_is_kept_for_who_gets_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        await here.answers(here.hassan, "It depends.")
        await here.ana.presses("Not yet")
        form = await opened(here.ana, "Say more")
        for expert in (here.hassan, here.mei):
            await expert.presses("Not mine")
        await filled(here.ana, form, "I need a number.")
        assert not any("I need a number." in text for text in await here.hassan.hears() + await here.mei.hears())
        await here.fatima.says("/assign Q1 @Hassan")
        assert "I need a number." in await here.hassan.last()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("/answer Q9 Yes.", "There is no question Q9 here. Type /questions to see those that are open."),
        ("/answer", "I understand: answer Q12 your answer"),
        ("/answer Yes, of course", "I understand: answer Q12 your answer"),
        ("/answer Q1234567890 Yes.", "I understand: answer Q12 your answer"),
        ("/decline Q9", "There is no question Q9 here. Type /questions to see those that are open."),
        ("/decline", "I understand: decline Q12"),
        ("/decline Q1 please", "I understand: decline Q12"),
        ("/assign", "I understand: assign Q12 @name"),
        ("/assign Q1", "I understand: assign Q12 @name"),
        ("/assign Q9 @Hassan", "There is no question Q9 here. Type /questions to see those that are open."),
        ("/assign Q1 @Zoe", "I know nobody called Zoe in this community."),
        ("/assign Q1 @Ana", "Ana is no expert here yet. Add them first: /experts add @name topic"),
        ("/questions please", "I understand: questions, questions mine, questions open, or questions overdue"),
    ],
)
async def test_a_command_that_means_nothing_says_what_would(tmp_path: Path, words: str, sentence: str) -> None:
    async with circle(tmp_path) as here:
        await here.asks(here.mei, QUESTION)
        await here.fatima.says("/settings role @Hassan facilitator")
        await unchanged_but_for(here, here.hassan, here.hassan.says(words), sentence)


async def test_a_code_of_another_community_is_unknown_here(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        drivers = await founded(here.talk, place="logistics", name="Truck Drivers")
        await drivers.says("/experts add @Fatima trucks")
        await asked(here)
        for words in ("/answer Q1 Yes.", "/decline Q1", "/assign Q1 @Fatima"):
            await drivers.says(words, place="logistics")
            assert (await drivers.last("logistics")).text.startswith("There is no question Q1 here.")


async def test_commands_about_a_question_of_others(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        for words in ("/answer Q1 Yes.", "/decline Q1", "/answer Q1"):
            await unchanged_but_for(here, here.mei, here.mei.says(words), ONLY_EXPERT)
            who = "experts" if "decline" in words else "experts and facilitators"
            refused = f"Only {who} can do this. Please ask a facilitator."
            await unchanged_but_for(here, here.ana, here.ana.says(words), refused)
        await here.hassan.says("/answer q1\nAs short as you can.\nUnder a minute.")
        assert "As short as you can.\nUnder a minute." in await here.ana.last()
        await unchanged_but_for(here, here.hassan, here.hassan.says("/answer Q1 Again."), ANSWERED)
        await unchanged_but_for(here, here.hassan, here.hassan.says("/decline Q1"), ANSWERED)
        await unchanged_but_for(here, here.fatima, here.fatima.says("/assign Q1 @Mei"), ANSWERED)


async def test_an_answer_by_command_and_its_form(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        await here.hassan.says("/answer 1")
        await here.hassan.fills_in(Your_answer=ANSWER)
        assert ANSWER in await here.ana.last()


@pytest.mark.parametrize("manners", [[BY_NAME], [CONFIDENTIAL], [BY_NAME, CONFIDENTIAL]])
async def test_a_sixth_question_within_an_hour_waits(tmp_path: Path, manners: list[str]) -> None:
    async with circle(tmp_path) as here:
        await here.talk.wait(minutes=50)
        for number in range(5):
            await here.asks(here.ana, f"What is thing {number * 1111}?", manner=manners[number % len(manners)])
            await here.talk.wait(minutes=1)
        for _ in range(2):
            await here.talk.wait(minutes=10)
            await here.ana.says("/ask What else?")
            too_many = "You have asked 5 questions within an hour. Please wait a little before the next."
            assert (await here.ana.last()).text == too_many
        await here.asks(here.mei, "What does Mei ask?")  # the others ask on
        assert "Q6" in await here.mei.last()
        await here.talk.wait(minutes=34, seconds=59)  # an hour after the first, but for a second
        await here.ana.says("/ask Now?")
        assert (await here.ana.last()).text == too_many
        await here.talk.wait(seconds=2)
        await here.asks(here.ana, "And now?", manner=manners[0])
        assert "Q7" in await here.ana.last()


@pytest.mark.parametrize("manner", [BY_NAME, CONFIDENTIAL])
async def test_what_is_asked_in_a_place_is_seen_by_nobody_else_there(tmp_path: Path, manner: str) -> None:
    async with circle(tmp_path) as here:
        others = (here.fatima, here.mei)
        before = await heard_by(*others)
        await here.ana.says("/ask How long", place="circle")
        form = await here.ana.form()
        assert form is not None
        assert form.fields[0].initial == "How long"
        await here.ana.fills_in(Your_question=QUESTION, Topic="cold chain", By_name_or_confidentially=manner)
        assert "Thank you, I have your question: Q1." in await here.ana.last()
        await here.ana.says("/questions", place="circle")
        assert QUESTION in await here.ana.last()
        assert await heard_by(*others) == before
        assert not any("Q1" in text for text in await here.mei.hears("circle"))


async def test_who_asks_nothing_has_no_list_and_no_queue(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/questions")
        assert "You have no questions here yet. Ask one with /ask." in await here.ana.last()
        await here.ana.says("/questions open")
        assert "Only facilitators and experts see the queue." in await here.ana.last()
        await asked(here)
        await here.mei.says("/questions open")
        assert "No question waits. Good work!" in await here.mei.last()
        await here.hassan.says("/questions open")
        assert "Q1 (cold chain), since" in await here.hassan.last()
        await here.hassan.says("/questions")
        assert "Waiting for your answer" in await here.hassan.last()


async def test_a_stranger_cannot_ask(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        zoe = await here.talk.newcomer("Zoe")
        await zoe.says("/ask")
        assert "Join one of its places first" in await zoe.last()
        assert await zoe.form() is None


async def test_the_welcome_leads_to_the_form_too(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.presses("Ask something")
        await here.ana.fills_in(Your_question=QUESTION, Topic="cold chain")
        assert QUESTION in await here.hassan.last()


async def test_saying_more_after_being_asked_back_is_the_reply(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await asked(here)
        await here.answers(here.hassan, "It depends.")
        await here.ana.presses("Not yet")
        form = await opened(here.ana, "Say more")
        await here.hassan.presses("Ask back")
        await here.hassan.fills_in(**{"What_would_you_like_to_know?": "On what?"})
        await filled(here.ana, form, "I need a number.")
        assert "I need a number." in await here.hassan.last()
        assert await state_of(here.talk) == "routed"


async def test_an_empty_question_is_not_taken(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/ask")
        assert await here.ana.fills_in_wrongly(Your_question="  ") == {"text": "Please fill this in."}
