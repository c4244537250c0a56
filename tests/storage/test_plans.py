"""What is asked for every event finds its rows by an index, however many there are."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import text

from bot.core.addresses import Account, MessageRef, Person, Place
from bot.core.events import MessagePosted
from bot.recording import record
from storage import communities, meetings, members
from storage.database import Database
from storage.tables import METADATA
from tests.community import START

PLACES = [Place("fake", tenant, f"place {number}") for tenant in ("one", "two") for number in range(3)]
ANA, BEN = (Person(Account("fake", tenant, tenant), tenant) for tenant in ("one", "two"))


async def with_a_community(folder: Path) -> Database:
    database = Database(f"sqlite:///{folder}/baraza.sqlite3", "k" * 40)
    async with database.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    async with database.transaction() as session:
        first, *others = [await communities.discover(session, one) for one in PLACES]
        community = await communities.found(session, first, name="Nurses", language="en", time_zone="UTC", now=START)
        for place in others[:-1]:
            place.community_id = community.id
    return database


def posted(number: int, by: Person) -> MessagePosted:
    place = PLACES[number]
    message = MessageRef(place.platform, place.tenant, place.id, f"{number}")
    return MessagePosted(key=f"{number}", message=message, by=by, at=START, place=place)


async def test_recording_reads_no_table_from_end_to_end(tmp_path: Path) -> None:
    database = await with_a_community(tmp_path)
    asked: list[tuple[str, Any]] = []

    def asks(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    async with database.transaction() as session:
        await members.ensure(session, ANA, START)
        event.listen(database.engine.sync_engine, "before_cursor_execute", asks)
        await record(session, [posted(0, ANA), posted(1, BEN), posted(4, BEN), posted(5, ANA)], START)
        event.remove(database.engine.sync_engine, "before_cursor_execute", asks)
        connection = await session.connection()
        looks = [(statement, parameters) for statement, parameters in asked if statement.startswith("SELECT")]
        assert len(looks) > 3
        for statement, parameters in looks:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [step for *_, step in plan]
            assert not [step for step in steps if "SCAN" in step], statement
        assert (await session.exec(text("SELECT count(*) FROM activity"))).scalar_one() == 3  # type: ignore[call-overload]
    await database.close()


@pytest.mark.parametrize("places", [PLACES, PLACES[::-1], PLACES[:1], []])
async def test_a_community_meets_in_its_places_of_every_tenant(database: Database, places: list[Place]) -> None:
    async with database.transaction() as session:
        rows = [await communities.discover(session, one) for one in PLACES]
        community = await communities.found(session, rows[0], name="N", language="en", time_zone="UTC", now=START)
        rows[3].community_id = rows[4].community_id = community.id
        rows[4].active = False
        await session.flush()
        renamed = [Place(one.platform, one.tenant, one.id, "another name") for one in places]
        found = await meetings.among(session, [*places, *renamed])
    expected = {PLACES[0]: (rows[0].id, community.id), PLACES[3]: (rows[3].id, community.id)}
    for one, other in zip(places, renamed, strict=True):
        assert found.get(one) == found.get(other) == expected.get(one)


async def test_accounts_of_several_tenants_are_found_together(database: Database) -> None:
    async with database.transaction() as session:
        ids = {one.account: (await members.ensure(session, one, START)).id for one in (ANA, BEN)}
        stranger = Account("fake", "one", "two")
        assert await members.known_among(session, [*ids, stranger]) == ids
        assert await members.ensure_many(session, {ANA.account: ANA}, START + timedelta(days=1)) == {
            ANA.account: ids[ANA.account]
        }


async def test_topics_come_with_what_happens_there_in_its_order(database: Database) -> None:
    circle = PLACES[0]
    unnamed, vaccines, cold_room = (
        Place("fake", "one", f"{circle.id}/3", name) for name in ("", "Vaccines", "Cold room")
    )
    elsewhere = Place("fake", "one", "nowhere/3")
    async with database.transaction() as session:
        row = await communities.discover(session, circle)
        community = await communities.found(session, row, name="N", language="en", time_zone="UTC", now=START)
        found = await meetings.among(session, [cold_room, unnamed, elsewhere, vaccines])
        topic = await communities.place_at(session, unnamed)
        assert topic is not None
        assert found == dict.fromkeys((cold_room, unnamed, vaccines), (topic.id, community.id))
        assert topic.name == "Vaccines"
        assert await meetings.at(session, cold_room) == (topic, community)
        assert topic.name == "Cold room"
        assert await meetings.at(session, elsewhere) == (None, None)
