"""Posting a prompt: now, by a schedule, or later than planned because people rested or nothing ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.cadence import Occurrence, last_until
from bot.core.errors import Refusal
from bot.core.messages import Button, Emphasis, Kind, Message, Text, joined, mark
from bot.core.roles import Purpose, Role
from bot.services import Services
from bot.texts import Wording
from handlers.prompts._capability import capability
from handlers.prompts._library import kind_name, next_for, words_of
from handlers.prompts._options import poll_of, question_and_options
from storage import communities, members, prompt_copies, prompt_schedules, prompts
from storage.columns import to_microseconds
from storage.communities import CommunityPlace
from storage.prompt_copies import PromptCopy
from storage.prompt_schedules import PromptSchedule, ScheduleState
from storage.prompts import LibraryPrompt, PostedPrompt

POST = "prompts.post"
REPORT = "prompts.report"
REPORT_AFTER = timedelta(days=7)
_HELD = "prompts.held"
_CATCH_UP = timedelta(days=7)
_ON_TIME = timedelta(minutes=30)


class Reason(StrEnum):
    """Why a prompt was posted."""

    NOW = "now"
    SCHEDULED = "scheduled"
    LATE = "late"
    EARLY = "early"


def prompt_message(wording: Wording, prompt: LibraryPrompt, posted_id: int) -> Message:
    """A prompt as everybody reads it, with its poll."""
    say, words = wording.say, words_of(prompt, wording)
    text = joined(
        [
            say(mark("**{kind}**"), kind=kind_name(prompt.kind, wording)),
            Text("{prompt}", {"prompt": question_and_options(words)[0]}),
            say(mark("*Answer here in the thread, or with the button. Two minutes are enough.*")),
        ]
    )
    answer = Button(wording.label(mark("Answer")), "prompts.answer", str(posted_id), Emphasis.PRIMARY)
    return Message(text, (answer,), poll=poll_of(words))


async def chosen_places(services: Services, *, everywhere: bool = False) -> list[CommunityPlace]:
    """Where prompts go that somebody asks for: where they are, else the main place. Raises Refusal without one.

    ``everywhere``: to every main place. That is so too where the community wants it, unless they are in another place.
    """
    here, all_of_them = services.known_place, everywhere or services.community.all_main_places
    elsewhere = [Purpose.LISTENING.value, *([Purpose.MAIN.value] if all_of_them else [])]
    if here is not None and is_open(here, services) and here.purpose not in elsewhere and not everywhere:
        return [here]
    main = await communities.places_for(services.session, services.community.id, Purpose.MAIN)
    if not main:
        raise Refusal(mark("This community has no main place that I could post in. Choose one first: /settings"))
    return main if all_of_them else main[:1]


async def places_of(services: Services, posted: PostedPrompt) -> list[CommunityPlace]:
    """Where a prompt was posted."""
    copies = await prompt_copies.of(services.session, posted.id)
    found = [
        await communities.place_by_id(services.session, place_id)
        for place_id in (posted.place_id, *(copy.place_id for copy in copies))
    ]
    return [place for place in found if place is not None]


def is_open(place: CommunityPlace, services: Services) -> bool:
    """Whether the community still meets in this place."""
    return place.active and place.community_id == services.community.id


async def publish(
    services: Services,
    prompt: LibraryPrompt,
    places: Sequence[CommunityPlace],
    reason: Reason,
    schedule: PromptSchedule | None = None,
    in_place_of: str | None = None,
) -> PostedPrompt:
    """Post this prompt in these places, as one, and plan the look at how it did."""
    now = services.now()
    row = PostedPrompt(
        community_id=services.community.id,
        prompt_id=prompt.id,
        kind=prompt.kind,
        place_id=places[0].id,
        schedule_id=schedule.id if schedule else None,
        reason=reason.value,
        in_place_of=in_place_of,
        posted_at=now,
    )
    posted = await prompts.post(services.session, row)
    message = prompt_message(services.community_wording, prompt, posted.id)
    posted.reference = (await services.post(places[0].address, message, Kind.PROMPT)).reference
    for place in places[1:]:
        reference = (await services.post(place.address, message, Kind.PROMPT)).reference
        copy = PromptCopy(community_id=row.community_id, posted_id=posted.id, place_id=place.id, reference=reference)
        await prompt_copies.keep(services.session, copy)
    if schedule is not None and schedule.first_id == prompt.id:
        await prompt_schedules.begun(services.session, schedule.id)
    due = services.community.working_time.after(now, REPORT_AFTER)
    await services.later(REPORT, {"posted": posted.id}, at=due)
    return posted


async def post_next(
    services: Services, schedule: PromptSchedule, reason: Reason, in_place_of: str | None = None
) -> PostedPrompt | None:
    """Post what is next for a schedule. None when its place is gone or every prompt rests; facilitators are told."""
    place = await communities.place_by_id(services.session, schedule.place_id)
    places = [place] if place is not None and is_open(place, services) else []
    if schedule.everywhere:
        main = await communities.places_for(services.session, services.community.id, Purpose.MAIN)
        places += [one for one in main if one.id != schedule.place_id]
    if not places:
        await _give_up(services, schedule, place)
        return None
    prompt = await next_for(services, schedule)
    if prompt is None:
        await _tell_empty(services)
        return None
    return await publish(services, prompt, places, reason, schedule, in_place_of)


@capability.recurring(POST, catch_up=_CATCH_UP, title=mark("A prompt"))
async def post_scheduled(subject: str, services: Services) -> None:
    """The time of a schedule has come. Quiet hours and weekends hold it, and what falls together is posted once."""
    schedule = await prompt_schedules.by_id(services.session, services.community.id, int(subject))
    if schedule is None or schedule.state != ScheduleState.RUNNING.value:
        await services.no_longer(POST, subject)
        return
    now = services.now()
    occurrence = last_until(schedule.cadence, now, _zone(services), since=now - _CATCH_UP - timedelta(days=1))
    if occurrence is None or occurrence.local <= (schedule.skip_through or ""):
        return
    opens = services.community.working_time.next_open(now)
    if opens > now:
        await _hold(services, schedule, opens)
        return
    held = await prompt_schedules.release(services.session, schedule.id)
    if await _caught_up_today(services, schedule, occurrence):
        return
    late = held or now - occurrence.at > _ON_TIME
    await post_next(services, schedule, Reason.LATE if late else Reason.SCHEDULED)


async def _hold(services: Services, schedule: PromptSchedule, opens: datetime) -> None:
    if await prompt_schedules.hold(services.session, schedule.id, opens):
        once = f"{_HELD}:{schedule.id}:{to_microseconds(opens)}"
        await services.later(_HELD, {"schedule": schedule.id}, at=opens, once=once)


async def _caught_up_today(services: Services, schedule: PromptSchedule, occurrence: Occurrence) -> bool:
    """Whether what this schedule missed was made good earlier on the same day: one a day is enough then."""
    caught_up = await prompts.last_of_schedule(services.session, schedule.id, Reason.LATE.value)
    zone = _zone(services)
    return caught_up is not None and caught_up.astimezone(zone).date() == occurrence.at.astimezone(zone).date()


@capability.due(_HELD)
async def post_held(payload: Mapping[str, Any], services: Services) -> None:
    """Quiet hours are over, unless they were changed meanwhile."""
    schedule = await prompt_schedules.by_id(services.session, services.community.id, payload["schedule"])
    if schedule is None or not await prompt_schedules.release(services.session, schedule.id):
        return
    opens = services.community.working_time.next_open(services.now())
    if opens > services.now():
        await _hold(services, schedule, opens)
        return
    await post_next(services, schedule, Reason.LATE)


async def tell_facilitators(services: Services, said: Callable[[Wording], Message]) -> None:
    """Say something privately to every facilitator, in their language."""
    for facilitator in await members.with_role(services.session, services.community.id, Role.FACILITATOR):
        await services.tell(facilitator, said(services.wording_for(facilitator)), Kind.REMINDER)


async def _give_up(services: Services, schedule: PromptSchedule, place: CommunityPlace | None) -> None:
    """The place is gone: the schedule ends, and facilitators hear of it, once."""
    if not await prompt_schedules.stop(services.session, schedule.id):
        return
    await services.no_longer(POST, str(schedule.id))
    name = place.name if place else "?"

    def said(wording: Wording) -> Message:
        key = mark("I can no longer post prompts in **#{place}**, so I stopped its schedule ({cadence}). "
                   "Type /prompt schedule {cadence} where you want them now.")  # fmt: skip
        return Message(wording.say(key, place=name, cadence=schedule.cadence))

    await tell_facilitators(services, said)


async def _tell_empty(services: Services) -> None:
    """Every prompt rests: facilitators hear of it, once until there is one again."""
    if not await prompts.tell_empty(services.session, services.community.id, services.now()):
        return

    def said(wording: Wording) -> Message:
        key = mark("The community has seen every prompt of the library within 90 days, so I posted none. "
                   "Let me draft new ones, or add yours: /prompt add debate: your question")  # fmt: skip
        return Message(wording.say(key), (Button(wording.label(mark("Draft new prompts")), "prompts.draft"),))

    await tell_facilitators(services, said)


def _zone(services: Services) -> ZoneInfo:
    return ZoneInfo(services.community.time_zone)
