"""When scheduled prompts come: across both changes of the clocks, in quiet hours, on weekends, after a downtime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cadence import understood
from bot.core.working_time import WorkingTime
from handlers.prompts._calendar import planned
from storage.prompt_schedules import PromptSchedule
from tests.conversations import StandingClock, Talk, running
from tests.handlers.prompts.circle import Circle, at, circle


@pytest.mark.parametrize(
    ("zone", "now", "words", "moments", "in_utc"),
    [
        pytest.param("Australia/Adelaide", "2026-04-01 12:00", "every sunday 9:00",
                     ["Sun 05 Apr 09:00", "Sun 12 Apr 09:00"], ["Sat 04 Apr 23:30", "Sat 11 Apr 23:30"],
                     id="Adelaide, clocks go back at three"),
        pytest.param("Australia/Adelaide", "2026-03-25 12:00", "every sunday 9:00",
                     ["Sun 29 Mar 09:00", "Sun 05 Apr 09:00"], ["Sat 28 Mar 22:30", "Sat 04 Apr 23:30"],
                     id="Adelaide, the weeks around it"),
        pytest.param("Australia/Adelaide", "2026-09-26 12:00", "every sunday 9:00",
                     ["Sun 27 Sep 09:00", "Sun 04 Oct 09:00"], ["Sat 26 Sep 23:30", "Sat 03 Oct 22:30"],
                     id="Adelaide, clocks go forward at two"),
        pytest.param("Australia/Adelaide", "2026-10-03 12:00", "daily 2:30",
                     ["Sun 04 Oct 03:00", "Mon 05 Oct 02:30"], ["Sat 03 Oct 16:30", "Sun 04 Oct 16:00"],
                     id="Adelaide, a time that does not exist"),
        pytest.param("Australia/Adelaide", "2026-04-04 12:00", "daily 2:30",
                     ["Sun 05 Apr 02:30", "Mon 06 Apr 02:30"], ["Sat 04 Apr 16:00", "Sun 05 Apr 17:00"],
                     id="Adelaide, a time that comes twice is taken at its first"),
        pytest.param("Australia/Lord_Howe", "2026-04-04 12:00", "daily 1:45",
                     ["Sun 05 Apr 01:45", "Mon 06 Apr 01:45"], ["Sat 04 Apr 14:45", "Sun 05 Apr 15:15"],
                     id="Lord Howe, half an hour comes twice"),
        pytest.param("Australia/Lord_Howe", "2026-10-03 12:00", "daily 2:15",
                     ["Sun 04 Oct 02:30", "Mon 05 Oct 02:15"], ["Sat 03 Oct 15:30", "Sun 04 Oct 15:15"],
                     id="Lord Howe, half an hour does not exist"),
    ],
)  # fmt: skip
async def test_a_schedule_keeps_to_the_wall_clock_when_clocks_change(
    tmp_path: Path, zone: str, now: str, words: str, moments: list[str], in_utc: list[str]
) -> None:
    async with circle(tmp_path, now=at(now, zone), default_timezone=zone) as here:
        await here.set_up(quiet_from="00:00", quiet_until="00:00", weekend="")
        await here.schedules(words)
        while len(await here.prompts()) < len(moments):
            await here.talk.wait(days=1)
        assert await here.when(zone) == moments
        assert await here.when() == in_utc


@pytest.mark.parametrize(
    ("words", "moments"),
    [
        pytest.param("every saturday 10:00", ["Mon 09 Mar 07:00", "Mon 16 Mar 07:00"], id="weekends are free"),
        pytest.param("every tuesday 23:00", ["Wed 11 Mar 07:00", "Wed 18 Mar 07:00"], id="nights are quiet"),
        pytest.param("every friday 22:00", ["Mon 09 Mar 07:00", "Mon 16 Mar 07:00"], id="a night before a weekend"),
        pytest.param("every friday 7:00", ["Fri 13 Mar 07:00"], id="the first open minute"),
    ],
)
async def test_quiet_hours_and_weekends_hold_a_prompt_until_they_end(
    tmp_path: Path, words: str, moments: list[str]
) -> None:
    async with circle(tmp_path, now=at("2026-03-06 08:00")) as here:
        await here.schedules(words)
        await here.talk.wait_until(at("2026-03-18 12:00"))
        assert await here.when() == moments


async def test_the_echo_says_what_is_held(tmp_path: Path) -> None:
    async with circle(tmp_path, now=at("2026-03-06 08:00")) as here:
        await here.fatima.says("/prompt schedule daily 9:00")
        assert (
            "Saturday 7 March, 09:00: that is a weekend or in quiet hours, so it goes out on Monday 9 March, 07:00"
            in await here.fatima.last()
        )


async def test_of_several_that_were_held_one_is_posted_and_none_more_that_day(tmp_path: Path) -> None:
    async with circle(tmp_path, now=at("2026-03-05 12:00")) as here:
        await here.schedules("daily 9:00")
        await here.talk.wait_until(at("2026-03-10 12:00"))
        assert await here.when() == ["Fri 06 Mar 09:00", "Mon 09 Mar 07:00", "Tue 10 Mar 09:00"]


async def test_quiet_hours_that_were_changed_meanwhile_are_kept(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every tuesday 23:00")
        await here.talk.wait_until(at("2026-03-04 01:00"))
        await here.set_up(quiet_until="10:00")
        await here.talk.wait_until(at("2026-03-04 12:00"))
        assert await here.when() == ["Wed 04 Mar 10:00"]


async def _started_again(talk: Talk, here: Circle) -> Circle:
    people = [talk.person(one.id, one.name) for one in (here.fatima, here.ana, here.ben)]
    return Circle(talk, *people)


@pytest.mark.parametrize(
    ("words", "back_at", "moments"),
    [
        pytest.param("every monday 9:00", "2026-03-11 10:00", ["Wed 11 Mar 10:00"], id="missed, in open hours"),
        pytest.param("every monday 9:00", "2026-03-11 03:00", ["Wed 11 Mar 07:00"], id="missed, back at night"),
        pytest.param("every monday 9:00", "2026-03-14 15:00", ["Mon 16 Mar 07:00"], id="missed, back on a weekend"),
        pytest.param("weekdays 9:00", "2026-03-11 03:00", ["Wed 11 Mar 07:00", "Thu 12 Mar 09:00"],
                     id="several missed are one"),
        pytest.param("first tuesday 10:00", "2026-03-12 09:30", [], id="missed longer ago than a week"),
    ],
)  # fmt: skip
async def test_after_a_week_of_downtime_what_was_missed_comes_once_and_in_open_hours(
    tmp_path: Path, words: str, back_at: str, moments: list[str]
) -> None:
    async with circle(tmp_path) as here:
        await here.schedules(words)
    back = at(back_at)
    async with running(tmp_path, clock=StandingClock(back)) as talk:
        again = await _started_again(talk, here)
        await talk.wait(seconds=1)
        await talk.wait_until(max(back, at(back_at[:10])) + timedelta(days=2))
        got = await again.when()
        assert got[: len(moments)] == moments
        assert len(got) == len(moments)


async def test_what_is_held_survives_a_restart(tmp_path: Path) -> None:
    async with circle(tmp_path) as here:
        await here.schedules("every tuesday 23:00")
        await here.talk.wait_until(at("2026-03-03 23:30"))
    async with running(tmp_path, clock=StandingClock(at("2026-03-04 06:00"))) as talk:
        again = await _started_again(talk, here)
        await talk.wait(hours=3)
        assert await again.when() == ["Wed 04 Mar 07:00"]
        await talk.wait(days=2)
        assert len(await again.prompts()) == 1


WORKING = WorkingTime(ZoneInfo("Australia/Lord_Howe"))
cadences = st.one_of(
    st.builds(
        "every {} {}:{:02}".format, st.sampled_from(["monday", "sunday"]), st.integers(0, 23), st.integers(0, 59)
    ),
    st.builds("daily {}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
    st.builds("weekdays {}:{:02}".format, st.integers(0, 23), st.integers(0, 59)),
)
moments_of_a_year = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001


@given(cadences, moments_of_a_year, st.integers(1, 5), st.integers(0, 3))
def test_what_is_planned_comes_in_order_in_open_hours_and_nothing_that_is_left_out(
    words: str, now: datetime, count: int, left_out: int
) -> None:
    schedule = PromptSchedule(community_id=1, place_id=1, cadence=understood(words), proposed_at=now)
    every = planned(schedule, now, WORKING, count + left_out)
    assert [one.due for one in every] == sorted({one.due for one in every})
    assert all(now < one.due <= one.at and WORKING.is_open(one.at) for one in every)
    assert all(one.waits != WORKING.is_open(one.due) for one in every)
    if left_out:
        schedule.skip_through = every[left_out - 1].local
        assert planned(schedule, now, WORKING, count) == every[left_out:]
