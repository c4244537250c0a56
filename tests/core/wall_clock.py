"""A clock on the wall, read minute by minute: what a cadence is checked against. It shares no code with ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

MINUTE = timedelta(minutes=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SHORT_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
SHORT_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Meant:
    """A cadence as somebody writes it, and what it means by the calendar on the wall."""

    words: str
    on: Callable[[date], bool]
    hours: frozenset[int]
    minutes: frozenset[int]

    def at(self, wall: datetime) -> bool:
        return wall.minute in self.minutes and wall.hour in self.hours and self.on(wall.date())


@lru_cache(maxsize=64)
def _shown(zone: ZoneInfo, start: datetime, days: int) -> list[tuple[datetime, datetime]]:
    moments = (start + MINUTE * number for number in range(days * 24 * 60))
    return [(moment, moment.astimezone(zone).replace(tzinfo=None)) for moment in moments]


def due_on_the_wall(meant: Meant, zone: ZoneInfo, start: datetime, days: int) -> list[datetime]:
    """Every minute at which the clock, for the first time, shows or has left behind a time that is meant."""
    due = []
    (_, furthest), *later = _shown(zone, start, days)
    for moment, shown in later:
        reached = False
        while furthest < shown:
            furthest += MINUTE
            reached = meant.at(furthest) or reached
        if reached:
            due.append(moment)
    return due


def days_of_month(day: date) -> list[date]:
    return [one for number in range(1, 32) if (one := _date(day, number)) is not None]


def _date(day: date, number: int) -> date | None:
    try:
        return day.replace(day=number)
    except ValueError:
        return None


def weekday(day: date) -> str:
    return WEEKDAYS[day.isoweekday() - 1]


def weekdays_of_month(day: date, *names: str) -> list[date]:
    return [one for one in days_of_month(day) if weekday(one) in names]


_WORKDAYS = WEEKDAYS[:5]
_OF_A_MONTH = ["first", "second", "third", "fourth", "last"]


def _nth(which: str, name: str) -> Callable[[date], bool]:
    place = -1 if which == "last" else _OF_A_MONTH.index(which)
    return lambda day: weekdays_of_month(day, name)[place] == day


Days = tuple[str, Callable[[date], bool]]


@st.composite
def days_in_words(draw: st.DrawFn) -> Days:
    """Which days, in words, and whether a day is one of them."""
    names = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4))
    which, name = draw(st.sampled_from(_OF_A_MONTH)), names[0]
    number = draw(st.integers(1, 28))
    joined = draw(st.sampled_from([", ", ",", " and ", " , ", ", and "])).join(names)
    suffix = draw(st.sampled_from(["", " of the month"]))
    kinds: list[Days] = [
        (draw(st.sampled_from(["daily", "every day"])), lambda _day: True),
        (draw(st.sampled_from(["weekdays", "every weekday"])), lambda day: weekday(day) in _WORKDAYS),
        (f"every {joined}", lambda day: weekday(day) in names),
        (f"{which} {name}{suffix}", _nth(which, name)),
        (f"first workday{suffix}", lambda day: weekdays_of_month(day, *_WORKDAYS)[0] == day),
        (f"last workday{suffix}", lambda day: weekdays_of_month(day, *_WORKDAYS)[-1] == day),
        (f"last day{suffix}", lambda day: days_of_month(day)[-1] == day),
        (f"day {number}{suffix}", lambda day: day.day == number),
    ]
    return draw(st.sampled_from(kinds))


@st.composite
def in_words(draw: st.DrawFn) -> Meant:
    """A cadence in words, in any letters and with any spaces."""
    days, on = draw(days_in_words())
    hour, minute = draw(st.integers(0, 23)), draw(st.sampled_from([0, 1, 15, 29, 30, 31, 45, 59]))
    hour_words = draw(st.sampled_from([f"{hour}", f"{hour:02}"]))
    space = draw(st.sampled_from([" ", "  ", "\t"]))
    words = f"{days} {draw(st.sampled_from(['', 'at ']))}{hour_words}:{minute:02}".replace(" ", space)
    words = draw(st.sampled_from([words, words.upper(), words.title(), f" {words} "]))
    return Meant(words, on, frozenset({hour}), frozenset({minute}))


@st.composite
def _part(draw: st.DrawFn, lowest: int, highest: int, names: tuple[str, ...]) -> tuple[str, set[int]]:
    """A part of a field, and the numbers that it stands for."""
    first = draw(st.integers(lowest, highest - 1))
    last = draw(st.integers(first + 1, highest))
    spelt: list[str] = [str(number) for number in range(lowest, highest + 1)]
    named: bool = draw(st.booleans())
    if names and named:
        spelt = list(names) + spelt[len(names) :]
    span = f"{spelt[first - lowest]}-{spelt[last - lowest]}"
    kind = draw(st.sampled_from(["number", "range", "stepped range"]))
    if kind == "number":
        return spelt[first - lowest], {first}
    if kind == "range":
        return span, {number for number in range(lowest, highest + 1) if first <= number <= last}
    step = draw(st.integers(1, last - first))
    wanted = {number for number in range(lowest, highest + 1) if first <= number <= last}
    return f"{span}/{step}", {number for number in wanted if (number - first) % step == 0}


@st.composite
def _field(
    draw: st.DrawFn, lowest: int, highest: int, names: tuple[str, ...] = (), everything: int | None = None
) -> tuple[str, set[int]]:
    """A field, and the numbers that it stands for."""
    whole = set(range(lowest, (everything or highest) + 1))
    kind = draw(st.sampled_from(["*", "*/", "parts"]))
    if kind == "*":
        return "*", whole
    if kind == "*/":
        step = draw(st.integers(1, max(whole) - lowest))
        return f"*/{step}", {number for number in whole if (number - lowest) % step == 0}
    parts = draw(st.lists(_part(lowest, highest, names), min_size=1, max_size=3))
    return ",".join(text for text, _ in parts), set().union(*(numbers for _, numbers in parts))


@st.composite
def in_cron(draw: st.DrawFn) -> Meant:
    """A cadence in cron's five fields."""
    minute_text, minutes = draw(_field(0, 59))
    hour_text, hours = draw(_field(0, 23))
    date_text, dates = draw(_field(1, 31))
    month_text, months = draw(_field(1, 12, SHORT_MONTHS))
    weekday_text, numbers = draw(_field(0, 7, SHORT_WEEKDAYS, everything=6))
    names = {(*SHORT_WEEKDAYS, "sun")[number] for number in numbers}
    both_restricted = not date_text.startswith("*") and not weekday_text.startswith("*")

    def on(day: date) -> bool:
        if day.month not in months:
            return False
        fits = [day.day in dates, weekday(day)[:3] in names]
        return any(fits) if both_restricted else all(fits)

    words = " ".join([minute_text, hour_text, date_text, month_text, weekday_text])
    return Meant(draw(st.sampled_from([words, words.upper()])), on, frozenset(hours), frozenset(minutes))
