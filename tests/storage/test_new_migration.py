"""New migrations are written by the program, and together they make the tables that the code declares."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage.database import Database
from storage.new_migration import NoMigration, main, write_migration
from storage.schema import MIGRATIONS, known_revisions, revision_of, upgrade
from storage.tables import METADATA
from tests.databases import SECRET_KEY, fresh_postgres


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A copy of the migrations, to write into."""
    return copytree(MIGRATIONS, tmp_path / "migrations", ignore=ignore_patterns("__pycache__"))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_migrations_make_the_tables_that_the_code_declares(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path}/baraza.sqlite3"
    url = sqlite if kind == "sqlite" else await fresh_postgres(request.getfixturevalue("postgres"))
    database = Database(url, SECRET_KEY)
    try:
        await upgrade(database)
        assert await revision_of(database) == known_revisions()[-1]
        async with database.engine.connect() as connection:
            assert await connection.run_sync(_differences) == []
    finally:
        await database.close()


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA))


def test_without_a_change_in_the_tables_nothing_is_written(migrations: Path) -> None:
    before = sorted((migrations / "versions").iterdir())
    with pytest.raises(NoMigration, match="nothing to write"):
        write_migration("nothing", migrations)
    assert [path for path in sorted((migrations / "versions").iterdir()) if path.name != "__pycache__"] == before


def test_what_the_last_migrations_lack_is_written_in_plain_types(migrations: Path) -> None:
    for path in (migrations / "versions").glob("[0-9]*.py"):
        path.unlink()
    written = write_migration("all_tables", migrations)
    assert written == migrations / "versions" / "0001_all_tables.py"
    code = written.read_text(encoding="utf-8")
    assert code.startswith('"""All tables.\n\nRevision 0001, the first.\n"""')
    assert not [word for word in ("storage.", "sqlmodel", "Moment", "Sealed", "RowId", "AutoString") if word in code]
    assert "sa.BigInteger().with_variant(sa.Integer()" in code
    with pytest.raises(NoMigration, match="nothing to write"):
        write_migration("again", migrations)


@pytest.mark.parametrize("arguments", [[], ["Kudos"], ["../kudos"], ["two", "names"], ["2nd"]])
def test_a_migration_needs_a_plain_name(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert "make migration name=kudos" in capsys.readouterr().err


def test_the_command_says_where_the_migration_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("storage.new_migration.write_migration", lambda name: tmp_path / f"0002_{name}.py")
    assert main(["kudos"]) == 0
    assert f"{tmp_path}/0002_kudos.py" in capsys.readouterr().out
