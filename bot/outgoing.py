"""What a row of the outbox asks a platform for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.core.addresses import Account, Destination, InPlace, OnlyVisibleTo, Person, Privately
from bot.core.messages import Kind
from bot.core.platform import (
    AnswerInline,
    ApproveJoin,
    CheckLeads,
    Delete,
    Edit,
    InlineResult,
    NotYetReachable,
    OpenForm,
    Outgoing,
    Send,
    ShowCommands,
    ShowHome,
)
from bot.core.serialization import (
    destination_from_json,
    form_from_json,
    home_from_json,
    message_from_json,
    ref_from_json,
    text_from_json,
    trigger_from_json,
)
from bot.messenger import HOME
from storage import outbox
from storage.database import Database
from storage.outbox import OutboxRow, OutboxState

Json = dict[str, Any]

_SEND_AGAIN = {Kind.ANSWER, Kind.RECEIPT, Kind.WELCOME}


async def outgoing_of(database: Database, row: OutboxRow) -> Outgoing | None:
    """What the row asks for. None when it has nothing left to change, or a page is no longer the newest.

    Raises NotYetReachable for a change of a message that itself waits for its person's first word.
    """
    destination = destination_from_json(row.destination)
    if row.operation == HOME:
        return await _home(database, row, destination)
    if row.operation == "form":
        trigger = row.body["trigger"]
        if trigger is None or row.attempts:
            return instead(row)
        form = form_from_json(row.body["form"])
        return OpenForm(row.reference, destination, row.body["form_id"], form, trigger_from_json(trigger))
    if row.operation in _ACTS:
        return _ACTS[row.operation](row.reference, destination, row.body)
    if row.operation == "send":
        return Send(
            row.reference, destination, message_from_json(row.body["message"]), Kind(row.kind), row.may_have_arrived
        )
    return await _change(database, row, destination)


async def _change(database: Database, row: OutboxRow, destination: Destination) -> Outgoing | None:
    async with database.reading() as session:
        earlier = await outbox.by_reference(session, row.target or "")
    if earlier is not None and earlier.awaits_first_word and earlier.state == OutboxState.WAITING.value:
        raise NotYetReachable
    if earlier is None or earlier.sent is None:
        return None
    target = ref_from_json(earlier.sent)
    if row.operation == "delete":
        return Delete(row.reference, destination, target)
    return Edit(row.reference, destination, target, message_from_json(row.body["message"]))


async def _home(database: Database, row: OutboxRow, destination: Destination) -> ShowHome | None:
    async with database.reading() as session:
        if await outbox.newer_waits(session, row):
            return None
    assert isinstance(destination, Privately)  # noqa: S101 - the messenger shows a page to nobody else
    return ShowHome(row.reference, destination, home_from_json(row.body["home"]))


def _check_leads(reference: str, destination: Any, body: Json) -> Outgoing:
    told = body["person"]
    return CheckLeads(reference, destination, Person(Account(**told["account"]), told["name"], told["language"]))


def _answer_inline(reference: str, destination: Any, body: Json) -> Outgoing:
    results = tuple(InlineResult(one["id"], one["title"], text_from_json(one["text"])) for one in body["results"])
    return AnswerInline(reference, destination, body["query"], results)


_ACTS: dict[str, Callable[[str, Any, Json], Outgoing]] = {
    "leads": _check_leads,
    "commands": lambda reference, destination, _body: ShowCommands(reference, destination),
    "approve": lambda reference, destination, body: ApproveJoin(reference, destination, Account(**body["account"])),
    "inline": _answer_inline,
}
"""What is no message, by its operation (``Messenger.do``)."""


def instead(row: OutboxRow) -> Send:
    """The message with a button, for a form that can't be opened any more."""
    destination = destination_from_json(row.destination)
    return Send(row.reference, destination, message_from_json(row.body["instead"]), Kind.RECEIPT, row.may_have_arrived)


def can_be_looked_for(row: OutboxRow) -> bool:
    """Whether it leaves something to look for; what doesn't is simply done again, which changes nothing."""
    return row.operation in ("send", "edit", "form")


def may_come_twice(row: OutboxRow, *, in_private: bool) -> bool:
    """An edit, made again, changes nothing; some messages are worth a repeat. Ephemeral ones never are."""
    if isinstance(destination_from_json(row.destination), OnlyVisibleTo) and not in_private:
        return False
    return row.operation == "edit" or Kind(row.kind) in _SEND_AGAIN


def reader_of(row: OutboxRow) -> Account | None:
    """The one person whom a row writes to; None for what goes to everybody in a place, and for what is no message."""
    destination = destination_from_json(row.destination)
    return None if isinstance(destination, InPlace) or row.operation in (HOME, *_ACTS) else destination.account
