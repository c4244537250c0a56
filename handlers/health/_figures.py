"""What a health check finds out about one window ``[a, b)`` of a community.

All moments are UTC; the community's time zone decides where weeks begin and what "the same time before" is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.messages import mark
from handlers.health._formulas import (
    Share,
    absence_factor,
    decile,
    density,
    gini,
    reciprocity,
    relative,
    top_tenth,
)
from storage import figures
from storage.communities import Community
from storage.database import Session
from storage.figures import DAY, Group
from storage.weekly_figures import Week, week_by_week

BY_MEMBERS = mark("members")
BY_EVERYONE = mark("everyone who ever posted")

NOBODY_WROTE = mark("nobody wrote in this window")
NOBODY_EVER_WROTE = mark("nobody has ever written here")
NO_MEMBERS = mark("nobody is a member at the end of this window")
NOT_TOLD = mark("no place of this community tells who joins")
MORE_WROTE = mark("more people wrote than are members at the end of this window")
NO_THREADS_IN_ARCHIVE = mark("no threads in this archive")
NO_THREADS_YET = mark("no threads in this community yet")
NOBODY_ANSWERED = mark("no message of this window has been answered by somebody else yet")
NO_TIES = mark("nobody answered somebody else in this window")
TOO_FEW = mark("fewer than two people took part in this window")
NO_UNITS = mark("no reply in this window is between two people who told their unit")
NO_GROUPS = mark("nobody's unit, language or platform is known")
NOT_A_DAY_OLD = mark("no message of this window is older than a day yet")
NO_QUESTION_A_DAY_OLD = mark("no question of this window is older than a day yet")
NOT_A_WEEK_OLD = mark("no message of this window is older than seven days yet")
NO_FIRST_POST = mark("no first post of this window is older than seven days yet")
NO_NEWCOMER_W2 = mark("no newcomer of this window has been here for two weeks yet")
NO_NEWCOMER_D30 = mark("no newcomer of this window has been here for thirty days yet")

THREAD_FIGURES = (
    *("threads", "replies", "first_response_median", "first_response_p90", "reply_coverage_24h"),
    *("question_reply_coverage_24h", "solo_threads", "newcomer_reply_rate"),
    *("reciprocity", "density", "cross_group_share"),
)
"""The figures that a community without threads can't have."""

LESS_IS_BETTER = (
    "gini",
    "top10_share",
    "first_response_median",
    "first_response_p90",
    "solo_threads",
    "lost",
)
NO_DIRECTION = ("known_members", "density", "parity", "silent_share")
"""Of these neither more nor less is wished for: silence may be reading, and density falls as people come."""

Parity = Mapping[str, Mapping[str, float]]
AskedBetween = Callable[[Session, int, datetime, datetime], Awaitable[int]]
"""How many questions were asked through the bot itself: (session, community id, a, b)."""


_BESIDE = ("participation_base", "answered", "reasons", "shares", "groups")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Every figure of metrics.md: a number, or None and a reason. Times are minutes, rates are 0 to 1.

    ``answered`` is how many messages the times to a first answer rest on, ``shares`` tells it for each rate, and
    ``groups`` gives the people and the active people behind ``parity``.
    """

    messages: int
    active_members: int
    engaged_members: int
    members: int | None
    new_members: int
    known_members: int
    participation_rate: float | None
    gini: float | None
    top10_share: float | None
    absence_factor: int | None
    threads: int | None
    replies: int | None
    questions: int
    first_response_median: float | None
    first_response_p90: float | None
    reply_coverage_24h: float | None
    question_reply_coverage_24h: float | None
    solo_threads: float | None
    newcomer_retention_w2: float | None
    newcomer_retention_d30: float | None
    newcomer_reply_rate: float | None
    returning: int
    lost: int
    reciprocity: float | None
    density: float | None
    cross_group_share: float | None
    parity: Parity | None
    silent_share: float | None
    participation_base: str
    answered: int = 0
    reasons: Mapping[str, str] = field(default_factory=dict)
    shares: Mapping[str, Share] = field(default_factory=dict)
    groups: Mapping[str, Mapping[str, Group]] = field(default_factory=dict)

    def value(self, name: str) -> float | None:
        """One figure that is a number, by its name."""
        found: float | None = getattr(self, name)
        return found

    def as_json(self) -> dict[str, Any]:
        """Every figure under its name, and nothing else."""
        return {name: getattr(self, name) for name in NAMES}


NAMES = tuple(one.name for one in fields(Figures))[: -len(_BESIDE)]
"""Every figure, in the order in which it is shown."""


class _Found:
    """Figures, reasons and shares while they are gathered."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.reasons: dict[str, str] = {}
        self.shares: dict[str, Share] = {}

    def put(self, name: str, value: Any, reason: str = "") -> None:
        self.values[name] = value
        if value is None:
            self.reasons[name] = reason

    def put_share(self, name: str, part: int, whole: int, reason: str) -> None:
        share = Share(part, whole)
        self.put(name, share.rate, reason)
        if whole:
            self.shares[name] = share


