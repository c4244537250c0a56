"""An import that is broken off shows nothing, and running it again ends as if nothing had happened."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from bot.core.errors import Refusal
from handlers.imports import ImportResult
from storage.communities import Community
from storage.database import Database, Session
from storage.imports import BUSY, ArchiveImport
from storage.members import MemberAccount
from tests.databases import SECRET_KEY
from tests.handlers.imports.reading import Row, count, read_in, rows_of, shows, waiting
from tests.slack_exports import START, lively_export, said, user, write_export


class PowerCut(Exception):
    """Not an error that anything expects."""


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.imports._BATCH", 60)
    monkeypatch.setattr("handlers.imports._BREATH", 0)
    monkeypatch.setattr("storage.import_publication.PUBLISHED_AT_ONCE", 150)


class Cutter:
    """Breaks off at the ``at``-th transaction from now: before it is committed, or right after."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at, self.after, self.seen = -1, False, 0
        whole = database.transaction

        @contextlib.asynccontextmanager
        async def cut() -> AsyncIterator[Session]:
            async with whole() as session:
                self.seen += 1
                now = self.seen == self.at
                yield session
                if now and not self.after:
                    raise PowerCut
            if now:
                raise PowerCut

        monkeypatch.setattr(database, "transaction", cut)

    def set(self, at: int, *, after: bool) -> None:
        self.at, self.after, self.seen = at, after, 0


def same(rows: list[Row], others: list[Row]) -> bool:
    """Whether two communities know the same."""
    return sorted(map(repr, rows)) == sorted(map(repr, others))


def counts(result: ImportResult) -> tuple[int, ...]:
    """What an import says that it brought."""
    return (result.messages, result.reactions, result.joins, result.leaves, result.people, result.writers)


@pytest.mark.parametrize("after", [False, True])
async def test_wherever_it_is_cut_it_goes_on_to_the_same_end(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> None:
    path = lively_export(tmp_path / "whole.zip")
    cutter = Cutter(database, monkeypatch)
    expected = await read_in(database, path)
    rows, steps, people = await rows_of(database, "whole"), cutter.seen, await count(database, MemberAccount)
    assert steps > 15
    for step in range(1, steps + 1):
        name = f"cut at {step}"
        cutter.set(step, after=after)
        with pytest.raises(PowerCut):
            await read_in(database, path, name)
        assert await shows(database, name) == (after and step == steps)
        cutter.set(-1, after=False)
        result = await read_in(database, path, name)
        assert counts(result) == counts(expected)
        assert same(await rows_of(database, name), rows)
        assert await waiting(database) == 0
        assert (await read_in(database, path, name)).already_there
    assert await count(database, MemberAccount) == people


async def test_it_may_be_cut_again_and_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lively_export(tmp_path / "whole.zip", seed=2)
    expected = await read_in(database, path)
    cutter = Cutter(database, monkeypatch)
    tries = 0
    while tries < 100:
        tries += 1
        cutter.set(5, after=False)  # the last four transactions are the fewest that can end it
        try:
            result = await read_in(database, path, "often")
            break
        except PowerCut:
            assert not await shows(database, "often")
    assert tries > 5
    assert counts(result) == counts(expected)
    assert same(await rows_of(database, "often"), await rows_of(database, "whole"))


async def test_a_community_that_is_there_sees_all_of_it_or_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await read_in(
        database,
        write_export(tmp_path / "1.zip", {"c/2023-11-15.json": [said("U1", f"{START}.1")]}, users=[user("U1")]),
        "Nurses",
    )
    before = await rows_of(database, "Nurses")
    path = lively_export(tmp_path / "2.zip")
    cutter = Cutter(database, monkeypatch)
    for step in range(1, 100):
        cutter.set(step, after=False)
        try:
            result = await read_in(database, path, "Nurses")
            break
        except PowerCut:
            assert await rows_of(database, "Nurses") == before
    assert step > 5
    assert len(await rows_of(database, "Nurses")) == 1 + sum(counts(result)[:4])
    assert await waiting(database) == 0


async def test_two_at_once_end_as_one(database: Database, tmp_path: Path) -> None:
    path = lively_export(tmp_path / "a.zip")
    ended = await asyncio.gather(*(read_in(database, path) for _ in range(3)), return_exceptions=True)
    for one in ended:
        assert isinstance(one, ImportResult) or (isinstance(one, Refusal) and one.key == BUSY)
    result = await read_in(database, path)
    assert sum(counts(result)[:4]) == len(await rows_of(database, "a"))
    assert await count(database, Community) == 1
    assert await waiting(database) == 0


async def test_another_archive_for_a_half_built_community_starts_it_afresh(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = lively_export(tmp_path / "1.zip", seed=1), lively_export(tmp_path / "2.zip", seed=2)
    expected = await read_in(database, second, "expected")
    cutter = Cutter(database, monkeypatch)
    await read_in(database, first, "steps")
    cutter.set(cutter.seen - 1, after=False)
    with pytest.raises(PowerCut):
        await read_in(database, first, "Nurses")
    cutter.set(-1, after=False)
    assert counts(await read_in(database, second, "Nurses")) == counts(expected)
    assert same(await rows_of(database, "Nurses"), await rows_of(database, "expected"))
    assert await count(database, Community) == 3
    assert await waiting(database) == 0
    assert not (await read_in(database, first, "Nurses")).already_there


@pytest.mark.process
def test_a_killed_process_leaves_what_the_next_one_continues(tmp_path: Path) -> None:
    lively_export(tmp_path / "a.zip", entries=6000)
    url = f"sqlite:///{tmp_path}/baraza.sqlite3"
    asyncio.run(_create(url))
    for stop_at in (40, 200, 450, 620, 700, 900):
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, url, str(tmp_path / "a.zip"), SECRET_KEY],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        with child.stdout:
            for line in child.stdout:
                if int(line) >= stop_at:
                    break
            child.send_signal(signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        assert not asyncio.run(_look(url, "a"))
    asyncio.run(_finish(url, tmp_path / "a.zip"))


_CHILD = """
import asyncio, sys, time
from datetime import UTC, datetime
from pathlib import Path
import handlers.imports, storage.import_publication, storage.tables
from storage.database import Database
handlers.imports._BATCH = 100
storage.import_publication.PUBLISHED_AT_ONCE = 500
def progress(done, total):
    print(done, flush=True)
    time.sleep(0.01)
url, path, key = sys.argv[1:]
database = Database(url, key)
asyncio.run(handlers.imports.import_slack_export(database, Path(path), None, datetime.now(UTC), progress))
time.sleep(60)
"""


async def _create(url: str) -> None:
    database = Database(url, SECRET_KEY)
    async with database.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    await database.close()


async def _look(url: str, name: str) -> bool:
    database = Database(url, SECRET_KEY)
    try:
        return await shows(database, name)
    finally:
        await database.close()


async def _finish(url: str, path: Path) -> None:
    database = Database(url, SECRET_KEY)
    result = await read_in(database, path)
    whole = await read_in(database, path, "whole")
    assert counts(result) == counts(whole)
    assert same(await rows_of(database, "a"), await rows_of(database, "whole"))
    assert await count(database, ArchiveImport) == 2
    assert await waiting(database) == 0
    await database.close()
