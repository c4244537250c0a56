"""Looking up what the community knows while writing to others: members alone are shown what it is."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.telegram.nurses import Nurses, nurses

COLD = "The cold box keeps for nine hours when the ice packs were frozen for two days."


async def knows_about_cold_boxes(here: Nurses) -> None:
    """Fatima shares what she learned, and publishes it."""
    await here.fatima.says("/log")
    await here.fatima.presses("Lesson")
    await here.fatima.says("Cold boxes")
    await here.fatima.says(COLD)
    await here.fatima.presses("Skip", "Skip", "Yes", "Save", "Publish it")


async def test_members_are_shown_titles_and_send_on_what_they_choose(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await knows_about_cold_boxes(here)
        ben = await here.member("Ben")
        asked = await ben.person.queries("cold box", here.place)
        await here.here.settles()
        assert asked.titles == ["Cold boxes"]
        await ben.person.chooses(asked, "Cold boxes", here.place)
        await here.here.settles()
        (sent,) = [one for one in here.fatima.person.sees(here.place) if COLD in one.text]
        assert not sent.by_bot
        assert "Fatima" not in sent.text


async def test_strangers_are_shown_nothing_of_it(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await knows_about_cold_boxes(here)
        zoe = here.phone("Zoe")
        asked = await zoe.person.queries("cold box")
        await here.here.settles()
        assert asked.titles == ["Join a community first"]
        assert not any("hours" in str(one) for one in asked.results)


async def test_who_has_left_is_a_stranger_again(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await knows_about_cold_boxes(here)
        ben = await here.member("Ben")
        await ben.person.leaves(here.place)
        await here.here.settles()
        asked = await ben.person.queries("cold box")
        await here.here.settles()
        assert "Cold boxes" not in asked.titles
