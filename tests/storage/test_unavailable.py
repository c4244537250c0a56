"""A database that is away is told from a mistake in what was asked of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from storage.database import Database, DatabaseUnavailable
from tests.databases import SECRET_KEY, fresh_postgres


async def ask(database: Database) -> None:
    async with database.reading() as session:
        await session.exec(text("SELECT 1"))  # type: ignore[call-overload]


async def close(database: Database) -> None:
    await database.close()
    await asyncio.sleep(0)  # a connection that was cut off is let go of in the loop's next turn
    await asyncio.sleep(0)


async def test_a_wrong_statement_is_a_mistake_and_no_outage(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            await session.exec(text("SELECT * FROM nowhere"))  # type: ignore[call-overload]


async def test_an_error_of_the_caller_stays_its_own(database: Database) -> None:
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            raise FileNotFoundError


async def test_where_nobody_listens_the_database_is_away(tmp_path: Path) -> None:
    for url in (f"postgresql://u@/d?host={tmp_path}", "postgresql://u@127.0.0.1:1/d"):
        database = Database(url, SECRET_KEY)
        with pytest.raises(DatabaseUnavailable):
            await ask(database)
        await close(database)


async def test_a_connection_that_is_cut_is_an_outage_and_the_next_one_works(postgres: URL) -> None:
    url = await fresh_postgres(postgres)
    database = Database(url, SECRET_KEY)
    other = await asyncpg.connect(url)
    with pytest.raises(DatabaseUnavailable):
        async with database.transaction() as session:
            await session.exec(text("SELECT 1"))  # type: ignore[call-overload]
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
    await other.close()
    await ask(database)
    await close(database)


async def test_a_server_that_takes_no_connections_now_is_away(postgres: URL) -> None:
    url = await fresh_postgres(postgres)
    admin = await asyncpg.connect(postgres.set(database="postgres").render_as_string(hide_password=False))
    name = make_url(url).database
    await admin.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
    await admin.execute("DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    await admin.close()
    database = Database(postgres.set(database=name, username="guest").render_as_string(hide_password=False), SECRET_KEY)
    with pytest.raises(DatabaseUnavailable):
        await ask(database)
    await close(database)
