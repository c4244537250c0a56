"""Every night: what has been delivered and done is forgotten when its time is over."""

from bot.core.capability import Schedule
from handlers.housekeeping import forget_what_is_over

schedule = Schedule(name="housekeeping", cadence="daily 03:00", run=forget_what_is_over, per_community=False)
