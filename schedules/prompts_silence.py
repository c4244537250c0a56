"""Every day at 10:00: where nobody has spoken for days, the next prompt comes early."""

from datetime import timedelta

from bot.core.capability import Schedule
from handlers.prompts import look_for_silence

schedule = Schedule(
    name="prompts.silence",
    cadence="daily 10:00",
    run=look_for_silence,
    catch_up=timedelta(hours=1),  # after a longer stop nobody knows yet whether there was silence
)
