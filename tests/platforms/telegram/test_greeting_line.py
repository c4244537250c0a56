"""The one line that greets, in a group, whoever can't be written to yet."""

from __future__ import annotations

from pathlib import Path

from tests.platforms.telegram.nurses import Nurses, nurses


def lines(here: Nurses) -> list[str]:
    """What stands in the group of those lines."""
    return [one for one in here.fatima.hears(here.place) if one.startswith("Welcome ")]


async def come(here: Nurses, *people: str) -> None:
    for name in people:
        await here.member(name, started=False)
    await here.waits(seconds=11)


async def test_several_newcomers_share_one_line(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await come(here, "Ana", "Ben", "Chi")
        (line,) = lines(here)
        assert line.startswith("Welcome Ana, Ben, and Chi! Press the button")
        await here.waits(minutes=5)
        await come(here, "Dio")
        (line,) = lines(here)
        assert line.startswith("Welcome Ana, Ben, Chi, and Dio!")
        await here.waits(minutes=11)
        await come(here, "Eva")
        assert [one[:12] for one in lines(here)] == ["Welcome Ana,", "Welcome Eva!"]


async def test_it_goes_when_it_is_a_day_old(tmp_path: Path) -> None:
    async with nurses(tmp_path) as here:
        await come(here, "Ana", "Ben")
        assert len(lines(here)) == 1
        await here.waits(hours=25)
        assert lines(here) == []
        assert len(here.here.telegram.called("deleteMessage")) == 1
