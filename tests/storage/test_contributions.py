"""Contributions in storage: numbers, conditional steps, who used what, and the figures."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from storage import contributions
from storage.contributions import Contribution, ContributionState, KindFigures
from storage.database import Database, Session
from tests.community import START
from tests.storage.test_questions import community, member

DAY = timedelta(days=1)


async def added(session: Session, community_id: int, state: str = "review", **values: Any) -> Contribution:
    given = {"kind": "lesson", "title": "Cold boxes", "text": "Nine hours.", "saved_at": START, **values}
    await contributions.hold(session, community_id)
    return await contributions.add(session, Contribution(community_id=community_id, state=state, **given))


async def test_contributions_saved_at_once_get_numbers_of_their_own(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")

    async def save(community_id: int) -> str:
        async with database.transaction() as session:
            return (await added(session, community_id)).code

    codes = await asyncio.gather(*(save(nurses) for _ in range(8)))
    assert sorted(codes) == sorted(f"C{number}" for number in range(1, 9))
    assert await save(drivers) == "C1"


async def test_a_message_is_saved_once_in_a_community(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    async with database.transaction() as session:
        first = await added(session, nurses, source=-7)
        await added(session, drivers, source=-7)
        await added(session, nurses)
        await added(session, nurses)
        found = await contributions.from_message(session, nurses, -7)
        assert found is not None
        assert found.id == first.id
        assert await contributions.from_message(session, nurses, 8) is None
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await added(session, nurses, source=-7)


async def test_of_many_steps_at_once_one_is_taken(database: Database) -> None:
    nurses = await community(database)
    async with database.transaction() as session:
        number = (await added(session, nurses)).id

    async def publish(state: str) -> bool:
        async with database.transaction() as session:
            row = await contributions.by_id(session, number)
            assert row is not None
            return await contributions.move(session, row, ["review"], state=state)

    assert (await asyncio.gather(*(publish(state) for state in ("published", "set aside") * 4))).count(True) == 1


async def test_nobody_decides_about_other_words_than_they_saw(database: Database) -> None:
    nurses = await community(database)
    async with database.transaction() as session:
        row = await added(session, nurses)
        assert await contributions.move(session, row, ["review"], seen=0, text="Eight hours.", revision=1)
        assert not await contributions.move(session, row, ["review"], seen=0, state="published")
        assert (row.state, row.text) == ("review", "Eight hours.")
        assert await contributions.move(session, row, ["review"], seen=1, state="published")


async def test_what_ends_has_no_words(database: Database) -> None:
    nurses = await community(database)
    ana = await member(database, "Ana", nurses)
    async with database.transaction() as session:
        row = await added(session, nurses, "published", author_id=ana, topics=["cold"], link="https://x", source=3)
        assert not await contributions.end(session, row, ["asked"], ContributionState.DECLINED)
        assert row.text == "Nine hours."
        assert await contributions.end(session, row, ["published"], ContributionState.WITHDRAWN)
        assert (row.title, row.text, row.topics, row.link, row.author_id) == ("", "", [], None, None)
        assert (row.state, row.source, row.code) == ("withdrawn", 3, "C1")


async def test_lists(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    ana, ben = await member(database, "Ana", nurses, drivers), await member(database, "Ben", nurses)
    async with database.transaction() as session:
        for number, state in enumerate(("asked", "review", "published", "set aside", "withdrawn", "published")):
            published = START + (6 - number) * DAY if state == "published" else None
            await added(session, nurses, state, author_id=ana, saver_id=ben, published_at=published)
        await added(session, drivers, "published", author_id=ana, published_at=START)
        await added(session, drivers, "review", author_id=ana)

        def codes(found: list[Contribution]) -> list[str]:
            assert all(one.community_id == nurses for one in found)
            return [one.code for one in found]

        assert codes(await contributions.to_review(session, nurses)) == ["C2"]
        assert codes(await contributions.exportable(session, nurses)) == ["C3", "C6"]
        assert codes(await contributions.findable(session, nurses)) == ["C3", "C6"]
        assert codes(await contributions.mine(session, nurses, ana)) == ["C6", "C4", "C3", "C2"]
        assert codes(await contributions.mine(session, nurses, ben)) == []
        assert await contributions.waiting_for_author(session, nurses, ana) == 1
        assert await contributions.waiting_for_author(session, nurses, ben) == 0


async def test_names_are_shown_where_their_owners_want_that(database: Database) -> None:
    nurses = await community(database)
    ana = await member(database, "Ana", nurses)
    async with database.transaction() as session:
        rows = [
            await added(session, nurses, author_id=one, named=named)
            for one, named in ((ana, True), (ana, False), (None, True))
        ]
        assert await contributions.names_of(session, rows) == {rows[0].id: "Ana"}
        assert await contributions.names_of(session, []) == {}


async def test_a_use_counts_once_and_is_told_once_a_day(database: Database) -> None:
    nurses = await community(database)
    ana, ben = await member(database, "Ana", nurses), await member(database, "Ben", nurses)
    async with database.transaction() as session:
        row, other = await added(session, nurses), await added(session, nurses)
        assert await contributions.use(session, row.id, ana, START)
        assert not await contributions.use(session, row.id, ana, START + DAY)
        assert await contributions.use(session, row.id, ben, START)
        assert await contributions.users_of(session, [row.id, other.id]) == {row.id: 2}
        assert await contributions.users_of(session, []) == {}
        told = [
            await contributions.may_tell_author(session, row, START + hours, START + hours - DAY)
            for hours in (timedelta(0), timedelta(hours=23), DAY, timedelta(hours=25))
        ]
        assert told == [True, False, True, False]


async def test_the_figures_of_a_window_go_by_kind(database: Database) -> None:
    nurses, drivers = await community(database), await community(database, "Drivers")
    ana, ben = await member(database, "Ana", nurses), await member(database, "Ben", nurses)
    async with database.transaction() as session:
        first = await added(session, nurses, "published", agreed_at=START, published_at=START + DAY)
        await added(session, nurses, "asked", saved_at=START)
        await added(session, nurses, "review", kind="story", agreed_at=START + DAY)
        await added(session, drivers, "published", agreed_at=START, published_at=START)
        await contributions.use(session, first.id, ana, START + DAY)
        await contributions.use(session, first.id, ben, START + 2 * DAY)
        assert await contributions.figures_between(session, nurses, START, START + DAY) == {
            "lesson": KindFigures(1, 0, 0)
        }
        assert await contributions.figures_between(session, nurses, START, START + 3 * DAY) == {
            "lesson": KindFigures(1, 1, 2),
            "story": KindFigures(1, 0, 0),
        }
        assert await contributions.figures_between(session, nurses, START + 9 * DAY, START + 10 * DAY) == {}


async def test_the_cards_of_facilitators(database: Database) -> None:
    nurses = await community(database)
    ana, ben = await member(database, "Ana", nurses), await member(database, "Ben", nurses)
    async with database.transaction() as session:
        row = await added(session, nurses)
        await contributions.keep_card(session, row.id, ana, "first")
        await contributions.keep_card(session, row.id, ana, "second")
        await contributions.keep_card(session, row.id, ben, "third")
        assert [(one.id, reference) for one, reference in await contributions.cards(session, row.id)] == [
            (ana, "second"),
            (ben, "third"),
        ]
        await contributions.forget_cards(session, row.id)
        assert await contributions.cards(session, row.id) == []
