"""Commands in a group that has other bots as well: what is meant for Baraza is answered, and nothing else."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.telegram.nurses import nurses


async def test_an_unknown_command_may_be_another_bots_and_is_left_alone(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        before = (ben.hears(here.place), ben.hears())
        for words in ("/helth", "/weather Goma", "/ask@weather_bot", "/helth@weather_bot"):
            await ben.says(words, place=here.place)
        assert (ben.hears(here.place), ben.hears()) == before


async def test_an_unknown_command_with_the_bots_name_suggests_the_nearest(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        ben = await here.member("Ben")
        in_the_group = ben.hears(here.place)
        await ben.says("/quetsions@test_bot", place=here.place)
        assert "Did you mean /questions?" in ben.last()
        assert ben.hears(here.place) == in_the_group


async def test_in_private_no_other_bot_is_meant(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await here.fatima.says("/quetsions")
        assert "Did you mean /questions?" in here.fatima.last()
