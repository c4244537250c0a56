"""The library: looking at it, dropping prompts and taking them back, and adding own ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.handlers.prompts.circle import HEADINGS, circle, kind_of, pack_words, words_of


async def test_a_library_starts_with_the_pack(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt list")
        shown = await here.fatima.last()
        assert "The library: 40 prompts" in shown
        assert "Case clinic: 5 of 5 ready. Next: Monday morning, a clinic fridge shows 12 °C" in shown
        assert shown.buttons == list(HEADINGS[:8])
        await here.fatima.presses("Debate")
        assert (await here.fatima.last()).text.count("?") >= 4


@pytest.mark.parametrize("words", ["case clinic", "Case Clinic", "CASE", "case_clinic", "caseclinic", "Ｃase clinic"])
async def test_a_kind_is_understood_as_people_write_it(tmp_path: Path, words: str) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says(f"/prompt list {words}")
        shown = await here.fatima.last()
        assert pack_words("case_clinic.fridge") in shown
        assert shown.buttons == [f"Drop {number}" for number in range(1, 6)]


async def test_a_prompt_is_dropped_and_taken_back(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        first = pack_words("warm_up.view")
        await here.fatima.says("/prompt list warm-up")
        await here.fatima.presses("Drop 1")
        shown = await here.fatima.last()
        assert shown.text.endswith(f"5. {first}\ndropped")
        assert shown.buttons[-1] == "Take back 5"
        await here.fatima.says("/prompt now")
        assert words_of((await here.prompts())[-1]) == pack_words("warm_up.object")
        await here.fatima.says("/prompt list warm-up")
        await here.fatima.presses("Take back 5")
        assert "dropped" not in await here.fatima.last()
        await here.fatima.says("/prompt now warm-up")
        assert words_of((await here.prompts())[-1]) == first


async def test_an_own_prompt_comes_before_those_of_the_pack(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt add debate: Paper or *phone*: {which} do you trust <!channel>?")
        assert "Added to Debate: Paper or *phone*: {which} do you trust <!channel>?" in await here.fatima.last()
        await here.fatima.says("/prompt now debate")
        posted = (await here.prompts())[-1]
        assert (kind_of(posted), words_of(posted)) == ("Debate", "Paper or *phone*: {which} do you trust <!channel>?")
        await here.fatima.says("/prompt list debate")
        assert "last used on 2 March 2026" in await here.fatima.last()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("dance", "I understand: prompt, or prompt now|list|add|schedule|skip|draft; to vote: prompt now Which"),
        ("list dance", "I know these kinds: Warm-up, Share a win, What went wrong"),
        ("add Which pump is best?", "Please begin with its kind, such as: /prompt add debate: your question."),
        ("add dance: Which one?", "Please begin with its kind"),
        ("add debate:", "Please write what you want to ask, too."),
        ("add debate: ???", "Please write what you want to ask, too."),
        (f"add debate: {'why ' * 200}", "Please keep a prompt under 500 characters"),
        (f"now {'why ' * 200}", "Please keep a prompt under 500 characters"),
        ("schedule every someday 9:00", "I don't understand when that is. I understand: every monday 9:00"),
        ("schedule every monday", "I don't understand when that is."),
        ("schedule */5 * * * *", "Please choose times that are an hour or more apart."),
        ("schedule stop 3", "There is no such schedule (any more)."),
        ("skip", "Nothing is scheduled, so there is nothing to leave out."),
    ],
)
async def test_what_is_not_understood_gets_a_sentence(tmp_path: Path, words: str, answer: str) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says(f"/prompt {words}")
        assert answer in await here.fatima.last()
        assert await here.prompts() == []


async def test_only_facilitators_have_a_hand_in_it(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/prompt now")
        assert "Only facilitators can do this." in await here.ana.last()
        assert "prompt" not in await here.ana.commands()
        assert "prompt" in await here.fatima.commands()


async def test_how_things_stand(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.fatima.says("/prompt")
        assert "Nothing is scheduled. Try: /prompt schedule every monday 9:00" in await here.fatima.last()
        await here.fatima.presses("Post one now")
        await here.schedules("every monday 9:00")
        await here.ana.says("A long line of trucks.", place="circle", under=(await here.prompts())[0].id)
        await here.fatima.says("/prompt")
        shown = await here.fatima.last()
        assert "Next: Monday 9 March, 09:00 in #circle. Share a win: What went better this week" in shown
        assert "Last: 2 March 2026 in #circle, 1 person has answered. What can you see" in shown
        assert "39 prompts of the library are ready." in shown
        assert shown.buttons == ["Post one now", "The library", "Draft new prompts", "Skip the next one", "Schedules"]
        await here.fatima.presses("Schedules")
        assert "1. every monday 09:00 in #circle, next on Monday 9 March, 09:00" in await here.fatima.last()
