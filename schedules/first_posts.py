"""Every night: when to look, on the day that begins, whether newcomers' first posts have been answered."""

from bot.core.capability import Schedule
from handlers.welcome import plan_looks

schedule = Schedule(name="welcome.first_posts", cadence="daily 00:05", run=plan_looks)
