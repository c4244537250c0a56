"""What the activity of a community adds up to in one window.

Every window is half-open, ``[a, b)``. What happened before or after it is asked person by person and thread
by thread, which an index answers at once, however long the history is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    distinct,
    except_,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union,
    union_all,
)

from storage.activity import ActivityKind
from storage.activity_queries import (
    ACTIVITY,
    around_deciles,
    as_number,
    by_person,
    everybody,
    microseconds,
    replies_to,
    row_of,
    rows_of,
    said,
    said_within,
    top_level,
    wait,
    within,
    wrote_in,
)
from storage.columns import to_microseconds
from storage.communities import CommunityPlace
from storage.database import Session
from storage.erased_accounts import FormerPlatform
from storage.members import Member, MemberAccount, Membership

DAY = timedelta(days=1)
OFTEN = 4
"""Messages in the 90 days before a window that make somebody's silence in it worth a word."""

_PLACE: FromClause = CommunityPlace.__table__  # type: ignore[attr-defined]
_MEMBER: FromClause = Member.__table__  # type: ignore[attr-defined]
_ACCOUNT: FromClause = MemberAccount.__table__  # type: ignore[attr-defined]
_FORMER: FromClause = FormerPlatform.__table__  # type: ignore[attr-defined]
_MEMBERSHIP: FromClause = Membership.__table__  # type: ignore[attr-defined]


class Meeting(NamedTuple):
    """Whether a community meets anywhere now, and whether any such place tells who comes and goes."""

    somewhere: bool
    where_joins_are_told: bool


class Writer(NamedTuple):
    """One person who wrote in a window: how much, and what they did before and after it."""

    messages: int
    first_at: datetime
    is_new: bool
    wrote_in_the_window_before: bool
    came_back_in_second_week: bool
    came_back_within_month: bool


class People(NamedTuple):
    """Everybody who wrote before the end of a window; and who of them wrote often and fell silent in it."""

    known: int
    lost: int


class Part(NamedTuple):
    """So many of so many."""

    part: int
    whole: int


class Threads(NamedTuple):
    """What became of the top-level messages of a window.

    ``waits`` holds the waiting times, in microseconds, at the ranks that the median and the ninth decile lie
    between; rank 0 is the shortest of ``answered``.
    """

    threads: int
    questions: int
    answered: int
    within_a_day: Part
    questions_within_a_day: Part
    left_alone: Part
    waits: Mapping[int, int]


class Ties(NamedTuple):
    """Who answered whom in a window.

    Directed pairs of people; those whose reverse exists too; people who were answered but wrote nothing in
    the window; and the replies across units, of those between people who both have one.
    """

    pairs: int
    mutual: int
    silent_endpoints: int
    across_units: Part


class Group(NamedTuple):
    """How many people a group has, and how many of it wrote in the window."""

    people: int
    active: int


async def meets(session: Session, community_id: int) -> Meeting:
    """Where a community stands: an imported archive meets nowhere."""
    active = and_(_PLACE.c.community_id == community_id, _PLACE.c.active.is_(True))
    told = case((_PLACE.c.tells_joins.is_(True), 1))
    row = await row_of(session, select(func.count(), func.count(told)).select_from(_PLACE).where(active))
    return Meeting(row[0] > 0, row[1] > 0)


async def first_and_last_message(session: Session, community_id: int) -> tuple[datetime, datetime] | None:
    """When somebody first and last wrote, or None where nobody ever did."""
    ends = [
        select(function(ACTIVITY.c.at)).where(said(ACTIVITY, community_id)).scalar_subquery()
        for function in (func.min, func.max)
    ]
    first, last = await row_of(session, select(*ends))
    return None if first is None else (first, last)


async def people_who_reacted(session: Session, community_id: int, a: datetime, b: datetime) -> int:
    """How many different people reacted or voted in the window."""
    statement = select(func.count(distinct(ACTIVITY.c.member_id))).where(
        ACTIVITY.c.community_id == community_id,
        ACTIVITY.c.kind == ActivityKind.REACTION.value,
        within(ACTIVITY, a, b),
    )
    return int((await row_of(session, statement))[0])


