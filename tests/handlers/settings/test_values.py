"""What people write for times, days and numbers."""

from __future__ import annotations

import string
from datetime import UTC, datetime, time
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import Refusal
from bot.core.working_time import WorkingTime
from bot.texts import Texts
from handlers.settings._values import (
    ENGLISH_DAYS,
    KEEP_MONTHS,
    number_or_never,
    quiet_hours,
    reminder_hours,
    weekend,
    weekend_of,
)

ANYTHING = st.text(max_size=30) | st.text(string.digits + ":. h", max_size=6)


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        ("21:00", "7:00", ("21:00", "07:00")),
        ("21", "7", ("21:00", "07:00")),
        ("21h30", "6.15", ("21:30", "06:15")),
        ("22h", "24:00", ("22:00", "00:00")),
        ("0:00", "0:00", ("00:00", "00:00")),
        ("12:00", "11:00", ("12:00", "11:00")),
    ],
)
def test_times_are_understood_as_people_write_them(start: str, end: str, kept: tuple[str, str]) -> None:
    assert quiet_hours(start, end) == kept


@pytest.mark.parametrize(("start", "end"), [("0:00", "24:00"), ("24:00", "0:00"), ("12:00", "11:30"), ("9", "8:59")])
def test_a_day_that_is_all_quiet_is_refused(start: str, end: str) -> None:
    with pytest.raises(Refusal, match="at least one hour of the day"):
        quiet_hours(start, end)


@pytest.mark.parametrize("words", ["25:00", "24:01", "7:60", "noon", "-1", "", "٧:00x", "1:2", "*"])
def test_what_is_no_time_of_day_is_refused(words: str) -> None:
    with pytest.raises(Refusal):
        quiet_hours(words, "7:00")


@given(ANYTHING, ANYTHING, st.lists(st.integers(0, 6)))
def test_whatever_is_accepted_leaves_an_hour_in_which_something_may_be_said(
    start: str, end: str, days: list[int]
) -> None:
    try:
        (begins, ends), free = quiet_hours(start, end), weekend_of(days)
    except Refusal:
        return
    working = WorkingTime(
        ZoneInfo("Africa/Nairobi"), time.fromisoformat(begins), time.fromisoformat(ends), frozenset(map(int, free))
    )
    assert working.next_open(datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_days_are_understood_by_their_names_and_as_they_begin(language: str) -> None:
    names = Texts().wording(language).weekdays
    for days in combinations(range(7), 2):
        for words in (
            " ".join(ENGLISH_DAYS[day] for day in days),
            ", ".join(ENGLISH_DAYS[day][:3].upper() for day in days),
            "; ".join(names[day] for day in days),
        ):
            assert weekend(words, names) == "".join(map(str, days)), words


@pytest.mark.parametrize("words", ["someday", "s", "su", "saturday noday", "6", "!"])
def test_what_is_no_day_is_refused_by_its_word(words: str) -> None:
    with pytest.raises(Refusal, match="no day of the week"):
        weekend(words, ENGLISH_DAYS)


def test_a_weekend_of_seven_days_is_refused() -> None:
    with pytest.raises(Refusal, match="no day to work"):
        weekend(" ".join(ENGLISH_DAYS), ENGLISH_DAYS)


@pytest.mark.parametrize(
    "words",
    ["", "24", "24 48", "24 48 72 96", "48 24 72", "24 24 72", "0 1 2", "1 2 721", "a b c", "1.5 2 3", "-1 2 3"],
)
def test_hours_have_to_grow_and_be_sane(words: str) -> None:
    with pytest.raises(Refusal, match="three numbers of hours"):
        reminder_hours(*words.split())


@given(st.lists(ANYTHING, max_size=4))
def test_hours_that_are_accepted_grow(words: list[str]) -> None:
    try:
        first, second, third = reminder_hours(*words)
    except Refusal:
        return
    assert 1 <= first < second < third <= 720


@pytest.mark.parametrize(("words", "number"), [("0", 0), ("3", 3), (" 24 ", 24), ("120", 120)])
def test_a_number_within_bounds_or_never(words: str, number: int) -> None:
    assert number_or_never(words, KEEP_MONTHS) == number


@pytest.mark.parametrize("words", ["2", "121", "-1", "x", "", "²", "99999999999", "1e3"])
def test_a_number_out_of_bounds_is_refused(words: str) -> None:
    with pytest.raises(Refusal, match="Please give a number"):
        number_or_never(words, KEEP_MONTHS)
