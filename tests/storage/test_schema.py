"""The tables after every migration are those of the code; the future is refused in plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from storage import communities, schedules
from storage.columns import to_microseconds
from storage.database import Database, DatabaseProblem
from storage.schedules import StoredSchedule
from storage.schema import MIGRATIONS, known_revisions, revision_of, upgrade
from storage.tables import METADATA
from tests.databases import SECRET_KEY, fresh_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database without any table."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/empty.sqlite3"
    else:
        url = await fresh_postgres(request.getfixturevalue("postgres"))
    database = Database(url, SECRET_KEY)
    yield database
    await database.close()


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, METADATA))


async def test_after_the_migrations_the_tables_are_those_of_the_code(empty: Database) -> None:
    await upgrade(empty)
    async with empty.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_an_upgrade_brings_the_newest_revision_and_twice_is_as_good_as_once(empty: Database) -> None:
    assert await revision_of(empty) is None
    await upgrade(empty)
    await upgrade(empty)
    assert await revision_of(empty) == known_revisions()[-1]


async def test_a_database_from_the_future_is_refused_and_left_alone(empty: Database) -> None:
    await upgrade(empty)
    async with empty.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseProblem, match=r"newer Baraza \(revision 9999; this one knows up to \d+\)"):
        await upgrade(empty)
    assert await revision_of(empty) == "9999"


async def test_an_upgrade_keeps_what_an_installation_has_and_when_its_schedules_are_due(empty: Database) -> None:
    await _at_the_first_revision(empty)
    async with empty.engine.begin() as connection:
        for statement in _LIVED_IN:
            await connection.execute(text(statement))
    await upgrade(empty)
    async with empty.reading() as session:
        (community,) = await communities.all_communities(session)
        assert (community.name, community.silence_days, community.keep_activity_months) == ("Nurses", 7, 0)
        daily, installation = await schedules.all_schedules(session)
        assert (daily.name, daily.community_id, daily.subject, daily.cadence) == ("questions", 1, "", "daily 09:00")
        assert (daily.time_zone, daily.chosen, daily.active) == ("Africa/Nairobi", False, True)
        assert (daily.next_at, daily.next_local) == (_DUE, "2026-03-02 09:00")
        assert (installation.name, installation.community_id) == ("housekeeping", 0)
        assert [one.id for one in await schedules.due(session, _DUE)] == [daily.id]
    async with empty.transaction() as session:
        assert not await schedules.claim(session, installation.id, "2026-03-01 02:00", _DUE)
        assert await schedules.claim(session, installation.id, "2026-03-02 02:00", _DUE)
        await schedules.add(session, StoredSchedule(**daily.model_dump(exclude={"id", "name"}), name="another"))
    async with empty.reading() as session:
        assert len({one.id for one in await schedules.all_schedules(session)}) == 3


_DUE = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
_MOMENT = to_microseconds(_DUE)
_LIVED_IN = (
    "INSERT INTO community (name, language, time_zone, is_sample, complete, created_at) "
    f"VALUES ('Nurses', 'en', 'Africa/Nairobi', false, true, {_MOMENT})",
    "INSERT INTO schedule (id, name, community_id, cadence, time_zone, next_at, next_local) "
    f"VALUES (7, 'questions', 1, 'daily 09:00', 'Africa/Nairobi', {_MOMENT}, '2026-03-02 09:00'), "
    f"(9, 'housekeeping', 0, 'daily 02:00', 'UTC', {_MOMENT + 1}, '2026-03-02 02:00')",
    f"INSERT INTO schedule_run (schedule_id, local, ran_at) VALUES (9, '2026-03-01 02:00', {_MOMENT - 1})",
    "INSERT INTO inbox (platform, tenant, key, conversation, body, received_at, state, attempts, reason) "
    f"VALUES ('local', 'local', '', '', '', {_MOMENT}, 1, 0, '')",
)


async def _at_the_first_revision(database: Database) -> None:
    def to_the_first(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, known_revisions()[0])

    async with database.engine.begin() as connection:
        await connection.run_sync(to_the_first)
