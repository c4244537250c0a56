"""When the prompts of a schedule are due next, and when they go out. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.cadence import last_until, next_after
from bot.core.working_time import WorkingTime
from storage.prompt_schedules import PromptSchedule

_LONGEST_HOLD = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Planned:
    """A prompt that is due at ``due`` and goes out at ``at`` (both UTC); ``local`` is when it is due, on the wall."""

    due: datetime
    local: str
    at: datetime

    @property
    def waits(self) -> bool:
        """Whether quiet hours or a weekend hold it."""
        return self.at > self.due


def planned(schedule: PromptSchedule, now: datetime, working_time: WorkingTime, count: int = 1) -> list[Planned]:
    """The next prompts of a schedule: one that is held now, then what comes, without what is left out."""
    zone = working_time.zone
    found: list[Planned] = []
    if schedule.held_until is not None:
        held = last_until(schedule.cadence, now, zone, since=now - _LONGEST_HOLD)
        if held is not None:
            found.append(Planned(held.at, held.local, schedule.held_until))
    after = now
    while len(found) < count:
        upcoming = next_after(schedule.cadence, after, zone)
        after = upcoming.at
        if upcoming.local > (schedule.skip_through or ""):
            found.append(Planned(upcoming.at, upcoming.local, working_time.next_open(upcoming.at)))
    return found
