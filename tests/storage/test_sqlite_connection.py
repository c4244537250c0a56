"""SQLite is asked once for each statement, and a transaction is what it was before."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from storage.sqlite_connection import READS, WRITES, OneTripConnection


class Counted(OneTripConnection):
    """Counts its trips to the thread."""

    trips = 0

    async def _execute(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        self.trips += 1
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[Counted]:
    opened = Counted(str(tmp_path / "it.sqlite3"), timeout=0)
    async with opened:
        await opened.cursor().execute("PRAGMA journal_mode=WAL")
        await opened.cursor().execute("CREATE TABLE word (it TEXT)")
        await opened.cursor().executemany("INSERT INTO word VALUES (?)", [("one",), ("two",)])
        await opened.commit()
        opened.trips = 0
        yield opened


async def words(connection: OneTripConnection) -> list[str]:
    cursor = await connection.cursor().execute("SELECT it FROM word")
    return [it for (it,) in await cursor.fetchall()]


async def test_a_look_at_two_tables_takes_three_trips(connection: Counted) -> None:
    connection.begin(READS)
    assert await words(connection) == ["one", "two"]
    assert await words(connection) == ["one", "two"]
    await connection.rollback()
    await connection.rollback()
    assert connection.trips == 3


@pytest.mark.parametrize("begin", [READS, WRITES])
async def test_nothing_is_asked_where_nothing_was_done(connection: Counted, begin: str) -> None:
    connection.begin(begin)
    await connection.commit()
    assert connection.trips == 0
    await words(connection)
    assert not connection.in_transaction  # what was never done does not begin here


async def test_a_change_takes_two_trips(connection: Counted) -> None:
    connection.begin(WRITES)
    await connection.cursor().execute("INSERT INTO word VALUES ('three')")
    await connection.commit()
    assert connection.trips == 2
    assert await words(connection) == ["one", "two", "three"]


async def test_a_change_at_once_takes_one_trip_and_is_kept(connection: Counted) -> None:
    assert await connection.change_at_once("INSERT INTO word VALUES (?)", [("three",), ("four",)]) == 2
    assert (connection.trips, connection.in_transaction) == (1, False)
    assert await words(connection) == ["one", "two", "three", "four"]


async def test_a_change_at_once_is_kept_as_a_whole_or_not_at_all(connection: Counted) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        await connection.change_at_once("INSERT INTO word VALUES (?)", [("three",), ("four", "too many")])
    assert not connection.in_transaction
    assert await words(connection) == ["one", "two"]


async def test_nobody_else_writes_from_the_first_statement_of_a_change_on(connection: Counted, tmp_path: Path) -> None:
    other = OneTripConnection(str(tmp_path / "it.sqlite3"), timeout=0)
    async with other:
        connection.begin(WRITES)
        assert len(await words(connection)) == 2
        other.begin(WRITES)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await words(other)  # it may write, so it has to wait, though it only reads
        assert not other.in_transaction
        await other.rollback()
        await connection.cursor().execute("INSERT INTO word VALUES ('three')")
        await connection.commit()
        other.begin(WRITES)
        assert len(await words(other)) == 3
        await other.rollback()


async def test_a_look_stays_the_same_while_others_write(connection: Counted, tmp_path: Path) -> None:
    connection.begin(READS)
    assert len(await words(connection)) == 2
    other = OneTripConnection(str(tmp_path / "it.sqlite3"))
    async with other:
        await other.cursor().execute("INSERT INTO word VALUES (?)", ("three",))
    assert len(await words(connection)) == 2
    await connection.rollback()
    assert len(await words(connection)) == 3


async def test_what_is_taken_back_is_gone_and_what_is_kept_stays(connection: Counted) -> None:
    for end, left in ((connection.rollback, 2), (connection.commit, 3)):
        connection.begin(WRITES)
        cursor = await connection.cursor().execute("INSERT INTO word VALUES ('three')")
        assert (cursor.rowcount, cursor.lastrowid, cursor.description) == (1, 3, None)
        await end()
        assert len(await words(connection)) == left


async def test_an_error_is_sqlites_own_and_leaves_the_transaction_to_be_ended(connection: Counted) -> None:
    connection.begin(WRITES)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await connection.cursor().execute("SELECT it FROM nowhere")
    assert connection.in_transaction
    await connection.rollback()
    assert not connection.in_transaction
