"""Every day at 08:00, unless it is a weekend: what waits for the facilitators, and what to do first."""

from bot.core.capability import Schedule
from bot.core.messages import mark
from handlers.today import tell_facilitators

schedule = Schedule(name="today", cadence="daily 08:00", run=tell_facilitators, title=mark("The facilitators' day"))
