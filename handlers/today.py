"""Today: a facilitator's day in one short private message, on demand and by itself on working days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.addresses import MessageRef
from bot.core.cadence import next_after
from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Kind, Message, Text, Value, joined, mark, points
from bot.core.roles import Role
from bot.services import Services
from bot.texts import Wording
from storage import contributions, first_posts, members, prompt_schedules, questions, today
from storage.communities import Community, CommunityPlace
from storage.contributions import Contribution
from storage.first_posts import FirstPost
from storage.prompt_schedules import PromptSchedule
from storage.questions import Question

capability = Capability("today")

_NAME = "today"
"""Of the schedule, and of the message that waits until quiet hours are over."""
_FACILITATORS = (Role.FACILITATOR,)
_MOST_NAMED = 5
_USUAL_SILENCE = 7
_QUEUE, _REVIEW = "questions.queue", "contributions.review"
_PROMPTS = "prompts.post"


@dataclass(frozen=True, slots=True)
class Next:
    """What goes out next by itself: its title, marked for translation, and when (UTC)."""

    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What a facilitator's day holds. ``first_post`` leads to the post of the newcomer who has waited longest."""

    community: Community
    waiting: Sequence[Question]
    overdue: Sequence[Question]
    newcomers: Sequence[FirstPost]
    first_post: MessageRef | None
    to_review: Sequence[Contribution]
    silent: Sequence[CommunityPlace]
    next_out: Next | None
    commands: Iterable[str]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.waiting or self.newcomers or self.to_review or self.silent)


@capability.command("today", summary=mark("See what waits for you today"), roles=_FACILITATORS, title=mark("My day"))
async def show(_event: CommandUsed, services: Services) -> None:
    """The day, as it stands now."""
    declined = services.member.id in await today.left_out(services.session, services.community.id)
    label = services.wording.label
    last = Button(label(mark("Every working day, please")), "today.every_day") if declined else None
    await services.answer(message(await _day(services), services.wording, last))


async def tell_facilitators(services: Services) -> None:
    """Every facilitator hears of the day: now, or when quiet hours and the weekend are over.

    Where the next one is due by then, that one tells it: nobody gets two in one day.
    """
    now = services.now()
    opens = services.community.working_time.next_open(now)
    following = next((row.next_at for row in await services.cadences() if row.name == _NAME and row.active), None)
    zone = ZoneInfo(services.community.time_zone)
    if following is not None and following.astimezone(zone).date() <= opens.astimezone(zone).date():
        return
    if opens > now:
        await services.later(_NAME, {}, at=opens, once=f"{_NAME}:{services.community.id}")
    else:
        await _tell(services)


@capability.due(_NAME)
async def tell_later(_payload: dict[str, Any], services: Services) -> None:
    """Quiet hours are over, unless somebody has changed them meanwhile."""
    await tell_facilitators(services)


async def _tell(services: Services) -> None:
    community_id = services.community.id
    left_out = await today.left_out(services.session, community_id)
    day = await _day(services)
    for member in await members.with_role(services.session, community_id, Role.FACILITATOR):
        if member.id not in left_out:
            wording = services.wording_for(member)
            last = Button(wording.label(mark("Not every day, please")), "today.not_every_day")
            await services.tell(member, message(day, wording, last), Kind.REMINDER)


@capability.button("today.not_every_day", roles=_FACILITATORS)
async def not_every_day(_event: ButtonPressed, services: Services) -> None:
    """No message by itself for this facilitator."""
    await today.leave_out(services.session, services.community.id, services.member.id, services.now())
    wording = services.wording
    again = Button(wording.label(mark("Every working day, please")), "today.every_day")
    text = wording.say(mark("Good, I keep quiet about the day. Type /today whenever you want to see it."))
    await services.answer(Message(text, (again,)))


@capability.button("today.every_day", roles=_FACILITATORS)
async def every_day(_event: ButtonPressed, services: Services) -> None:
    """The message by itself again."""
    await today.take_in(services.session, services.community.id, services.member.id)
    await services.answer(Message(services.wording.say(mark("Good, you hear of the day on every working day."))))


async def _day(services: Services) -> Day:
    session, community, now = services.session, services.community, services.now()
    waiting = await questions.unanswered_since(session, community.id, now)
    limit = now - timedelta(hours=community.facilitator_after_hours)
    newcomers = await first_posts.unanswered(session, community.id, now, _MOST_NAMED, also_shown=True)
    post = await services.said(newcomers[0].key) if newcomers else None
    silence = timedelta(days=community.silence_days or _USUAL_SILENCE)
    return Day(
        community=community,
        waiting=waiting,
        overdue=[one for one in waiting if one.asked_at <= limit],
        newcomers=newcomers,
        first_post=post.message if post else None,
        to_review=await contributions.to_review(session, community.id),
        silent=await today.silent_places(session, community.id, now - silence),
        next_out=await _next_out(services),
        commands=services.frame.registry.commands,
    )