async def data_end(session: Session, community: Community, b: datetime, now: datetime) -> datetime:
    """Until when a community is known, which decides what is old enough to be judged.

    A community that meets somewhere is known until its last message, or until the end ``b`` of what is looked
    at, or now if that is earlier; an imported archive, until the last message in it.
    """
    span = await figures.first_and_last_message(session, community.id)
    if span is None:
        return min(b, now)
    meeting = await figures.meets(session, community.id)
    return max(span[1], min(b, now)) if meeting.somewhere else span[1]


async def check(
    session: Session,
    community: Community,
    a: datetime,
    b: datetime,
    data_end: datetime,
    asked_through_the_bot: AskedBetween | None = None,
) -> Figures:
    """The figures of ``[a, b)``, as far as is known at ``data_end``. Reads only."""
    found = _Found()
    meeting = await figures.meets(session, community.id)
    asked = await asked_through_the_bot(session, community.id, a, b) if asked_through_the_bot else 0
    found.put("questions", asked + await figures.questions_asked(session, community.id, a, b))
    found.put("engaged_members", await figures.people_who_reacted(session, community.id, a, b))
    writers = await figures.writers(session, community.id, a, b, before(a, b, community))
    _put_writing(found, [writer.messages for writer in writers])
    _put_newcomers(found, writers, data_end)
    people = await figures.people(session, community.id, a, b)
    found.put("known_members", people.known)
    found.put("lost", people.lost)
    told = meeting.where_joins_are_told
    found.put("members", await figures.members_at(session, community.id, b) if told else None, NOT_TOLD)
    _put_participation(found)
    groups = await _groups(session, community, a, b, of_members=told)
    _put_parity(found, groups)
    if await figures.has_threads(session, community.id):
        await _put_threads(session, found, community.id, a, b, data_end)
    else:
        for name in THREAD_FIGURES:
            found.put(name, None, NO_THREADS_YET if meeting.somewhere else NO_THREADS_IN_ARCHIVE)
    base = BY_MEMBERS if told else BY_EVERYONE
    return Figures(**found.values, participation_base=base, reasons=found.reasons, shares=found.shares, groups=groups)


def before(a: datetime, b: datetime, community: Community) -> datetime:
    """Where the window before ``[a, b)`` begins: the same length earlier by the community's own clocks.

    So the week before a week that loses an hour to summer time still begins at midnight.
    """
    zone = ZoneInfo(community.time_zone)
    start, end = a.astimezone(zone).replace(tzinfo=None), b.astimezone(zone).replace(tzinfo=None)
    return (start - (end - start)).replace(tzinfo=zone).astimezone(UTC)


def shown_parity(found: Figures, smallest: int = 5) -> dict[str, dict[str, float]]:
    """Parity as people may see it: no group under ``smallest``, nor one that could be computed from the rest.

    Where one group alone is hidden, the next smallest is hidden too.
    """
    shown: dict[str, dict[str, float]] = {}
    for kind, values in (found.parity or {}).items():
        sizes = {name: found.groups[kind][name].people for name in values}
        hidden = {name for name, size in sizes.items() if size < smallest}
        others = sorted((size, name) for name, size in sizes.items() if name not in hidden)
        if len(hidden) == 1 and others:
            hidden.add(others[0][1])
        if kept := {name: value for name, value in values.items() if name not in hidden}:
            shown[kind] = kept
    return shown


async def weekly_series(session: Session, community: Community, until: datetime, weeks: int) -> list[Week]:
    """The last ``weeks`` weeks before ``until``, oldest first, from Monday on in the community's time zone.

    The last one ends at ``until``, so it can be a part of a week. Weeks before the first message are left
    out, except that one week is always given.
    """
    span = await figures.first_and_last_message(session, community.id)
    bounds = _mondays(until, weeks, ZoneInfo(community.time_zone))
    lived = [start for start, end in pairwise(bounds) if span and end > span[0]]
    return await week_by_week(session, community.id, [*(lived or bounds[-2:-1]), until])


def _mondays(until: datetime, weeks: int, zone: ZoneInfo) -> list[datetime]:
    last_day = (until - timedelta(microseconds=1)).astimezone(zone).date()
    monday = last_day - timedelta(days=last_day.weekday())
    days = [monday - timedelta(weeks=back) for back in range(weeks - 1, -1, -1)]
    return [datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for day in days] + [until]


