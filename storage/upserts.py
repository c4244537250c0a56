"""INSERT ... ON CONFLICT, which SQLAlchemy spells once a database."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from storage.database import Session


def insert_into(session: Session, table: type[SQLModel]) -> Any:
    """An INSERT that can say ``on_conflict_do_nothing`` or ``on_conflict_do_update`` on this session's database."""
    dialect = session.get_bind().dialect.name
    target = table.__table__  # type: ignore[attr-defined]
    return sqlite.insert(target) if dialect == "sqlite" else postgresql.insert(target)
