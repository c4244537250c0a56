"""When something recurs, in the wall-clock time of a community. ``bot.core.cadence_words`` has the words for it.

Each time on the wall counts once, in words and in cron alike: a local time that doesn't exist (clocks go forward) is
due at the next minute that does, and one that comes twice (clocks go back) at its first. What falls together is due
once. So ``*/15 * * * *`` is due at 01:45 and then at 03:00 where the hour from two to three is left out, and where
that hour comes twice it is due four times in its first round and rests in the second.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.core.cadence_words import Pattern, UnknownCadence, read

__all__ = [
    "Occurrence",
    "UnknownCadence",
    "first_moment",
    "last_until",
    "next_after",
    "too_often",
    "understood",
    "upcoming",
]

_LONGEST_GAP_DAYS = 41 * 366
"""The 29th of February falls on a given weekday after 40 years at most, across a year like 2100."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something is due: the moment in UTC, and the local date and time it stands for."""

    at: datetime
    local: str


def understood(words: str) -> str:
    """The same cadence in its canonical words. Raises UnknownCadence for words that nobody taught, and for days
    that never come."""
    return read(words).words


def too_often(cadence: str) -> bool:
    """Whether it comes more often than once an hour, which nobody wants to read. Raises UnknownCadence.

    The frame's own jobs may; ``services.every`` refuses it to people.
    """
    minutes = [one.hour * 60 + one.minute for one in read(cadence).times]
    return any(later - earlier < 60 for earlier, later in pairwise(minutes))


def next_after(cadence: str, moment: datetime, zone: ZoneInfo) -> Occurrence:
    """The first occurrence later than ``moment``. Raises UnknownCadence."""
    pattern = read(cadence)
    today = moment.astimezone(zone).date()
    for number in range(_LONGEST_GAP_DAYS):
        day = today + timedelta(days=number)
        if pattern.falls_on(day):
            past = _how_many_until(moment, day, pattern, zone)
            if past < len(pattern.times):
                local = datetime.combine(day, pattern.times[past])
                return Occurrence(first_moment(local, zone), f"{local:%Y-%m-%d %H:%M}")
    raise UnknownCadence(cadence)


def last_until(cadence: str, moment: datetime, zone: ZoneInfo, since: datetime) -> Occurrence | None:
    """The last occurrence later than ``since`` and not later than ``moment``; None when there is none.

    It looks back from ``moment``, so that years in between cost nothing. Raises UnknownCadence.
    """
    pattern = read(cadence)
    earliest = since.astimezone(zone).date()
    day = moment.astimezone(zone).date() + _ONE_DAY  # where clocks go back at midnight, tomorrow has begun before
    while day >= earliest:
        past = _how_many_until(moment, day, pattern, zone) if pattern.falls_on(day) else 0
        if past:
            at = first_moment(datetime.combine(day, pattern.times[past - 1]), zone)
            return next_after(cadence, at - timedelta(microseconds=1), zone) if at > since else None
        day -= _ONE_DAY
    return None


def upcoming(cadence: str, moment: datetime, zone: ZoneInfo, count: int) -> list[Occurrence]:
    """The next ``count`` occurrences later than ``moment``, in order. Raises UnknownCadence."""
    found: list[Occurrence] = []
    for _ in range(count):
        found.append(next_after(cadence, found[-1].at if found else moment, zone))
    return found


def first_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which clocks in ``zone`` show ``local``, or the next minute that exists."""
    for minutes in range(25 * 60):
        wall = local + timedelta(minutes=minutes)
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
    raise UnknownCadence(f"no such time in {zone.key}")


def _how_many_until(moment: datetime, day: date, pattern: Pattern, zone: ZoneInfo) -> int:
    """How many of the day's times are not later than ``moment``."""

    def due_at(wall_time: time) -> datetime:
        return first_moment(datetime.combine(day, wall_time), zone)

    return bisect_right(pattern.times, moment, key=due_at)
