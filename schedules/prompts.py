"""Every night: drafts of prompts that nobody took are forgotten."""

from bot.core.capability import Schedule
from handlers.prompts import tidy_up

schedule = Schedule(name="prompts.tidy", cadence="daily 03:00", run=tidy_up)
