"""Who is meant by what somebody typed: an @mention with the platform's id, or a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.core.addresses import Account
from bot.core.errors import Refusal
from bot.core.messages import mark
from storage import linking, members
from storage.database import Session
from storage.members import Member

_MENTION = re.compile(r"<@([^<>|\s]+)(?:\|[^<>]*)?>")


async def member_called(session: Session, community_id: int, by: Account, who: str, name: str = "") -> Member:
    """The member of a community meant by who acts. Raises Refusal for nobody, and for several.

    A mention carries the platform's id, which nobody can choose; it is looked at first. ``name`` is what to call who is
    meant where they are nobody here: an id says nothing to people.
    """
    wanted = _wanted(who)
    everybody = await members.of_community(session, community_id)
    mentioned = await members.find(session, Account(by.platform, by.tenant, wanted))
    if mentioned is not None and mentioned.id in {one.id for one in everybody}:
        return mentioned
    others = await linking.other_names(session, [one.id for one in everybody])
    called = [one for one in everybody if _is_called(wanted, [one.name, *others.get(one.id, ())])]
    if not called:
        unknown = name or ("…" if _MENTION.fullmatch(who) else wanted)
        raise Refusal(mark("I know nobody called {name} in this community."), name=unknown)
    if len(called) > 1:
        raise Refusal(mark("Several people here are called {name}. Please mention the one you mean."), name=wanted)
    return called[0]


def mentions(who: str, account: Account) -> bool:
    """Whether what was typed is a mention of this account, by the platform's id."""
    return _MENTION.fullmatch(who) is not None and _wanted(who) == account.user


async def with_names(session: Session, by: Account, words: str) -> str:
    """Words of who acts as everybody reads them, on every platform.

    A mention stands there as the platform's id, so that it can be looked up; here it becomes the name, or ``@…``.
    """
    names = {}
    for user in set(_MENTION.findall(words)):
        member = await members.find(session, Account(by.platform, by.tenant, user))
        names[user] = member.name if member else "…"
    return _MENTION.sub(lambda mention: "@" + names[mention[1]], words)


def _wanted(who: str) -> str:
    return who.strip("<>").lstrip("@").split("|")[0]


def _is_called(wanted: str, names: Sequence[str]) -> bool:
    """Whether somebody of these names is meant by a whole name, or by the first word of one."""
    return any(wanted.casefold() in (name.casefold(), (name.casefold().split() or [""])[0]) for name in names)