def _put_writing(found: _Found, ascending: list[int]) -> None:
    found.put("messages", sum(ascending))
    found.put("active_members", len(ascending))
    found.put("gini", gini(ascending), NOBODY_WROTE)
    top = top_tenth(ascending)
    found.put_share("top10_share", top.part, top.whole, NOBODY_WROTE)
    found.put("absence_factor", absence_factor(ascending), NOBODY_WROTE)


def _put_newcomers(found: _Found, writers: Iterable[figures.Writer], data_end: datetime) -> None:
    everybody = list(writers)
    new = [writer for writer in everybody if writer.is_new]
    found.put("new_members", len(new))
    found.put("returning", sum(writer.wrote_in_the_window_before for writer in everybody))
    w2 = [writer.came_back_in_second_week for writer in new if writer.first_at + 14 * DAY <= data_end]
    found.put_share("newcomer_retention_w2", sum(w2), len(w2), NO_NEWCOMER_W2)
    d30 = [writer.came_back_within_month for writer in new if writer.first_at + 30 * DAY <= data_end]
    found.put_share("newcomer_retention_d30", sum(d30), len(d30), NO_NEWCOMER_D30)


def _put_participation(found: _Found) -> None:
    active, members = found.values["active_members"], found.values["members"]
    if members is None:
        found.put_share("participation_rate", active, found.values["known_members"], NOBODY_EVER_WROTE)
        found.put("silent_share", None, NOT_TOLD)
        return
    found.put_share("participation_rate", active, members, NO_MEMBERS)
    if active > members:
        found.put("silent_share", None, MORE_WROTE)
    else:
        found.put_share("silent_share", members - active, members, NO_MEMBERS)


async def _groups(
    session: Session, community: Community, a: datetime, b: datetime, *, of_members: bool
) -> dict[str, dict[str, Group]]:
    units: dict[str, Group] = {}
    languages: dict[str, Group] = {}
    told = await figures.groups_by_what_people_told(session, community.id, a, b, of_members=of_members)
    for unit, language, group in told:
        _add(units, unit, group)
        _add(languages, language, group)
    platforms = await figures.groups_by_platform(session, community.id, a, b, of_members=of_members)
    return {"unit": units, "language": languages, "platform": platforms}


def _add(groups: dict[str, Group], name: str | None, group: Group) -> None:
    if name is not None:
        known = groups.get(name, Group(0, 0))
        groups[name] = Group(known.people + group.people, known.active + group.active)


def _put_parity(found: _Found, groups: Mapping[str, Mapping[str, Group]]) -> None:
    overall = found.shares.get("participation_rate", Share(0, 0))
    if not overall.part:
        found.put("parity", None, found.reasons.get("participation_rate", NOBODY_WROTE))
        return
    parity: dict[str, dict[str, float]] = {}
    for kind, by_name in groups.items():
        rates = {name: relative(Share(group.active, group.people), overall) for name, group in by_name.items()}
        parity[kind] = {name: rate for name, rate in sorted(rates.items()) if rate is not None}
    found.put("parity", parity if any(parity.values()) else None, NO_GROUPS)


async def _put_threads(
    session: Session, found: _Found, community_id: int, a: datetime, b: datetime, data_end: datetime
) -> None:
    threads = await figures.threads(session, community_id, a, b, data_end)
    found.put("threads", threads.threads)
    found.put("answered", threads.answered)
    found.put("replies", await figures.replies(session, community_id, a, b))
    for name, tenths in (("first_response_median", 5), ("first_response_p90", 9)):
        wait = decile(tenths, threads.answered, threads.waits)
        found.put(name, None if wait is None else wait / 60_000_000, NOBODY_ANSWERED)
    found.put_share("reply_coverage_24h", *threads.within_a_day, NOT_A_DAY_OLD)
    found.put_share("question_reply_coverage_24h", *threads.questions_within_a_day, NO_QUESTION_A_DAY_OLD)
    found.put_share("solo_threads", *threads.left_alone, NOT_A_WEEK_OLD)
    first_posts = await figures.first_posts_answered(session, community_id, a, b, data_end)
    found.put_share("newcomer_reply_rate", *first_posts, NO_FIRST_POST)
    ties = await figures.ties(session, community_id, a, b)
    found.put("reciprocity", reciprocity(ties.pairs, ties.mutual), NO_TIES)
    people = found.values["active_members"] + ties.silent_endpoints
    found.put("density", density(ties.pairs, people), TOO_FEW)
    found.put_share("cross_group_share", *ties.across_units, NO_UNITS)
