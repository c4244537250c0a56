"""Forms step by step, when something comes between: commands, other forms, refusals, faults, kills, and time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from bot.form_conversation import FORM_OVER
from storage import form_steps
from storage.form_steps import FormSteps
from storage.inbox import HandledEvent
from tests.frame import dead_letters, waiting
from tests.phones import Phone
from tests.test_form_steps import MIDDLE, NOTHING_TO_LEAVE, Trips, fill_in


@pytest.fixture
def trips(tmp_path: Path) -> Trips:
    return Trips(tmp_path)


async def test_a_command_in_the_middle_asks_whether_to_leave_and_is_done_after_that(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("Goma")
        await ana.says("/day Friday")
        assert (ana.last, ana.buttons) == (MIDDLE, ["Go on", "Leave it"])
        await ana.presses("Leave it")
        assert ana.words[-2:] == ["You have left **A trip**. Nothing was sent.", "It is Friday."]
        assert (ana.buttons, ana.pressable) == ([], [])
        await ana.says("/cancel")
        assert ana.last == NOTHING_TO_LEAVE


async def test_whoever_goes_on_is_asked_the_same_question_again(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("Goma")
        await ana.says("/day")
        await ana.presses("Go on")
        assert (ana.last, ana.buttons) == ("**Meal** (2 of 6)", ["✓ Meat", "No meat", "Back", "Cancel"])
        assert ana.pressable == []
        await ana.presses("Meat", "French", "Done", "Today", "Skip", "Yes", "Book it")
    assert len(trips.received) == 1


async def test_a_form_is_left_also_for_a_command_that_is_refused(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("/never")
        assert ana.last == MIDDLE
        await ana.presses("Leave it")
        assert ana.words[-2] == "You have left **A trip**. Nothing was sent."
        assert ana.last.startswith("I don't know /ever.")
        assert ana.pressable == []
        await ana.says("/cancel")
        assert ana.last == NOTHING_TO_LEAVE


async def test_an_answer_in_spite_of_the_question_whether_to_leave_counts(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        await ana.says("/day")
        leave = ana.button("Leave it")
        await ana.says("Buy tea")
        assert ana.last == "Kept."
        await trips.fake.presses("ana", leave)
        await ana.running.settle()
        assert ana.last == FORM_OVER
    assert trips.received == [{"words": "Buy tea"}]


async def test_a_command_that_nobody_knows_disturbs_no_form(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        await ana.says("/dya")
        assert "Did you mean /day?" in ana.last
        await ana.says("Buy tea")
        assert ana.last == "Kept."


async def test_a_command_in_a_place_disturbs_no_form(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        await trips.fake.commands("ana", "day", "Friday", place="circle")
        await ana.running.settle()
        assert "It is Friday." in trips.fake.words()
        await ana.says("Buy tea")
        assert ana.last == "Kept."


async def test_a_second_form_comes_once_the_first_was_left(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("Goma")
        await trips.fake.commands("ana", "note", place="circle")
        await ana.running.settle()
        assert (ana.last, ana.buttons) == (MIDDLE, ["Go on", "Leave it"])
        await ana.presses("Leave it")
        assert ana.last == "**A note**\n\n**Your note**"
        await ana.says("Buy tea")
        assert ana.last == "Kept."
    assert trips.received == [{"words": "Buy tea"}]


async def test_what_is_refused_at_the_end_can_be_corrected(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await fill_in(ana)
        await ana.presses("Back", "Back", "Back", "Back", "Back", "Back")
        await ana.says("Moon")
        await ana.presses("No meat", "Done", "Keep it", "Skip", "Yes", "Book it")
        assert ana.last.startswith("I don't know /moon.")
        assert "**Where to?** Moon" in ana.last
        assert (ana.buttons, ana.pressable) == (["Book it", "Back", "Cancel"], [])
        await ana.presses("Back", "Back", "Back", "Back", "Back", "Back")
        await ana.says("Goma")
        await ana.presses("No meat", "Done", "Keep it", "Skip", "Yes", "Book it")
        assert ana.last == "Booked."
    assert [one["where"] for one in trips.received] == ["Goma"]


async def test_the_only_answer_that_is_refused_is_asked_again_and_still_there(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        await ana.says("secret")
        assert ana.last.startswith("I don't know /secret.")
        assert ana.last.endswith("**Your note**\n\nThis is there already. Keep it, or write it anew:\n\n> secret")
        assert (ana.buttons, ana.pressable) == (["Keep it", "Cancel"], [])
        await ana.says("Buy tea")
        assert ana.last == "Kept."


async def test_an_answer_that_could_not_be_handled_is_still_there_and_nobody_else_takes_it(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        await ana.says("broken")
        await ana.running.wait_through_all_tries()
        assert "I understand commands." not in ana.words
        assert ana.last.startswith("Something went wrong here")
        assert ana.last.endswith("> broken")
        assert len(await dead_letters(ana.running)) == 1
        await ana.says("Buy tea")
        assert ana.last == "Kept."


async def test_a_form_that_is_left_alone_for_a_day_closes_with_a_word_and_can_be_begun_again(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.running.wait(hours=20)
        await ana.says("Goma")
        await ana.running.wait(hours=23)
        assert ana.last == "**Meal** (2 of 6)"
        await ana.running.wait(hours=1)
        assert ana.last.startswith("I have closed **A trip**, as it was left for a day. Nothing was sent.")
        assert (ana.buttons, ana.pressable) == (["Begin again"], [])
        await ana.says("No meat")
        assert ana.last == "I understand commands."
        await ana.presses("Begin again")
        assert "> Goma" in ana.last
        await ana.presses("Keep it", "Meat", "French", "Done", "Today", "Skip", "Yes", "Book it")
        assert ana.last == "Booked."
        await ana.running.wait(hours=48)
        assert ana.last == "Booked."


async def test_a_form_closes_after_a_day_in_which_the_program_was_away(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
    trips.fake.clock.move_to(trips.fake.clock.now() + timedelta(days=2))
    async with trips.running() as (ana, _):
        assert ana.last.startswith("I have closed **A note**")


async def test_what_nobody_ended_is_forgotten_after_a_while(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        async with ana.running.database.transaction() as session:
            await form_steps.forget_old(session, trips.fake.clock.now() + timedelta(days=8), timedelta(days=7))
        await ana.says("Buy tea")
        assert ana.last == "I understand commands."


@pytest.mark.parametrize("answers", range(12))
async def test_a_kill_at_any_moment_loses_no_answer_and_doubles_none(trips: Trips, answers: int) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/trip")
        await ana.says("Goma")
        await ana.presses("No meat", "French", "Done", "Today", "Skip")
        await trips.fake.presses("ana", ana.button("Yes"))
        await _killed_after(ana, answers)
    async with trips.running() as (ana, _):
        await ana.running.wait(seconds=5)
        assert ana.words.count("**I pay for it myself** Yes") == 1
        assert ana.pressable == []
        await trips.fake.presses("ana", ana.button("Book it"))
        await _killed_after(ana, answers)
    async with trips.running() as (ana, _):
        await ana.running.wait(seconds=5)
        assert ana.last == "Booked."
        assert ana.words.count("Booked.") == 1
        assert await waiting(ana.running) == 0
    assert [one["where"] for one in trips.received[-1:]] == ["Goma"]


async def _killed_after(ana: Phone, answers: int) -> None:
    """The database answers only so many more times; then the program is ended."""
    ana.running.database.answers_left = answers
    await ana.running.settle()
    await ana.running.kill()


async def test_what_answers_a_question_is_marked_so_that_nobody_hears_of_it_later(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        await ana.says("Buy tea")
        async with ana.running.database.reading() as session:
            done = set((await session.exec(select(HandledEvent.handler).where(HandledEvent.inbox_id == 2))).all())
        assert done == {"0.forms.answer", "1.travelling.written_to"}


async def test_nothing_of_a_form_stays_once_it_is_over(trips: Trips) -> None:
    async with trips.running() as (ana, _):
        await ana.says("/note")
        await ana.says("Buy tea")
        async with ana.running.database.reading() as session:
            assert (await session.exec(select(FormSteps))).all() == []
