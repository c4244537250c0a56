"""Schedules: proposed in words, echoed with their dates, confirmed, skipped, stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import communities
from tests.handlers.prompts.circle import app_of, at, circle, kind_of, pack_words, words_of
from tests.handlers.questions.acting import holds


@pytest.mark.parametrize(
    ("words", "canonical", "dates"),
    [
        ("every monday 9:00", "every monday 09:00",
         ["Monday 9 March, 09:00", "Monday 16 March, 09:00", "Monday 23 March, 09:00"]),
        ("Weekdays at 14:30", "weekdays 14:30",
         ["Monday 2 March, 14:30", "Tuesday 3 March, 14:30", "Wednesday 4 March, 14:30"]),
        ("first tuesday 10:00", "first tuesday 10:00",
         ["Tuesday 3 March, 10:00", "Tuesday 7 April, 10:00", "Tuesday 5 May, 10:00"]),
        ("0 9 * * 1", "0 9 * * 1", ["Monday 9 March, 09:00", "Monday 16 March, 09:00", "Monday 23 March, 09:00"]),
    ],
)  # fmt: skip
async def test_a_schedule_is_echoed_with_its_next_three_dates_before_it_counts(
    tmp_path: Path, words: str, canonical: str, dates: list[str]
) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says(f"/prompt schedule {words}")
        echo = await here.fatima.last()
        assert echo.text == "\n".join(
            [f"{canonical} in #circle. The next three dates:", *dates, "Times are those of UTC."]
        )
        assert echo.buttons == ["Yes, schedule it", "Cancel"]
        await here.talk.wait(days=8)
        assert await here.prompts() == [], "nobody has said yes"


async def test_dates_are_those_of_the_community_and_the_prompt_comes_then(tmp_path: Path) -> None:
    async with circle(tmp_path, default_timezone="Asia/Kathmandu") as here:
        await here.fatima.says("/prompt schedule every tuesday 9:15")
        assert "Tuesday 3 March, 09:15" in await here.fatima.last()
        assert "Times are those of Asia/Kathmandu." in await here.fatima.last()
        await here.fatima.presses("Yes, schedule it")
        assert "Done: every tuesday 09:15 in #circle. The first prompt goes out on Tuesday 3 March, 09:15." in (
            await here.fatima.last()
        )
        await here.talk.wait(days=14)
        assert await here.when("Asia/Kathmandu") == ["Tue 03 Mar 09:15", "Tue 10 Mar 09:15"]
        assert [kind_of(one) for one in await here.prompts()] == ["Warm-up", "Share a win"]


async def test_a_schedule_begins_with_the_question_that_came_with_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt schedule every monday 9:00: What will you do first: 1 or 2?")
        assert "It begins with your question. Then the library takes over" in await here.fatima.last()
        await here.fatima.presses("Yes, schedule it")
        await here.talk.wait(days=14)
        assert [words_of(one) for one in await here.prompts()] == [
            "What will you do first: 1 or 2?",
            pack_words("warm_up.view"),
        ]


async def test_a_schedule_can_be_called_off(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt schedule every monday 9:00: Who has a spare pump?")
        yes = await holds(here.fatima, "Yes, schedule it")
        await here.fatima.presses("Cancel")
        assert (await here.fatima.last()).text == "All right, nothing is scheduled."
        await yes.press_too_late()
        assert "This schedule is over." in await here.fatima.last()
        await here.talk.wait(days=8)
        assert await here.prompts() == []
        await here.fatima.says("/prompt list")
        assert "The library: 40 prompts" in await here.fatima.last()


async def test_a_second_click_changes_nothing(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt schedule every monday 9:00")
        yes, no = await holds(here.fatima, "Yes, schedule it"), await holds(here.fatima, "Cancel")
        await yes.press()
        await yes.press_too_late()
        assert "It runs already." in await here.fatima.last()
        await no.press_too_late()
        assert "It runs already. Stop it here: /prompt schedule" in await here.fatima.last()
        await here.talk.wait(days=7)
        assert len(await here.prompts()) == 1


async def test_two_facilitators_who_want_the_same_get_it_once(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/settings role @Ana facilitator")
        for person in (here.fatima, here.ana):
            await person.says("/prompt schedule every monday 9:00")
        for person in (here.ana, here.fatima):
            await person.presses("Yes, schedule it")
        assert "That is scheduled here already." in await here.fatima.last()
        await here.fatima.says("/prompt schedule Every Monday 09:00")
        assert "That is scheduled here already." in await here.fatima.last()
        await here.talk.wait(days=7)
        assert len(await here.prompts()) == 1


async def test_who_is_no_facilitator_any_more_confirms_nothing(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/settings role @Ana facilitator")
        await here.ana.says("/prompt schedule every monday 9:00")
        await here.fatima.says("/settings role @Ana member")
        await here.ana.presses("Yes, schedule it")
        assert "Only facilitators can do this." in await here.ana.last()
        await here.talk.wait(days=8)
        assert await here.prompts() == []


async def test_a_schedule_goes_on_when_the_facilitator_who_made_it_leaves(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/settings role @Ana facilitator")
        await here.schedules("every monday 9:00")
        await here.fatima.leaves("circle")
        await here.talk.wait(days=15)
        assert len([heard for heard in await here.ana.hears("circle") if "Two minutes are enough" in heard]) == 2
        assert any("Nobody has answered the prompt of 9 March 2026" in heard for heard in await here.ana.hears())
        assert not any("Nobody has answered" in heard for heard in await here.fatima.hears())


async def test_schedules_are_listed_and_stopped_by_button_or_by_number(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every monday 9:00")
        await here.schedules("first tuesday 10:00")
        await here.fatima.says("/prompt schedule")
        shown = await here.fatima.last()
        assert "1. every monday 09:00 in #circle, next on Monday 9 March, 09:00" in shown
        assert "2. first tuesday 10:00 in #circle, next on Tuesday 3 March, 10:00" in shown
        stop = await holds(here.fatima, "Stop 2")
        await stop.press()
        assert (await here.fatima.last()).text == "Stopped: first tuesday 10:00."
        await stop.press_too_late()
        assert "There is no such schedule (any more)." in await here.fatima.last()
        await here.fatima.says("/prompt schedule STOP 1")
        await here.talk.wait(days=10)
        assert await here.prompts() == []
        await here.fatima.says("/prompt schedule")
        assert "No prompt is scheduled. Try: /prompt schedule every monday 9:00" in await here.fatima.last()


async def test_there_is_an_end_to_schedules(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for hour in range(8, 18):
            await here.schedules(f"every monday {hour}:00")
        await here.fatima.says("/prompt schedule every monday 19:00")
        assert "There are ten schedules already." in await here.fatima.last()


async def test_a_place_that_is_gone_ends_its_schedule_and_facilitators_hear_once(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every monday 9:00")
        async with app_of(here.talk).database.transaction() as session:
            await communities.close_place(session, (await communities.places_of(session, 1))[0].address)
        await here.talk.wait(days=15)
        heard = [one for one in await here.fatima.hears() if "I can no longer post prompts" in one]
        assert heard == [
            "I can no longer post prompts in #circle, so I stopped its schedule (every monday 09:00). "
            "Type /prompt schedule every monday 09:00 where you want them now."
        ]
        assert await here.prompts() == []


async def test_skip_leaves_the_next_date_out_and_says_what_comes_after_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every monday 9:00")
        await here.fatima.says("/prompt skip")
        said = await here.fatima.last()
        assert "Left out: Monday 9 March, 09:00 in #circle." in said
        assert "Next: Monday 16 March, 09:00 in #circle. Warm-up: What can you see" in said
        await here.talk.wait(days=15)
        assert await here.when() == ["Mon 16 Mar 09:00"]
        assert words_of((await here.prompts())[0]) == pack_words("warm_up.view")


async def test_skip_can_be_undone_or_another_prompt_takes_the_date(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every monday 9:00")
        await here.fatima.says("/prompt skip")
        undo = await holds(here.fatima, "Undo")
        await undo.press()
        assert "Next: Monday 9 March, 09:00 in #circle. Warm-up: What can you see" in await here.fatima.last()
        await undo.press_too_late()
        assert "That was changed in the meantime." in await here.fatima.last()
        await here.fatima.says("/prompt skip")
        late = await holds(here.fatima, "Undo")
        await here.fatima.presses("Post then, but another prompt")
        assert "Next: Monday 9 March, 09:00 in #circle. Warm-up: Which thing in your bag" in await here.fatima.last()
        await here.talk.wait(days=7)
        assert words_of((await here.prompts())[0]) == pack_words("warm_up.object")
        await late.press_too_late()
        assert "That date is over." in await here.fatima.last()


async def test_the_soonest_of_several_schedules_is_skipped_and_a_double_click_skips_one_date(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every monday 9:00")
        await here.schedules("every friday 9:00")
        await here.fatima.says("/prompt")
        skip = await holds(here.fatima, "Skip the next one")
        await skip.press()
        assert "Left out: Friday 6 March, 09:00" in await here.fatima.last()
        await skip.press()
        assert "That date is left out already, or over." in await here.fatima.last()
        await here.talk.wait(days=11)
        assert await here.when() == ["Mon 09 Mar 09:00", "Fri 13 Mar 09:00"]


async def test_skipping_twice_by_hand_leaves_two_dates_out(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every monday 9:00")
        await here.fatima.says("/prompt skip")
        await here.fatima.says("/prompt skip")
        assert "Left out: Monday 16 March, 09:00" in await here.fatima.last()
        await here.talk.wait(days=22)
        assert await here.when() == ["Mon 23 Mar 09:00"]


async def test_another_prompt_can_take_the_place_of_the_question_that_a_schedule_begins_with(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every monday 9:00: Who has a spare pump?")
        await here.fatima.says("/prompt skip")
        await here.fatima.presses("Post then, but another prompt")
        await here.talk.wait(days=7)
        assert words_of((await here.prompts())[0]) == pack_words("warm_up.view")


async def test_what_waits_for_the_morning_can_be_skipped(tmp_path: Path) -> None:
    async with circle(tmp_path, now=at("2026-03-06 09:00")) as here:
        await here.schedules("every saturday 10:00")
        await here.talk.wait_until(at("2026-03-07 12:00"))
        await here.fatima.says("/prompt")
        assert "Next: Monday 9 March, 07:00 in #circle." in await here.fatima.last()
        await here.fatima.says("/prompt skip")
        assert "Next: Monday 16 March, 07:00" in await here.fatima.last()
        await here.fatima.presses("Undo")
        assert "That date is over. Post a prompt now with /prompt now" in await here.fatima.last()
        await here.talk.wait_until(at("2026-03-17 12:00"))
        assert await here.when() == ["Mon 16 Mar 07:00"]
