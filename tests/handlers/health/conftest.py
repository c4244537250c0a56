"""An open session on a fresh SQLite file; what is written in it is not kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import SQLModel

from storage.database import Database, Session
from tests.databases import SECRET_KEY


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    opened = Database(f"sqlite:///{tmp_path}/baraza.sqlite3", SECRET_KEY)
    async with opened.engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    async with opened.reading() as reading:
        yield reading
    await opened.close()
