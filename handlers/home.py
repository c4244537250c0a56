"""The bot's own page for one person, where a platform has such a page. It is published when something on it changed.

What stands on it the capabilities tell (``Capability.home``). While people have looked at theirs within the last day,
it follows what is done in their community: a few seconds later, so that much at once makes one page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.addresses import Account
from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CarriedOut, HomeOpened
from bot.core.home import Home, HomeRow, HomeSection
from bot.core.messages import Button, Emphasis, mark
from bot.core.serialization import home_to_json
from bot.services import Services, WorkServices
from bot.texts import Wording
from handlers.events import PageForgotten
from storage import homes, members, outbox
from storage.database import Session
from storage.homes import HomePage
from storage.outbox import OutboxState

capability = Capability("home")

MOST_AT_ONCE = 50
WATCHED_FOR = timedelta(days=1)
_PAGES, _HELP = "home.pages", "home.help"
_TOGETHER_SECONDS = 5
_SETTLED = timedelta(seconds=1)
_GOOD_FOR = timedelta(days=30)
"""Buttons are forgotten after twice that long: until then a page that doesn't change is published again."""


@capability.on(HomeOpened, private=True, strangers=True, wants=lambda event: not event.chat)
async def opened(event: HomeOpened, services: Services) -> None:
    """Somebody looks at their page. What a member finds there takes a moment to gather, so nobody waits for it."""
    community, member, account = services.known_community, services.known_member, event.by.account
    if community is None or member is None:
        page = await homes.look(services.session, account, None, member.id if member else None, services.now())
        await _publish(services, page, account, _for_strangers(services.wording))
        return
    page = await homes.look(services.session, account, community.id, member.id, services.now())
    await services.later(_PAGES, {"page": page.id})


@capability.hears(CarriedOut)
async def follow(news: CarriedOut, services: Services) -> None:
    """Something was done: what it changes on the pages that people look at is shown a few seconds later.

    Each few seconds have a task of their own. Were it one that waits, what is done while it is being worked on would
    go unseen.
    """
    now, community_id = services.now(), services.community.id
    if news.what == f"task.{_PAGES}" or not await homes.watched(services.session, community_id, now - WATCHED_FOR, 1):
        return
    turn = int(now.timestamp()) // _TOGETHER_SECONDS + 1
    at = datetime.fromtimestamp(turn * _TOGETHER_SECONDS, UTC) + _SETTLED
    await services.later(_PAGES, {}, at=at, once=f"{_PAGES}:{community_id}:{turn}")


async def _publish_each(_payload: Mapping[str, Any], found: Sequence[tuple[int, Home]], services: Services) -> None:
    for page_id, home in found:
        page = await homes.by_id(services.session, page_id)
        account = await _account_of(services.session, page) if page else None
        if page is not None and account is not None:
            await _publish(services, page, account, home)


@capability.task(_PAGES, finish=_publish_each)
async def gather(payload: Mapping[str, Any], services: WorkServices) -> list[tuple[int, Home]]:
    """The pages of a community as they should be now: one of them, or all that people looked at lately."""
    async with services.database.reading() as session:
        if "page" in payload:
            page = await homes.by_id(session, payload["page"])
            pages = [page] if page else []
        else:
            pages = await homes.watched(session, services.community.id, services.now() - WATCHED_FOR, MOST_AT_ONCE)
        gathered = [(page.id, await _gathered(services, session, page)) for page in pages]
    return [(page_id, home) for page_id, home in gathered if home is not None]


async def _gathered(services: WorkServices, session: Session, page: HomePage) -> Home | None:
    """What stands on one page; None where its person is in the community no longer."""
    community = services.community
    member = await members.by_id(session, page.member_id) if page.member_id else None
    belongs = await members.membership(session, community.id, member.id) if member else None
    if member is None or belongs is None or belongs.left_at is not None:
        return None
    roles = await members.roles_of(session, community.id, member.id)
    theirs = Services(services.frame, session, known_community=community, known_member=member, roles=roles)
    sections: list[HomeSection] = [_welcome(theirs)]
    for part in theirs.frame.registry.home_parts(roles):
        section = await part.section(theirs)
        if section is not None:
            _add(sections, section)
    return Home(tuple(sections), theirs.wording.language)


def _add(sections: list[HomeSection], section: HomeSection) -> None:
    last = sections[-1]
    if last.heading == section.heading:
        sections[-1] = HomeSection(last.heading, last.rows + section.rows, last.empty or section.empty)
    else:
        sections.append(section)


def _welcome(services: Services) -> HomeSection:
    """The way to what everybody may do, as far as this installation does it."""
    say, label = services.wording.say, services.wording.label
    offered = (
        Button(label(mark("Ask something")), "questions.ask", emphasis=Emphasis.PRIMARY),
        Button(label(mark("Share something")), "contributions.write"),
        Button(label(mark("Find something")), "menu.use", "find"),
        Button(label(mark("What I can do")), _HELP),
    )
    registry = services.frame.registry
    buttons = tuple(
        one for one in offered if registry.has_button(one.action) and one.subject in ("", *registry.commands)
    )
    return HomeSection(services.community.name, (HomeRow(say(mark("What would you like to do?")), buttons),))


def _for_strangers(wording: Wording) -> Home:
    text = wording.say(
        mark("I am Baraza, and I help communities. Join a place of a community and I will welcome you. "
             "To start a community of your own, invite me to a place.")
    )  # fmt: skip
    row = HomeRow(text, (Button(wording.label(mark("What I can do")), _HELP),))
    return Home((HomeSection(wording.label(mark("Welcome")), (row,)),), wording.language)


@capability.hears(PageForgotten)
async def forgotten(news: PageForgotten, services: Services) -> None:
    """Their page shows what a stranger's does."""
    stranger = replace(services, known_community=None)
    await stranger.messenger.show_home(news.account, _for_strangers(services.frame.texts.wording(news.language)))


@capability.button(_HELP, for_strangers=True)
async def show_help(_event: ButtonPressed, services: Services) -> None:
    """The same as the command, for strangers too."""
    await services.use_command("help")


async def _publish(services: Services, page: HomePage, account: Account, home: Home) -> None:
    """Show the page, unless the same is there already and its buttons are still good."""
    words = json.dumps(home_to_json(home), sort_keys=True)
    content = services.frame.cipher.digest("home", words)
    if page.content == content and await _still_stands(services, page):
        return
    row = await services.messenger.show_home(account, home)
    await homes.published(services.session, page.id, content, row.reference, services.now())


async def _still_stands(services: Services, page: HomePage) -> bool:
    if page.published_at is None or page.message_id is None or services.now() - page.published_at >= _GOOD_FOR:
        return False
    row = await outbox.by_reference(services.session, page.message_id)
    return row is None or row.state != OutboxState.DEAD.value


async def _account_of(session: Session, page: HomePage) -> Account | None:
    """The one of its member's accounts that the page belongs to; None once it is theirs no longer."""
    accounts = await members.accounts_of(session, page.member_id) if page.member_id else []
    return next((one for one in accounts if members.user_key(one) == page.user_key), None)
