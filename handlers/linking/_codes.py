"""The code: given on one account, typed in on the other."""

from __future__ import annotations

from bot.core.addresses import Account, platform_name
from bot.core.errors import Refusal
from bot.core.events import CommandUsed
from bot.core.messages import Button, Emphasis, Kind, Message, Text, Value, joined, mark
from bot.services import Services
from handlers.linking._capability import NO, NO_GOOD, YES, capability, own_account, where_button
from storage import accounts, link_codes, linking, members
from storage.link_codes import LinkCode
from storage.members import MemberAccount


@capability.command(
    "link",
    summary=mark("Be one person on several platforms"),
    usage=mark("link, or link CODE"),
    title=mark("Link my accounts"),
    for_strangers=True,
)
async def link(event: CommandUsed, services: Services) -> None:
    """Without words a code for the other account; with one, that is the other account."""
    if event.arguments.strip():
        await _typed_in(services, event.arguments)
    else:
        await _give(services)


@capability.start("link_")
async def link_by_deep_link(event: CommandUsed, services: Services) -> None:
    """The same code, brought by a link that opened the chat."""
    await _typed_in(services, event.arguments)


async def _give(services: Services) -> None:
    account = await own_account(services)
    code = await link_codes.issue(services.session, account, services.now())
    say = services.wording.say
    parts: list[Value] = [
        say(mark("**Do you use me on another platform too?** Send me this there within 10 minutes:")),
        Text("`/link {code}`", {"code": link_codes.in_groups(code)}),
        say(mark("Then I ask you here whether it is you. For me your accounts are one person from then on: one "
                 "profile, one history, one vote. Type /unlink to separate them. You never need it to ask.")),
    ]  # fmt: skip
    rows = await accounts.rows_of(services.session, account.member_id)
    buttons: tuple[Button, ...] = ()
    if len(rows) > 1:
        names = await accounts.names_of(services.session, rows)
        parts.append(say(mark("Linked now: {platforms}."), platforms=services.wording.listing(list(names.values()))))
        buttons = (where_button(services.wording),)
    await services.answer_privately(Message(joined(parts), buttons))


async def _typed_in(services: Services, typed: str) -> None:
    """Ask who issued it. Whatever is wrong with a code, the same sentence is said, and it counts."""
    assert services.event is not None  # noqa: S101 - somebody typed it
    session, now, by = services.session, services.now(), services.event.by
    say = services.wording.say
    if await link_codes.must_wait(session, by.account, now):
        text = say(mark("Those were too many codes that don't work. Please wait an hour before the next."))
        await services.answer_privately(Message(text))
        return
    code = await link_codes.typed(session, typed, now)
    if code is None or by.is_bot:
        await link_codes.was_wrong(session, by.account, now)
        await services.answer_privately(Message(say(NO_GOOD)))
        return
    member = await members.ensure(session, by, now)
    if member.id == code.member_id:
        raise Refusal(mark("That is the code that you got here. Type it in on your other account."))
    await linking.who_goes_on(session, code.member_id, member.id)  # refuses what can't be
    row = await own_account(services)
    if not await link_codes.use_up(session, code, row, now):
        raise Refusal(NO_GOOD)
    asked = await _ask(services, code, row)
    text = say(mark("Thank you. I have asked you on {platform} whether this is you. Please answer there within an "
                    "hour."), platform=platform_name(asked.platform))  # fmt: skip
    await services.answer_privately(Message(text))


async def _ask(services: Services, code: LinkCode, typed_by: MemberAccount) -> MemberAccount:
    """Ask on the account that the code was given to, and name who typed it in."""
    assert services.event is not None  # noqa: S101 - somebody typed it
    session = services.session
    issuer = await members.by_id(session, code.member_id)
    account = await session.get_one(MemberAccount, code.account_id)
    wording = services.wording_for(issuer) if issuer else services.wording
    say, label, subject = wording.say, wording.label, str(code.id)
    text = joined(
        [
            say(
                mark("Somebody called **{name}** on {platform} wants to be linked with you: is that you?"),
                name=services.event.by.name,
                platform=platform_name(typed_by.platform),
            ),
            say(mark("Say yes only if you typed in the code there yourself.")),
        ]
    )
    buttons = (
        Button(label(mark("Yes, that is me")), YES, subject, Emphasis.PRIMARY),
        Button(label(mark("No")), NO, subject),
    )
    to = Account(account.platform, account.tenant, account.user)
    await services.write_to(to, Message(text, buttons), Kind.RECEIPT)
    return account
