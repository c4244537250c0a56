"""Everything that is set, on one page, with a button to each form."""

from __future__ import annotations

from bot.core.messages import Button, Message, Value, joined, mark, points
from bot.core.roles import Role
from bot.services import Services
from bot.texts import not_shown
from handlers.settings import _lines as lines
from handlers.settings import _schedules as schedules
from storage import communities, members

_BUTTONS = {
    "settings.places": mark("Places"),
    "settings.schedules": mark("Schedules"),
    "settings.times": mark("Quiet hours and weekend"),
    "settings.reminders": mark("Reminders"),
    "settings.language": mark("Language and time zone"),
    "settings.retention": mark("How long activity is kept"),
    "settings.silence": mark("Silence"),
    "settings.everywhere": mark("Where answers and prompts go"),
    "settings.code": mark("Get a code for another place"),
}


async def show(services: Services) -> None:
    """Answer with what holds now."""
    wording, community = services.wording, services.community
    say = wording.say
    places = await communities.places_of(services.session, community.id)
    parts: list[Value] = [
        say(mark("**Settings of {community}**"), community=community.name),
        lines.language_and_zone(wording, community),
        points(
            [
                lines.quiet_hours(wording, community),
                lines.weekend(wording, community),
                lines.reminders(wording, community),
                lines.silence(wording, community),
                lines.retention(wording, community),
                lines.published(wording, community, places),
            ]
        ),
        say(mark("Places:")),
        points([lines.place(wording, place) for place in places]),
        *(missing for place in places if (missing := not_shown(wording, place.name, place.rights)) is not None),
    ]
    recurring = await schedules.lines_of(services)
    if recurring:
        parts += [say(mark("Schedules:")), points(recurring)]
    parts += [
        say(mark("Facilitators: {names}"), names=await _names(services, Role.FACILITATOR)),
        say(mark("Experts: {names}"), names=await _names(services, Role.EXPERT)),
    ]
    buttons = tuple(Button(wording.label(label), action) for action, label in _BUTTONS.items())
    await services.answer(Message(joined(parts), buttons))


async def _names(services: Services, role: Role) -> str:
    holders = await members.with_role(services.session, services.community.id, role)
    return services.wording.listing([member.name for member in holders]) or "—"
