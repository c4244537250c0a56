"""The parts that queries over activity are made of. Windows are half-open, ``[a, b)``, durations in µs.

Two things keep such queries fast where a community has a million rows (both seen by experiment):

- SQLite takes any index that starts with (community, kind, member) for ``GROUP BY member_id``, and then reads
  the whole history instead of the window. Grouping by ``member_id + 0`` hides the column from it.
- Who ever wrote is found by hopping through the index from person to person, not by reading every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from storage.activity import Activity, ActivityKind
from storage.database import Session

ACTIVITY: FromClause = Activity.__table__  # type: ignore[attr-defined]
_NOTHING: ColumnElement[int] = literal_column("0")  # not a parameter: PostgreSQL must see the same text twice
_MICROSECOND = timedelta(microseconds=1)


async def rows_of(session: Session, statement: Any) -> Sequence[Any]:
    """Every row of the answer."""
    rows: Sequence[Any] = (await session.exec(statement)).all()
    return rows


async def row_of(session: Session, statement: Any) -> Any:
    """The only row of the answer."""
    return (await session.exec(statement)).one()


def microseconds(duration: timedelta) -> int:
    """A duration as the database reckons it."""
    return duration // _MICROSECOND


def as_number(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """A column of moments as microseconds since 1970, to reckon with."""
    return type_coerce(moment, BigInteger)


def by_person(row: FromClause) -> ColumnElement[int]:
    """Who did it, to group by."""
    return row.c.member_id + _NOTHING


def said(row: FromClause, community_id: int) -> ColumnElement[bool]:
    """That ``row`` is a message in this community. A deleted one is of another kind."""
    return and_(row.c.community_id == community_id, row.c.kind == ActivityKind.MESSAGE.value)


def within(row: FromClause, a: datetime | None, b: datetime) -> ColumnElement[bool]:
    """That ``row`` happened in ``[a, b)``, or at any time before ``b``."""
    before = row.c.at < b
    return before if a is None else and_(row.c.at >= a, before)


def said_within(row: FromClause, community_id: int, a: datetime | None, b: datetime) -> ColumnElement[bool]:
    """That ``row`` is a message of the window."""
    return and_(said(row, community_id), within(row, a, b))


def top_level(row: FromClause, community_id: int, a: datetime | None, b: datetime) -> ColumnElement[bool]:
    """That ``row`` is a message of the window which is no reply."""
    return and_(said_within(row, community_id, a, b), row.c.thread.is_(None))


def replies_to(root: FromClause, community_id: int) -> Select[Any]:
    """The times of all replies in the thread of ``root``."""
    reply = ACTIVITY.alias("reply")
    return select(reply.c.at).where(reply.c.thread == root.c.key, said(reply, community_id))


def wait(root: FromClause, community_id: int) -> ColumnElement[int | None]:
    """How long it took until somebody else replied in the thread of ``root``, or null."""
    reply = ACTIVITY.alias("answer")
    theirs = and_(reply.c.thread == root.c.key, said(reply, community_id), reply.c.member_id != root.c.member_id)
    first: ScalarSelect[Any] = select(func.min(as_number(reply.c.at))).where(theirs).scalar_subquery()
    return first - as_number(root.c.at)


def wrote_in(community_id: int, a: datetime, b: datetime) -> Any:
    """Who wrote in the window (``member_id``), how much (``messages``), when first in it (``first_at``)."""
    person = by_person(ACTIVITY)
    columns = (
        person.label("member_id"),
        func.count().label("messages"),
        func.min(ACTIVITY.c.at).label("first_at"),
    )
    return select(*columns).where(said_within(ACTIVITY, community_id, a, b)).group_by(person)


def everybody(community_id: int) -> CTE:
    """Everybody who ever wrote, as ``member_id``; its last row is null.

    One step through the index a person ("loose index scan", wiki.postgresql.org/wiki/Loose_indexscan).
    """
    first, following = ACTIVITY.alias("first"), ACTIVITY.alias("following")
    start = select(func.min(first.c.member_id).label("member_id")).where(said(first, community_id))
    person = start.cte("person", recursive=True)
    after = said(following, community_id) & (following.c.member_id > person.c.member_id)
    step = select(func.min(following.c.member_id)).where(after).scalar_subquery()
    return person.union_all(select(step).where(person.c.member_id.is_not(None)))


def around_deciles(heads: CTE, *tenths: int, each: str | None = None) -> CTE:
    """What ``wait`` is in ``heads`` at the ranks (``rank``, 0 the shortest) that the deciles lie between.

    ``answered`` is how many waits there are. ``each`` names a column whose groups are ranked apart.
    """
    group = [heads.c[each]] if each else []
    rank = func.row_number().over(partition_by=group or None, order_by=heads.c.wait) - 1
    answered = func.count().over(partition_by=group or None)
    columns = [*group, rank.label("rank"), heads.c.wait, answered.label("answered")]
    ranked = select(*columns).where(heads.c.wait.is_not(None)).subquery("ranked")
    # The decile lies at rank (answered - 1) * tenths / 10: whole numbers, so that every database agrees.
    places = [(ranked.c.answered - 1) * tenth for tenth in tenths]
    beside = [and_((ranked.c.rank - 1) * 10 < place, place < (ranked.c.rank + 1) * 10) for place in places]
    return select(ranked).where(or_(*beside)).cte("around")
