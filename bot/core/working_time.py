"""Quiet hours and weekends: when a reminder may reach people, in their community's wall-clock time.

Every reminder asks here. A first routing, an answer or a receipt never waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY, SUNDAY = 5, 6
_MINUTE = timedelta(minutes=1)
_LONGEST_MINUTES = 15 * 24 * 60


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people of a community may be reminded of something.

    Quiet hours begin at ``quiet_from`` and end at ``quiet_until``, most often the next morning; equal times
    mean none. ``weekend`` holds days of the week, Monday being 0.
    """

    zone: ZoneInfo
    quiet_from: time = time(21)
    quiet_until: time = time(7)
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})

    def is_open(self, moment: datetime) -> bool:
        """Whether a reminder may go out at ``moment``."""
        local = moment.astimezone(self.zone)
        return local.weekday() not in self.weekend and not self._is_quiet(local.time())

    def next_open(self, moment: datetime) -> datetime:
        """``moment`` itself (UTC) when a reminder may go out then, else the first one after it that is open.

        Raises ValueError when no hour of the week is open.
        """
        if self.is_open(moment):
            return moment.astimezone(UTC)
        minute = moment.astimezone(UTC).replace(second=0, microsecond=0)
        for _ in range(_LONGEST_MINUTES):  # each minute is looked at: where clocks go back, an hour opens twice
            minute += _MINUTE
            if self.is_open(minute):
                return minute
        raise ValueError("no hour of the week is open")

    def after(self, moment: datetime, wait: timedelta, *, snoozed_until: datetime | None = None) -> datetime:
        """When to remind somebody ``wait`` after ``moment``: not before ``snoozed_until``, and in open hours."""
        due = moment + wait
        return self.next_open(max(due, snoozed_until) if snoozed_until else due)

    def _is_quiet(self, clock: time) -> bool:
        start, end = self.quiet_from, self.quiet_until
        if start <= end:
            return start <= clock < end
        return clock >= start or clock < end
