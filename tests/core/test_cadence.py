"""When something recurs, checked against a clock on the wall that is read minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cadence import (
    UnknownCadence,
    first_moment,
    last_until,
    next_after,
    too_often,
    understood,
    upcoming,
)
from tests.core.wall_clock import Meant, due_on_the_wall, in_cron, in_words

ZONES = [
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",  # clocks change by half an hour
    "Asia/Kathmandu",
    "America/St_Johns",
    "Africa/Nairobi",
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
    datetime(2010, 11, 7, tzinfo=UTC),  # clocks in Newfoundland went back a minute after midnight
    datetime(2011, 12, 30, tzinfo=UTC),  # Apia left out this day
]


DAYS = 12
VOCABULARY = "every first last day workday monday and , 9:00 at of the month 15 * */2 1-5".split()  # noqa: SIM905
SOMETIMES = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=settings().max_examples // 2)
@given(st.one_of(in_words(), in_cron()), st.sampled_from(ZONES), st.sampled_from(CHANGES), st.data())
def test_it_is_due_when_the_clock_on_the_wall_first_says_so(
    meant: Meant, zone_name: str, change: datetime, data: st.DataObject
) -> None:
    zone = ZoneInfo(zone_name)
    start, end = change - timedelta(days=4), change + timedelta(days=DAYS - 4)
    expected = due_on_the_wall(meant, zone, start, DAYS)
    try:
        cadence = understood(meant.words)
    except UnknownCadence:  # only of what never comes
        assert not any(meant.on(date(2000, 1, 1) + timedelta(days=number)) for number in range(40 * 366))
        return
    shown = [one.at for one in upcoming(cadence, start, zone, min(len(expected) + 1, 30))]
    assert [moment for moment in shown if moment < end] == expected[:30]
    probe = start + timedelta(minutes=data.draw(st.integers(0, DAYS * 24 * 60 - 1)))
    before = [moment for moment in expected if moment <= probe]
    last = last_until(cadence, probe, zone, since=start)
    assert (last.at if last else None) == (before[-1] if before else None)
    following = next_after(cadence, probe, zone)
    after = [moment for moment in expected if moment > probe]
    assert following.at == after[0] if after else following.at >= end
    assert last_until(cadence, following.at, zone, since=probe) == following


@given(st.one_of(in_words(), in_cron()))
def test_canonical_words_mean_the_same_and_stay_as_they_are(meant: Meant) -> None:
    try:
        words = understood(meant.words)
    except UnknownCadence:
        return
    assert understood(words) == words
    moment, zone = datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("UTC")
    assert next_after(words, moment, zone) == next_after(meant.words, moment, zone)


@given(
    st.one_of(
        st.text(max_size=300),
        st.text("0123456789*/-, monfriday:", max_size=40),
        st.lists(st.sampled_from(VOCABULARY)).map(" ".join),
    )
)
def test_whatever_somebody_types_is_understood_or_refused(words: str) -> None:
    try:
        understood_words = understood(words)
    except UnknownCadence:
        return
    assert understood(understood_words) == understood_words
    assert next_after(understood_words, datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("Europe/Paris"))


@given(
    st.sampled_from(ZONES),
    SOMETIMES,
    st.sampled_from(["daily 00:00", "daily 02:30", "daily 23:59", "first workday 09:00", "*/20 * * * *"]),
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
    assert (found.year - day.year) * 12 + found.month - day.month in (0, 1)


def test_the_name_of_a_time_is_the_local_one_that_was_meant() -> None:
    paris = ZoneInfo("Europe/Paris")
    gap = next_after("daily 02:30", datetime(2026, 3, 28, 12, tzinfo=UTC), paris)
    assert (gap.local, gap.at) == ("2026-03-29 02:30", datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
    doubled = next_after("daily 02:30", datetime(2026, 10, 24, 12, tzinfo=UTC), paris)
    assert (doubled.local, doubled.at) == ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert next_after("daily 02:30", doubled.at, paris).local == "2026-10-26 02:30"


def test_a_day_that_has_begun_twice_began_at_its_first() -> None:
    newfoundland = ZoneInfo("America/St_Johns")
    began = datetime(2010, 11, 7, 0, 0, tzinfo=newfoundland).astimezone(UTC)
    for minutes in range(120):  # a minute later it is the day before again, for an hour
        last = last_until("daily 00:00", began + timedelta(minutes=minutes), newfoundland, began - timedelta(days=1))
        assert last is not None
        assert (last.at, last.local) == (began, "2010-11-07 00:00")


def test_a_day_that_was_left_out_altogether_is_made_up_for_at_its_end() -> None:
    assert first_moment(datetime(2011, 12, 30, 9), ZoneInfo("Pacific/Apia")) == datetime(2011, 12, 30, 10, tzinfo=UTC)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("words", "canonical", "expected"),
    [
        ("daily 9:00", "daily 09:00", ["Tue 03 Mar 09:00", "Wed 04 Mar 09:00", "Thu 05 Mar 09:00"]),
        ("Every Day at 9:00", "daily 09:00", ["Tue 03 Mar 09:00", "Wed 04 Mar 09:00", "Thu 05 Mar 09:00"]),
        ("weekdays 14:30", "weekdays 14:30", ["Mon 02 Mar 14:30", "Tue 03 Mar 14:30", "Wed 04 Mar 14:30"]),
        ("every  MONDAY 9:00", "every monday 09:00", ["Mon 09 Mar 09:00", "Mon 16 Mar 09:00", "Mon 23 Mar 09:00"]),
        (
            "every thursday and monday 9:00",
            "every monday and thursday 09:00",
            ["Thu 05 Mar 09:00", "Mon 09 Mar 09:00", "Thu 12 Mar 09:00"],
        ),
        (
            "every friday,monday , and wednesday 9:00",
            "every monday, wednesday and friday 09:00",
            ["Wed 04 Mar 09:00", "Fri 06 Mar 09:00", "Mon 09 Mar 09:00"],
        ),
        ("first tuesday 10:00", "first tuesday 10:00", ["Tue 03 Mar 10:00", "Tue 07 Apr 10:00", "Tue 05 May 10:00"]),
        ("last friday 16:00", "last friday 16:00", ["Fri 27 Mar 16:00", "Fri 24 Apr 16:00", "Fri 29 May 16:00"]),
        ("first workday 09:00", "first workday 09:00", ["Wed 01 Apr 09:00", "Fri 01 May 09:00", "Mon 01 Jun 09:00"]),
        ("last workday 09:00", "last workday 09:00", ["Tue 31 Mar 09:00", "Thu 30 Apr 09:00", "Fri 29 May 09:00"]),
        ("day 15 of the month 10:00", "day 15 10:00", ["Sun 15 Mar 10:00", "Wed 15 Apr 10:00", "Fri 15 May 10:00"]),
        ("last day 10:00", "last day 10:00", ["Tue 31 Mar 10:00", "Thu 30 Apr 10:00", "Sun 31 May 10:00"]),
        ("0 9 * * 1", "0 9 * * 1", ["Mon 09 Mar 09:00", "Mon 16 Mar 09:00", "Mon 23 Mar 09:00"]),
        ("0 9 * * 0", "0 9 * * 0", ["Sun 08 Mar 09:00", "Sun 15 Mar 09:00", "Sun 22 Mar 09:00"]),
        ("0 9 * * 7", "0 9 * * 7", ["Sun 08 Mar 09:00", "Sun 15 Mar 09:00", "Sun 22 Mar 09:00"]),
        ("0 9 * * FRI-SUN", "0 9 * * fri-sun", ["Fri 06 Mar 09:00", "Sat 07 Mar 09:00", "Sun 08 Mar 09:00"]),
        ("0 9 5 * 1", "0 9 5 * 1", ["Thu 05 Mar 09:00", "Mon 09 Mar 09:00", "Mon 16 Mar 09:00"]),
        ("0 9 */2 * 1", "0 9 */2 * 1", ["Mon 09 Mar 09:00", "Mon 23 Mar 09:00", "Mon 13 Apr 09:00"]),
        ("0 8-18/5  * apr,may *", "0 8-18/5 * apr,may *", ["Wed 01 Apr 08:00", "Wed 01 Apr 13:00", "Wed 01 Apr 18:00"]),
    ],
)
def test_words_and_cron_as_a_person_reads_them(words: str, canonical: str, expected: list[str]) -> None:
    """Reckoned by hand from a calendar of 2026, from Monday, 2 March at 09:00."""
    assert understood(words) == canonical
    found = upcoming(words, datetime(2026, 3, 2, 9, tzinfo=UTC), ZoneInfo("UTC"), 3)
    assert [f"{one.at:%a %d %b %H:%M}" for one in found] == expected


@pytest.mark.parametrize(
    ("zone", "noon_before", "expected"),
    [
        # two o'clock is left out, and comes at three together with three
        ("Europe/Paris", "2026-03-29T00:15Z", ["01:30", "01:45", "03:00", "03:15"]),
        # two o'clock comes twice, and its second round rests
        ("Europe/Paris", "2026-10-25T00:15Z", ["02:30", "02:45", "03:00", "03:15"]),
        # half an hour is left out, or comes twice
        ("Australia/Lord_Howe", "2026-10-03T15:15Z", ["02:30", "02:45", "03:00", "03:15"]),
        ("Australia/Lord_Howe", "2026-04-04T14:40Z", ["01:45", "02:00", "02:15", "02:30"]),
    ],
)
def test_every_quarter_of_an_hour_comes_once_when_clocks_change(
    zone: str, noon_before: str, expected: list[str]
) -> None:
    found = upcoming("*/15 * * * *", datetime.fromisoformat(noon_before), ZoneInfo(zone), 4)
    assert [f"{one.at.astimezone(ZoneInfo(zone)):%H:%M}" for one in found] == expected


@pytest.mark.parametrize("cadence", ["* * * * *", "daily 09:00", "first workday 09:00", "0 0 29 2 *", "0 0 29 2 */6"])
def test_what_was_due_last_in_forty_years_is_found_at_once(cadence: str) -> None:
    since, zone = datetime(2000, 2, 29, tzinfo=UTC), ZoneInfo("Europe/Paris")
    last = last_until(cadence, datetime(2041, 1, 1, tzinfo=UTC), zone, since)
    assert last is not None
    assert next_after(cadence, last.at, zone).at > datetime(2041, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "answer"),
    [
        ("daily 09:00", False),
        ("0 * * * *", False),
        ("30 9-17 * * 1-5", False),
        ("0,59 0 1 1 *", True),
        ("*/30 * * * *", True),
        ("*/15 9 * * *", True),
        ("* * * * *", True),
    ],
)
def test_more_than_once_an_hour_is_too_often(cadence: str, answer: bool) -> None:
    assert too_often(cadence) is answer


@pytest.mark.parametrize(
    "cadence",
    [
        *["", "daily", "daily 24:00", "daily 09:60", "daily 9", "daily 9:0", "daily 009:00", "9:00", "daily at"],
        *["every blue moon", "every 9:00", "every monday", "every mondays 9:00", "every monday and 9:00"],
        *["every monday and daily 9:00", "every 2 weeks 9:00", "monday 9:00", "every first monday 9:00"],
        *["fifth monday 9:00", "second workday 9:00", "first day 9:00", "day 0 9:00", "day 29 9:00", "day ١ 9:00"],
        *["daily of the month 9:00", "daily 9:00 9:00", "daily " * 60 + "9:00"],
        *["* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *"],
        *["* * * * 8", "mon * * * *", "* * * mon *", "*-5 * * * *", "5-1 * * * *", "1-2-3 * * * *", "1,,2 * * * *"],
        *["*/0 * * * *", "*/60 * * * *", "*/90 * * * *", "5/2 * * * *", "5-5/1 * * * *", "-1 * * * *", "? * * * *"],
        *[
            "0 9 L * *",
            "0 9 * * */7",
            "0 9 * * 1#2",
            "@daily",
            "² * * * *",
            "0 0 31 2 *",
            "0 0 30,31 2 *",
            "0 0 31 4,6,9,11 *",
        ],
    ],
)
def test_a_cadence_that_nobody_taught_or_that_never_comes_is_refused(cadence: str) -> None:
    for ask in (understood, too_often):
        with pytest.raises(UnknownCadence):
            ask(cadence)
    with pytest.raises(UnknownCadence):
        next_after(cadence, datetime(2026, 3, 2, tzinfo=UTC), ZoneInfo("UTC"))
