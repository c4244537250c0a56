"""A file of everything that is held about a person, for that person alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from bot.core.addresses import Account
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Attachment, Kind, Message, mark
from bot.services import Services, WorkServices
from handlers.privacy._capability import MY_DATA, capability, known
from handlers.privacy._page import page
from storage import attachments, members
from storage.subject_access import held_about

_FILE = "privacy.file"


class Files(NamedTuple):
    """The same data twice: to read, and for machines. ``day`` is when they were made, for their names."""

    member_id: int
    readable: bytes
    complete: bytes
    day: str


@capability.command("mydata", summary=mark("Get a file of everything I keep about you"), for_strangers=True)
async def mydata(event: CommandUsed, services: Services) -> None:
    """Begin to put it together."""
    await _begin(event, services)


@capability.button(MY_DATA, for_strangers=True)
async def mydata_by_button(event: ButtonPressed, services: Services) -> None:
    """The same by button."""
    await _begin(event, services)


async def _begin(event: CommandUsed | ButtonPressed, services: Services) -> None:
    member, account = known(services), event.by.account
    payload = {"platform": account.platform, "tenant": account.tenant, "user": account.user}
    await services.later(_FILE, payload, once=f"{_FILE}:{member.id}")
    text = services.wording.say(mark("I am putting your data together. You get it in our private chat in a moment."))
    await services.answer(Message(text))


async def _send(payload: Mapping[str, Any], files: Files | None, services: Services) -> None:
    """To the account that asked, if it is still the same person's."""
    account = Account(**payload)
    member = await members.find(services.session, account)
    if files is None or member is None or member.id != files.member_id:
        return
    session, now = services.session, services.now()
    readable = await attachments.keep(session, files.readable, now)
    complete = await attachments.keep(session, files.complete, now)
    text = services.wording_for(member).say(
        mark(
            "Here is everything I keep about you. The first file opens on any phone; the second has the same, row by "
            "row, for a computer. They hold what you asked confidentially too, so keep them to yourself. "
            "To have all of it removed, type /forgetme."
        )
    )
    both = (
        Attachment(readable, f"my-data-{files.day}.html", "text/html"),
        Attachment(complete, f"my-data-{files.day}.json", "application/json"),
    )
    await services.write_to(account, Message(text, attachments=both), Kind.ANSWER)


@capability.task(_FILE, finish=_send)
async def put_together(payload: Mapping[str, Any], services: WorkServices) -> Files | None:
    """Read everything, and write both files. It takes its time, and holds no transaction."""
    frame = services.frame
    async with services.database.reading() as session:
        member = await members.find(session, Account(**payload))
        if member is None:
            return None
        held = await held_about(session, frame.cipher, member.id, frame.understand)
        own = await members.communities_of(session, member.id)
    zone = ZoneInfo(own[0].time_zone if own else frame.settings.default_timezone)
    now = services.now().astimezone(zone)
    wording = frame.texts.wording(member.language, own[0].language if own else None)
    complete = {"made_at": services.now().isoformat(), "times": "UTC", "about_you": held}
    return Files(
        member.id,
        page(wording, held, now).encode(),
        json.dumps(complete, ensure_ascii=False, indent=1).encode("utf-8", "replace"),
        f"{now:%Y-%m-%d}",
    )
