"""A newcomer's first post that nobody answered within a day is shown to the facilitators, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.core.events import MessagePosted
from bot.core.messages import Button, Kind, Message, Text, Value, joined, mark
from bot.core.roles import Role
from bot.services import Services
from bot.texts import Wording
from handlers.welcome._capability import capability
from handlers.welcome._conversations import shortened
from storage import first_posts, members
from storage.columns import to_microseconds
from storage.first_posts import A_DAY, FirstPost

_LOOK = "welcome.first_posts"
_PLANNED = 1000
_TOGETHER = 8
"""Posts in one message; more are shown an hour later."""
_LONGEST_NAME = 40
_BACK_WITHOUT, _BACK_WITH = 0.44, 0.56
"""How many newcomers posted again, without and with an answer to their first post (Joyce & Kraut 2006)."""


async def plan_looks(services: Services) -> None:
    """Look at each first post of the last day once it has waited for a day, at the next full hour of working time."""
    now, working_time = services.now(), services.community.working_time
    soon = timedelta(0)  # what has not waited for a day yet will have, before this happens again
    posts = await first_posts.unanswered(services.session, services.community.id, now, _PLANNED, waited=soon)
    for moment in sorted({_full_hour(max(post.at + A_DAY, now)) for post in posts}):
        try:
            await _look_at(services, working_time.next_open(moment))
        except ValueError:  # no hour of the week is open
            return


def _full_hour(moment: datetime) -> datetime:
    """The moment itself or the next full hour (UTC): what falls due within an hour comes in one message."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return hour if hour == moment else hour + timedelta(hours=1)


async def _look_at(services: Services, moment: datetime) -> None:
    once = f"{_LOOK}:{services.community.id}:{to_microseconds(moment)}"
    await services.later(_LOOK, {}, at=moment, once=once)


@capability.due(_LOOK)
async def look(_payload: Mapping[str, Any], services: Services) -> None:
    """One message to each facilitator about every newcomer's first post that waits, in working time."""
    now, community = services.now(), services.community
    if not community.working_time.is_open(now):  # quiet hours were changed, or nothing ran when it was due
        await plan_looks(services)
        return
    facilitators = await members.with_role(services.session, community.id, Role.FACILITATOR)
    if not facilitators:
        return
    waiting = await first_posts.unanswered(services.session, community.id, now, _TOGETHER)
    posts = await first_posts.show(services.session, community.id, waiting, now)
    if not posts:
        return
    if len(waiting) == _TOGETHER:
        await _look_at(services, now + timedelta(hours=1))
    found = [(post, await services.said(post.key)) for post in posts]
    for facilitator in facilitators:
        message = _message(services.wording_for(facilitator), found, community.time_zone)
        await services.tell(facilitator, message, Kind.REMINDER)


def _message(wording: Wording, found: Sequence[tuple[FirstPost, MessagePosted | None]], time_zone: str) -> Message:
    say = wording.say
    parts: list[Value] = [
        wording.plural(
            "**A newcomer's first post has waited for an answer for a day.** Would you answer, or ask somebody to?",
            "**First posts of {count} newcomers have waited for an answer for a day.** "
            "Would you answer, or ask somebody to?",
            len(found),
        )
    ]
    buttons = []
    for post, posted in found:
        at = wording.moment(post.at, time_zone)
        parts.append(say(mark("**{name}** in #{place}, {moment}:"), name=post.name, place=post.place, moment=at))
        if posted is not None:
            parts.append(Text("> {words}", {"words": shortened(posted.text)}))
            buttons.append(Button(_label(wording, post, len(found)), goes_to=posted.message))
    parts.append(
        say(
            mark(
                "Why it matters: of newcomers whose first post was answered {with_answer} posted again, "
                "of the others {without} (Joyce & Kraut 2006)."
            ),
            with_answer=wording.percent(_BACK_WITH),
            without=wording.percent(_BACK_WITHOUT),
        )
    )
    return Message(joined(parts), tuple(buttons))


def _label(wording: Wording, post: FirstPost, how_many: int) -> str:
    if how_many == 1:
        return wording.label(mark("Go to the post"))
    return wording.label(mark("Go to the post of {name}"), name=post.name[:_LONGEST_NAME])
