"""Schedules: each fires once for its local time, is caught up once, and takes no other with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from bot.core.capability import DuplicateName, Schedule
from bot.core.dispatch import Registry
from bot.loops import STEP_PATIENCE
from bot.services import Services
from storage import communities
from storage.communities import Community
from storage.database import Database
from storage.schedules import StoredSchedule
from tests.community import START, StandingClock
from tests.frame import program
from tests.ticking import Ran, found, hours, moves_to, noting, passes, posting, ticker


async def test_two_tickers_on_one_database_run_a_schedule_once(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "nurses")
    both = [ticker(database, clock, noting(ran)) for _ in range(2)]
    await passes(clock, START + timedelta(days=3), *both, step=timedelta(hours=1))
    assert [moment.day for _, moment in ran] == [3, 4, 5]


async def test_every_community_has_its_own_nine_o_clock(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    for name, zone in (("geneva", "Europe/Paris"), ("nairobi", "Africa/Nairobi"), ("lima", "America/Lima")):
        await found(database, name, zone)
    await passes(clock, START + timedelta(days=1), ticker(database, clock, noting(ran)))
    assert [(who, moment.hour) for who, moment in ran] == [("note lima", 14), ("note nairobi", 6), ("note geneva", 8)]


async def test_what_was_missed_in_a_week_is_caught_up_once(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await ticker(database, clock, noting(ran, per_community=False)).tick(clock.now())
    clock.move_to(START + timedelta(days=7, hours=1))
    again = ticker(database, clock, noting(ran, per_community=False))
    for _ in range(3):
        await again.tick(clock.now())
    assert ran == [("note everybody", clock.now())]
    await passes(clock, START + timedelta(days=8, hours=1), again)
    assert len(ran) == 2


async def test_what_was_missed_longer_ago_than_it_keeps_its_worth_is_left_out(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    reminder = noting(ran, per_community=False, catch_up=timedelta(hours=1))
    await ticker(database, clock, reminder).tick(clock.now())
    clock.move_to(START + timedelta(days=3, hours=2))
    again = ticker(database, clock, reminder)
    await again.tick(clock.now())
    assert ran == []
    await passes(clock, START + timedelta(days=4, minutes=30), again)
    assert len(ran) == 1


@pytest.mark.parametrize(
    ("zone", "cadence", "day", "expected"),
    [
        ("Europe/Paris", "daily 02:30", "2026-03-29", "03:00"),  # 02:30 does not exist
        ("Europe/Paris", "daily 02:30", "2026-10-25", "02:30"),  # it comes twice
        ("America/New_York", "daily 02:30", "2026-03-08", "03:00"),
        ("Australia/Lord_Howe", "daily 02:15", "2026-10-04", "02:30"),  # half an hour is left out
        ("Australia/Lord_Howe", "daily 01:45", "2026-04-05", "01:45"),  # and comes twice
    ],
)
async def test_on_the_days_when_clocks_change_it_fires_once_at_a_time_that_exists(
    database: Database, zone: str, cadence: str, day: str, expected: str
) -> None:
    ran: Ran = []
    noon_before = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)) - timedelta(days=1)
    clock = StandingClock(noon_before.astimezone(UTC))
    await found(database, "nurses", zone)
    at_work = ticker(database, clock, noting(ran, cadence=cadence))
    await at_work.tick(clock.now())
    await passes(clock, clock.now() + timedelta(hours=24), at_work, step=timedelta(minutes=15))
    ((_, moment),) = ran
    assert f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == f"{day} {expected}"
    assert moment.astimezone(ZoneInfo(zone)).fold == 0


async def test_a_failing_schedule_stops_no_other_and_is_tried_again_after_a_minute(database: Database) -> None:
    ran: Ran = []
    tries: list[datetime] = []
    clock = StandingClock()

    async def fail_twice(services: Services) -> None:
        tries.append(services.now())
        if len(tries) <= 2:
            raise RuntimeError

    broken = Schedule("broken", "daily 09:00", fail_twice, per_community=False)
    at_work = ticker(database, clock, broken, noting(ran, per_community=False))
    await at_work.tick(clock.now())
    await passes(clock, START + timedelta(hours=25), at_work, step=timedelta(minutes=20))
    assert len(ran) == 1
    assert len(tries) == 3
    assert tries[1] - tries[0] >= timedelta(minutes=1)


async def test_stopping_lets_a_tick_end_that_runs(database: Database) -> None:
    began, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()
    clock = StandingClock()

    async def slow(services: Services) -> None:
        began.set()
        await go_on.wait()
        ended.set()

    by_itself = ticker(database, clock, Schedule("slow", "daily 09:00", slow, per_community=False))
    await by_itself.tick(clock.now())
    clock.move_to(START + timedelta(days=1))
    by_itself.start()
    await began.wait()
    stopping = asyncio.create_task(by_itself.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert ended.is_set()


async def test_a_schedule_that_hangs_is_given_up_stops_no_other_and_is_tried_again(database: Database) -> None:
    ran: Ran = []
    tries: list[datetime] = []
    clock = StandingClock()

    async def hang_at_first(services: Services) -> None:
        tries.append(services.now())
        services.session.add(Community(name="half", created_at=services.now()))
        await services.session.flush()
        if len(tries) == 1:
            await asyncio.Event().wait()

    hanging = Schedule("hanging", "daily 09:00", hang_at_first, per_community=False)
    at_work = ticker(database, clock, hanging, noting(ran, per_community=False))
    at_work.patience = timedelta(milliseconds=500)  # enough to get as far as hanging, on a busy machine too
    await at_work.tick(clock.now())
    clock.move_to(START + timedelta(days=1))
    async with asyncio.timeout(5):
        await at_work.tick(clock.now())
    assert len(ran) == 1
    async with database.reading() as session:
        assert await communities.named(session, "half") is None
    at_work.patience = STEP_PATIENCE
    clock.move_to(clock.now() + timedelta(minutes=2))
    await at_work.tick(clock.now())
    assert len(tries) == 2
    async with database.reading() as session:
        assert await communities.named(session, "half") is not None


async def test_a_failure_leaves_nothing_of_what_it_had_written(database: Database) -> None:
    clock = StandingClock()

    async def half_way(services: Services) -> None:
        services.session.add(Community(name="half", created_at=services.now()))
        await services.session.flush()
        raise RuntimeError

    at_work = ticker(database, clock, Schedule("half", "daily 09:30", half_way, per_community=False))
    await at_work.tick(clock.now())
    await passes(clock, START + timedelta(hours=1), at_work)
    async with database.reading() as session:
        assert await communities.named(session, "half") is None


async def test_a_community_in_a_zone_that_is_no_longer_known_stops_no_other(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "atlantis", "Atlantic/Atlantis")
    await found(database, "nurses")
    at_work = ticker(database, clock, noting(ran))
    await at_work.tick(clock.now())
    await passes(clock, START + timedelta(days=1), at_work)
    assert [who for who, _ in ran] == ["note nurses"]


async def test_a_stored_cadence_that_nobody_teaches_any_more_stops_no_other(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    old = noting(ran, "old", per_community=False)
    await ticker(database, clock, old).tick(clock.now())
    async with database.transaction() as session:
        await session.exec(update(StoredSchedule).values(cadence="every blue moon"))
    at_work = ticker(database, clock, noting(ran, "new", per_community=False))
    await at_work.tick(clock.now())
    await passes(clock, START + timedelta(days=1), at_work)
    assert [who for who, _ in ran] == ["new everybody"]


async def test_a_new_time_zone_counts_from_now_on(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock(START + timedelta(hours=3))
    await found(database, "nurses", "UTC")
    at_work = ticker(database, clock, noting(ran))
    await at_work.tick(clock.now())
    await moves_to(database, "nurses", "Africa/Nairobi")
    await passes(clock, START + timedelta(days=1), at_work)
    assert [moment.hour for _, moment in ran] == [6]


async def test_a_time_zone_that_changes_in_the_minute_when_something_is_due_loses_nothing(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "nurses", "UTC")
    at_work = ticker(database, clock, noting(ran))
    await at_work.tick(clock.now())
    clock.move_to(START + timedelta(days=1))
    await moves_to(database, "nurses", "Africa/Nairobi")
    await passes(clock, START + timedelta(days=2), at_work)
    assert hours(ran) == ["note nurses 03 09:30", "note nurses 04 06:00"]


async def test_a_time_zone_that_changes_while_something_fails_loses_nothing(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "nurses", "UTC")

    async def fail(_services: Services) -> None:
        raise RuntimeError

    await ticker(database, clock, noting(ran)).tick(clock.now())
    clock.move_to(START + timedelta(days=1))
    await ticker(database, clock, Schedule("note", "daily 09:00", fail)).tick(clock.now())
    await moves_to(database, "nurses", "Africa/Nairobi")
    await ticker(database, clock, Schedule("note", "daily 10:00", fail)).tick(clock.now())
    await passes(clock, START + timedelta(days=2), ticker(database, clock, noting(ran)))
    assert hours(ran) == ["note nurses 03 09:30", "note nurses 04 06:00"]


async def test_a_declared_schedule_that_was_kept_in_words_of_another_version_is_set_anew(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "nurses", "UTC")
    await ticker(database, clock, noting(ran)).tick(clock.now())
    async with database.transaction() as session:
        await session.exec(update(StoredSchedule).values(cadence="every blue moon"))
    clock.move_to(START + timedelta(days=1, hours=1))
    await passes(clock, START + timedelta(days=2), ticker(database, clock, noting(ran)))
    assert hours(ran) == ["note nurses 04 09:00"]


async def test_a_declared_cadence_that_changes_counts_from_then_on(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "nurses")
    await ticker(database, clock, noting(ran, cadence="daily 09:00")).tick(clock.now())
    await passes(clock, START + timedelta(days=2), ticker(database, clock, noting(ran, cadence="weekdays 11:00")))
    assert hours(ran) == ["note nurses 02 11:00", "note nurses 03 11:00"]


class Killed(BaseException):
    """The program ends here."""


async def test_what_was_claimed_and_not_finished_when_the_program_ended_runs_once_afterwards(
    database: Database,
) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "nurses")

    async def killed(services: Services) -> None:
        services.session.add(Community(name="half", created_at=services.now()))
        await services.session.flush()
        raise Killed

    await ticker(database, clock, noting(ran)).tick(clock.now())
    clock.move_to(START + timedelta(days=1))
    with pytest.raises(Killed):
        await ticker(database, clock, Schedule("note", "daily 09:00", killed)).tick(clock.now())
    again = [ticker(database, clock, noting(ran)) for _ in range(2)]
    await passes(clock, START + timedelta(days=1, hours=1), *again)
    assert len(ran) == 1
    async with database.reading() as session:
        assert await communities.named(session, "half") is None


def test_one_name_recurs_once() -> None:
    with pytest.raises(DuplicateName):
        Registry([], [noting([]), noting([])])
    with pytest.raises(DuplicateName):
        Registry([posting([], "note")], [noting([])])


# As part of the program


def _working(ran: Ran) -> Callable[[Services], Awaitable[None]]:
    async def run(services: Services) -> None:
        ran.append(("", services.now()))

    return run


async def test_when_the_clock_is_moved_everything_fires_in_order_at_its_own_moment(tmp_path: Path) -> None:
    ran: Ran = []
    schedules = [
        noting(ran, "evening", "daily 18:00", per_community=False),
        noting(ran, "night", "daily 03:00", per_community=False),
        noting(ran, "month", "first workday 09:00", per_community=False),
    ]
    async with program(tmp_path, schedules=schedules) as running:
        await running.app.move_clock(datetime(2026, 4, 2, tzinfo=UTC))
        assert len(ran) == 31 + 30 + 1
        assert [moment for _, moment in ran] == sorted(moment for _, moment in ran)
        assert {(who, f"{moment:%H:%M}") for who, moment in ran} == {
            ("evening everybody", "18:00"),
            ("night everybody", "03:00"),
            ("month everybody", "09:00"),
        }
        assert running.clock.now() == datetime(2026, 4, 2, tzinfo=UTC)


async def test_at_start_what_was_missed_is_caught_up_before_anything_else(tmp_path: Path) -> None:
    ran: Ran = []
    schedules = [Schedule("night", "daily 03:00", _working(ran), per_community=False)]
    async with program(tmp_path, schedules=schedules) as first:
        pass
    first.clock.move_to(START + timedelta(days=7))
    async with program(tmp_path, schedules=schedules, fake=first.fake) as second:
        await second.settle()
        assert [moment for _, moment in ran] == [START + timedelta(days=7)]


async def test_a_program_that_is_killed_while_something_runs_runs_it_once_when_it_is_back(tmp_path: Path) -> None:
    ran: Ran = []
    runs = asyncio.Event()

    async def hang(_services: Services) -> None:
        runs.set()
        await asyncio.get_running_loop().create_future()

    async with program(tmp_path, schedules=[Schedule("night", "daily 03:00", hang, per_community=False)]) as first:
        first.clock.move_to(START + timedelta(days=1))
        ticking = asyncio.create_task(first.app.ticker.tick(first.clock.now()))
        await runs.wait()
        await first.kill()
        assert ticking.cancelled()
    schedules = [Schedule("night", "daily 03:00", _working(ran), per_community=False)]
    async with program(tmp_path, schedules=schedules, fake=first.fake) as second:
        await second.settle()
        await second.app.ticker.tick(second.clock.now())
        assert len(ran) == 1


async def test_a_schedule_that_no_longer_fits_does_not_keep_the_program_from_starting(tmp_path: Path) -> None:
    async with program(tmp_path) as first:
        await found(first.database, "atlantis", "Atlantic/Atlantis")
    async with program(tmp_path, schedules=[noting([])], fake=first.fake) as second:
        assert await second.app.troubles() == []
