"""INSERT ... ON CONFLICT, which SQLAlchemy spells once a database."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from storage.database import Session
from storage.statements import bare


def insert_into(session: Session, table: type[SQLModel]) -> Any:
    """An INSERT that can say ``on_conflict_do_nothing`` or ``on_conflict_do_update`` on this session's database."""
    return _insert(session.get_bind().dialect.name, table)


def insert_new_into(session: Session, table: type[SQLModel]) -> Any:
    """The same, built once, for rows that come as parameters: a row that is there already stays as it is."""
    return _insert_new(session.get_bind().dialect.name, table)


@cache
def _insert(dialect: str, table: type[SQLModel]) -> Any:
    return sqlite.insert(bare(table)) if dialect == "sqlite" else postgresql.insert(bare(table))


@cache
def _insert_new(dialect: str, table: type[SQLModel]) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()
