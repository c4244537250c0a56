"""What recurs because a community chose it: each subject at its own times, once, until it is no longer wanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.core.addresses import Place
from bot.core.cadence import UnknownCadence
from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import MessagePosted
from bot.core.messages import Kind, Message, Text, mark
from bot.services import Services
from storage import schedules
from storage.communities import Community
from storage.database import Database
from tests.community import START, StandingClock
from tests.fake_events import TENANT
from tests.frame import program
from tests.ticking import Ran, acting_for, found, hours, moves_to, noting, passes, posting, ticker

NAME = "prompts.post"


async def test_each_subject_recurs_at_its_own_times_in_the_time_zone_of_its_community(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    prompts = posting(ran)
    await found(database, "nurses", "Asia/Kolkata")
    await found(database, "drivers", "America/Lima")
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.every(NAME, "every tuesday and thursday 9:00", "circle")
        await services.every(NAME, "daily 18:30", "square")
    async with acting_for("drivers", database, clock, prompts) as services:
        await services.every(NAME, "0 9 * * 3", "circle")
    both = [ticker(database, clock, prompts) for _ in range(2)]
    await passes(clock, START + timedelta(days=3), *both)
    assert hours(ran) == [
        "square nurses 02 13:00",
        "circle nurses 03 03:30",
        "square nurses 03 13:00",
        "square nurses 04 13:00",
        "circle drivers 04 14:00",
        "circle nurses 05 03:30",
    ]


@pytest.mark.parametrize(
    ("zone", "cadence", "day", "expected"),
    [
        ("Europe/Paris", "every sunday 2:30", "2026-03-29", ["03:00"]),  # 02:30 does not exist
        ("Europe/Paris", "30 2 * * 7", "2026-10-25", ["02:30"]),  # it comes twice
        ("Europe/Paris", "0 1-4 * * *", "2026-03-29", ["01:00", "03:00", "04:00"]),
        ("Europe/Paris", "0 1-4 * * *", "2026-10-25", ["01:00", "02:00", "03:00", "04:00"]),
        ("America/St_Johns", "daily 2:15", "2026-03-08", ["03:00"]),  # three and a half hours from UTC
        ("America/St_Johns", "first sunday 1:15", "2026-11-01", ["01:15"]),
        ("Australia/Lord_Howe", "15 2 * * *", "2026-10-04", ["02:30"]),  # half an hour is left out
        ("Australia/Lord_Howe", "first sunday 1:45", "2026-04-05", ["01:45"]),  # and comes twice
        ("Asia/Kolkata", "last sunday 2:30", "2026-03-29", ["02:30"]),  # clocks never change
    ],
)
async def test_on_the_days_when_clocks_change_it_comes_once_at_a_time_that_exists(
    database: Database, zone: str, cadence: str, day: str, expected: list[str]
) -> None:
    ran: Ran = []
    noon_before = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)) - timedelta(days=1)
    clock = StandingClock(noon_before.astimezone(UTC))
    prompts = posting(ran)
    await found(database, "nurses", zone)
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.every(NAME, cadence)
    await passes(clock, clock.now() + timedelta(hours=24), ticker(database, clock, prompts), step=timedelta(minutes=15))
    local = [moment.astimezone(ZoneInfo(zone)) for _, moment in ran]
    assert [f"{one:%H:%M}" for one in local if f"{one:%Y-%m-%d}" == day] == expected
    assert [one.fold for one in local] == [0] * len(local)


@pytest.mark.parametrize(
    ("cadence", "later"),
    [
        ("daily 8:00", ["10 02:30"]),
        ("every tuesday 9:00", ["10 03:30"]),
        ("0 */8 * * *", ["09 10:30", "09 18:30", "10 02:30"]),
    ],
)
async def test_what_was_missed_in_a_week_is_caught_up_once_and_goes_on_as_usual(
    database: Database, cadence: str, later: list[str]
) -> None:
    ran: Ran = []
    clock = StandingClock()
    prompts = posting(ran)
    await found(database, "nurses", "Asia/Kolkata")
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.every(NAME, cadence, "circle")
    await ticker(database, clock, prompts).tick(clock.now())
    clock.move_to(START + timedelta(days=7, minutes=10))
    again = [ticker(database, clock, prompts) for _ in range(2)]
    for _ in range(3):
        for one in again:
            await one.tick(clock.now())
    assert ran == [("circle nurses", clock.now())]
    await passes(clock, START + timedelta(days=8), *again, step=timedelta(minutes=10))
    assert hours(ran)[1:] == [f"circle nurses {one}" for one in later]


async def test_what_was_missed_longer_ago_than_it_keeps_its_worth_is_left_out(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    prompts = posting(ran, catch_up=timedelta(hours=6))
    await found(database, "nurses")
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.every(NAME, "every tuesday 9:00")
    clock.move_to(START + timedelta(days=2))
    await passes(clock, START + timedelta(days=9), ticker(database, clock, prompts))
    assert hours(ran) == [" nurses 10 09:00"]


async def test_a_chosen_cadence_stands_whatever_is_declared(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "nurses")
    await found(database, "drivers")
    await ticker(database, clock, noting(ran)).tick(clock.now())
    async with acting_for("nurses", database, clock, noting(ran)) as services:
        await services.every("note", "Daily  7:15")
        assert [(row.cadence, row.chosen) for row in await services.cadences()] == [("daily 07:15", True)]
    await passes(clock, START + timedelta(days=1), ticker(database, clock, noting(ran)))
    newer = ticker(database, clock, noting(ran, cadence="daily 08:00"))
    await passes(clock, START + timedelta(days=2), newer, step=timedelta(minutes=15))
    assert hours(ran) == [
        "note nurses 03 07:30",
        "note drivers 03 09:00",
        "note nurses 04 07:15",
        "note drivers 04 08:00",
    ]


async def test_a_declared_schedule_that_is_switched_off_stays_off_until_it_is_chosen_again(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    await found(database, "nurses")
    async with acting_for("nurses", database, clock, noting(ran)) as services:
        await services.no_longer("note")  # before anything has ticked
        (row,) = await services.cadences()
        assert (row.cadence, row.active, row.chosen) == ("daily 09:00", False, False)
    await passes(clock, START + timedelta(days=2), ticker(database, clock, noting(ran)))
    await moves_to(database, "nurses", "Africa/Nairobi")
    newer = noting(ran, cadence="daily 10:00")
    await passes(clock, START + timedelta(days=3), ticker(database, clock, newer))
    assert ran == []
    async with acting_for("nurses", database, clock, newer) as services:
        (row,) = await services.cadences()
        assert (row.cadence, row.time_zone, row.active) == ("daily 10:00", "Africa/Nairobi", False)
        await services.every("note", row.cadence)
    await passes(clock, START + timedelta(days=4), ticker(database, clock, newer))
    assert hours(ran) == ["note nurses 06 07:00"]


async def test_what_is_no_longer_wanted_comes_no_more_and_may_come_back(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    prompts = posting(ran)
    await found(database, "nurses")
    at_work = ticker(database, clock, prompts)
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.every(NAME, "daily 10:00", "circle")
        await services.every(NAME, "daily 10:00", "square")
    await passes(clock, START + timedelta(hours=2), at_work)
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.no_longer(NAME, "circle")
        await services.no_longer(NAME, "circle")
        assert [row.subject for row in await services.cadences()] == ["square"]
    await passes(clock, START + timedelta(days=1, hours=2), at_work)
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.every(NAME, "daily 12:00", "circle")
    await passes(clock, START + timedelta(days=1, hours=5), at_work)
    assert hours(ran) == [
        "circle nurses 02 10:00",
        "square nurses 02 10:00",
        "square nurses 03 10:00",
        "circle nurses 03 12:00",
    ]


async def test_a_new_time_zone_counts_for_everything_that_a_community_chose(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock(START + timedelta(hours=3))
    parts = (posting(ran), noting(ran))
    await found(database, "nurses")
    await found(database, "drivers")
    for name in ("nurses", "drivers"):
        async with acting_for(name, database, clock, *parts) as services:
            await services.every(NAME, "daily 9:00", "circle")
            await services.every("note", "weekdays 10:00")
    at_work = ticker(database, clock, *parts)
    await at_work.tick(clock.now())
    await moves_to(database, "nurses", "Asia/Kathmandu")
    async with acting_for("nurses", database, clock, *parts) as services:
        assert [f"{row.next_at:%d %H:%M}" for row in await services.cadences()] == ["03 04:15", "03 03:15"]
    await passes(clock, START + timedelta(days=1, hours=3), at_work, step=timedelta(minutes=15))
    assert hours(ran) == [
        "circle nurses 03 03:15",
        "note nurses 03 04:15",
        "circle drivers 03 09:00",
        "note drivers 03 10:00",
    ]


async def test_to_choose_the_same_again_loses_nothing_that_is_due_just_now(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    prompts = posting(ran)
    await found(database, "nurses")
    for _ in range(2):
        async with acting_for("nurses", database, clock, prompts) as services:
            await services.every(NAME, "daily 10:00", "circle")
        clock.move_to(START + timedelta(hours=1))
    await ticker(database, clock, prompts).tick(clock.now())
    assert hours(ran) == ["circle nurses 02 10:00"]


async def test_what_somebody_ends_or_changes_while_others_run_does_not_run(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    capability = posting(ran)

    @capability.recurring("prompts.tidy")
    async def change_the_others(_subject: str, services: Services) -> None:
        await services.no_longer(NAME, "circle")
        await services.every(NAME, "daily 12:00", "square")

    await found(database, "nurses")
    async with acting_for("nurses", database, clock, capability) as services:
        await services.every("prompts.tidy", "0 10 2 3 *")
        await services.every(NAME, "daily 10:00", "circle")
        await services.every(NAME, "daily 10:00", "square")
    await passes(clock, START + timedelta(hours=4), ticker(database, clock, capability))
    assert hours(ran) == ["square nurses 02 12:00"]


async def test_two_who_have_seen_it_due_move_it_on_once(database: Database) -> None:
    clock = StandingClock()
    prompts = posting([])
    await found(database, "nurses")
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.every(NAME, "daily 10:00", "circle")
    tomorrow = START + timedelta(days=1, hours=1)
    async with database.reading() as session:
        (seen,) = await schedules.due(session, tomorrow)
    for expected in (True, False):
        async with database.transaction() as session:
            assert await schedules.move_on(session, seen, tomorrow, "2026-03-03 10:00") is expected


async def test_what_nothing_does_any_more_stops_nobody_and_is_not_made_up_for(database: Database) -> None:
    ran: Ran = []
    clock = StandingClock()
    prompts = posting(ran)
    await found(database, "nurses")
    async with acting_for("nurses", database, clock, prompts) as services:
        await services.every(NAME, "daily 10:00", "circle")
    without = ticker(database, clock, noting(ran, cadence="daily 11:00"))
    await passes(clock, START + timedelta(days=1, hours=2), without)
    async with acting_for("nurses", database, clock, noting(ran)) as services:
        assert [row.name for row in await services.cadences()] == ["note"]
    await passes(clock, START + timedelta(days=2, hours=1), ticker(database, clock, prompts))
    assert hours(ran) == ["note nurses 02 11:00", "note nurses 03 11:00", "circle nurses 04 10:00"]


async def test_a_failure_is_tried_again_and_a_refusal_is_not(database: Database) -> None:
    tries: Ran = []
    ran: Ran = []
    clock = StandingClock()
    capability = posting(ran)

    @capability.recurring("fails")
    async def fail_once(_subject: str, services: Services) -> None:
        tries.append(("fails", services.now()))
        if len(tries) == 1:
            raise RuntimeError

    @capability.recurring("refuses")
    async def refuse(_subject: str, services: Services) -> None:
        ran.append(("refuses", services.now()))
        services.session.add(Community(name="half", created_at=services.now()))
        await services.session.flush()
        raise Refusal(mark("You are not in a community yet. Join one of its places first."))

    await found(database, "nurses")
    async with acting_for("nurses", database, clock, capability) as services:
        await services.every("fails", "daily 10:00")
        await services.every("refuses", "daily 10:00")
        await services.every(NAME, "daily 10:00", "circle")
    await passes(clock, START + timedelta(hours=2), ticker(database, clock, capability), step=timedelta(minutes=5))
    assert hours(ran) == ["refuses 02 10:00", "circle nurses 02 10:00"]
    assert hours(tries) == ["fails 02 10:00", "fails 02 10:05"]
    async with database.reading() as session:
        assert len(await schedules.all_schedules(session)) == 3


async def test_what_cannot_recur_is_refused(database: Database) -> None:
    clock = StandingClock()
    parts = (posting([]), noting([]), noting([], "night", per_community=False))
    await found(database, "nurses")
    async with acting_for("nurses", database, clock, *parts) as services:
        for words in ("every blue moon", "", "0 0 31 2 *"):
            with pytest.raises(UnknownCadence):
                await services.every(NAME, words)
        with pytest.raises(Refusal, match="more than once an hour"):
            await services.every(NAME, "*/15 * * * *")
        before = await services.cadences()
        for name, subject in (("prompts.pots", ""), ("note", "circle"), ("night", "")):
            with pytest.raises(LookupError):
                await services.every(name, "daily 9:00", subject)
            with pytest.raises(LookupError):
                await services.no_longer(name, subject)
        assert [(row.name, row.active, row.chosen) for row in before] == [("note", True, False)]
        assert await services.cadences() == before


# As part of the program


def prompting() -> Capability:
    """Posts into a place as often as somebody last wrote there that it should."""
    capability = Capability("prompting")

    @capability.on(MessagePosted)
    async def choose(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        await services.every(NAME, event.text, event.place.id)

    @capability.recurring(NAME)
    async def post(subject: str, services: Services) -> None:
        assert services.event is None
        local = services.now().astimezone(ZoneInfo(services.community.time_zone))
        message = Message(Text("{moment}", {"moment": f"{local:%a %d %b %H:%M}"}))
        await services.post(Place("fake", TENANT, subject), message, Kind.PROMPT)

    return capability


async def test_a_program_that_was_stopped_for_a_week_catches_up_once_and_goes_on(tmp_path: Path) -> None:
    async with program(tmp_path, prompting()) as first:
        await found(first.database, "circle", "Asia/Kolkata")
        await first.fake.writes("ana", "every monday and thursday 9:00", place="circle")
        await first.settle()
        await first.app.move_clock(START + timedelta(days=4))
        await first.stop()
    first.clock.move_to(START + timedelta(days=11))
    async with program(tmp_path, prompting(), fake=first.fake) as second:
        await second.settle()
        await second.app.move_clock(START + timedelta(days=15))
    assert first.fake.words() == ["Thu 05 Mar 09:00", "Fri 13 Mar 14:30", "Mon 16 Mar 09:00"]


async def test_a_program_that_is_killed_in_the_middle_says_everything_once(tmp_path: Path) -> None:
    async with program(tmp_path, prompting()) as first:
        await found(first.database, "circle")
        await first.fake.writes("ana", "daily 10:00", place="circle")
        await first.settle()
        await first.app.move_clock(START + timedelta(hours=2))
        first.clock.move_to(START + timedelta(days=1, hours=1))
        await first.app.ticker.tick(first.clock.now())
        await first.kill()
    async with program(tmp_path, prompting(), fake=first.fake) as second:
        await second.settle()
        await second.app.move_clock(START + timedelta(days=2))
    assert first.fake.words() == ["Mon 02 Mar 10:00", "Tue 03 Mar 10:00"]
