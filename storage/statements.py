"""Statements that are built once, when their module is imported, and executed for every event.

To build one anew costs SQLAlchemy more than SQLite needs to execute it; so does a statement that speaks of entities
where a few columns are wanted. They are executed with ``session.exec(statement, params=...)``, which does not write
down changed entities first: whoever changes one flushes, as everybody here does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam
from sqlmodel import SQLModel


def bare(table: type[SQLModel]) -> Any:
    """The table as it is, without the entity. Entities that are loaded already don't hear of its changes."""
    return table.__table__  # type: ignore[attr-defined]  # every SQLModel of a table has it


def columns(table: type[SQLModel]) -> Any:
    """The columns of a table, without the entity."""
    return bare(table).c


def some(name: str) -> Any:
    """What stands behind ``in_`` for a list of any length, given as ``name``."""
    return bindparam(name, expanding=True)


def given(name: str) -> Any:
    """What stands for one value, given as ``name``; its kind is that of the column that it is compared with."""
    return bindparam(name)
