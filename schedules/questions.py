"""Every night: questions that nobody came back to are closed, and confidential askers are forgotten in time."""

from bot.core.capability import Schedule
from handlers.questions import tidy_up

schedule = Schedule(name="questions", cadence="daily 03:00", run=tidy_up)