async def _next_out(services: Services) -> Next | None:
    """What goes out to people next by itself, beside this message."""
    prompts = {str(one.id): one for one in await prompt_schedules.running(services.session, services.community.id)}
    found = []
    for row in await services.cadences():
        title = services.frame.registry.title_of(row.name)
        if row.active and title and row.name != _NAME:
            prompt = prompts.get(row.subject) if row.name == _PROMPTS else None
            found.append(Next(title, _goes_out(services, prompt) if prompt else row.next_at))
    return min(found, key=lambda one: one.at, default=None)


def _goes_out(services: Services, prompt: PromptSchedule) -> datetime:
    """When the next prompt of a schedule is posted: without what is skipped, and after quiet hours."""
    if prompt.held_until is not None:
        return prompt.held_until
    working = services.community.working_time
    due = next_after(prompt.cadence, services.now(), working.zone)
    while due.local <= (prompt.skip_through or ""):
        due = next_after(prompt.cadence, due.at, working.zone)
    return working.next_open(due.at)


def message(day: Day, wording: Wording, last: Button | None) -> Message:
    """The day in the words of one facilitator; one line when nothing waits."""
    buttons = tuple(_buttons(day, wording)) + ((last,) if last else ())
    if day.is_empty:
        return Message(_nothing(day, wording), buttons)
    lines = [*_waiting(day, wording), *_newcomers(day, wording), *_to_review(day, wording)]
    if day.next_out is not None:
        lines.append(wording.say(mark("Next: {title}, {date}"), **_next(day.next_out, day.community, wording)))
    title = wording.say(mark("**Your day in {community}**"), community=day.community.name)
    parts: list[Value] = [title, points(lines)] if lines else [title]
    return Message(joined([*parts, _first(day, wording)]), buttons)


def _nothing(day: Day, wording: Wording) -> Text:
    if day.next_out is None:
        return wording.say(mark("Nothing waits for you in **{community}** today."), community=day.community.name)
    return wording.say(
        mark("Nothing waits for you in **{community}** today. Next: {title}, {date}"),
        community=day.community.name,
        **_next(day.next_out, day.community, wording),
    )


def _next(next_out: Next, community: Community, wording: Wording) -> dict[str, Value]:
    date = wording.moment(next_out.at, community.time_zone)
    return {"title": wording.label(next_out.title), "date": date}


def _waiting(day: Day, wording: Wording) -> list[Text]:
    if not day.waiting:
        return []
    late = {one.id for one in day.overdue}
    codes = [
        wording.label(mark("{code} (overdue)"), code=one.code) if one.id in late else one.code for one in day.waiting
    ]
    return [
        wording.plural(
            "**{count} question waits:** {codes}",
            "**{count} questions wait:** {codes}",
            len(day.waiting),
            codes=_some(wording, codes),
        )
    ]


def _newcomers(day: Day, wording: Wording) -> list[Text]:
    return [
        wording.say(
            mark("**{name}** is new and wrote in **#{place}** on {day}; nobody has answered yet."),
            name=post.name,
            place=post.place,
            day=wording.day(_local(day, post.at)),
        )
        for post in day.newcomers
    ]


def _local(day: Day, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(day.community.time_zone))


def _to_review(day: Day, wording: Wording) -> list[Text]:
    if not day.to_review:
        return []
    return [
        wording.plural(
            "**{count} contribution to review:** {codes}",
            "**{count} contributions to review:** {codes}",
            len(day.to_review),
            codes=_some(wording, [one.code for one in day.to_review]),
        )
    ]


def _some(wording: Wording, codes: Sequence[str]) -> str:
    """The first of them, and that there are more."""
    shown = list(codes[:_MOST_NAMED])
    return wording.listing(shown) if len(shown) == len(codes) else ", ".join([*shown, "…"])


def _first(day: Day, wording: Wording) -> Text:
    """The one thing that is worth most, with what does it."""
    say = wording.say
    if day.overdue:
        return say(mark("**First:** give {code} to somebody: /assign {code} @name"), code=day.overdue[0].code)
    if day.newcomers:
        return say(mark("**First:** answer {name}. An answer to a first post brings people back."),
                   name=day.newcomers[0].name)  # fmt: skip
    if day.to_review:
        return say(mark("**First:** look at {code}. Its author waits to see it published."),
                   code=day.to_review[0].code)  # fmt: skip
    if day.silent and "prompt" in day.commands:
        return say(mark("**First:** it is quiet in **#{place}**. Start a conversation: /prompt now"),
                   place=day.silent[0].name)  # fmt: skip
    if day.silent:
        return say(mark("**First:** it is quiet in **#{place}**. Say something there."), place=day.silent[0].name)
    return say(mark("Nothing of this is urgent."))


def _buttons(day: Day, wording: Wording) -> list[Button]:
    """The way to what waits; the first one leads to what is suggested."""
    label = wording.label
    found = []
    if day.waiting:
        found.append(Button(label(mark("Open the queue")), _QUEUE, "open"))
    if day.first_post is not None:
        found.append(Button(label(mark("Go to the first post")), goes_to=day.first_post))
    if day.to_review:
        found.append(Button(label(mark("Show what to review")), _REVIEW))
    return found
