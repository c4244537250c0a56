"""What recurs, on a facilitator's own page: how often, when next, and the way to change it."""

from __future__ import annotations

from bot.core.home import MOST_ROWS, HomeRow, HomeSection, and_more
from bot.core.messages import Button, mark
from bot.services import Services
from handlers.settings._capability import FACILITATORS, capability
from handlers.settings._schedules import line, may_be_changed
from storage import schedules


@capability.home(90, roles=FACILITATORS)
async def recurring(services: Services) -> HomeSection | None:
    """The declared schedules that a community may change."""
    changeable, wording = {one.name: one.title for one in may_be_changed(services)}, services.wording
    found = [
        row for row in await schedules.of_community(services.session, services.community.id) if row.name in changeable
    ]
    if not found:
        return None
    change, label = wording.label(mark("Change")), wording.label
    rows = [
        HomeRow(line(services, row, label(changeable[row.name])), (Button(change, "settings.schedules", row.name),))
        for row in found[:MOST_ROWS]
    ]
    all_of_them = Button(label(mark("Settings")), "menu.use", "settings")
    more = and_more(len(found) - MOST_ROWS, wording.more(len(found) - MOST_ROWS), all_of_them)
    return HomeSection(label(mark("Schedules")), (*rows, *more))
