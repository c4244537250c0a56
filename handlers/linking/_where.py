"""Where somebody with several accounts is written to: where they were last, unless they choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed
from bot.core.messages import Button, Emphasis, Message, mark
from bot.services import Services
from bot.texts import Wording
from handlers.linking._capability import WHERE, WRITE_HERE, capability, own_account
from storage import accounts
from storage.members import MemberAccount


def choices(wording: Wording, rows: Sequence[MemberAccount], names: Mapping[int, str]) -> tuple[Button, ...]:
    """A button for each account, and one for where they were last."""
    chosen = next((row.id for row in rows if row.preferred), None)
    buttons = [
        Button(
            wording.label(mark("Always on {platform}"), platform=names[row.id]),
            WRITE_HERE,
            str(row.id),
            Emphasis.PRIMARY if row.id == chosen else Emphasis.NORMAL,
        )
        for row in rows
    ]
    last = Emphasis.PRIMARY if chosen is None else Emphasis.NORMAL
    return (*buttons, Button(wording.label(mark("Where I was last")), WRITE_HERE, "", last))


@capability.button(WHERE, for_strangers=True)
async def ask_where(_event: ButtonPressed, services: Services) -> None:
    """What holds now, and what else there is."""
    own = await own_account(services)
    rows = await accounts.rows_of(services.session, own.member_id)
    if len(rows) == 1:
        raise Refusal(mark("I know one account of yours. To link another one, type /link."))
    names = await accounts.names_of(services.session, rows)
    text = services.wording.say(mark("Where shall I write to you, when I have something for you?"))
    await services.answer(Message(text, choices(services.wording, rows, names)))


@capability.button(WRITE_HERE, for_strangers=True)
async def choose(event: ButtonPressed, services: Services) -> None:
    """Keep the choice, if it is still theirs to make."""
    own = await own_account(services)
    rows = {str(row.id): row for row in await accounts.rows_of(services.session, own.member_id)}
    chosen = rows.get(event.subject)
    if event.subject and chosen is None:
        raise Refusal(mark("That account is not linked with you (any more)."))
    await accounts.prefer(services.session, own.member_id, chosen.id if chosen else None)
    say = services.wording.say
    if chosen is None:
        await services.answer(Message(say(mark("From now on I write to you where you used me last."))))
        return
    names = await accounts.names_of(services.session, list(rows.values()))
    text = say(mark("From now on I write to you on {platform}."), platform=names[chosen.id])
    await services.answer(Message(text))
