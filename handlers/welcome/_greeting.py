"""Who joins is greeted privately, once, and the place gets one joint line for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.addresses import Account
from bot.core.events import ButtonPressed, CommandUsed, Joined
from bot.core.messages import Button, Emphasis, Kind, Message, Text, joined, mark
from bot.core.roles import Purpose
from bot.services import Services
from bot.texts import Wording
from handlers.welcome._capability import capability
from handlers.welcome._journey import begin
from handlers.welcome._texts import Part, filled, written
from storage import activity, communities, group_greetings, members, opting_out, welcomes
from storage.communities import CommunityPlace
from storage.members import Member, Membership
from storage.welcomes import Welcome

AWAY_FOR = timedelta(days=30)
JOINT_LINE_AFTER = timedelta(minutes=1)
NAMES_IN_ONE_LINE = 5
_JOINT_LINE = "welcome.joint_line"
SHOW_DOOR = "welcome.show_door"
_GATHERING = timedelta(seconds=10)


@capability.on(Joined)
async def greet(event: Joined, services: Services) -> None:
    """Greet who came, privately and in their language; who was here within 30 days is not greeted again."""
    anew = await _comes_anew(event, services)
    if anew and not await services.can_write_to(services.member):
        await _wait_at_the_door(event, services)
        return
    await _expect_in_joint_line(event, services, anew=anew)
    if anew:
        await welcome(services, services.member, services.known_place, event.at)


@capability.on(Joined, private=True, strangers=True)
async def greet_in_workspace(event: Joined, services: Services) -> None:
    """Who comes into a workspace comes to the one community that meets there; where several do, nobody knows to which.

    They belong to it from now on, and are not greeted again as they come into its places.
    """
    account = event.by.account
    community = await communities.alone_in(services.session, account.platform, account.tenant)
    member = await members.who_did(services.session, event.by, event.at, services.now()) if community else None
    if community is None or member is None:
        return
    await members.belong(services.session, community.id, member.id, event.at)
    there = replace(services, known_community=community, known_member=member)
    if await _comes_anew(event, there):
        await welcome(there, member, await _first_place(there, account), event.at)


async def _first_place(services: Services, account: Account) -> CommunityPlace | None:
    """The place that who came into the workspace of an account would look for: the main one there, else the oldest."""
    places = await communities.places_of(services.session, services.community.id)
    there = [one for one in places if (one.platform, one.tenant) == (account.platform, account.tenant)]
    return next((one for one in there if one.purpose == Purpose.MAIN.value), there[0] if there else None)


async def _comes_anew(event: Joined, services: Services) -> bool:
    """Whether somebody was never greeted here, or comes back after more than 30 days."""
    community, member = services.community, services.member
    greeted = await welcomes.of(services.session, community.id, member.id)
    membership = await members.membership(services.session, community.id, member.id)
    return greeted is None or _was_away(membership, event, greeted)


async def _wait_at_the_door(event: Joined, services: Services) -> None:
    """A line in the place shows how to begin (see ``_door``); where I only listen, they find it by themselves."""
    place = services.known_place
    assert place is not None  # noqa: S101 - a join happens in a place
    await group_greetings.expect(services.session, place.id, services.member.id, event.at)
    if place.purpose != Purpose.LISTENING.value:
        at = services.now() + _GATHERING
        await services.later(SHOW_DOOR, {"place": place.id}, at=at, once=f"{SHOW_DOOR}:{place.id}")


async def welcome(services: Services, member: Member, place: CommunityPlace | None, at: datetime) -> None:
    """Greet a member privately; their first days begin."""
    row = await services.tell(member, await greeting(services, member, place), Kind.WELCOME)
    await welcomes.remember(
        services.session,
        Welcome(
            community_id=services.community.id,
            member_id=member.id,
            greeted_at=at,
            reference=row.reference if row else None,
            place_id=place.id if place else None,
        ),
    )
    await begin(services, member, at)


async def _expect_in_joint_line(event: Joined, services: Services, *, anew: bool) -> None:
    """The main place hears once of everybody who comes to it, or comes back to it after more than 30 days.

    When somebody who opted out was last in a place is kept nowhere: it hears of them when they come to the community
    anew.
    """
    place, member = services.known_place, services.member
    if place is None or place.purpose != Purpose.MAIN.value:
        return
    last = await activity.last_came(services.session, services.community.id, place.id, member.id, before=event.at)
    was_there = last is not None and event.at - last <= AWAY_FOR
    if was_there or (not anew and await opting_out.is_out(services.session, member.id)):
        return
    await welcomes.expect_in_joint_line(services.session, place.id, member.id, event.at)
    at = services.now() + JOINT_LINE_AFTER
    await services.later(_JOINT_LINE, {"place": place.id}, at=at, once=f"{_JOINT_LINE}:{place.id}")


def _was_away(membership: Membership | None, event: Joined, greeted: Welcome) -> bool:
    """Whether somebody came back after more than 30 days, since they were last greeted."""
    left_at = membership.last_left_at if membership else None
    return left_at is not None and left_at >= greeted.greeted_at and event.at - left_at > AWAY_FOR


async def greeting(services: Services, member: Member, place: CommunityPlace | None) -> Message:
    """The private greeting in somebody's language. Who has introduced themselves is not asked again."""
    wording = services.wording_for(member)
    text = await written(services, Part.GREETING, place, wording, member.language)
    label = wording.label
    buttons = (
        Button(label(mark("Introduce me")), "welcome.introduce", emphasis=Emphasis.PRIMARY),
        Button(label(mark("Ask something")), "questions.ask"),
        Button(label(mark("The norms")), "welcome.norms"),
    )
    place_name = place.name if place else ""
    body = filled(text.markdown, name=member.name, community=services.community.name, place=place_name)
    return Message(body, buttons[1:] if member.introduced_at else buttons)


