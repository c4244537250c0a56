"""Settings: what a facilitator decides about a community, its places and its people's roles."""

from __future__ import annotations

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Message, Value, joined, mark, points
from bot.core.roles import Purpose, Role
from bot.services import Services
from storage import communities, invitations, members

capability = Capability("settings")

PURPOSE_NAMES = {
    Purpose.MAIN: mark("main"),
    Purpose.STAKEHOLDERS: mark("stakeholders"),
    Purpose.EXPERTS: mark("experts"),
    Purpose.LISTENING: mark("just listening"),
}
_USAGE = mark("settings, or settings role @name facilitator|expert|stakeholder|member")


@capability.command(
    "settings",
    summary=mark("See this community's settings, add a place, give roles"),
    usage=_USAGE,
    roles=(Role.FACILITATOR,),
)
async def settings(event: CommandUsed, services: Services) -> None:
    """Show everything, or do what the words after the command say."""
    words = event.arguments.split()
    if not words:
        await _show(services)
    elif words[0].casefold() == "role" and len(words) == 3:
        await _give_role(services, words[1], words[2])
    else:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))


async def _show(services: Services) -> None:
    say, label, community = services.wording.say, services.wording.label, services.community
    places = await communities.places_of(services.session, community.id)
    lines: list[Value] = [
        say(mark("**Settings of {community}**"), community=community.name),
        say(
            mark("Language: {language}. Time zone: {zone}."),
            language=community.language,
            zone=community.time_zone,
        ),
        say(mark("Places:")),
        points(
            [
                say(
                    mark("#{place}: {purpose}"),
                    place=place.name,
                    purpose=label(PURPOSE_NAMES[Purpose(place.purpose)]),
                )
                for place in places
            ]
        ),
        say(mark("Facilitators: {names}"), names=await _names(services, Role.FACILITATOR)),
        say(mark("Experts: {names}"), names=await _names(services, Role.EXPERT)),
    ]
    button = Button(label(mark("Get a code for another place")), "settings.code")
    await services.answer(Message(joined(lines), (button,)))


async def _names(services: Services, role: Role) -> str:
    holders = await members.with_role(services.session, services.community.id, role)
    return services.wording.listing([member.name for member in holders]) or "—"


@capability.button("settings.code", roles=(Role.FACILITATOR,))
async def code_for_place(_event: ButtonPressed, services: Services) -> None:
    """A one-time code with which one more place joins."""
    code = await invitations.issue(services.session, services.community.id, services.now())
    text = services.wording.say(
        mark(
            "Invite me to the other place, press *Join this place to a community*, and enter `{code}`. "
            "The code is good for one place and for 24 hours."
        ),
        code=code,
    )
    await services.answer(Message(text))


async def _give_role(services: Services, who: str, role_name: str) -> None:
    member = await services.member_called(who)
    try:
        role = Role(role_name.casefold())
    except ValueError:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE)) from None
    community_id = services.community.id
    if role is Role.MEMBER:
        await _keep_a_facilitator(services, member.id)
        await members.take_roles(services.session, community_id, member.id)
    else:
        await members.give_role(services.session, community_id, member.id, role)
    text = services.wording.say(mark("{name} is {role} here now."), name=member.name, role=role.value)
    await services.answer(Message(text))


async def _keep_a_facilitator(services: Services, member_id: int) -> None:
    facilitators = await members.with_role(services.session, services.community.id, Role.FACILITATOR)
    if [member.id for member in facilitators] == [member_id]:
        raise Refusal(mark("This is the only facilitator. Make somebody else facilitator first."))
