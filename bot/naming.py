"""Who is meant by what somebody typed: an @mention with the platform's id, a username, or a name."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime

from bot.core.addresses import Account, Person
from bot.core.errors import Refusal
from bot.core.events import CommandUsed, Event
from bot.core.messages import mark
from bot.core.roles import Role
from storage import linking, members
from storage.database import Session
from storage.members import Member

_BEHIND_A_NAME = ",:;"
_MENTION = re.compile(r"<@([^<>|\s]+)(?:\|[^<>]*)?>")


async def member_called(
    session: Session, community_id: int, acting: Event, roles: Collection[Role], who: str, now: datetime
) -> Member:
    """The member of a community meant by who acts. Raises Refusal for nobody, and for several.

    A mention carries the platform's id, which nobody can choose; it is looked at first. Whoever a facilitator
    mentions is a member from now on, if the event tells who that is and they never were one: they may have been there
    before the bot, and not have done anything yet.
    """
    who = who.rstrip(_BEHIND_A_NAME)
    by, wanted = acting.by.account, who.strip("<>").lstrip("@").split("|")[0]
    is_mention = _MENTION.fullmatch(who) is not None
    told = acting.mentioned if isinstance(acting, CommandUsed) and is_mention else ()
    person = next((one for one in told if one.account.user == wanted), None)
    if person is not None and Role.FACILITATOR in roles:
        await _take_in(session, community_id, person, acting.at, now)
    everybody = await members.of_community(session, community_id)
    mentioned = await members.find(session, Account(by.platform, by.tenant, wanted))
    known = await members.going_by(session, by.platform, by.tenant, wanted) if who.startswith("@") else None
    meant = [one for one in everybody if one.id in (mentioned.id if mentioned else None, known)]
    if meant:
        return meant[0]
    others = await linking.other_names(session, [one.id for one in everybody])
    called = [one for one in everybody if _is_called(wanted, [one.name, *others.get(one.id, ())])]
    if not called:
        name = person.name if person else "…" if is_mention else wanted  # an id says nothing to people
        raise Refusal(mark("I know nobody called {name} in this community."), name=name)
    if len(called) > 1:
        raise Refusal(mark("Several people here are called {name}. Please mention the one you mean."), name=wanted)
    return called[0]


async def _take_in(session: Session, community_id: int, person: Person, at: datetime, now: datetime) -> None:
    """Somebody who was never in the community belongs to it; who left it, or was forgotten since, does not."""
    member = await members.who_did(session, person, at, now)
    if member is not None and await members.membership(session, community_id, member.id) is None:
        await members.belong(session, community_id, member.id, at)


async def with_names(session: Session, by: Account, words: str) -> str:
    """Words of who acts as everybody reads them, on every platform.

    A mention stands there as the platform's id, so that it can be looked up; here it becomes the name, or ``@…``.
    """
    names = {}
    for user in set(_MENTION.findall(words)):
        member = await members.find(session, Account(by.platform, by.tenant, user))
        names[user] = member.name if member else "…"
    return _MENTION.sub(lambda mention: "@" + names[mention[1]], words)


def _is_called(wanted: str, names: Sequence[str]) -> bool:
    """Whether somebody of these names is meant by a whole name, or by the first word of one."""
    return any(wanted.casefold() in (name.casefold(), (name.casefold().split() or [""])[0]) for name in names)