async def place_of(services: Services, member: Member) -> CommunityPlace | None:
    """The place whose texts are meant for somebody: where they act, else where they came to first."""
    if services.known_place is not None:
        return services.known_place
    there = await welcomes.places_with(services.session, services.community.id, member.id)
    return there[0] if there else await communities.place_for(services.session, services.community.id, Purpose.MAIN)


async def update_greeting(services: Services, member: Member) -> None:
    """The greeting loses the button that has been pressed."""
    greeted = await welcomes.of(services.session, services.community.id, member.id)
    if greeted is not None and greeted.reference is not None:
        place = await communities.place_by_id(services.session, greeted.place_id) if greeted.place_id else None
        await services.edit(greeted.reference, await greeting(services, member, place))


@capability.due(_JOINT_LINE)
async def say_joint_line(payload: dict[str, Any], services: Services) -> None:
    """One line for everybody who came within the last minute."""
    newcomers = await welcomes.take_newcomers(services.session, payload["place"])
    place = await communities.place_by_id(services.session, payload["place"])
    if not newcomers or place is None or not place.active or place.purpose != Purpose.MAIN.value:
        return
    names = [member.name for member in newcomers]
    await services.post(place.address, Message(joint_line(services.community_wording, names)), Kind.WELCOME)


def joint_line(wording: Wording, names: list[str]) -> Text:
    """One line for everybody who came: five names at most, then how many more."""
    shown = names[:NAMES_IN_ONE_LINE]
    more = len(names) - len(shown)
    if more == 0:
        return wording.say(mark("Please welcome {names}! Say hello below."), names=wording.listing(shown))
    return wording.plural(
        "Please welcome {names} and {count} more person! Say hello below.",
        "Please welcome {names} and {count} more people! Say hello below.",
        more,
        names=", ".join(shown),
    )


@capability.button("welcome.norms")
async def show_norms(_event: ButtonPressed, services: Services) -> None:
    """What this community keeps to."""
    await services.answer(await _norms(services))


@capability.command("rules", summary=mark("How we treat each other here"), title=mark("How we treat each other"))
async def rules(_event: CommandUsed, services: Services) -> None:
    """The norms by command."""
    await services.answer(await _norms(services))


async def _norms(services: Services) -> Message:
    community, wording = services.community, services.wording
    name = services.known_member.name if services.known_member else ""
    place = await place_of(services, services.member) if services.known_member else services.known_place
    language = services.known_member.language if services.known_member else None
    text = await written(services, Part.NORMS, place, wording, language)
    title = wording.say(mark("**How we treat each other in {community}**"), community=community.name)
    place_name = place.name if place else ""
    return Message(joined([title, filled(text.markdown, name=name, community=community.name, place=place_name)]))
