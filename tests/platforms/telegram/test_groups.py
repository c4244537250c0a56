"""A group on Telegram: who has never written to the bot is met there, and led to where it may write to them."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.telegram.faults.installation import installed


async def test_who_never_started_the_bot_is_greeted_in_the_group_and_then_privately(tmp_path: Path) -> None:
    async with installed(tmp_path) as here:
        await here.founds_a_community()
        zoe = here.telegram.person("Zoe")
        await zoe.joins(here.circle)
        await here.settles()
        await here.waits(11)
        assert "Welcome Zoe!" in zoe.last(here.circle).text
        assert zoe.hears() == []
        await zoe.follows("Begin here", here.circle)
        await here.settles()
        assert any("Nurses" in line for line in zoe.hears())
        assert not any("Welcome Zoe!" in line for line in zoe.hears(here.circle))
        assert await here.dead() == []
