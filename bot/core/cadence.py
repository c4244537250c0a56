"""When something recurs, in the wall-clock time of a community.

Words so far: ``daily 03:00`` and ``first workday 09:00`` (the first Monday-to-Friday day of a month).
A local time that doesn't exist (clocks go forward) fires at the next minute that does; one that comes
twice (clocks go back) fires at its first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WORDS = re.compile(r"(?P<days>daily|first workday) (?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)")
_SATURDAY = 5
_LONGEST_GAP_DAYS = 40


class UnknownCadence(ValueError):
    """A cadence in words that nobody taught."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something is due: the moment in UTC, and the local date and time it stands for."""

    at: datetime
    local: str


def next_after(cadence: str, moment: datetime, zone: ZoneInfo) -> Occurrence:
    """The first occurrence later than ``moment``. Raises UnknownCadence."""
    found = _WORDS.fullmatch(cadence)
    if found is None:
        raise UnknownCadence(cadence)
    falls_on = _DAYS[found["days"]]
    wall_time = time(int(found["hour"]), int(found["minute"]))
    for day in _days_from(moment.astimezone(zone).date() - timedelta(days=1)):
        if not falls_on(day):
            continue
        at = first_moment(datetime.combine(day, wall_time), zone)
        if at > moment:
            return Occurrence(at, f"{day.isoformat()} {wall_time:%H:%M}")
    raise UnknownCadence(cadence)


def last_until(cadence: str, moment: datetime, zone: ZoneInfo, since: datetime) -> Occurrence | None:
    """The last occurrence later than ``since`` and not later than ``moment``; None when there is none."""
    found: Occurrence | None = None
    upcoming = next_after(cadence, since, zone)
    while upcoming.at <= moment:
        found = upcoming
        upcoming = next_after(cadence, found.at, zone)
    return found


def first_moment(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which clocks in ``zone`` show ``local``, or the next minute that exists."""
    for minutes in range(25 * 60):
        wall = local + timedelta(minutes=minutes)
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
    raise UnknownCadence(f"no such time in {zone.key}")


def _days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in range(_LONGEST_GAP_DAYS))


def _every_day(_day: date) -> bool:
    return True


def _first_workday(day: date) -> bool:
    """The first day of the month that is no Saturday or Sunday: the 1st, or a Monday on the 2nd or 3rd."""
    weekday = day.weekday()
    return weekday < _SATURDAY and (day.day == 1 or (weekday == 0 and day.day <= 3))


_DAYS: dict[str, Callable[[date], bool]] = {"daily": _every_day, "first workday": _first_workday}
