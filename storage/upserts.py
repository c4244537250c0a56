"""INSERT ... ON CONFLICT, which SQLAlchemy spells once a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from storage.database import Database, Session
from storage.statements import bare

_SQLITE = sqlite.dialect()


def insert_into(session: Session, table: type[SQLModel]) -> Any:
    """An INSERT that can say ``on_conflict_do_nothing`` or ``on_conflict_do_update`` on this session's database."""
    return _insert(session.get_bind().dialect.name, table)


def insert_new_into(session: Session, table: type[SQLModel]) -> Any:
    """The same, built once, for rows that come as parameters: a row that is there already stays as it is."""
    return _insert_new(session.get_bind().dialect.name, table)


async def insert_new(database: Database, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> int:
    """Keep rows that are not there yet, in a change of its own, on the shortest way. How many were new.

    All of them name the same columns, which are all that have no default in the database. Raises DatabaseUnavailable.
    """
    if database.is_sqlite:
        statement, binds = _direct(table, tuple(rows[0]))
        async with database.direct() as connection:
            parameters = [[bind(row[name]) if bind else row[name] for name, bind in binds] for row in rows]
            return await connection.change_at_once(statement, parameters)
    async with database.transaction() as session:
        insert = _telling_keys(insert_new_into(session, table))
        return len((await (await session.connection()).execute(insert, list(rows))).all())


@cache
def _direct(table: type[SQLModel], names: Sequence[str]) -> tuple[str, list[tuple[str, Any]]]:
    """The statement as SQLite reads it; the columns in its order, each with what SQLAlchemy does to their values."""
    compiled = _insert_new("sqlite", table).compile(dialect=_SQLITE, column_keys=list(names))
    columns = bare(table).c
    order = compiled.positiontup or ()
    return str(compiled), [(name, columns[name].type.dialect_impl(_SQLITE).bind_processor(_SQLITE)) for name in order]


@cache
def _telling_keys(insert: Any) -> Any:
    """Its rows tell what was new: the driver counts none of many."""
    return insert.returning(*insert.table.primary_key)


@cache
def _insert(dialect: str, table: type[SQLModel]) -> Any:
    return sqlite.insert(bare(table)) if dialect == "sqlite" else postgresql.insert(bare(table))


@cache
def _insert_new(dialect: str, table: type[SQLModel]) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()
