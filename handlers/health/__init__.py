"""The health check: figures, a picture and what is worth a look, for facilitators and stakeholders."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.errors import Refusal
from bot.core.events import CommandUsed
from bot.core.messages import Attachment, Kind, Message, Text, mark
from bot.core.roles import Purpose, Role
from bot.services import Services, WorkServices
from bot.texts import Texts, Wording
from handlers.health import _home, _me, _own_work, _post
from handlers.health._capability import capability
from handlers.health._figures import NAMES, Figures, weekly_series
from handlers.health._picture import PictureWords, draw, in_words
from handlers.health._report import EVERY, reader, report, report_every
from handlers.health._signals import signals
from handlers.health._spreadsheet import SheetWords, spreadsheet
from storage import attachments, communities, members, questions
from storage.communities import Community
from storage.weekly_figures import Week

__all__ = ["EVERY", "as_lines", "capability", "parts", "post_scheduled", "report", "report_every"]

parts = (_home,)
"""The module whose handlers hang on the capability and that nothing else here uses."""

_LENGTH = re.compile(r"(7|30|90)d")
_USAGE = mark("health, or health 7d|30d|90d")
_ME = "me"
_USUAL_DAYS = 30
_WEEKS_SHOWN = 12
_OVERDUE = timedelta(hours=72)
_CHECK = "health.check"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Check:
    """A health check that is ready to be posted."""

    summary: Text
    details: Text
    picture: bytes
    alt: str
    sheet: bytes
    name: str


@capability.command(
    "health",
    summary=mark("Post a health check for the stakeholders"),
    usage=_USAGE,
    roles=(Role.FACILITATOR, Role.STAKEHOLDER),
    title=mark("Post a health check"),
    everybody=(_ME,),
)
async def health(event: CommandUsed, services: Services) -> None:
    """Start a health check of the last 7, 30 or 90 days; with ``me`` tell members what they did themselves."""
    words = event.arguments.split()
    if [word.casefold() for word in words] == [_ME]:
        await _me.tell(services)
        return
    found = _LENGTH.fullmatch(words[0].casefold()) if len(words) == 1 else None
    if words and found is None:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))
    days = int(found[1]) if found else _USUAL_DAYS
    place = await communities.place_for(services.session, services.community.id, Purpose.STAKEHOLDERS)
    await services.later(_CHECK, {"days": days, "for": services.member.id})
    say = services.wording.say
    if place is None:
        text = say(mark("I am drawing the health check. You get it here, as there is no place for stakeholders yet."))
    else:
        text = say(mark("I am drawing the health check. It will be in **#{place}** in a moment."), place=place.name)
    await services.answer(Message(text))


async def post_scheduled(services: Services) -> None:
    """The monthly health check of one community."""
    await services.later(_CHECK, {"days": _USUAL_DAYS, "for": None})


async def _post_check(payload: Mapping[str, Any], check: Check, services: Services) -> None:
    """Post it to the stakeholders; with no place for them, privately to who asked, or to the facilitators."""
    session, now = services.session, services.now()
    picture = Attachment(
        await attachments.keep(session, check.picture, now), f"{check.name}.png", "image/png", check.alt
    )
    sheet = Attachment(await attachments.keep(session, check.sheet, now), f"{check.name}.xlsx", _SHEET)
    message = Message(check.summary, attachments=(picture, sheet), details=check.details)
    place = await communities.place_for(session, services.community.id, Purpose.STAKEHOLDERS)
    if place is not None:
        await services.post(place.address, message, Kind.HEALTH)
        return
    for member in await _readers(payload, services):
        await services.tell(member, message, Kind.HEALTH)


async def _readers(payload: Mapping[str, Any], services: Services) -> list[members.Member]:
    if payload["for"] is None:
        return await members.with_role(services.session, services.community.id, Role.FACILITATOR)
    asked = await members.by_id(services.session, payload["for"])
    return [asked] if asked else []


@capability.task(_CHECK, finish=_post_check)
async def check(payload: Mapping[str, Any], services: WorkServices) -> Check:
    """Compute, word and draw a health check. It takes its time, and holds no transaction."""
    community, wording = services.community, services.wording
    until = services.now()
    zone = ZoneInfo(community.time_zone)
    wall = until.astimezone(zone).replace(tzinfo=None) - timedelta(days=payload["days"])
    start = wall.replace(tzinfo=zone).astimezone(until.tzinfo)
    async with services.database.reading() as session:
        read = await reader(session, community, until, until)
        now = await read.window(start, until)
        before = (await read.window_before(now)).figures
        earlier = [one.figures for one in await read.earlier(now)]
        own_work = await read.own_work(now)
        weeks = await weekly_series(session, community, until, _WEEKS_SHOWN)
        waiting = await questions.unanswered_since(session, community.id, until - _OVERDUE)
    found = now.figures
    words = _Words(wording, community, start, until)
    return Check(
        summary=_post.summary(
            wording,
            community.name,
            words.period,
            found,
            before,
            signals(found, earlier, [question.code for question in waiting]),
            services.frame.registry.commands,
        ),
        details=_post.details(wording, found, before, earlier, _own_work.told(wording, own_work)),
        picture=await asyncio.to_thread(draw, weeks, words.picture(weeks)),
        alt=in_words(community.name, weeks, wording),
        sheet=await asyncio.to_thread(
            spreadsheet, found, before, weeks, words.sheet(found, before), community.time_zone
        ),
        name=f"health-{until.astimezone(zone):%Y-%m-%d}",
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """What stands in the picture and in the spreadsheet, in the community's language."""

    wording: Wording
    community: Community
    start: datetime
    until: datetime

    @property
    def period(self) -> str:
        zone = ZoneInfo(self.community.time_zone)
        start, end = (self.wording.day(moment.astimezone(zone)) for moment in (self.start, self.until))
        return f"{start} – {end}"

    def picture(self, weeks: list[Week]) -> PictureWords:
        zone = ZoneInfo(self.community.time_zone)
        names = [self.wording.short_day(week.starts.astimezone(zone)) for week in weeks]
        plain = PictureWords(self.community.name, self.period, names)
        translated = {
            name: self.wording.label(getattr(plain, name))
            for name in PictureWords.__dataclass_fields__
            if name not in ("community", "period", "week_names")
        }
        return PictureWords(self.community.name, self.period, names, **translated)

    def sheet(self, *windows: Figures) -> SheetWords:
        label = self.wording.label
        plain = SheetWords(self.community.name, self.period)
        translated = {
            name: label(getattr(plain, name))
            for name in SheetWords.__dataclass_fields__
            if name not in ("community", "period", "figures", "reasons")
        }
        reasons = {reason: label(reason) for window in windows for reason in window.reasons.values()}
        figures = {name: label(_post.LABELS[name]) for name in NAMES if name in _post.LABELS}
        return SheetWords(self.community.name, self.period, figures, reasons, **translated)


def as_lines(community: Community, data: Mapping[str, Any]) -> list[str]:
    """A report as lines for a terminal."""
    return _post.as_lines(Texts().wording(), community.name, data)
