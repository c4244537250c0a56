"""The capability that the parts of this package hang their handlers on, and what they have in common."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.addresses import Account
from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.messages import Button, Kind, Message, mark
from bot.services import Services
from bot.texts import Wording
from storage import accounts
from storage.members import MemberAccount

capability = Capability("linking")

YES, NO = "linking.yes", "linking.no"
SEPARATE, TOGETHER = "linking.separate", "linking.together"
WHERE, WRITE_HERE = "linking.where", "linking.write_here"
NO_GOOD = mark("That code doesn't work (any more). Type /link on your other account to get a new one.")


def where_button(wording: Wording) -> Button:
    """The way to the choice of where somebody is written to."""
    return Button(wording.label(mark("Where I write to you")), WHERE)


async def own_account(services: Services) -> MemberAccount:
    """The account on which somebody acts, where it is known. Raises Refusal."""
    assert services.event is not None  # noqa: S101 - somebody acts
    row = await accounts.row_at(services.session, services.event.by.account)
    if row is None:
        raise Refusal(mark("You are not in a community yet. Join one of its places first."))
    return row


async def tell_accounts(services: Services, rows: Sequence[MemberAccount], message: Message) -> None:
    """Say something privately on each of these accounts."""
    for row in rows:
        await services.write_to(Account(row.platform, row.tenant, row.user), message, Kind.RECEIPT)
