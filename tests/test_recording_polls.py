"""A vote in a poll counts like a reaction: once for each person and poll, until it is taken back."""

from __future__ import annotations

from pathlib import Path

from sqlmodel import select

from storage.activity import Activity, ActivityKind
from tests.handlers.group import Group, group


async def counted(here: Group) -> list[int]:
    async with here.running.database.reading() as session:
        return list((await session.exec(select(Activity.kind))).all())


async def test_a_vote_counts_until_it_is_taken_back(tmp_path: Path) -> None:
    async with group(tmp_path) as here:
        for choices in ([0], [1, 2]):
            await here.fake.votes("ana", "poll", choices, place="circle")
            await here.running.settle()
            assert await counted(here) == [ActivityKind.REACTION.value]
        await here.fake.votes("ana", "poll", [], place="circle")
        await here.running.settle()
        assert await counted(here) == []
