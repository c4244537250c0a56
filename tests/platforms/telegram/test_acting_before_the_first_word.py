"""Who never started the bot and uses it in a group: what is for them alone waits, and they are shown the way to it."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.phone import Phone
from tests.platforms.telegram.nurses import Nurses, nurses

DOOR = "I have something for one of you alone. Press the button and Start, and it comes to you privately."
OPEN = "Open our private chat"


async def newcomer(here: Nurses) -> Phone:
    """Ben, who has been in the group for some days; his greeting is long gone."""
    ben = await here.member("Ben", started=False)
    for _ in range(3):
        await here.waits(hours=24)
    return ben


async def test_who_asks_in_the_group_is_shown_where_the_form_is(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await newcomer(here)
        await ben.says("/ask@test_bot Why is the fridge warm?", place=here.place)
        assert ben.last(here.place) == DOOR
        await ben.follows(OPEN, here.place)
        assert "Why is the fridge warm?" in ben.newest("Your question").text
        assert [one for one in ben.hears() if "You are in the middle of" in one] == []
        await ben.presses("Keep it", "English", "By name", "Yes", "Ask")
        assert "Thank you, I have your question: Q1." in "".join(ben.hears())


async def test_a_code_for_another_account_is_waited_for_in_the_same_way(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await newcomer(here)
        await ben.says("/link", place=here.place)
        assert ben.last(here.place) == DOOR
        await ben.follows(OPEN, here.place)
        assert [one for one in ben.hears() if "Do you use me on another platform too?" in one]


async def test_start_in_the_middle_of_a_form_asks_the_same_question_again(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        await ben.says("/ask")
        await ben.says("/start")
        assert "Your question" in ben.last()
        assert "It goes on below." in "".join(ben.hears())
        await ben.says("Why is the fridge warm?")
        assert "Topic" in ben.last() or "Language" in ben.last()


async def test_who_had_shut_the_chat_finds_the_question_again_when_they_open_it(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        await ben.person.blocks()
        await here.here.settles()
        await ben.says("/ask", place=here.place)
        await ben.person.starts()
        await here.here.settles()
        assert "Your question" in ben.last()