async def members_at(session: Session, community_id: int, moment: datetime) -> int:
    """How many people belonged to the community at ``moment``: who left at that very moment still did."""
    statement = select(func.count()).select_from(_MEMBERSHIP).where(_belonged(community_id, moment))
    return int((await row_of(session, statement))[0])


async def writers(session: Session, community_id: int, a: datetime, b: datetime, before: datetime) -> list[Writer]:
    """Everybody who wrote in ``[a, b)``, quietest first; the window before is ``[before, a)``."""
    wrote = wrote_in(community_id, a, b).cte("wrote")
    first_at = as_number(wrote.c.first_at)

    def message_of(since: Any, until: Any) -> ColumnElement[bool]:
        at = as_number(ACTIVITY.c.at)
        mine = said(ACTIVITY, community_id) & (ACTIVITY.c.member_id == wrote.c.member_id)
        return select(ACTIVITY.c.id).where(mine, at >= since, at < until).exists()

    def newcomer_back(until: int) -> ColumnElement[bool]:
        return message_of(first_at + microseconds(7 * DAY), first_at + microseconds(until * DAY))

    statement = select(
        wrote.c.messages,
        wrote.c.first_at,
        ~message_of(literal(-(2**62), BigInteger), to_microseconds(a)),
        message_of(to_microseconds(before), to_microseconds(a)),
        newcomer_back(14),
        newcomer_back(30),
    ).order_by(wrote.c.messages)
    return [Writer(row[0], row[1], *map(bool, row[2:])) for row in await rows_of(session, statement)]


async def people(session: Session, community_id: int, a: datetime, b: datetime) -> People:
    """Everybody who wrote before ``b``; who wrote often in the 90 days before ``a`` but not in the window."""
    person = everybody(community_id)

    def message_in(since: datetime | None, until: datetime, skip: int = 0) -> ColumnElement[bool]:
        mine = said(ACTIVITY, community_id) & (ACTIVITY.c.member_id == person.c.member_id)
        found = select(ACTIVITY.c.at).where(mine, within(ACTIVITY, since, until))
        if skip:
            found = found.order_by(ACTIVITY.c.at).limit(1).offset(skip)
        return found.exists()

    fell_silent = message_in(a - 90 * DAY, a, skip=OFTEN - 1) & ~message_in(a, b)
    statement = select(func.count(case((message_in(None, b), 1))), func.count(case((fell_silent, 1)))).where(
        person.c.member_id.is_not(None)
    )
    return People(*await row_of(session, statement))


async def has_threads(session: Session, community_id: int) -> bool:
    """Whether anybody ever replied in a thread."""
    reply = select(ACTIVITY.c.id).where(said(ACTIVITY, community_id), ACTIVITY.c.thread.is_not(None))
    return bool((await row_of(session, select(reply.exists())))[0])


async def questions_asked(session: Session, community_id: int, a: datetime, b: datetime) -> int:
    """How many top-level messages of the window ask something."""
    asks = top_level(ACTIVITY, community_id, a, b) & ACTIVITY.c.is_question.is_(True)
    return int((await row_of(session, select(func.count()).select_from(ACTIVITY).where(asks)))[0])


async def replies(session: Session, community_id: int, a: datetime, b: datetime) -> int:
    """How many messages of the window are replies."""
    reply = and_(said(ACTIVITY, community_id), within(ACTIVITY, a, b), ACTIVITY.c.thread.is_not(None))
    return int((await row_of(session, select(func.count()).select_from(ACTIVITY).where(reply)))[0])


