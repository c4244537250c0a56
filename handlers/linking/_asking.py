"""The answer of who issued the code: it is them, or it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed
from bot.core.messages import Button, Message, joined, mark
from bot.services import Services
from handlers.events import MembersLinked
from handlers.linking._capability import NO, YES, capability, own_account, tell_accounts
from handlers.linking._where import choices
from storage import accounts, link_codes, linking, members
from storage.link_codes import LinkCode
from storage.linking import MemberLink
from storage.members import MemberAccount

_LOOK_AGAIN = "linking.look_again"
_OVER = mark("That is over. Nothing was changed; type /link to begin again.")


@capability.button(YES, for_strangers=True)
async def yes(event: ButtonPressed, services: Services) -> None:
    """Both accounts are one person from now on."""
    code = await _decided(event, services)
    if code is None or code.by_member_id is None:
        return
    session, now = services.session, services.now()
    kept, came = await linking.who_goes_on(session, code.member_id, code.by_member_id)
    other = await session.get_one(MemberAccount, code.by_account_id)
    link = await linking.link(session, kept, came, now)
    await link_codes.forget_codes(session, kept, came)
    await services.later(_LOOK_AGAIN, {"link": link.id}, at=now + timedelta(minutes=1))
    member = await members.by_id(session, kept)
    assert member is not None  # noqa: S101 - they go on
    linked = replace(services, known_member=member)
    for community in await members.communities_of(session, kept):
        await linked.about(community).announce(MembersLinked(kept, came))
    message = await _done(linked, link)
    await linked.edit(event.reference, message)
    await tell_accounts(linked, [other], message)


async def _done(services: Services, link: MemberLink) -> Message:
    rows = await accounts.rows_of(services.session, link.member_id)
    names = await accounts.names_of(services.session, rows)
    say = services.wording.say
    text = joined(
        [
            say(mark("**Done.** {platforms} are linked: you are one person for me now."),
                platforms=services.wording.listing(list(names.values()))),
            say(mark("I write to you where you used me last. Would you rather have it always in one place?")),
        ]
    )  # fmt: skip
    buttons: tuple[Button, ...] = choices(services.wording, rows, names)
    return Message(text, buttons)


@capability.button(NO, for_strangers=True)
async def no(event: ButtonPressed, services: Services) -> None:
    """Nothing is linked, and the other account hears so."""
    code = await _decided(event, services)
    if code is None:
        return
    await services.edit(
        event.reference, Message(services.wording.say(mark("Good that you looked. Nothing was linked.")))
    )
    other = await services.session.get_one(MemberAccount, code.by_account_id)
    asker = await members.by_id(services.session, other.member_id)
    wording = services.wording_for(asker) if asker else services.wording
    text = wording.say(mark("The other account said no, so nothing was linked."))
    await tell_accounts(services, [other], Message(text))


async def _decided(event: ButtonPressed, services: Services) -> LinkCode | None:
    """The code that is decided about, once, by the account that it was given to. Raises Refusal for others."""
    waiting = await link_codes.waiting(services.session, int(event.subject))
    if waiting is not None and (await own_account(services)).id != waiting.account_id:
        raise Refusal(mark("That is for somebody else to decide."))
    code = await link_codes.answered(services.session, int(event.subject), services.now())
    if code is None:
        await services.edit(event.reference, Message(services.wording.say(_OVER)))
    return code


@capability.due(_LOOK_AGAIN)
async def look_again(payload: Mapping[str, Any], services: Services) -> None:
    """What was on its way while they were linked is theirs too."""
    link = await linking.link_of(services.session, payload["link"])
    if link is not None:
        await linking.carry(services.session, link)
