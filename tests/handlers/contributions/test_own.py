"""What is shared stays its author's: they see it, change it and take it back."""

from __future__ import annotations

from pathlib import Path

from tests.handlers.contributions.circle import WORDS, circle
from tests.handlers.questions.acting import holds


async def test_what_is_taken_back_is_found_no_more(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.publishes(here.ana, Title="Cold boxes")
        await here.ben.says("/find cold box")
        used = await holds(here.ben, "I used this")
        await here.ana.presses("Withdraw")
        assert "C1 is taken back, and its words are deleted here." in await here.ana.last()
        await here.ben.says("/find cold box")
        assert "I found nothing" in await here.ben.last()
        await used.press()
        assert "That is no longer there." in await here.ben.last()


async def test_the_list_of_ones_own_is_private_and_each_can_be_taken_back(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.ana.says("/log mine")
        assert "You have shared nothing here yet." in await here.ana.last()
        await here.publishes(here.ana, Title="Cold boxes")
        await here.logs(here.ana, "Something else.", Title="Warm boxes")
        await here.ana.says("/log mine", place="circle")
        listed = await here.ana.last()
        assert "C2 Warm boxes: with the facilitators" in listed
        assert "C1 Cold boxes: published" in listed
        assert listed.buttons == ["Withdraw C2", "Withdraw C1"]
        await here.ana.presses("Withdraw C1")
        left = next(one for one in await here.ana.sees() if "What you have shared" in one)
        assert left.buttons == ["Withdraw C2"]
        assert "C1" not in left


async def test_taking_back_twice_and_by_others(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana)
        button = await holds(here.ana, "Withdraw")
        await button.press_too_late(by=here.ben)
        assert "Only its author can do that." in await here.ben.last()
        await button.press()
        await button.press_too_late()
        assert "It was taken back, and its words are deleted." in await here.ana.last()
        assert "C1: its author has taken it back." in await here.fatima.last()


async def test_what_is_published_is_not_changed_behind_the_facilitators(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.logs(here.ana)
        change = await holds(here.ana, "Change it")
        await here.fatima.presses("Publish it")
        await change.press()
        assert "This is published already." in await here.ana.last()
        assert await here.ana.form() is None
        await here.ben.says("/find cold box")
        assert WORDS in await here.ben.last()


async def test_the_oldest_of_many_can_still_be_taken_back(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        for number in range(22):
            await here.logs(here.ana, f"Lesson number {number}.")
        await here.ana.says("/log mine")
        listed = await here.ana.last()
        assert len(listed.buttons) == 20
        assert "2 older ones are not listed. Take one back by its code, for example: /log withdraw C1" in listed
        await here.ben.says("/log withdraw C1")
        assert "You have shared nothing called C1." in await here.ben.last()
        await here.ana.says("/log withdraw C1")
        assert "C1 is taken back" in await here.ana.last()
        await here.ana.says("/log withdraw C1")
        assert "You have shared nothing called C1." in await here.ana.last()
