"""Housekeeping: message bodies, forms and files are kept for a week after they have served.

Activity (who wrote, reacted, came and left when and where) is kept as long as each community wants, see
``Community.keep_activity_months``. Nothing else goes by age: questions, answers, contributions and thanks stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.capability import Capability
from bot.services import Services
from storage import (
    activity,
    attachments,
    buttons,
    communities,
    form_steps,
    forms,
    homes,
    inbox,
    link_codes,
    outbox,
    schedules,
)

capability = Capability("housekeeping")

KEEP_FOR = timedelta(days=7)
KEEP_ADDRESSES_FOR = timedelta(days=60)
"""How long a message can be edited, and its buttons pressed."""

KEEP_RUNS_FOR = timedelta(days=60)
"""How long it is known that a schedule ran at a time; longer than anything is caught up."""

AT_ONCE = 5_000
"""How many rows of activity go in one transaction, so that nobody waits long for its end."""

_OLD_ACTIVITY = "housekeeping.old_activity"


async def forget_what_is_over(services: Services) -> None:
    """Remove what is older than a week and finished; dead letters stay until somebody has looked at them."""
    session, now = services.session, services.now()
    await inbox.forget_done(session, now, KEEP_FOR)
    await outbox.forget_sent(session, now, KEEP_FOR, KEEP_ADDRESSES_FOR)
    await buttons.forget_old(session, now, KEEP_ADDRESSES_FOR)
    await forms.forget_old(session, now, KEEP_FOR)
    await homes.forget_old(session, now, KEEP_ADDRESSES_FOR)
    await form_steps.forget_old(session, now, KEEP_FOR)
    await attachments.forget_old(session, now, KEEP_FOR)
    await schedules.forget_runs(session, now, KEEP_RUNS_FOR)
    await link_codes.tidy_up(session, now)
    for community in await communities.all_communities(session):
        if community.keep_activity_months:
            once = f"{_OLD_ACTIVITY}:{community.id}"
            await services.about(community).later(_OLD_ACTIVITY, {}, once=once)


@capability.due(_OLD_ACTIVITY)
async def forget_old_activity(_payload: dict[str, Any], services: Services) -> None:
    """Remove the next rows of activity that are older than the community wants; the others follow at once."""
    community = services.community
    if not community.keep_activity_months:  # somebody has changed it meanwhile
        return
    zone = ZoneInfo(community.time_zone)
    limit = months_before(services.now(), community.keep_activity_months, zone)
    removed = await activity.forget_before(services.session, community.id, limit, AT_ONCE)
    if removed == AT_ONCE:
        await services.later(_OLD_ACTIVITY, {}, once=f"{_OLD_ACTIVITY}:{community.id}")


def months_before(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Midnight of the same day so many months earlier, or of the last day of a month that is shorter; UTC."""
    today = moment.astimezone(zone).date()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = today.day
    while True:
        try:
            return datetime(year, month + 1, day, tzinfo=zone).astimezone(moment.tzinfo)
        except ValueError:  # no 31st, or no 29th of February
            day -= 1
