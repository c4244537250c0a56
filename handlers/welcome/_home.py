"""Newcomers on a facilitator's own page: whose first post nobody has answered, and the way there."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.core.home import MOST_ROWS, HomeRow, HomeSection, and_more
from bot.core.messages import Button, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.welcome._capability import capability
from storage import first_posts, members
from storage.first_posts import FirstPost

_COUNTED = 100


@capability.home(60, roles=(Role.FACILITATOR,))
async def newcomers(services: Services) -> HomeSection | None:
    """Those who have waited for a day, the longest waiting first; nothing where there is nobody."""
    wording = services.wording
    found = await first_posts.unanswered(
        services.session, services.community.id, services.now(), _COUNTED, also_shown=True
    )
    if not found:
        return None
    rows = [await _row(services, post) for post in found[:MOST_ROWS]]
    more = and_more(len(found) - MOST_ROWS, wording.more(len(found) - MOST_ROWS), _day(services))
    return HomeSection(wording.label(mark("Newcomers without an answer")), (*rows, *more))


async def _row(services: Services, post: FirstPost) -> HomeRow:
    wording = services.wording
    text = wording.say(
        mark("**{name}** wrote in **#{place}** on {day}; nobody has answered yet."),
        name=post.name,
        place=post.place,
        day=wording.day(post.at.astimezone(ZoneInfo(services.community.time_zone))),
    )
    posted, accounts = await services.said(post.key), await members.accounts_of(services.session, services.member.id)
    if posted is None or posted.message.platform not in [account.platform for account in accounts]:
        return HomeRow(text, (_day(services),))
    return HomeRow(text, (Button(wording.label(mark("Go there")), goes_to=posted.message),))


def _day(services: Services) -> Button:
    return Button(services.wording.label(mark("My day")), "menu.use", "today")
