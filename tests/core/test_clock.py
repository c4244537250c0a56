"""The clock is the system's time and what it was moved by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from bot.core.clock import Clock, system_time

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_it_shows_the_systems_time_in_utc() -> None:
    before, shown, after = system_time(), Clock().now(), system_time()
    assert before <= shown <= after
    assert shown.tzinfo is UTC


def test_from_where_it_was_moved_time_goes_on() -> None:
    system = [NOON]
    clock = Clock(source=lambda: system[0])
    clock.move_to(datetime(2026, 3, 9, 14, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == NOON + timedelta(days=7)
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.offset == timedelta(days=7)
    system[0] += timedelta(seconds=5)
    assert clock.now() == NOON + timedelta(days=7, seconds=5)


def test_a_known_offset_is_taken_up_again() -> None:
    assert Clock(timedelta(hours=1), source=lambda: NOON).now() == NOON + timedelta(hours=1)
