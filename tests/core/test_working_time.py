"""When a reminder may go out, against an oracle that looks at one wall-clock minute after the other."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.working_time import WorkingTime

PARIS = ZoneInfo("Europe/Paris")
MINUTE = timedelta(minutes=1)

_ZONES = ("Europe/Paris", "Australia/Lord_Howe", "Africa/Nairobi", "Asia/Kathmandu", "Africa/Cairo")
_CLOCK_CHANGES = [
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),  # Paris, 02:00 -> 03:00
    datetime(2026, 10, 25, 1, 0, tzinfo=UTC),  # Paris, 03:00 -> 02:00
    datetime(2026, 4, 4, 15, 0, tzinfo=UTC),  # Lord Howe, 02:00 -> 01:30
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),  # Lord Howe, 02:00 -> 02:30
    datetime(2026, 4, 23, 22, 0, tzinfo=UTC),  # Cairo, 00:00 -> 01:00, on a Friday
    datetime(2026, 10, 29, 21, 0, tzinfo=UTC),  # Cairo, 24:00 -> 23:00, on a Thursday
]
_CLOCKS = st.one_of(
    st.sampled_from([time(0), time(1, 45), time(2), time(2, 30), time(7), time(12), time(21), time(23, 30)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)
_WEEKENDS = st.sampled_from([{5, 6}, {4, 5}, {4}, set(), {0, 1, 2, 3, 4, 5}])
_MOMENTS = st.one_of(
    st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes),
        st.sampled_from(_CLOCK_CHANGES),
        st.integers(-3 * 1440, 2 * 1440),
    ),
    st.builds(
        lambda minutes, seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes, seconds=seconds),
        st.integers(0, 365 * 1440),
        st.sampled_from([0, 0, 29, 59.999999]),
    ),
)


def oracle_is_open(working: WorkingTime, moment: datetime) -> bool:
    """Whether the clock on the wall shows a working minute: said with sets of minutes and days."""
    begin, end = (clock.hour * 60 + clock.minute for clock in (working.quiet_from, working.quiet_until))
    quiet = set(range(begin, end)) if begin <= end else {*range(begin, 1440), *range(end)}
    wall = working.zone.fromutc(moment.replace(tzinfo=working.zone))
    return wall.weekday() not in working.weekend and wall.hour * 60 + wall.minute not in quiet


def oracle_next_open(working: WorkingTime, moment: datetime) -> datetime:
    if oracle_is_open(working, moment):
        return moment
    scanned = moment.replace(second=0, microsecond=0)
    for _ in range(15 * 1440):
        scanned += MINUTE
        if oracle_is_open(working, scanned):
            return scanned
    raise AssertionError("never open")


@example("Australia/Lord_Howe", time(21), time(1, 45), {5}, datetime(2026, 4, 4, 15, 5, tzinfo=UTC))
@example("Africa/Cairo", time(23, 30), time(7), set(), datetime(2026, 10, 29, 20, 45, tzinfo=UTC))
@example("Europe/Paris", time(3), time(2, 30), {0, 1, 2, 3, 4, 5}, datetime(2026, 3, 27, 9, 0, tzinfo=UTC))
@given(st.sampled_from(_ZONES), _CLOCKS, _CLOCKS, _WEEKENDS, _MOMENTS)
def test_it_opens_at_the_first_minute_that_the_oracle_finds(
    zone: str, quiet_from: time, quiet_until: time, weekend: set[int], moment: datetime
) -> None:
    working = WorkingTime(ZoneInfo(zone), quiet_from, quiet_until, frozenset(weekend))
    assert working.is_open(moment) == oracle_is_open(working, moment)
    opens = working.next_open(moment)
    assert opens == oracle_next_open(working, moment)
    assert opens.tzinfo is UTC


@given(st.sampled_from(_ZONES), _CLOCKS, _CLOCKS, _WEEKENDS, _MOMENTS, st.integers(0, 100), st.integers(-50, 150))
def test_a_reminder_waits_its_while_and_its_snooze_then_for_an_open_hour(
    zone: str, quiet_from: time, quiet_until: time, weekend: set[int], moment: datetime, hours: int, snooze: int
) -> None:
    working = WorkingTime(ZoneInfo(zone), quiet_from, quiet_until, frozenset(weekend))
    wait, snoozed = timedelta(hours=hours), moment + timedelta(hours=snooze)
    assert working.after(moment, wait) == oracle_next_open(working, moment + wait)
    later = working.after(moment, wait, snoozed_until=snoozed)
    assert later == oracle_next_open(working, max(moment + wait, snoozed))


@pytest.mark.parametrize(
    ("asked", "waits", "due"),
    [
        pytest.param("2026-03-02 09:00", 24, "2026-03-03 09:00", id="a weekday to the next"),
        pytest.param("2026-03-06 15:00", 24, "2026-03-09 07:00", id="Friday afternoon to Monday morning"),
        pytest.param("2026-03-02 22:30", 24, "2026-03-04 07:00", id="a night to the morning after the next"),
        pytest.param("2026-03-03 07:00", 0, "2026-03-03 07:00", id="the end of the night is day"),
        pytest.param("2026-03-03 20:59", 0, "2026-03-03 20:59", id="the last minute of the day is day"),
        pytest.param("2026-03-03 21:00", 0, "2026-03-04 07:00", id="the first of the night is not"),
        pytest.param("2026-03-27 15:00", 24, "2026-03-30 07:00", id="over the weekend when clocks go forward"),
        pytest.param("2026-10-23 15:00", 24, "2026-10-26 07:00", id="over the weekend when clocks go back"),
    ],
)
def test_in_paris(asked: str, waits: int, due: str) -> None:
    begins, expected = (datetime.fromisoformat(one).replace(tzinfo=PARIS) for one in (asked, due))
    assert WorkingTime(PARIS).after(begins, timedelta(hours=waits)) == expected


def test_an_endless_weekend_is_said_not_searched_for_ever() -> None:
    never = WorkingTime(PARIS, weekend=frozenset(range(7)))
    with pytest.raises(ValueError, match="no hour of the week is open"):
        never.next_open(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
