"""The health check on a member's own page: when it comes next, and a few figures of the last days for who reads it."""

from __future__ import annotations

from datetime import timedelta

from bot.core.home import HomeRow, HomeSection
from bot.core.messages import Button, Text, mark, points
from bot.core.roles import Role
from bot.services import Services
from bot.texts import Wording
from handlers.health._capability import capability
from handlers.health._post import LABELS, duration
from storage import schedules
from storage.weekly_figures import Week, week_by_week

_SCHEDULE = "health.check"
_READERS = frozenset((Role.FACILITATOR, Role.STAKEHOLDER))
_A_WEEK = timedelta(days=7)


@capability.home(41)
async def next_check(services: Services) -> HomeSection | None:
    """When it comes by itself; until then its readers may post one, and members see what they did themselves."""
    planned = await schedules.of_community(services.session, services.community.id)
    row = next((one for one in planned if one.name == _SCHEDULE and one.active), None)
    if row is None:
        return None
    wording = services.wording
    text = wording.say(
        mark("The health check of this community: {when}"),
        when=wording.moment(row.next_at, services.community.time_zone),
    )
    mine = Button(wording.label(mark("What I did lately")), "health.me")
    return HomeSection(
        wording.label(mark("Coming up")), (HomeRow(text, (_post(wording),) if services.roles & _READERS else (mine,)),)
    )


@capability.home(80, roles=(Role.FACILITATOR, Role.STAKEHOLDER))
async def last_days(services: Services) -> HomeSection:
    """The last seven days beside the seven before."""
    now, wording = services.now(), services.wording
    before, week = await week_by_week(services.session, services.community.id, [now - 2 * _A_WEEK, now - _A_WEEK, now])
    row = HomeRow(points(_lines(wording, week, before)), (_post(wording),))
    return HomeSection(wording.label(mark("The last seven days")), (row,))


def _lines(wording: Wording, week: Week, before: Week) -> list[Text]:
    lines = [
        _line(wording, name, wording.number(getattr(week, name)), wording.number(getattr(before, name)))
        for name in ("messages", "active_members", "new_members")
    ]
    now, earlier = week.first_response_median, before.first_response_median
    if now is not None:
        name, value = "first_response_median", duration(wording, now)
        lines.append(_line(wording, name, value, duration(wording, earlier) if earlier is not None else "—"))
    return lines


def _line(wording: Wording, name: str, value: str, before: str) -> Text:
    figure = wording.label(LABELS[name])
    return wording.say(mark("**{figure}:** {value} (before: {before})"), figure=figure, value=value, before=before)


def _post(wording: Wording) -> Button:
    return Button(wording.label(mark("Post a health check")), "menu.use", "health")
