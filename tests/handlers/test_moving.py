"""A group that goes on at another address keeps what it is, and what is on its way to it arrives."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlmodel import select

from bot.core.messages import Kind, Message, Text
from bot.core.platform import NotSent
from bot.services import Services
from storage import communities
from storage.activity import Activity
from tests.frame import dead_letters
from tests.handlers.group import Group, group


async def post(here: Group, text: str) -> str:
    async with here.running.database.transaction() as session:
        community = await communities.by_id(session, here.place.community_id or 0)
        services = Services(here.running.app.frame, session, known_community=community)
        return (await services.post(here.fake.place("circle"), Message(Text(text)), Kind.PROMPT)).reference


async def places(here: Group) -> dict[str, tuple[int | None, str, bool]]:
    async with here.running.database.reading() as session:
        found = [await communities.place_at(session, here.fake.place(name)) for name in ("circle", "supercircle")]
    return {one.external_id: (one.community_id, one.purpose, one.active) for one in found if one is not None}


async def test_a_group_that_moves_keeps_its_community_its_purpose_and_its_history(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.fake.writes("ana", "before", place="circle")
        await here.running.settle()
        for _ in range(2):  # the old group and the new one both tell
            await here.fake.moves("circle", "supercircle")
        await here.running.settle()
        assert await places(here) == {"supercircle": (here.place.community_id, "main", True)}
        await here.fake.writes("ana", "after", place="supercircle")
        await here.running.settle()
        async with here.running.database.reading() as session:
            counted = (await session.exec(select(Activity.place_id))).all()
        assert set(counted) == {here.place.id}
        assert len(counted) == 2


async def test_what_is_on_its_way_to_the_group_arrives_where_it_is_now(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        here.fake.fails(NotSent("busy", here.running.clock.now() + timedelta(hours=1)), conversation="place:circle")
        for text in ("one", "two"):
            await post(here, text)
        await here.running.settle()
        await here.fake.moves("circle", "supercircle")
        await here.running.settle()
        await here.running.wait(hours=1)
        assert here.lines("supercircle") == ["one", "two"]
        assert await dead_letters(here.running) == []


async def test_the_new_group_gives_way_if_it_was_known_already_and_belongs_to_nobody(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.fake.invites_the_bot("ana", "supercircle", leads=True)
        await here.running.settle()
        for _ in range(2):
            await here.fake.moves("circle", "supercircle")
        await here.running.settle()
        assert await places(here) == {"supercircle": (here.place.community_id, "main", True)}


async def test_nobody_is_asked_what_the_new_group_is_to_be(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        await here.starts("fatima")
        here.fake.places |= {"supercircle"}
        for leads in (True, False):  # privately, and by a line in the group
            await here.fake.invites_the_bot("fatima", "supercircle", leads=leads)
        await here.running.settle()
        assert any("Thank you for inviting me" in one for one in here.told("fatima"))
        assert len(here.lines("supercircle")) == 1
        await here.fake.moves("circle", "supercircle")
        await here.running.settle()
        assert not any("Thank you for inviting me" in one for one in here.told("fatima"))
        assert here.lines("supercircle") == []
        assert await dead_letters(here.running) == []


async def test_two_communities_never_become_one(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        async with here.running.database.transaction() as session:
            other = await communities.discover(session, here.fake.place("supercircle"))
            made = await communities.found(
                session, other, name="Midwives", language="en", time_zone="UTC", now=here.running.clock.now()
            )
        await here.fake.moves("circle", "supercircle")
        await here.running.settle()
        assert (await places(here))["supercircle"][0] == made.id
        assert (await places(here))["circle"][0] == here.place.community_id
