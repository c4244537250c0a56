"""Every figure of a health check computed from a plain list, straight from its definition and as slowly as need be.

Shares no code with the product, so that the two can be held against each other.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Row:
    """One thing that happened. ``kind`` is message, reaction or deleted; ``thread`` the key of a root message."""

    person: int
    at: datetime
    kind: str = "message"
    key: int = 0
    thread: int | None = None
    is_question: bool = False


@dataclass(frozen=True)
class Someone:
    """A person and their stay in the community, if they ever were a member."""

    unit: str | None = None
    language: str | None = None
    platforms: frozenset[str] = frozenset()
    joined: datetime | None = None
    left: datetime | None = None


@dataclass(frozen=True)
class Story:
    """A whole community. ``rows`` are in the order in which they arrived."""

    rows: Sequence[Row]
    people: Sequence[Someone] = field(default_factory=tuple)
    meets: bool = True
    tells_joins: bool = False


def figures(story: Story, a: datetime, b: datetime, now: datetime) -> dict[str, Any]:
    """The figures of ``[a, b)``, looked at when it is ``now``; times are UTC, windows of UTC length."""
    everything = [row for row in story.rows if row.kind == "message"]
    inside = [row for row in everything if a <= row.at < b]
    end = _data_end(story, everything, b, now)
    found: dict[str, Any] = {
        "messages": len(inside),
        "engaged_members": len({row.person for row in story.rows if row.kind == "reaction" and a <= row.at < b}),
        "questions": sum(row.is_question for row in inside if row.thread is None),
    }
    found |= _people(story, everything, inside, a, b)
    found |= _spread(inside)
    found |= _newcomers(everything, a, b, end)
    found |= _threads(everything, inside, a, b, end) | _ties(story, everything, inside)
    if not any(row.thread is not None for row in everything):
        found |= dict.fromkeys(THREADED)
    return found


THREADED = """threads replies first_response_median first_response_p90 reply_coverage_24h question_reply_coverage_24h
solo_threads newcomer_reply_rate reciprocity density cross_group_share""".split()  # noqa: SIM905


def _data_end(story: Story, everything: Sequence[Row], b: datetime, now: datetime) -> datetime:
    last = [row.at for row in everything]
    if story.meets or not last:
        last.append(min(b, now))
    return max(last)


def _rate(part: int, whole: int) -> float | None:
    return float(Fraction(part, whole)) if whole else None


def _people(story: Story, everything: Sequence[Row], inside: Sequence[Row], a: datetime, b: datetime) -> dict[str, Any]:
    active = {row.person for row in inside}
    known = {row.person for row in everything if row.at < b}
    members = {
        number
        for number, person in enumerate(story.people)
        if person.joined is not None and person.joined < b and (person.left is None or person.left >= b)
    }
    told = story.meets and story.tells_joins
    base = members if told else known
    before = {row.person for row in everything if a - (b - a) <= row.at < a}
    often = Counter(row.person for row in everything if a - 90 * DAYS <= row.at < a)
    return {
        "active_members": len(active),
        "members": len(members) if told else None,
        "known_members": len(known),
        "participation_rate": _rate(len(active), len(base)),
        "silent_share": 1 - len(active) / len(members) if told and members and len(active) <= len(members) else None,
        "returning": len(active & before),
        "lost": sum(count >= 4 and person not in active for person, count in often.items()),
        "parity": _parity(story, active, base),
    }


def _parity(story: Story, active: set[int], base: set[int]) -> dict[str, dict[str, float]] | None:
    if not active or not base:
        return None
    groups: dict[str, dict[str, set[int]]] = {"unit": {}, "language": {}, "platform": {}}
    for number, person in enumerate(story.people):
        for kind, names in (("unit", {person.unit}), ("language", {person.language})):
            for name in names - {None, ""}:
                groups[kind].setdefault(str(name), set()).add(number)
        for name in person.platforms:
            groups["platform"].setdefault(name, set()).add(number)
    overall = Fraction(len(active), len(base))
    parity = {
        kind: {
            name: float(Fraction(len(active & group), len(base & group)) / overall)
            for name, group in named.items()
            if base & group
        }
        for kind, named in groups.items()
    }
    return parity if any(parity.values()) else None


def _spread(inside: Sequence[Row]) -> dict[str, Any]:
    x = sorted(Counter(row.person for row in inside).values())
    n, total = len(x), sum(x)
    if not n:
        return dict.fromkeys(("gini", "top10_share", "absence_factor"))
    gini = Fraction(2 * sum(i * value for i, value in enumerate(x, 1)), n * total) - Fraction(n + 1, n)
    top = next(k for k in range(1, n + 1) if 10 * k >= n)
    carry = next(k for k in range(1, n + 1) if 2 * sum(x[n - k :]) >= total)
    return {"gini": float(gini), "top10_share": _rate(sum(x[n - top :]), total), "absence_factor": carry}


def _newcomers(everything: Sequence[Row], a: datetime, b: datetime, end: datetime) -> dict[str, Any]:
    first: dict[int, datetime] = {}
    for row in everything:
        first[row.person] = min(row.at, first.get(row.person, row.at))
    new = {person: at for person, at in first.items() if a <= at < b}

    def retention(days: int) -> float | None:
        over = {person: at for person, at in new.items() if at + days * DAYS <= end}
        back = [
            person
            for person, at in over.items()
            if any(row.person == person and at + 7 * DAYS <= row.at < at + days * DAYS for row in everything)
        ]
        return _rate(len(back), len(over))

    return {
        "new_members": len(new),
        "newcomer_retention_w2": retention(14),
        "newcomer_retention_d30": retention(30),
    }


def _first_reply(everything: Sequence[Row], root: Row) -> datetime | None:
    theirs = [row.at for row in everything if row.thread == root.key and row.person != root.person]
    return min(theirs, default=None)


def _threads(
    everything: Sequence[Row], inside: Sequence[Row], a: datetime, b: datetime, end: datetime
) -> dict[str, Any]:
    roots = [row for row in inside if row.thread is None]
    first = {root.key: _first_reply(everything, root) for root in roots}
    waits = sorted((at - root.at) / HOURS * 60 for root in roots if (at := first[root.key]) is not None)

    def answered(root: Row, days: int) -> bool:
        at = first[root.key]
        return at is not None and at - root.at <= days * DAYS

    day = [root for root in roots if end - root.at > 1 * DAYS]
    questions = [root for root in day if root.is_question]
    week = [root for root in roots if end - root.at > 7 * DAYS]
    opened: dict[int, Row] = {}
    for row in sorted((row for row in everything if row.thread is None), key=lambda row: row.at):
        opened.setdefault(row.person, row)
    posts = [row for row in opened.values() if a <= row.at < b and end - row.at > 7 * DAYS]
    return {
        "threads": sum(any(row.thread == root.key for row in everything) for root in roots),
        "replies": sum(row.thread is not None for row in inside),
        "first_response_median": statistics.median(waits) if waits else None,
        "first_response_p90": _ninth_decile(waits),
        "reply_coverage_24h": _rate(sum(answered(root, 1) for root in day), len(day)),
        "question_reply_coverage_24h": _rate(sum(answered(root, 1) for root in questions), len(questions)),
        "solo_threads": _rate(sum(not answered(root, 7) for root in week), len(week)),
        "newcomer_reply_rate": _rate(sum(answered(post, 7) for post in posts), len(posts)),
    }


def _ninth_decile(waits: Sequence[float]) -> float | None:
    if len(waits) < 2:
        return waits[0] if waits else None
    return statistics.quantiles(waits, n=10, method="inclusive")[8]


def _ties(story: Story, everything: Sequence[Row], inside: Sequence[Row]) -> dict[str, Any]:
    author = {row.key: row.person for row in everything}
    answers = [
        (row.person, author[row.thread])
        for row in inside
        if row.thread is not None and row.thread in author and author[row.thread] != row.person
    ]
    edges = set(answers)
    people = {row.person for row in inside} | {person for edge in edges for person in edge}
    units = [
        (story.people[u].unit, story.people[v].unit)
        for u, v in answers
        if story.people[u].unit and story.people[v].unit
    ]
    return {
        "reciprocity": _rate(sum((v, u) in edges for u, v in edges), len(edges)),
        "density": _rate(len(edges), len(people) * (len(people) - 1)),
        "cross_group_share": _rate(sum(u != v for u, v in units), len(units)),
    }


def weeks(story: Story, until: datetime, count: int, zone: ZoneInfo) -> list[tuple[Any, ...]]:
    """(start, messages, active, new, median minutes) of weeks in ``zone``, Mondays first, the last one cut off."""
    everything = [row for row in story.rows if row.kind == "message"]
    day = (until - timedelta(microseconds=1)).astimezone(zone).date()
    while day.weekday() != 0:
        day -= DAYS
    found: list[tuple[Any, ...]] = []
    end = until
    for _ in range(count):
        start = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
        inside = [row for row in everything if start <= row.at < end]
        waits = _threads(everything, inside, start, end, end)["first_response_median"]
        new = _newcomers(everything, start, end, end)["new_members"]
        if not found or any(row.at < end for row in everything):
            found.append((start, len(inside), len({row.person for row in inside}), new, waits))
        day, end = day - 7 * DAYS, start
    return found[::-1]
