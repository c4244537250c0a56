"""What people write for times, days and numbers. Pure: words in, values out, or a sentence about what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.core.errors import Refusal
from bot.core.messages import mark

_DAY = 24 * 60
_LONGEST_QUIET = 23 * 60
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>[0-5]\d))?h?")
_WEEK = 7
_SHORTEST_NAME = 3
_LONGEST_WAIT = 30 * 24
ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

KEEP_MONTHS = (3, 120)
SILENCE_DAYS = (1, 90)


def clock_minutes(words: str) -> int:
    """Minutes after midnight of a time such as 21:00, 7 or 24:00 (the end of a day). Raises Refusal."""
    found = _CLOCK.fullmatch(words.strip().casefold())
    minutes = int(found["hour"]) * 60 + int(found["minute"] or 0) if found else _DAY + 1
    if minutes > _DAY:
        raise Refusal(mark("{time} is no time of day. Write it like 21:00."), time=words)
    return minutes


def quiet_hours(start: str, end: str) -> tuple[str, str]:
    """The two times as HH:MM; alike they mean none. Raises Refusal where less than an hour of a day would be left."""
    begins, ends = clock_minutes(start), clock_minutes(end)
    whole_day = begins != ends and (ends - begins) % _DAY == 0
    if whole_day or (ends - begins) % _DAY > _LONGEST_QUIET:
        raise Refusal(
            mark("Quiet hours need an end: please leave at least one hour of the day in which I may say something.")
        )
    return _as_clock(begins), _as_clock(ends)


def _as_clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def weekend(words: str, names: Sequence[str]) -> str:
    """Days of the week, by their English names or by ``names`` (Monday first), whole or begun, as digits.

    Raises Refusal for a day that nobody knows.
    """
    found: set[int] = set()
    for word in re.split(r"[\s,;]+", words.strip().casefold()):
        days = [
            number
            for number, (english, own) in enumerate(zip(ENGLISH_DAYS, names, strict=True))
            if _is_begun(word, english) or _is_begun(word, own.casefold())
        ]
        if len(days) != 1:
            raise Refusal(mark("{word} is no day of the week. Write the days like saturday sunday."), word=word)
        found.update(days)
    return weekend_of(found)


def _is_begun(word: str, name: str) -> bool:
    return word == name or (len(word) >= _SHORTEST_NAME and name.startswith(word))


def weekend_of(days: Collection[int]) -> str:
    """Days of the week (Monday is 0) as digits. Raises Refusal for all seven."""
    if len(set(days)) >= _WEEK:
        raise Refusal(mark("A weekend of seven days leaves no day to work. Please leave one out."))
    return "".join(str(day) for day in sorted(set(days)))


def reminder_hours(*words: str) -> tuple[int, int, int]:
    """Three growing numbers of hours. Raises Refusal."""
    hours = [int(word) for word in words if _is_number(word)]
    if len(hours) != 3 or len(words) != 3 or not 1 <= hours[0] < hours[1] < hours[2] <= _LONGEST_WAIT:
        raise Refusal(
            mark("Please give three numbers of hours, each greater than the one before, from 1 to {longest}: 24 48 72"),
            longest=str(_LONGEST_WAIT),
        )
    return hours[0], hours[1], hours[2]


def number_or_never(words: str, span: tuple[int, int]) -> int:
    """A number within ``span``, or 0. Raises Refusal."""
    wanted = words.strip()
    number = int(wanted) if _is_number(wanted) else -1
    if number != 0 and not span[0] <= number <= span[1]:
        raise Refusal(mark("Please give a number from {least} to {most}, or 0."), least=str(span[0]), most=str(span[1]))
    return number


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= 6
