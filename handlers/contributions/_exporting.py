"""Taking what was published elsewhere: as a file in the chat, for facilitators, and for the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.errors import Refusal
from bot.core.messages import Attachment, Kind, Message, mark
from bot.core.roles import Role
from bot.services import Services, WorkServices
from bot.texts import Texts, Wording
from handlers.contributions._capability import capability
from handlers.contributions._export import Row, as_csv, as_markdown, as_xlsx
from storage import attachments, contributions, members
from storage.communities import Community
from storage.database import Session

FORMATS: Mapping[str, Callable[[Sequence[Row], Wording, str], bytes]] = {
    "md": as_markdown,
    "csv": as_csv,
    "xlsx": as_xlsx,
}
_MEDIA_TYPES = {
    "md": "text/markdown",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_EXPORT = "contributions.export"
_USAGE = mark("log export, or log export md|csv|xlsx")


async def exported(session: Session, community: Community, how: str) -> tuple[bytes, int]:
    """Everything that is published, as a file in one of ``FORMATS``, and how many there are.

    In the community's language. A name is in it only where its author wanted that.
    """
    rows = await _rows(session, community, Texts().wording(community.language))
    return FORMATS[how](rows, Texts().wording(community.language), community.name), len(rows)


async def _rows(session: Session, community: Community, wording: Wording) -> list[Row]:
    published = await contributions.exportable(session, community.id)
    names = await contributions.names_of(session, published)
    used = await contributions.users_of(session, [one.id for one in published])
    zone = ZoneInfo(community.time_zone)
    return [
        Row(
            code=one.code,
            kind=one.kind,
            title=one.title,
            text=one.text,
            topics=tuple(one.topics),
            link=one.link or "",
            author=names.get(one.id, ""),
            published=wording.day(one.published_at.astimezone(zone)) if one.published_at else "",
            used=used.get(one.id, 0),
        )
        for one in published
    ]


async def export_by_command(services: Services, rest: str) -> None:
    """``log export``: the file comes privately to the facilitator who asked. Raises Refusal."""
    how = rest.strip().casefold() or "xlsx"
    if Role.FACILITATOR not in services.roles:
        raise Refusal(mark("Only facilitators can do this. Please ask one of them."))
    if how not in FORMATS:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))
    once = f"{_EXPORT}:{services.community.id}:{services.member.id}:{how}"
    await services.later(_EXPORT, {"for": services.member.id, "how": how}, once=once)
    await services.answer(
        Message(services.wording.say(mark("I am writing the file. You get it privately in a moment.")))
    )


async def _send(payload: Mapping[str, Any], content: bytes, services: Services) -> None:
    """To who asked, if they still are a facilitator here."""
    member = await members.by_id(services.session, payload["for"])
    roles = await members.roles_of(services.session, services.community.id, payload["for"])
    if member is None or Role.FACILITATOR not in roles:
        return
    now, how = services.now(), payload["how"]
    day = now.astimezone(ZoneInfo(services.community.time_zone))
    stored = await attachments.keep(services.session, content, now)
    file = Attachment(stored, f"contributions-{day:%Y-%m-%d}.{how}", _MEDIA_TYPES[how])
    text = services.wording_for(member).say(
        mark("Here is what {community} has published."), community=services.community.name
    )
    await services.tell(member, Message(text, attachments=(file,)), Kind.ANSWER)


@capability.task(_EXPORT, finish=_send)
async def write_file(payload: Mapping[str, Any], services: WorkServices) -> bytes:
    """The file takes its time, and holds no transaction."""
    community, wording = services.community, services.wording
    async with services.database.reading() as session:
        rows = await _rows(session, community, wording)
    return await asyncio.to_thread(FORMATS[payload["how"]], rows, wording, community.name)
