"""Fixtures that every part of the tests shares."""

from __future__ import annotations

import gc
import io
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from aiohttp import web_app
from hypothesis import HealthCheck, is_hypothesis_test, settings
from sqlalchemy.engine import URL

from bot.logs import configure_logs
from storage.database import Database
from storage.tables import METADATA
from tests.connections import still_taken
from tests.databases import SECRET_KEY, fresh_postgres, postgres_server

settings.register_profile(
    "test",
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("bench", settings.get_profile("test"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


# Whole programs live in this process, hundreds of times: to look through all of them costs a tenth of the run.
gc.set_threshold(50_000, 20, 100)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Coverage makes a test two to eight times as slow. It is not measured where hundreds of examples run, nor where
    the program runs in a process of its own, which is not looked into.
    """
    examples = is_hypothesis_test(getattr(item, "obj", None))
    if examples or item.get_closest_marker("process"):
        leave_uncovered(item)


def leave_uncovered(item: pytest.Item) -> None:
    """Measure no coverage in a test; ``make test`` runs those in processes of their own."""
    item.add_marker("uncovered")
    if not item.config.option.no_cov:
        item.add_marker("no_cover")


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open database with today's tables: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/baraza.sqlite3"
    else:
        url = await fresh_postgres(request.getfixturevalue("postgres"))
    opened = Database(url, SECRET_KEY)
    async with opened.engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def every_connection_is_given_back() -> Iterator[None]:
    """Who keeps a connection of the database fails here, not in the test where the garbage collector finds it."""
    yield
    assert still_taken() == []


@pytest.fixture(autouse=True)
def logging_stays_as_it_was() -> Iterator[None]:
    """The command line, run inside a test, sets up logs for the whole process: no later test shall notice."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**before)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(autouse=True)
def no_server_stays_in_memory() -> Iterator[None]:
    """aiohttp remembers the handlers of its last thousand routes, and with them whole programs that were stopped."""
    yield
    web_app._cached_build_middleware.cache_clear()


@pytest.fixture
def logs(logging_stays_as_it_was: None) -> io.StringIO:
    """What Baraza and its libraries log, at the level that tells most."""
    written = io.StringIO()
    configure_logs("DEBUG", written)
    return written
