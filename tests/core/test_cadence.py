"""When something recurs, checked against a clock on the wall that is read minute by minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cadence import UnknownCadence, first_moment, last_until, next_after

MINUTE = timedelta(minutes=1)
ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Casablanca",  # clocks change around Ramadan
    "Pacific/Apia",
    "America/Scoresbysund",  # clocks change at midnight
    "Asia/Beirut",
]
CHANGES = [
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
    datetime(2026, 4, 4, tzinfo=UTC),
    datetime(2026, 10, 3, tzinfo=UTC),
    datetime(2026, 2, 15, tzinfo=UTC),
    datetime(2011, 12, 30, tzinfo=UTC),  # Apia left out this day
]


def minutes_shown(zone: ZoneInfo, start: datetime, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Every minute, and what clocks in the zone show then."""
    moment = start
    while moment < start + timedelta(days=days):
        yield moment, moment.astimezone(zone).replace(tzinfo=None)
        moment += MINUTE


def seen_on_the_wall(zone: ZoneInfo, hour: int, minute: int, start: datetime, days: int) -> list[datetime]:
    """Every moment at which somebody who looks at the clock would say: it is time, for this day."""
    found: dict[date, datetime] = {}
    day = None
    pending: list[date] = []
    for moment, shown in minutes_shown(zone, start, days):
        if shown.date() != day:
            while day is not None and day < shown.date():
                day += timedelta(days=1)
                pending.append(day)
            day = day or shown.date()
        for one in list(pending):
            if (shown.date(), shown.hour, shown.minute) >= (one, hour, minute):
                found[one] = moment
                pending.remove(one)
    return sorted(found.values())


@settings(max_examples=60)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(CHANGES),
    st.integers(-1, 1),
    st.integers(0, 23),
    st.sampled_from([0, 1, 15, 29, 30, 31, 45, 59]),
)
def test_every_day_it_fires_when_the_clock_on_the_wall_first_says_so(
    zone_name: str, change: datetime, shift: int, hour: int, minute: int
) -> None:
    zone = ZoneInfo(zone_name)
    start = change + timedelta(days=shift - 2)
    expected = sorted(set(seen_on_the_wall(zone, hour, minute, start, 5)))
    moment = expected[0] - MINUTE
    fired = []
    for _ in expected:
        moment = next_after(f"daily {hour:02}:{minute:02}", moment, zone).at
        fired.append(moment)
    assert fired == expected


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["daily 00:00", "daily 02:30", "daily 23:59", "first workday 09:00", "first workday 00:00"]),
)
def test_the_next_time_is_later_and_nothing_lies_between(zone_name: str, moment: datetime, cadence: str) -> None:
    zone = ZoneInfo(zone_name)
    following = next_after(cadence, moment, zone)
    assert following.at > moment
    assert last_until(cadence, following.at - timedelta(microseconds=1), zone, since=moment) is None
    assert last_until(cadence, following.at, zone, since=moment) == following


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_the_first_workday_is_the_first_day_of_its_month_from_monday_to_friday(day: date) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(microseconds=1)
    found = next_after("first workday 00:00", moment, ZoneInfo("UTC")).at
    first = found.replace(day=1)
    before = [first + timedelta(days=number) for number in range(found.day - 1)]
    assert found.isoweekday() <= 5
    assert all(one.isoweekday() > 5 for one in before)


def test_the_name_of_a_time_is_the_local_one_that_was_meant() -> None:
    paris = ZoneInfo("Europe/Paris")
    gap = next_after("daily 02:30", datetime(2026, 3, 28, 12, tzinfo=UTC), paris)
    assert (gap.local, gap.at) == ("2026-03-29 02:30", datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
    doubled = next_after("daily 02:30", datetime(2026, 10, 24, 12, tzinfo=UTC), paris)
    assert (doubled.local, doubled.at) == ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert next_after("daily 02:30", doubled.at, paris).local == "2026-10-26 02:30"


def test_a_day_that_was_left_out_altogether_is_made_up_for_at_its_end() -> None:
    assert first_moment(datetime(2011, 12, 30, 9), ZoneInfo("Pacific/Apia")) == datetime(2011, 12, 30, 10, tzinfo=UTC)  # noqa: DTZ001


@pytest.mark.parametrize("cadence", ["", "daily", "daily 9:00", "daily 24:00", "daily 09:60", "every blue moon"])
def test_a_cadence_that_nobody_taught_is_named(cadence: str) -> None:
    with pytest.raises(UnknownCadence):
        next_after(cadence, datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("UTC"))
