"""The injected clock. Nothing else in the project asks the system what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def system_time() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


class Clock:
    """``now()`` is the system's time plus an offset, always in UTC.

    The offset is zero except on the local platform, where people move the bot's time forward,
    and in tests.
    """

    def __init__(self, offset: timedelta = timedelta(0), source: Callable[[], datetime] = system_time) -> None:
        self._offset = offset
        self._source = source

    def now(self) -> datetime:
        """The present moment, UTC, with its time zone attached."""
        return self._source() + self._offset

    @property
    def offset(self) -> timedelta:
        """How far the clock stands from the system's time."""
        return self._offset

    def move_to(self, moment: datetime) -> None:
        """Make ``moment`` (with a time zone) the present; time goes on from there."""
        self._offset = moment.astimezone(UTC) - self._source()
