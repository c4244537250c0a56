"""Prompts with options: in a poll where there are polls, and elsewhere as points that people answer in the thread."""

from __future__ import annotations

from pathlib import Path

from tests.conversations import Seen
from tests.handlers.prompts.circle import Circle, at, circle, kind_of

WORDS = "Which day suits you? | Monday | *Tuesday* | Friday"


async def lines(here: Circle, prompt: Seen) -> list[str]:
    """What Ben reads of a prompt and under it."""
    shown = await here.ben.sees("circle", under=prompt.id)
    return list(dict.fromkeys(line for one in [prompt, *shown] if one.by_bot for line in one.text.splitlines()))


async def test_what_stands_behind_a_bar_can_be_chosen(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says(f"/prompt now {WORDS}")
        (prompt,) = await here.prompts()
        assert kind_of(prompt) == "A question for you all"
        assert prompt.buttons == ["Answer"]
        assert prompt.text.splitlines()[1] == "Which day suits you?"
        assert [one for one in await lines(here, prompt) if one.startswith(("M", "*", "F"))] == [
            "Monday",
            "*Tuesday*",
            "Friday",
        ]
        assert not any("|" in one for one in await lines(here, prompt))


async def test_people_answer_in_the_thread_or_with_the_button_and_count_as_ever(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says(f"/prompt now {WORDS}")
        (prompt,) = await here.prompts()
        await here.ana.says("Monday", place="circle", under=prompt.id)
        await here.ben.presses("Answer", place="circle")
        form = await here.ben.form()
        assert form is not None
        assert form.intro.startswith("Which day suits you?")
        assert all(one in form.intro for one in ("Monday", "*Tuesday*", "Friday"))
        await here.ben.fills_in(Your_answer="Friday, please.")
        await here.talk.wait(days=7)
        told = next(one for one in await here.fatima.hears() if "the prompt of" in one)
        assert told.startswith("2 people answered the prompt of 2 March 2026 in #circle (“Which day suits you?”).")
        assert told.endswith("Where people could vote in a poll, their votes are not among these answers.")


async def test_more_than_a_poll_holds_is_all_there(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        options = [f"Village {number}" for number in range(1, 21)]
        await here.fatima.says("/prompt now Where do we begin? | " + " | ".join(options))
        (prompt,) = await here.prompts()
        assert [one for one in await lines(here, prompt) if one.startswith("Village")] == options


async def test_a_schedule_shows_the_options_before_it_counts_and_posts_them(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt schedule every tuesday 9:00: Which day? | Monday | Tuesday")
        proposed = await here.fatima.last()
        assert "It begins with your question." in proposed
        assert proposed.text.splitlines()[-3:] == ["People choose from:", "Monday", "Tuesday"]
        await here.fatima.presses("Yes, schedule it")
        await here.talk.wait_until(at("2026-03-03 09:00"))
        (prompt,) = await here.prompts()
        assert {"Which day?", "Monday", "Tuesday"} <= set(await lines(here, prompt))


async def test_one_option_is_no_choice_and_a_bar_within_words_is_none(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for words in ("Do you go? | Yes", "Is it a|b or b|a?", "Which day? | Monday | "):
            await here.fatima.says(f"/prompt now {words}")
            assert (await here.prompts())[-1].text.splitlines()[1] == words.strip()


async def test_the_same_question_with_other_options_is_another_prompt(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says(f"/prompt now {WORDS}")
        await here.fatima.says(f"/prompt now {WORDS}")
        assert "The community saw this prompt on 2 March 2026" in await here.fatima.last()
        await here.fatima.says("/prompt now Which day suits you? | Saturday | Sunday")
        assert len(await here.prompts()) == 2