async def threads(session: Session, community_id: int, a: datetime, b: datetime, data_end: datetime) -> Threads:
    """What became of the top-level messages of the window, as far as is known at ``data_end``."""
    root = ACTIVITY.alias("root")
    heads = (
        select(
            root.c.is_question.is_(True).label("asks"),
            (to_microseconds(data_end) - as_number(root.c.at)).label("age"),
            wait(root, community_id).label("wait"),
            replies_to(root, community_id).exists().label("has_reply"),
        )
        .where(top_level(root, community_id, a, b))
        .cte("heads")
    )
    head = heads.c
    a_day_old, a_week_old = head.age > microseconds(DAY), head.age > microseconds(7 * DAY)
    in_a_day = a_day_old & (head.wait <= microseconds(DAY))
    alone = a_week_old & or_(head.wait.is_(None), head.wait > microseconds(7 * DAY))
    conditions = [head.has_reply, head.asks, head.wait.is_not(None)]
    conditions += [in_a_day, a_day_old, in_a_day & head.asks, a_day_old & head.asks, alone, a_week_old]
    totals = select(*(func.count(case((condition, 1))).label(f"n{i}") for i, condition in enumerate(conditions)))
    total, ranked = totals.cte("totals"), around_deciles(heads, 5, 9)
    rows = await rows_of(session, select(total, ranked).select_from(total.join(ranked, true(), isouter=True)))
    n = rows[0][:9]
    waits = {int(row[9]): int(row[10]) for row in rows if row[9] is not None}
    return Threads(n[0], n[1], n[2], Part(n[3], n[4]), Part(n[5], n[6]), Part(n[7], n[8]), waits)


async def first_posts_answered(
    session: Session, community_id: int, a: datetime, b: datetime, data_end: datetime
) -> Part:
    """People's first top-level messages ever that fall into the window and are older than seven days at
    ``data_end``; and those of them that somebody else answered within seven days."""
    root, earlier = ACTIVITY.alias("root"), ACTIVITY.alias("earlier")
    order = func.row_number().over(partition_by=root.c.member_id, order_by=(root.c.at, root.c.id))
    columns = (root.c.community_id, root.c.member_id, root.c.at, root.c.key, order.label("turn"))
    own = select(*columns).where(top_level(root, community_id, a, b)).subquery("own")
    before = select(earlier.c.id).where(
        top_level(earlier, community_id, None, a), earlier.c.member_id == own.c.member_id
    )
    old_enough = own.c.at < data_end - 7 * DAY
    first = (
        select(wait(own, community_id).label("wait"))
        .where(own.c.turn == 1, old_enough, ~before.exists())
        .subquery("first")
    )
    answered = case((first.c.wait <= microseconds(7 * DAY), 1))
    return Part(*await row_of(session, select(func.count(answered), func.count()).select_from(first)))


async def ties(session: Session, community_id: int, a: datetime, b: datetime) -> Ties:
    """Who replied, in the window, in a thread that somebody else began at any time."""
    reply, root = ACTIVITY.alias("reply"), ACTIVITY.alias("root")
    theirs = said(root, community_id) & (root.c.key == reply.c.thread) & (root.c.member_id != reply.c.member_id)
    pair = (
        select((by_person(reply)).label("u"), (by_person(root)).label("v"), func.count().label("n"))
        .select_from(reply.join(root, theirs))
        .where(said(reply, community_id), within(reply, a, b), reply.c.thread.is_not(None))
        .group_by(by_person(reply), by_person(root))
        .cte("pair")
    )
    giver, taker = _MEMBER.alias("giver"), _MEMBER.alias("taker")
    # Grouping and EXCEPT, where joins would say the same: PostgreSQL took two minutes to join the pairs of a
    # large community that it had no statistics of yet, just after an import.
    lower, upper = (
        case((pair.c.u < pair.c.v, pair.c.u), else_=pair.c.v),
        case((pair.c.u < pair.c.v, pair.c.v), else_=pair.c.u),
    )
    both_ways = select(lower.label("lower")).group_by(lower, upper).having(func.count() > 1).subquery("both_ways")
    wrote = select(by_person(ACTIVITY)).where(said_within(ACTIVITY, community_id, a, b))
    silent = except_(select(pair.c.v), wrote).subquery("silent")
    known = pair.join(giver, (giver.c.id == pair.c.u) & (func.coalesce(giver.c.unit, "") != "")).join(
        taker, (taker.c.id == pair.c.v) & (func.coalesce(taker.c.unit, "") != "")
    )
    across = func.coalesce(func.sum(case((giver.c.unit != taker.c.unit, pair.c.n), else_=0)), 0)
    parts: list[Select[Any]] = [
        select(func.count()).select_from(pair),
        select(2 * func.count()).select_from(both_ways),
        select(func.count()).select_from(silent),
        select(across).select_from(known),
        select(func.coalesce(func.sum(pair.c.n), 0)).select_from(known),
    ]
    row = await row_of(session, select(*(part.scalar_subquery() for part in parts)))
    return Ties(row[0], row[1], row[2], Part(int(row[3]), int(row[4])))


