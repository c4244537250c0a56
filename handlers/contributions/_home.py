"""Contributions on a member's own page: what they have shared, and what facilitators have to look at."""

from __future__ import annotations

from bot.core.events import ButtonPressed
from bot.core.home import MOST_ROWS, HomeRow, HomeSection, and_more
from bot.core.messages import Button, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._own import show_mine
from handlers.contributions._review import REVIEW
from handlers.contributions._state import State
from storage import contributions
from storage.contributions import Contribution

_MINE = "contributions.mine"


@capability.home(30)
async def shared_by_me(services: Services) -> HomeSection:
    """The newest of what the member has shared, to be changed or taken back."""
    wording = services.wording
    own = await contributions.mine(services.session, services.community.id, services.member.id)
    rows = [_own(services, one) for one in own[:MOST_ROWS]]
    all_of_them = Button(wording.label(mark("Show all of them")), _MINE)
    more = and_more(len(own) - MOST_ROWS, wording.more(len(own) - MOST_ROWS), all_of_them)
    nothing = wording.say(mark("You have shared nothing here yet. What did you learn lately?"))
    share = Button(wording.label(mark("Share something")), words.WRITE)
    return HomeSection(wording.label(mark("What you have shared")), (*rows, *more), HomeRow(nothing, (share,)))


def _own(services: Services, one: Contribution) -> HomeRow:
    wording = services.wording
    if State(one.state) is State.PUBLISHED:
        buttons: tuple[Button, ...] = (words.withdraw_button(wording, one),)
    else:
        buttons = words.own_buttons(wording, one)
    return HomeRow(words.listed(wording, one), buttons)


@capability.button(_MINE)
async def show_all_of_mine(_event: ButtonPressed, services: Services) -> None:
    """The same as ``log mine``."""
    await show_mine(services)


@capability.home(70, roles=(Role.FACILITATOR,))
async def to_review(services: Services) -> HomeSection:
    """What waits for a facilitator's decision, the oldest first."""
    wording = services.wording
    waiting = await contributions.to_review(services.session, services.community.id)
    rows = [_to_review(services, one) for one in waiting[:MOST_ROWS]]
    all_of_them = Button(wording.label(mark("Show what to review")), REVIEW)
    more = and_more(len(waiting) - MOST_ROWS, wording.more(len(waiting) - MOST_ROWS), all_of_them)
    nothing = wording.say(mark("Nothing waits for your review. Have you learned something lately?"))
    share = Button(wording.label(mark("Share something")), words.WRITE)
    return HomeSection(wording.label(mark("To review")), (*rows, *more), HomeRow(nothing, (share,)))


def _to_review(services: Services, one: Contribution) -> HomeRow:
    wording = services.wording
    text = wording.say(
        mark("**{code}** ({kind}) {title}"),
        code=one.code,
        kind=wording.label(words.KINDS[one.kind]),
        title=words.shortened(one.title),
    )
    return HomeRow(text, (Button(wording.label(mark("Look at it")), REVIEW, str(one.id)),))
