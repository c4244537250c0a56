"""Separating accounts again: what it means is said first, and then each account is a member of its own."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Emphasis, Message, joined, mark, points
from bot.services import Services
from handlers.linking._capability import SEPARATE, TOGETHER, capability, own_account, tell_accounts
from storage import accounts, link_codes, linking, unlinking
from storage.linking import MemberLink

_NOT_LINKED = mark("No other account is linked with this one. To link one, type /link.")


@capability.command("unlink", summary=mark("Separate your accounts again"), for_strangers=True)
async def unlink(_event: CommandUsed, services: Services) -> None:
    """Say what it means, and ask."""
    own = await own_account(services)
    links = await linking.links_of(services.session, own.member_id)
    if not links:
        raise Refusal(_NOT_LINKED)
    rows = await accounts.rows_of(services.session, own.member_id)
    names = await accounts.names_of(services.session, rows)
    came = {link.id: [names[one] for one in await linking.accounts_that_came(services.session, link)] for link in links}
    others = {name for listed in came.values() for name in listed}
    staying = services.wording.listing([name for name in names.values() if name not in others])
    say, label = services.wording.say, services.wording.label
    lines = [
        say(mark("What you did before you linked them goes back to the account that you did it on.")),
        say(mark("What you wrote in places since then stays with the account on that platform.")),
        say(mark("Everything else since then (questions, answers, thanks, contributions, roles) stays with "
                 "{platform}, where you follow it."), platform=staying),
    ]  # fmt: skip
    buttons = [
        Button(label(mark("Separate {platform}"), platform=services.wording.listing(came[link.id])), SEPARATE,
               str(link.id), Emphasis.DANGER)
        for link in links
    ]  # fmt: skip
    buttons.append(Button(label(mark("Keep them together")), TOGETHER, emphasis=Emphasis.PRIMARY))
    title = say(mark("**Shall I separate your accounts?**"))
    await services.answer_privately(Message(joined([title, points(lines)]), tuple(buttons)))


@capability.button(TOGETHER, for_strangers=True)
async def keep_together(event: ButtonPressed, services: Services) -> None:
    """Nothing happens."""
    await services.edit(event.reference, Message(services.wording.say(mark("Good, nothing was changed."))))


@capability.button(SEPARATE, for_strangers=True)
async def separate(event: ButtonPressed, services: Services) -> None:
    """Each account is a member of its own; the other one hears of it, too."""
    session, own = services.session, await own_account(services)
    link = await _own_link(event, services)
    rows = await accounts.rows_of(session, own.member_id)
    parted = await unlinking.unlink(session, link.id, services.now())
    if parted is None:
        raise Refusal(_NOT_LINKED)
    await link_codes.forget_codes(session, link.member_id, link.came_id)
    names = await accounts.names_of(session, rows)
    text = services.wording.say(
        mark("**Done.** Your accounts are separate again: {platforms}. To link them once more, type /link."),
        platforms=services.wording.listing(list(names.values())),
    )
    await services.edit(event.reference, Message(text))
    await tell_accounts(services, [row for row in rows if row.id != own.id], Message(text))


async def _own_link(event: ButtonPressed, services: Services) -> MemberLink:
    """The link, where it is one of who acts. Raises Refusal."""
    own = await own_account(services)
    link = await linking.link_of(services.session, int(event.subject))
    if link is None or link.member_id != own.member_id:
        raise Refusal(_NOT_LINKED)
    return link
