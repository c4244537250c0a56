"""Settings: what a facilitator decides about a community, its places, its times and its people's roles."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.events import CommandUsed
from bot.core.messages import mark
from bot.services import Services
from handlers.settings import _everywhere, _home, _lengths, _page, _places, _roles, _schedules, _times
from handlers.settings._capability import FACILITATORS, Said, capability, not_understood

__all__ = ["capability", "parts"]

parts = (_home,)
"""The module whose handlers hang on the capability and that nothing else here uses."""

_USAGE = mark(
    "settings, or settings role|place|schedule|quiet|weekend|reminders|timezone|language|retention|silence|everywhere "
    "and what it is to be"
)
_ACTS: Mapping[str, Said] = {
    "role": _roles.give_role,
    "place": _places.said_place,
    "schedule": _schedules.said_schedule,
    "quiet": _times.said_quiet,
    "weekend": _times.said_weekend,
    "reminders": _times.said_reminders,
    "timezone": _times.said_zone,
    "language": _times.said_language,
    "retention": _lengths.said_retention,
    "silence": _lengths.said_silence,
    "everywhere": _everywhere.said_everywhere,
}


@capability.command(
    "settings",
    summary=mark("See this community's settings, add a place, give roles"),
    usage=_USAGE,
    roles=FACILITATORS,
    title=mark("Settings"),
)
async def settings(event: CommandUsed, services: Services) -> None:
    """Show everything, or do what the words after the command say."""
    words = event.arguments.split()
    if not words:
        await _page.show(services)
        return
    act = _ACTS.get(words[0].casefold())
    if act is None:
        raise not_understood(services, _USAGE)
    await act(services, " ".join(words[1:]))
