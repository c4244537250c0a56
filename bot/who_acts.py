"""Who does something, and where: looked up once for each event, before its handlers."""

from __future__ import annotations

from bot.core.dispatch import acting_on
from bot.core.events import CommandUsed, Event, JoinRequested, Left
from bot.core.roles import Role
from bot.services import Frame, Services
from storage import accounts, meetings, members
from storage.communities import Community, CommunityPlace
from storage.database import Session
from storage.members import Member


async def services_for(frame: Frame, session: Session, event: Event) -> Services:
    """Everything a handler of ``event`` is given: community, place, member and roles are looked up here, once.

    Who acts in a place of a community is a member of it, also when they were there before the bot came; who writes
    privately is one only if known. So is who uses a command where no community meets: it is as if they had written it
    privately.
    """
    place: CommunityPlace | None = None
    community: Community | None = None
    if event.place is not None:
        place, community = await meetings.at(session, event.place)
    if community is not None:
        somebody = event.by.account.user != ""
        member: Member | None = None
        if isinstance(event, Left | JoinRequested):  # neither going nor asking to be let in makes anybody known
            member = await members.find(session, event.by.account)
        elif somebody:
            member = await members.who_did(session, event.by, event.at, frame.clock.now())
        if member is not None and await _is_there(session, community.id, member, event):
            await members.belong(session, community.id, member.id, event.at)
    else:
        member = await members.find(session, event.by.account)
        alone = event.private or _is_for_them_alone(event)
        own = await members.communities_of(session, member.id) if member and alone else []
        place, community = (None, own[0]) if own else (place, None)
    roles: frozenset[Role] = frozenset()
    if member and acting_on(event):
        await accounts.used(session, event.by.account)
        await members.go_by(session, event.by)
    if community and member:
        roles = await members.roles_of(session, community.id, member.id)
    return Services(frame, session, event, community, place, member, roles)


def _is_for_them_alone(event: Event) -> bool:
    """Whether it is about nothing that others wrote, and is meant for this bot."""
    return isinstance(event, CommandUsed) and event.about is None and not event.for_any_bot


async def _is_there(session: Session, community_id: int, member: Member, event: Event) -> bool:
    """Whether what somebody does shows that they are in the community's place now.

    Buttons, forms and messages outlive the stay of who sees them: using one brings nobody back who has left.
    """
    if not acting_on(event):
        return False
    return isinstance(event, CommandUsed) or await members.membership(session, community_id, member.id) is None
