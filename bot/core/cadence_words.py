"""The words of a cadence: which days, and at which times of day. ``bot.core.cadence`` tells when that is.

In any letters and with any spaces, ``at`` before a time or not::

    daily 9:00                      also: every day
    weekdays 14:30                  Monday to Friday; also: every weekday
    every monday 9:00               also: every monday and thursday; every monday, wednesday and friday
    first tuesday 10:00             of each month; also: second, third, fourth, last
    first workday 9:00              of each month; also: last workday
    day 15 10:00                    of each month, from 1 to 28, as the others are not in every month
    last day 10:00                  of each month
    0 9 * * 1                       cron with its five fields; 1 is Monday

"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from bot.core import cron

_LONGEST = 200
_ORDINALS = ("first", "second", "third", "fourth")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FRIDAY, _SATURDAY = 4, 5
_ONE_DAY = timedelta(days=1)

_WORDS = re.compile(r"(?P<days>.+?)(?: at)? (?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])")
_BETWEEN_WEEKDAYS = re.compile(r" ?, ?(?:and )?| and ")
_OF_A_MONTH = re.compile(r"(?P<which>first|second|third|fourth|last) (?P<what>[a-z]+)")
_DAY_OF_A_MONTH = re.compile(r"day (?P<number>0?[1-9]|1[0-9]|2[0-8])")

FallsOn = Callable[[date], bool]


class UnknownCadence(ValueError):
    """A cadence in words that nobody taught, or one that never comes."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A cadence that was understood: its canonical words, its days, and its times of day in order."""

    words: str
    falls_on: FallsOn
    times: tuple[time, ...]


@lru_cache(maxsize=512)
def read(words: str) -> Pattern:
    """What the words of a cadence mean. Raises UnknownCadence."""
    if len(words) > _LONGEST:
        raise UnknownCadence(words[:_LONGEST])
    plain = " ".join(words.lower().split())
    if plain[:1].isdigit() or plain.startswith("*"):
        return _cron(plain)
    found = _WORDS.fullmatch(plain)
    if found is None:
        raise UnknownCadence(words)
    days, falls_on = _days(found["days"])
    wall_time = time(int(found["hour"]), int(found["minute"]))
    return Pattern(f"{days} {wall_time:%H:%M}", falls_on, (wall_time,))


def _cron(plain: str) -> Pattern:
    try:
        fields = cron.read(plain)
    except ValueError as error:
        raise UnknownCadence(plain) from error
    return Pattern(plain, fields.falls_on, fields.times)


def _days(words: str) -> tuple[str, FallsOn]:
    """The days in canonical words, and whether a day is one of them."""
    if words in ("daily", "every day"):
        return "daily", _every_day
    if words in ("weekdays", "every weekday"):
        return "weekdays", _workday
    if words.startswith("every "):
        return _every(_BETWEEN_WEEKDAYS.split(words.removeprefix("every ")))
    return _of_a_month(words.removesuffix(" of the month"))


def _every(names: list[str]) -> tuple[str, FallsOn]:
    if not set(names) <= set(_WEEKDAYS):
        raise UnknownCadence(" ".join(names))
    wanted = [number for number, name in enumerate(_WEEKDAYS) if name in names]
    *others, last = (_WEEKDAYS[number] for number in wanted)
    words = f"{', '.join(others)} and {last}" if others else last
    return f"every {words}", lambda day: day.weekday() in wanted


def _of_a_month(words: str) -> tuple[str, FallsOn]:
    numbered = _DAY_OF_A_MONTH.fullmatch(words)
    if numbered is not None:
        number = int(numbered["number"])
        return f"day {number}", lambda day: day.day == number
    found = _OF_A_MONTH.fullmatch(words)
    if found is None:
        raise UnknownCadence(words)
    if words in _SPECIAL_DAYS:
        return words, _SPECIAL_DAYS[words]
    if found["what"] not in _WEEKDAYS:
        raise UnknownCadence(words)
    weekday = _WEEKDAYS.index(found["what"])
    if found["which"] == "last":
        return words, lambda day: day.weekday() == weekday and _is_last(day, timedelta(weeks=1))
    week = _ORDINALS.index(found["which"])
    return words, lambda day: day.weekday() == weekday and (day.day - 1) // 7 == week


def _every_day(_day: date) -> bool:
    return True


def _workday(day: date) -> bool:
    return day.weekday() < _SATURDAY


def _first_workday(day: date) -> bool:
    """The first day of the month that is no Saturday or Sunday: the 1st, or a Monday on the 2nd or 3rd."""
    return _workday(day) and (day.day == 1 or (day.weekday() == 0 and day.day <= 3))


def _last_workday(day: date) -> bool:
    return _workday(day) and _is_last(day, _ONE_DAY * (3 if day.weekday() == _FRIDAY else 1))


def _last_day(day: date) -> bool:
    return _is_last(day, _ONE_DAY)


def _is_last(day: date, until_the_next: timedelta) -> bool:
    """Whether the next one of its kind lies in another month."""
    return (day + until_the_next).month != day.month


_SPECIAL_DAYS: dict[str, FallsOn] = {
    "first workday": _first_workday,
    "last workday": _last_workday,
    "last day": _last_day,
}
