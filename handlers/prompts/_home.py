"""Prompts on a member's own page: when the next one comes."""

from __future__ import annotations

from bot.core.home import HomeRow, HomeSection
from bot.core.messages import Button, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.prompts._capability import capability
from handlers.prompts._schedules import Next, moment, name_of, next_of_all
from storage import communities


@capability.home(40)
async def next_prompt(services: Services) -> HomeSection | None:
    """When and where; for facilitators also that nothing is planned. The question itself stays a surprise."""
    soonest, facilitates = await next_of_all(services), Role.FACILITATOR in services.roles
    if soonest is None and not facilitates:
        return None
    label = services.wording.label
    if soonest is None:
        text = services.wording.say(mark("No prompt is scheduled."))
        row = HomeRow(text, (Button(label(mark("Prompts")), "menu.use", "prompt"),))
    else:
        row = await _row(services, soonest, facilitates=facilitates)
    return HomeSection(label(mark("Coming up")), (row,))


async def _row(services: Services, soonest: Next, *, facilitates: bool) -> HomeRow:
    label, place = services.wording.label, await communities.place_by_id(services.session, soonest.schedule.place_id)
    text = services.wording.say(
        mark("A question for everybody in **#{place}**: {when}"),
        place=place.name if place else "?",
        when=moment(services, soonest.planned.at),
    )
    if not facilitates:
        return HomeRow(text, (Button(label(mark("Share something")), "contributions.write"),))
    schedules = Button(label(mark("Schedules")), "prompts.schedules")
    return HomeRow(text, (schedules, Button(label(mark("Leave it out")), "prompts.skip", name_of(soonest))))
