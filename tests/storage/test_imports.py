"""What waits of an archive is counted step by step, moves over once, and leaves nothing behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, func, select

from bot.core.errors import Refusal
from storage import import_publication as publication
from storage import imports
from storage.activity import Activity, ActivityKind
from storage.columns import PRIVACY, to_microseconds
from storage.communities import Community, CommunityPlace
from storage.database import Database
from storage.imports import (
    BUSY,
    TAKEN_OVER,
    ArchiveImport,
    FoundPerson,
    FoundPlace,
    ImportPerson,
    ImportPlace,
    ImportRecord,
    Record,
)
from storage.members import Member, MemberAccount

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLACES = [FoundPlace(0, "C1", "general"), FoundPlace(1, "C2", "talk")]


def record(person: int, key: int, kind: ActivityKind = ActivityKind.MESSAGE, place: int = 0) -> Record:
    return (place, person, kind.value, to_microseconds(NOW), key, None, False)


async def begun(database: Database, archive: str = "a", name: str = "Nurses") -> ArchiveImport:
    run = ArchiveImport(archive=archive, community_name=name, platform="slack", tenant="T1", started_at=NOW)
    async with database.transaction() as session:
        return await imports.begin(session, run, PLACES)


async def staged(database: Database, run: ArchiveImport, *records: Record) -> None:
    people = [FoundPerson(number, f"U{number}", f"Person {number}") for number in {one[1] for one in records}]
    async with database.transaction() as session:
        known = set((await imports.people_of(session, run)).values())
        new = [one for one in people if one.number not in known]
        await imports.stage(session, run, files=1, people=new, records=records)


async def published(database: Database, run: ArchiveImport) -> None:
    async with database.transaction() as session:
        await publication.publish(session, run, NOW)
        while await publication.publish_some(session, run):
            pass
        await publication.finish(session, run, NOW)


async def count(database: Database, table: type[SQLModel]) -> int:
    async with database.reading() as session:
        return (await session.exec(select(func.count()).select_from(table))).one()


async def test_a_run_is_found_again_as_far_as_it_came(database: Database) -> None:
    run = await begun(database)
    await staged(database, run, record(0, 1), record(1, 2))
    again = await begun(database)
    assert (again.id, again.staged_files, again.staged_records) == (run.id, 1, 2)
    async with database.reading() as session:
        assert await imports.people_of(session, again) == {"U0": 0, "U1": 1}
        assert await imports.finished(session, "a", "Nurses") is None
    assert await count(database, ImportPlace) == 2


@pytest.mark.parametrize("size", [1, 999, 1000, 1001, 2500])
async def test_batches_of_any_size_arrive_whole(database: Database, size: int) -> None:
    run = await begun(database)
    await staged(database, run, *(record(key % 7, key, place=key % 2) for key in range(size)))
    await published(database, run)
    assert (run.messages, run.people, run.writers, run.places) == (size, min(size, 7), min(size, 7), 2)
    assert await count(database, Activity) == size


async def test_it_moves_in_parts_and_counts_each_kind(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "PUBLISHED_AT_ONCE", 2)
    run = await begun(database)
    kinds = [ActivityKind.MESSAGE, ActivityKind.JOIN, ActivityKind.LEAVE, ActivityKind.REACTION]
    await staged(database, run, *(record(1, key, kind) for key, kind in enumerate(kinds)), record(2, 0))
    async with database.transaction() as session:
        assert not await publication.publish(session, run, NOW)
    left = []
    for _ in range(3):
        async with database.transaction() as session:
            await publication.publish_some(session, run)
        left.append(await count(database, ImportRecord))
    assert left == [3, 1, 0]
    async with database.reading() as session:
        community = (await session.exec(select(Community))).one()
    assert not community.complete
    async with database.transaction() as session:
        await publication.finish(session, run, NOW)
    assert (run.messages, run.joins, run.leaves, run.reactions) == (1, 1, 1, 1)
    assert (run.people, run.writers) == (2, 2)
    async with database.reading() as session:
        done = await imports.finished(session, "a", "Nurses")
        assert done is not None
        assert (done.completed_at, done.community_id, done.messages) == (NOW, community.id, 1)
        assert (await session.exec(select(Community.complete))).one()
    for table in (ImportRecord, ImportPerson, ImportPlace):
        assert await count(database, table) == 0


async def test_an_account_that_is_removed_halfway_does_no_harm(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "PUBLISHED_AT_ONCE", 1)
    run = await begun(database)
    await staged(database, run, record(0, 1), record(1, 2))
    async with database.transaction() as session:
        await publication.publish(session, run, NOW)
        await publication.publish_some(session, run)
        await session.exec(text("DELETE FROM account WHERE member_id = (SELECT max(id) FROM member)"))  # type: ignore[call-overload]
        await session.exec(text("DELETE FROM member WHERE id = (SELECT max(id) FROM member)"))  # type: ignore[call-overload]
    await published(database, await begun(database))
    assert await count(database, Activity) == await count(database, MemberAccount) == 2


async def test_who_works_on_an_old_copy_of_a_run_is_stopped(database: Database) -> None:
    run, other = await begun(database), await begun(database)
    await staged(database, run, record(0, 1))
    with pytest.raises(Refusal) as refusal:
        await staged(database, other, record(0, 1))
    assert refusal.value.key == BUSY
    other = await begun(database)
    await published(database, run)
    with pytest.raises(Refusal) as refusal:
        await published(database, other)
    assert refusal.value.key == BUSY
    assert await count(database, Activity) == 1


async def test_of_two_that_publish_the_second_is_stopped(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "PUBLISHED_AT_ONCE", 1)
    run = await begun(database)
    await staged(database, run, record(0, 1), record(0, 2))
    async with database.transaction() as session:
        await publication.publish(session, run, NOW)
    other = await begun(database)
    async with database.transaction() as session:
        assert await publication.publish_some(session, run)
    with pytest.raises(Refusal) as refusal:
        async with database.transaction() as session:
            await publication.publish_some(session, other)
    assert refusal.value.key == BUSY
    await published(database, run)
    assert (run.messages, await count(database, Activity)) == (2, 2)


async def test_who_works_on_a_discarded_run_is_told(database: Database) -> None:
    run = await begun(database)
    async with database.transaction() as session:
        await imports.discard(session, run)
    with pytest.raises(Refusal) as refusal:
        await staged(database, run, record(0, 1))
    assert refusal.value.key == TAKEN_OVER


async def test_runs_that_nobody_comes_back_for_are_forgotten(database: Database) -> None:
    old, done, half = await begun(database, "1"), await begun(database, "2", "Done"), await begun(database, "3", "Half")
    for run in (old, done, half):
        await staged(database, run, record(0, 1))
    await published(database, done)
    async with database.transaction() as session:
        await publication.publish(session, half, NOW)
    async with database.transaction() as session:
        assert await imports.discard_unfinished(session, NOW) == 0
        assert await imports.discard_unfinished(session, NOW + timedelta(seconds=1)) == 1
    async with database.reading() as session:
        left = set((await session.exec(select(ArchiveImport.archive))).all())
    assert left == {"2", "3"}
    assert await count(database, ImportRecord) == 1


async def test_nothing_that_waits_tells_who_somebody_is(database: Database) -> None:
    await staged(database, await begun(database), record(4711, 1))
    async with database.engine.connect() as connection:
        row = (await connection.execute(text("SELECT * FROM import_person"))).one()
    assert not any(b"U4711" in bytes(str(value), "utf-8") or b"Person" in bytes(str(value), "utf-8") for value in row)


def test_every_column_says_whom_it_is_about() -> None:
    for table in ("archive_import", "import_place", "import_person", "import_record"):
        for column in SQLModel.metadata.tables[table].columns:
            assert column.info.get(PRIVACY) in ("personal", "pseudonymous", "neutral")


async def test_a_thousand_and_more_people_get_their_own_members(database: Database) -> None:
    run = await begun(database)
    await staged(database, run, *(record(person, person) for person in range(2345)))
    await published(database, run)
    async with database.reading() as session:
        rows = (await session.exec(select(MemberAccount.user, Member.name).join(Member))).all()
        places = (await session.exec(select(CommunityPlace.active, CommunityPlace.name))).all()
    assert {(user, name) for user, name in rows} == {(f"U{n}", f"Person {n}") for n in range(2345)}
    assert sorted(map(tuple, places)) == [(False, "general"), (False, "talk")]
