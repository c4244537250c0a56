"""The tables after every migration are those of the code; the future is refused in plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from storage.database import Database, DatabaseProblem
from storage.schema import known_revisions, revision_of, upgrade
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
