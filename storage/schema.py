"""The tables as they must be: migrations are applied at start, and a database from the future is refused."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DatabaseError, OperationalError

from storage.database import Database, DatabaseProblem, DatabaseUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION_TABLE = "alembic_version"


def known_revisions() -> list[str]:
    """The revisions of this version of the code, the oldest first: each migration's file begins with its own."""
    return sorted(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


async def revision_of(database: Database) -> str | None:
    """The revision that the database is at; None for an empty one.

    Raises DatabaseUnavailable when it does not answer, DatabaseProblem when the file is no database.
    """
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(_revision)
    except OperationalError as error:
        raise DatabaseUnavailable(type(error.orig).__name__) from error
    except DatabaseError as error:
        raise DatabaseProblem(
            f"{database.url.database} is damaged, or no SQLite database. Nothing was changed. "
            "Put a backup in its place, or move it away to begin afresh."
        ) from error


async def upgrade(database: Database) -> None:
    """Bring the database to this version's tables, all or nothing.

    Raises DatabaseProblem when a newer version of Baraza has been here.
    """
    revision = await revision_of(database)
    known = known_revisions()
    if revision == known[-1]:
        return
    if revision is not None and revision not in known:
        raise DatabaseProblem(
            f"This database was written by a newer Baraza (revision {revision}; this one knows up to {known[-1]}). "
            "Start that newer version, or restore a backup from before the upgrade."
        )
    async with database.engine.begin() as connection:
        await connection.run_sync(_upgrade)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar_one_or_none()  # noqa: S608 - a constant


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
