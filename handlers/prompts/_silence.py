"""When nobody but the bot has spoken in a place for days, the next prompt comes early, in place of the one due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from bot.core.roles import Purpose
from bot.services import Services
from handlers.prompts._calendar import Planned, planned
from handlers.prompts._capability import capability
from handlers.prompts._posting import POST, Reason, post_next
from storage import communities, prompt_schedules, prompts
from storage.prompt_schedules import PromptSchedule

_LOOK = "prompts.silence"
_TIME_TO_ANSWER = timedelta(days=2)
"""So soon after a prompt, of whatever kind, it is too early to speak of silence."""


async def look_for_silence(services: Services) -> None:
    """Look at each place that has a schedule, in open hours."""
    days = services.community.silence_days
    if days <= 0:
        return
    opens = services.community.working_time.next_open(services.now())
    if opens > services.now():
        await services.later(_LOOK, {}, at=opens, once=f"{_LOOK}:{services.community.id}")
        return
    due_now = {row.subject for row in await services.cadences() if row.name == POST and row.next_at <= services.now()}
    by_place: dict[int, list[PromptSchedule]] = {}
    for one in await prompt_schedules.running(services.session, services.community.id):
        by_place.setdefault(one.place_id, []).append(one)
    for place_id, running in by_place.items():
        if any(str(one.id) in due_now for one in running):  # after a stop, what was missed is made good first
            continue
        places = [place_id]
        if any(one.everywhere for one in running):
            main = await communities.places_for(services.session, services.community.id, Purpose.MAIN)
            places += [one.id for one in main if one.id != place_id]
        if await _is_silent(services, places, running, timedelta(days=days)):
            await _bring_early(services, running)


@capability.due(_LOOK)
async def look_when_open(_payload: Mapping[str, Any], services: Services) -> None:
    """Quiet hours are over."""
    await look_for_silence(services)


async def _is_silent(services: Services, places: list[int], running: list[PromptSchedule], longest: timedelta) -> bool:
    """Whether nobody has spoken in any of these places for so long: since a schedule began, since the last early
    prompt, and since a date that a facilitator left out, who wanted no prompt then."""
    session, community_id, now = services.session, services.community.id, services.now()
    last = [await prompts.last_in_place(session, community_id, one) for one in places]
    if any(one is not None and now - one < min(_TIME_TO_ANSWER, longest) for one in last):
        return False
    since = [
        *[await prompts.last_heard(session, community_id, one) for one in places],
        *[await prompts.last_in_place(session, community_id, one, Reason.EARLY.value) for one in places],
        min((one.started_at for one in running if one.started_at), default=None),
        *(one.left_out for one in running if one.left_out and _day(services, one.left_out) <= _day(services, now)),
    ]
    quiet_since: datetime | None = max((one for one in since if one is not None), default=None)
    return quiet_since is not None and now - quiet_since >= longest


async def _bring_early(services: Services, running: list[PromptSchedule]) -> None:
    """Post what is due next in this place now; its own date is left out. Not when that is today anyway."""
    now, working_time = services.now(), services.community.working_time
    upcoming: list[tuple[Planned, PromptSchedule]] = [(planned(one, now, working_time)[0], one) for one in running]
    soonest, schedule = min(upcoming, key=lambda pair: (pair[0].at, pair[1].id))
    if _day(services, soonest.at) == _day(services, now):
        return
    if await post_next(services, schedule, Reason.EARLY, in_place_of=soonest.local) is not None:
        await prompt_schedules.leave_out(services.session, schedule.id, soonest.local)


def _day(services: Services, moment: datetime) -> date:
    return moment.astimezone(services.community.working_time.zone).date()
