"""What becomes of two values where two members turn out to be one person, and of one where they part again. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table

from storage.columns import DECLARED, Declared, Linked, Moment, from_microseconds, to_microseconds

Json = dict[str, Any]
Values = Mapping[str, Any]
_PROFILE = ("unit", "languages", "topics_known", "topics_wanted")


def values_of(table: Table) -> list[Column[Any]]:
    """The columns of a table that are merged: those that say how."""
    return [column for column in table.columns if _how(column) is not None]


def merged(table: Table, own: Values, came: Values) -> Json:
    """The values of one row for two; ``own`` are those of who goes on."""
    theirs_go_first: dict[Linked | None, bool] = {
        Linked.FULLER: _fullness(came) > _fullness(own),
        Linked.CHOSEN: bool(came.get("chose_language")) and not own.get("chose_language"),
    }
    found: Json = {}
    for column in values_of(table):
        mine, theirs = own[column.name], came[column.name]
        if theirs_go_first.get(_how(column)):
            mine, theirs = theirs, mine
        found[column.name] = _one_of(_how(column), mine, theirs)
    return found


def parted(before: Values, after: Values, now: Values) -> Json:
    """A row as it is when two people part: as before, but for what has been changed since they were linked."""
    return {name: value if now[name] == after[name] else now[name] for name, value in before.items()}


def to_json(table: Table, row: Values) -> Json:
    """The values of a row that are merged, as JSON has them."""
    return {column.name: _plain(row[column.name]) for column in values_of(table)}


def from_json(table: Table, kept: Values) -> Json:
    """The same values again. What the table no longer has is left out, what it has newly is its default."""
    return {
        column.name: from_microseconds(value) if isinstance(column.type, Moment) and value is not None else value
        for column in values_of(table)
        if column.name in kept
        for value in (kept[column.name],)
    }


def _how(column: Column[Any]) -> Linked | None:
    said: Declared = column.info[DECLARED]
    return said.linked


def _one_of(how: Linked | None, own: Any, came: Any) -> Any:
    if how is Linked.BOTH:
        seen = {str(one).casefold() for one in own}
        return [*own, *(one for one in came if str(one).casefold() not in seen)]
    if how in (Linked.OWN, Linked.FULLER, Linked.CHOSEN):
        return came if own in (None, "", []) else own
    if how is Linked.OPEN and (own is None or came is None):
        return None
    known = [value for value in (own, came) if value is not None]
    return (min if how is Linked.FIRST else max)(known, default=None)


def _fullness(profile: Values) -> tuple[bool, int, int]:
    told = [profile[name] for name in _PROFILE if profile.get(name)]
    return (
        profile.get("introduced_at") is not None,
        len(told),
        sum(len(one) for one in told if isinstance(one, list)),
    )


def _plain(value: Any) -> Any:
    return to_microseconds(value) if isinstance(value, datetime) else value
