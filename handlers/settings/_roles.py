"""Who is what in a community, and the codes with which places come to it."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed
from bot.core.messages import Message, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.settings._capability import FACILITATORS, capability, not_understood
from storage import invitations, members

_USAGE = mark("settings, or settings role @name facilitator|expert|stakeholder|member")


@capability.button("settings.code", roles=FACILITATORS)
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


async def give_role(services: Services, words: str) -> None:
    """``@name expert``: they are that from now on."""
    who, _, role_name = words.rpartition(" ")
    if not who.strip():
        raise not_understood(services, _USAGE)
    member = await services.member_called(who.strip())
    try:
        role = Role(role_name.casefold())
    except ValueError:
        raise not_understood(services, _USAGE) from None
    community_id = services.community.id
    if role is Role.MEMBER:
        await _keep_a_facilitator(services, member.id)
        await members.take_roles(services.session, community_id, member.id)
    else:
        await members.give_role(services.session, community_id, member.id, role)
    await services.show_commands(member)
    text = services.wording.say(mark("{name} is {role} here now."), name=member.name, role=role.value)
    await services.answer(Message(text))


async def _keep_a_facilitator(services: Services, member_id: int) -> None:
    facilitators = await members.with_role(services.session, services.community.id, Role.FACILITATOR)
    if [member.id for member in facilitators] == [member_id]:
        raise Refusal(mark("This is the only facilitator. Make somebody else facilitator first."))
