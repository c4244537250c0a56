"""Who comes into a group, or brings the bot there, is written to where Telegram allows it, also at the first time."""

from __future__ import annotations

from pathlib import Path

from bot.app import discover_capabilities
from tests.platforms.telegram.faults.installation import Installed, installed
from tests.wire.telegram import Chat


async def with_a_new_group(here: Installed) -> Chat:
    """A group that Ana has made, and into which she brings the bot."""
    group = here.telegram.supergroup("Night shift", here.ana)
    await here.ana.adds_bot(group, as_admin=True)
    await here.settles()
    return group


async def test_who_wrote_to_the_bot_long_ago_is_asked_privately_what_the_group_is_to_be(tmp_path: Path) -> None:
    async with installed(tmp_path, *discover_capabilities()) as here:
        group = await with_a_new_group(here)
        assert here.ana.last().buttons == ["Start a community here", "Join this place to a community"]
        assert here.ana.hears(group) == []


async def test_who_never_did_finds_a_line_in_the_group_and_begins_from_there(tmp_path: Path) -> None:
    async with installed(tmp_path, *discover_capabilities()) as here:
        here.ana.user.started = False
        group = await with_a_new_group(here)
        assert here.ana.hears() == []
        (label,) = here.ana.last(group).buttons
        await here.ana.follows(label, group)
        await here.settles()
        assert "Start a community here" in here.ana.last().buttons


async def test_nothing_is_asked_of_telegram_for_what_people_write(tmp_path: Path) -> None:
    async with installed(tmp_path, *discover_capabilities()) as here:
        await here.ana.writes("circle", "hello")
        await here.settles()
        assert here.telegram.called("sendChatAction") == []
