"""What one member did lately: for their own eyes, short, and compared with nobody."""

from __future__ import annotations

from datetime import timedelta

from bot.core.events import ButtonPressed
from bot.core.messages import Message, Text, joined, mark, points
from bot.services import Services
from bot.texts import Wording
from handlers.health._capability import capability
from storage import opting_out, own_figures
from storage.own_figures import OwnFigures

_DAYS = 30


@capability.button("health.me")
async def tell_from_menu(_event: ButtonPressed, services: Services) -> None:
    """The same for a button of another capability."""
    await tell(services)


async def tell(services: Services) -> None:
    """Answer privately, wherever it was asked: a list in a place could be read over somebody's shoulder."""
    now, community, wording = services.now(), services.community, services.wording
    found = await own_figures.of_member(
        services.session, community.id, services.member.id, now - timedelta(days=_DAYS), now
    )
    lines = _lines(wording, found)
    if lines:
        title = wording.plural(
            "**What you did in {community} in the last {count} day**",
            "**What you did in {community} in the last {count} days**",
            _DAYS,
            community=community.name,
        )
        parts = [title, points(lines)]
    else:
        key = mark("In the last 30 days I have counted nothing of yours in **{community}**. Reading along is welcome.")
        parts = [wording.say(key, community=community.name)]
    if await opting_out.is_out(services.session, services.member.id):
        parts.append(wording.say(mark("Your messages are not counted, as you wished.")))
    await services.answer_privately(Message(joined(parts)))


def _lines(wording: Wording, found: OwnFigures) -> list[Text]:
    """What there is; nothing is held up to anybody as a zero."""
    lines = []
    if found.messages:
        messages = wording.plural("{count} message", "{count} messages", found.messages)
        replies = wording.plural("{count} reply", "{count} replies", found.replies)
        lines.append(wording.say(mark("{messages}, of which {replies}"), messages=messages, replies=replies))
    if found.answered:
        lines.append(wording.plural("{count} question answered", "{count} questions answered", found.answered))
    if found.shared:
        lines.append(wording.plural("{count} contribution shared", "{count} contributions shared", found.shared))
    if found.used:
        lines.append(
            wording.plural(
                "What you shared was used {count} time", "What you shared was used {count} times", found.used
            )
        )
    if found.thanked:
        lines.append(wording.plural("You were thanked once", "You were thanked {count} times", found.thanked))
    return lines
