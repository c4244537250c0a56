"""The activity of a community week by week, for pictures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import CTE, BigInteger, and_, distinct, func, literal, select, union_all

from storage.activity_queries import (
    ACTIVITY,
    around_deciles,
    as_number,
    everybody,
    rows_of,
    said,
    top_level,
    wait,
)
from storage.columns import to_microseconds
from storage.database import Session

_MINUTE = 60_000_000


class Week(NamedTuple):
    """One week ``[starts, ends)``; the median wait is in minutes, None where nobody was answered."""

    starts: datetime
    ends: datetime
    messages: int = 0
    active_members: int = 0
    new_members: int = 0
    first_response_median: float | None = None


async def week_by_week(session: Session, community_id: int, bounds: Sequence[datetime]) -> list[Week]:
    """What happened between each bound and the next, oldest first. At most 400 weeks at once."""
    if len(bounds) < 2:
        return []
    week = _weeks(bounds)
    messages = {row[0]: (row[1], row[2]) for row in await rows_of(session, _messages(community_id, week))}
    new = {row[0]: row[1] for row in await rows_of(session, _newcomers(community_id, week))}
    median = await _median_waits(session, community_id, week, bounds[0], bounds[-1])
    return [
        Week(starts, ends, *messages.get(n, (0, 0)), new.get(n, 0), median.get(n))
        for n, (starts, ends) in enumerate(pairwise(bounds))
    ]


def _weeks(bounds: Sequence[datetime]) -> CTE:
    numbers = [to_microseconds(bound) for bound in bounds]
    rows = [
        select(
            literal(n, BigInteger).label("n"),
            literal(starts, BigInteger).label("starts"),
            literal(ends, BigInteger).label("ends"),
        )
        for n, (starts, ends) in enumerate(pairwise(numbers))
    ]
    return union_all(*rows).cte("week")


def _in_week(moment: Any, week: CTE) -> Any:
    at = as_number(moment)
    return and_(at >= week.c.starts, at < week.c.ends)


def _messages(community_id: int, week: CTE) -> Any:
    happened = said(ACTIVITY, community_id) & _in_week(ACTIVITY.c.at, week)
    counts = (func.count(), func.count(distinct(ACTIVITY.c.member_id)))
    return select(week.c.n, *counts).select_from(week.join(ACTIVITY, happened)).group_by(week.c.n)


def _newcomers(community_id: int, week: CTE) -> Any:
    person = everybody(community_id)
    mine = said(ACTIVITY, community_id) & (ACTIVITY.c.member_id == person.c.member_id)
    first_at = select(func.min(as_number(ACTIVITY.c.at))).where(mine).scalar_subquery()
    newcomer: CTE = select(first_at.label("at")).where(person.c.member_id.is_not(None)).cte("newcomer")
    newcomer = newcomer.prefix_with("MATERIALIZED")  # else SQLite looks everybody up again for each week
    joined = week.join(newcomer, _in_week(newcomer.c.at, week))
    return select(week.c.n, func.count()).select_from(joined).group_by(week.c.n)


async def _median_waits(session: Session, community_id: int, week: CTE, a: datetime, b: datetime) -> dict[int, float]:
    root = ACTIVITY.alias("root")
    begun = top_level(root, community_id, a, b) & _in_week(root.c.at, week)
    heads = (
        select(week.c.n, wait(root, community_id).label("wait"))
        .select_from(week.join(root, begun))
        .cte("heads")
        .prefix_with("MATERIALIZED")
    )
    middle = around_deciles(heads, 5, each="n")
    # The median lies on one rank or halfway between two, so it is the mean of what is kept.
    statement = select(middle.c.n, func.sum(middle.c.wait), func.count())
    rows = await rows_of(session, statement.group_by(middle.c.n))
    return {n: int(total) / int(count) / _MINUTE for n, total, count in rows}
