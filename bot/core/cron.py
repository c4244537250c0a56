"""Cron's five fields, read as its users mean them: minute, hour, day of the month, month, day of the week.

Numbers, ``*``, ranges (``9-17``), steps (``*/2``, ``9-17/2``), lists (``1,15``), and the English names of months and
weekdays, of three letters. Monday is 1, and Sunday is 0 as well as 7; a range may end on a Sunday (``fri-sun``).
When both days are restricted, either is enough; a field that begins with ``*`` restricts nothing by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from itertools import product

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PART = re.compile(r"(?P<first>\*|[0-9]{1,2}|[a-z]{3})(?:-(?P<last>[0-9]{1,2}|[a-z]{3}))?(?:/(?P<step>[0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class _Field:
    """What one of the five fields may hold; ``names`` stand for numbers from ``lowest`` on."""

    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    def number(self, written: str) -> int:
        if written in self.names:
            return self.names.index(written) + self.lowest
        value = int(written)
        if not self.lowest <= value <= self.highest:
            raise ValueError(f"{value} is out of bounds")
        return value


_MINUTE = _Field(0, 59)
_HOUR = _Field(0, 23)
_DAY = _Field(1, 31)
_MONTH = _Field(1, 12, _MONTHS)
_WEEKDAY = _Field(0, 7, _WEEKDAYS)


@dataclass(frozen=True, slots=True)
class Cron:
    """The days and the times of day that five fields stand for. ``either``: one kind of day is enough."""

    times: tuple[time, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def falls_on(self, day: date) -> bool:
        """Whether the cadence comes on this day."""
        if day.month not in self.months:
            return False
        by_date, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return by_date or by_weekday if self.either else by_date and by_weekday


def read(expression: str) -> Cron:
    """What five fields, in small letters, stand for. Raises ValueError for any others, and for what never comes."""
    minute, hour, day, month, weekday = expression.split()
    times = tuple(time(*one) for one in product(sorted(_values(hour, _HOUR)), sorted(_values(minute, _MINUTE))))
    days, months = _values(day, _DAY), _values(month, _MONTH)
    weekdays = frozenset(value % 7 for value in _values(weekday, _WEEKDAY))
    either = not day.startswith("*") and not weekday.startswith("*")
    if not either and all(min(days) > _LONGEST_MONTHS[one - 1] for one in months):
        raise ValueError("no such day ever comes")
    return Cron(times, days, months, weekdays, either)


def _values(written: str, field: _Field) -> frozenset[int]:
    return frozenset().union(*(_part(part, field) for part in written.split(",")))


def _part(written: str, field: _Field) -> range:
    found = _PART.fullmatch(written)
    if found is None:
        raise ValueError("not a part of a field")
    first, last = _bounds(found["first"], found["last"], field)
    if found["step"] is None:
        return range(first, last + 1)
    step = int(found["step"])
    if first == last or not 1 <= step <= last - first:  # */90 minutes is not every 90 minutes, so it is no promise
        raise ValueError("not a step within the range")
    return range(first, last + 1, step)


def _bounds(first: str, last: str | None, field: _Field) -> tuple[int, int]:
    if first == "*":
        if last is not None:
            raise ValueError("a range from everything")
        return field.lowest, 6 if field is _WEEKDAY else field.highest
    start = field.number(first)
    end = start if last is None else field.number(last)
    if field is _WEEKDAY and last is not None and end == 0 < start:
        end = 7
    if end < start:
        raise ValueError("a range that ends before it begins")
    return start, end
