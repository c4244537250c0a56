"""Who can't be written to yet is greeted in the place: one line for many, which leads to the private chat.

It is changed as more come within some minutes, and taken down when nobody needs it any more, or after a day. The
private greeting comes when somebody has opened the chat.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.core.errors import Refusal
from bot.core.events import CommandUsed, Left
from bot.core.messages import Button, Emphasis, Kind, Message, Text, mark
from bot.services import Services
from bot.texts import Wording
from handlers.events import ChatOpened
from handlers.welcome._capability import capability
from handlers.welcome._greeting import NAMES_IN_ONE_LINE, SHOW_DOOR, greeting, welcome
from storage import communities, deep_links, group_greetings, members
from storage.communities import CommunityPlace
from storage.group_greetings import GroupGreeting

JOIN = "join_"
_TAKE_DOWN = "welcome.take_door_down"
_STAYS_THE_SAME_FOR = timedelta(minutes=10)
_STANDS_FOR = timedelta(days=1)
_NO_LONGER = mark("That link no longer works. Type /help instead.")


@capability.due(SHOW_DOOR)
async def show(payload: dict[str, Any], services: Services) -> None:
    """The line with those who came since, or a new one where the last is some minutes old."""
    session, now = services.session, services.now()
    place = await communities.place_by_id(session, payload["place"])
    if place is None or not place.active:
        return
    waiting = await group_greetings.in_place(session, place.id)
    new = [member for row, member in waiting if row.named_at is None]
    if not new:
        return
    lately = [row.reference for row, _ in waiting if _is_recent(row, services)]
    there = [member for row, member in waiting if lately and row.reference == lately[-1]]
    message = _line(services.community_wording, place, [member.name for member in (*there, *new)])
    if lately and lately[-1]:
        reference = lately[-1]
        await services.edit(reference, message)
    else:
        reference = (await services.post(place.address, message, Kind.WELCOME)).reference
        at, ended = now + _STANDS_FOR, {"place": place.id, "reference": reference}
        await services.later(_TAKE_DOWN, ended, at=at, once=f"{_TAKE_DOWN}:{reference}")
    await group_greetings.named(session, place.id, [member.id for member in new], reference, now)


@capability.due(_TAKE_DOWN)
async def take_down(payload: dict[str, Any], services: Services) -> None:
    """A day is enough."""
    if await group_greetings.line_is_gone(services.session, payload["place"], payload["reference"]):
        await services.take_down(payload["reference"])


@capability.on(Left)
async def left(_event: Left, services: Services) -> None:
    """Nobody is asked to begin who has gone."""
    if services.known_place is not None and services.known_member is not None:
        await _done(services, services.known_place.id, services.known_member.id)


@capability.hears(ChatOpened)
async def greet_late(news: ChatOpened, services: Services) -> None:
    """The private greetings that could not come before, of every community that they came to."""
    for row in await group_greetings.of_member(services.session, news.member_id):
        place = await communities.place_by_id(services.session, row.place_id)
        if place is not None and place.active and place.community_id is not None:
            await _greet_now(await services.within(place.community_id), row, place)
        await _done(services, row.place_id, row.member_id)


@capability.start(JOIN)
async def begin(event: CommandUsed, services: Services) -> None:
    """Somebody came by the line in a place, or by the same link from somebody else."""
    place_id = deep_links.row_of(JOIN, event.arguments)
    place = await communities.place_by_id(services.session, place_id) if place_id is not None else None
    if place is None or not place.active or place.community_id is None:
        raise Refusal(_NO_LONGER)
    here = await services.within(place.community_id)
    member = here.known_member
    belongs = await members.membership(here.session, here.community.id, member.id) if member else None
    if member is None or belongs is None or belongs.left_at is not None:
        raise Refusal(
            mark("I don't know you in **#{place}** yet. Type /rules there, then press the button again."),
            place=place.name,
        )
    owed = {row.place_id: row for row in await group_greetings.of_member(here.session, member.id)}
    if place.id in owed:
        await _greet_now(here, owed[place.id], place)
        await _done(here, place.id, member.id)
    else:
        await here.answer(await greeting(here, member, place))


def _is_recent(row: GroupGreeting, services: Services) -> bool:
    named_at = row.named_at
    return row.reference is not None and named_at is not None and named_at > services.now() - _STAYS_THE_SAME_FOR


async def _greet_now(services: Services, row: GroupGreeting, place: CommunityPlace) -> None:
    member = await members.by_id(services.session, row.member_id)
    belongs = await members.membership(services.session, services.community.id, row.member_id)
    if member is not None and belongs is not None and belongs.left_at is None:
        await welcome(services, member, place, services.now())


async def _done(services: Services, place_id: int, member_id: int) -> None:
    outdated = await group_greetings.no_longer(services.session, place_id, member_id)
    if outdated is not None:
        await services.take_down(outdated)


def _line(wording: Wording, place: CommunityPlace, names: list[str]) -> Message:
    """Five names at most, then how many more."""
    begin_here = Button(
        wording.label(mark("Begin here")), emphasis=Emphasis.PRIMARY, starts=deep_links.payload(JOIN, place.id)
    )
    return Message(_words(wording, names), (begin_here,))


def _words(wording: Wording, names: list[str]) -> Text:
    shown = names[:NAMES_IN_ONE_LINE]
    more = len(names) - len(shown)
    if more == 0:
        return wording.say(
            mark("Welcome {names}! Press the button, and I will tell you privately how things work here."),
            names=wording.listing(shown),
        )
    return wording.plural(
        "Welcome {names} and {count} other! Press the button, and I will tell you privately how things work here.",
        "Welcome {names} and {count} others! Press the button, and I will tell you privately how things work here.",
        more,
        names=", ".join(shown),
    )
