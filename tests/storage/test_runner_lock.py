"""One program at a time works through a database."""

from __future__ import annotations

import os

import pytest

from storage.database import Database, DatabaseProblem
from storage.runner_lock import only_runner
from tests.databases import SECRET_KEY


@pytest.fixture
async def same(database: Database) -> Database:
    """What a second program opens: the same database."""
    return Database(database.url.render_as_string(hide_password=False), SECRET_KEY)


async def test_a_second_runner_is_refused_in_plain_words(database: Database, same: Database) -> None:
    async with only_runner(database):
        with pytest.raises(DatabaseProblem, match="Another Baraza is running on this database"):
            async with only_runner(same):
                pass
    await same.close()


async def test_when_the_first_has_ended_the_next_may_run(database: Database, same: Database) -> None:
    async with only_runner(database):
        pass
    async with only_runner(same):
        with pytest.raises(DatabaseProblem):
            async with only_runner(database):
                pass
    async with only_runner(database):
        pass
    await same.close()


async def test_a_runner_that_failed_lets_go(database: Database, same: Database) -> None:
    with pytest.raises(InterruptedError):
        async with only_runner(database):
            raise InterruptedError
    async with only_runner(same):
        pass
    await same.close()


async def test_the_lock_leaves_no_open_file(database: Database) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        async with only_runner(database):
            pass
    assert len(os.listdir("/proc/self/fd")) <= before + 2  # a connection of the pool may have come
