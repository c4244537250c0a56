"""Every month, on its first working day at 09:00: the health check for the stakeholders."""

from bot.core.capability import Schedule
from bot.core.messages import mark
from handlers.health import post_scheduled

schedule = Schedule(name="health.check", cadence="first workday 09:00", run=post_scheduled, title=mark("Health check"))
