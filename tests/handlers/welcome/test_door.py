"""Who can't be written to yet is greeted in the group, by one line that leads to the private chat."""

from __future__ import annotations

from pathlib import Path

from bot.core.roles import Purpose
from storage import deep_links
from storage.columns import current_cipher
from tests.frame import dead_letters
from tests.handlers.group import Group, group

BEGIN = "Begin here"
WELCOME = "Welcome to Nurses"


async def test_newcomers_share_one_line_with_a_button_that_leads_to_the_private_chat(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.joins("ana", "ben")
        (line,) = here.lines()
        assert line.startswith("Welcome ana and ben! Press the button")
        assert here.told("ana") == []
        await here.follows("ana", BEGIN)
        (greeting,) = here.told("ana")
        assert "**Welcome to Nurses, ana!**" in greeting
        assert here.lines() == [line]
        await here.follows("ben", BEGIN)
        assert here.lines() == []


async def test_who_comes_within_some_minutes_is_added_to_the_line(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.joins("ana")
        await here.running.wait(minutes=5)
        await here.joins("ben", "chi", "dio", "eva", "finn", "gus")
        (line,) = here.lines()
        assert line.startswith("Welcome ana, ben, chi, dio, eva and 2 others!")
        await here.running.wait(minutes=11)
        await here.joins("zoe")
        assert [one[:12] for one in here.lines()] == ["Welcome ana,", "Welcome zoe!"]


async def test_who_can_be_written_to_is_greeted_privately_and_named_in_the_joint_line(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.starts("ana")
        await here.joins("ana", "ben")
        await here.running.wait(minutes=2)
        assert WELCOME in here.told("ana")[-1]
        assert [one.split("!")[0] for one in here.lines()] == ["Welcome ben", "Please welcome ana"]


async def test_the_line_goes_when_everybody_it_names_has_begun_or_left(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.joins("ana", "ben")
        await here.leaves("ana")
        assert len(here.lines()) == 1
        await here.starts("ben")
        assert here.lines() == []
        assert len(here.told("ben")) == 1


async def test_the_line_goes_after_a_day_and_the_greeting_still_comes(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.joins("ana")
        await here.running.wait(days=1)
        assert here.lines() == []
        await here.joins("ben")
        assert here.lines()[0].startswith("Welcome ben!")
        await here.running.wait(days=3)
        await here.starts("ana")
        assert len(here.told("ana")) == 1
        assert await dead_letters(here.running) == []


async def test_who_left_before_the_line_is_not_named(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.fake.joins("ana", "circle")
        await here.fake.leaves("ana", "circle")
        await here.running.settle()
        await here.running.wait(minutes=1)
        assert here.lines() == []


async def test_going_makes_nobody_known(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.leaves("zoe")
        assert await here.member("zoe") is None


async def test_where_the_bot_only_listens_it_says_nothing_and_greets_who_begins(tmp_path: Path) -> None:
    async with group(tmp_path, purpose=Purpose.LISTENING) as here:
        await here.joins("ana")
        assert here.lines() == []
        await here.starts("ana")
        assert len(here.told("ana")) == 1


async def test_the_link_followed_again_shows_the_welcome_again(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.joins("ana", "ben")
        for _ in range(2):
            await here.follows("ana", BEGIN)
        assert len(here.told("ana")) == 2


async def test_the_link_makes_nobody_a_member_who_is_not_in_the_place(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.joins("ana")
        await here.follows("zoe", BEGIN)
        assert here.told("zoe") == [
            "I don't know you in **#circle** yet. Type /rules there, then press the button again."
        ]
        assert await here.member("zoe") is None
        await here.commands("zoe", "rules", place="circle")
        await here.follows("zoe", BEGIN)
        assert WELCOME in here.told("zoe")[-1]


async def test_links_that_nobody_made_lead_nowhere(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        for payload in ("join_1", "join_", "c_1", "q_x", "whatever", _made_for(here, "other_")):
            await here.starts("ana", payload)
        assert all("no longer" in one for one in here.told("ana"))
        assert len(here.told("ana")) == 6


def _made_for(here: Group, kind: str) -> str:
    current_cipher.set(here.running.database.cipher)
    return "join_" + deep_links.payload(kind, here.place.id).removeprefix(kind)