async def groups_by_what_people_told(
    session: Session, community_id: int, a: datetime, b: datetime, *, of_members: bool
) -> list[tuple[str | None, str | None, Group]]:
    """The people of each (unit, language), either of them None where it is not known.

    ``of_members``: counted are those who belong to the community at ``b``; else all who wrote before ``b``.
    """
    person = _population(community_id, a, b, of_members=of_members)
    unit, language = func.nullif(_MEMBER.c.unit, ""), func.nullif(_MEMBER.c.language, "")
    joined = person.join(_MEMBER, _MEMBER.c.id == person.c.member_id)
    statement = select(unit, language, func.sum(person.c.counted), func.sum(person.c.active))
    rows = await rows_of(session, statement.select_from(joined).group_by(_MEMBER.c.unit, _MEMBER.c.language))
    return [(row[0], row[1], Group(int(row[2]), int(row[3]))) for row in rows]


async def groups_by_platform(
    session: Session, community_id: int, a: datetime, b: datetime, *, of_members: bool
) -> dict[str, Group]:
    """The people who have an account on each platform; who has accounts on two is counted on both."""
    person = _population(community_id, a, b, of_members=of_members)
    columns = (select(one.c.member_id, one.c.platform) for one in (_ACCOUNT, _FORMER))
    account = union(*columns).subquery("account")
    joined = person.join(account, account.c.member_id == person.c.member_id)
    statement = select(account.c.platform, func.sum(person.c.counted), func.sum(person.c.active))
    rows = await rows_of(session, statement.select_from(joined).group_by(account.c.platform))
    return {row[0]: Group(int(row[1]), int(row[2])) for row in rows}


def _belonged(community_id: int, moment: datetime) -> ColumnElement[bool]:
    here = _MEMBERSHIP.c
    stayed = or_(here.left_at.is_(None), here.left_at >= moment)
    return and_(here.community_id == community_id, here.joined_at < moment, stayed)


def _population(community_id: int, a: datetime, b: datetime, *, of_members: bool) -> Subquery:
    """Who counts as one of the community (``counted`` 1 or 0), and who wrote (``active`` 1 or 0)."""
    if of_members:
        base = select(_MEMBERSHIP.c.member_id).where(_belonged(community_id, b))
    else:
        known = everybody(community_id)
        wrote = select(ACTIVITY.c.id).where(
            said_within(ACTIVITY, community_id, None, b), ACTIVITY.c.member_id == known.c.member_id
        )
        base = select(known.c.member_id).where(wrote.exists())
    one: ColumnElement[int] = literal_column("1")
    none: ColumnElement[int] = literal_column("0")
    counted, active = base.subquery("base"), wrote_in(community_id, a, b).subquery("wrote")
    both = union_all(
        select(counted.c.member_id, one.label("counted"), none.label("active")),
        select(active.c.member_id, none, one),
    ).subquery("both")
    flags = (func.max(both.c.counted).label("counted"), func.max(both.c.active).label("active"))
    return select(both.c.member_id, *flags).group_by(both.c.member_id).subquery("population")
