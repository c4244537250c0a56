"""How a community begins where only administrators may say so and people write first; what the bot is shown there."""

from __future__ import annotations

from pathlib import Path

from storage import communities
from tests.handlers.group import Group, group

PRESS = "One of the administrators can begin with me here"
START_HERE = "Start a community here"
MISSES = "I don't see what people write to each other and who comes and goes. Make me an administrator"


async def invited(here: Group, person: str, *, leads: bool | None) -> None:
    here.fake.places.add("nurses")
    await here.fake.invites_the_bot(person, "nurses", leads=leads)
    await here.running.settle()


async def names(here: Group) -> list[str]:
    async with here.running.database.reading() as session:
        return [one.name for one in await communities.all_communities(session)]


async def begins(here: Group, person: str, name: str = "Midwives") -> None:
    await here.presses(person, START_HERE)
    await here.fills_in(person, name=name)


async def test_an_administrator_who_can_be_written_to_is_asked_privately(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.starts("ana")
        await invited(here, "ana", leads=True)
        assert here.lines("nurses") == []
        await begins(here, "ana")
        assert await names(here) == ["Nurses", "Midwives"]


async def test_an_administrator_who_has_not_written_yet_begins_by_the_line_in_the_place(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        here.fake.leaders.add("ana")
        await invited(here, "ana", leads=True)
        assert PRESS in here.lines("nurses")[0]
        await here.follows("ana", "Begin here", "nurses")
        await begins(here, "ana")
        assert await names(here) == ["Nurses", "Midwives"]
        assert [PRESS in one for one in here.lines("nurses")] == [False]


async def test_nobody_else_begins_anything(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        here.fake.leaders.add("ben")
        await here.starts("ana")
        told = len(here.told("ana"))
        await invited(here, "ana", leads=False)
        assert len(here.told("ana")) == told
        await here.follows("ana", "Begin here", "nurses")
        assert "Only an administrator of **#nurses** can begin there." in here.told("ana")[-1]
        assert here.seen("person:ana")[-1].message.buttons == ()
        await here.follows("ben", "Begin here", "nurses")
        await begins(here, "ben")
        assert await names(here) == ["Nurses", "Midwives"]


async def test_brought_by_nobody_the_bot_looks_for_an_administrator(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await invited(here, "", leads=None)
        assert PRESS in here.lines("nurses")[0]


async def test_the_line_is_of_no_use_once_the_place_belongs_to_a_community(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        here.fake.leaders.add("ana")
        await invited(here, "ana", leads=True)
        link = here.button("Begin here", "place:nurses").starts
        await here.starts("ana", link)
        await begins(here, "ana")
        await here.starts("ana", link)
        assert "part of a community already" in here.told("ana")[-1]


async def test_what_is_not_shown_is_said_at_the_beginning_and_in_the_settings(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.starts("ana")
        await invited(here, "ana", leads=True)
        await here.fake.shows("nurses", reads=False, joins=False, reactions=True)
        await here.running.settle()
        await begins(here, "ana")
        assert f"In **#nurses** {MISSES}" in here.told("ana")[-1]
        await here.commands("ana", "settings")
        assert f"In **#nurses** {MISSES}" in here.told("ana")[-1]
        await here.fake.shows("nurses", reads=True, joins=True, reactions=True)
        await here.running.settle()
        await here.commands("ana", "settings")
        assert "I don't see" not in here.told("ana")[-1]


async def test_what_is_shown_of_a_group_is_shown_of_its_topics(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        async with here.running.database.transaction() as session:
            for name in ("circle/7", "circles"):
                place = await communities.discover(session, here.fake.place(name))
                await communities.take_in(session, place, here.place.community_id or 0, here.purpose)
        await here.fake.shows("circle", reads=True, joins=True, reactions=False)
        await here.running.settle()
        await here.commands("fatima", "settings")
        page = here.told("fatima")[-1]
        assert "In **#circle** I don't see reactions" in page
        assert "In **#circle/7** I don't see reactions" in page
        assert "In **#circles** I don't see" not in page
