"""Schedules of prompts: proposed in words, shown with their next three dates, and running once somebody says yes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.core.cadence import UnknownCadence, first_moment, too_often, understood
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed
from bot.core.messages import Button, Emphasis, Message, Text, Value, joined, mark, points
from bot.core.roles import Purpose, Role
from bot.services import Services
from handlers.prompts._calendar import Planned, planned
from handlers.prompts._capability import capability
from handlers.prompts._library import add_own, kind_name, next_for, words_of
from handlers.prompts._options import question_and_options
from handlers.prompts._pack import OWN
from handlers.prompts._posting import POST, chosen_places
from handlers.prompts._report import shortened
from storage import communities, prompt_schedules, prompts
from storage.prompt_schedules import PromptSchedule, ScheduleState

USAGE = mark("prompt schedule every monday 9:00, or prompt schedule first tuesday 10:00: your question")
_TEXT_BEGINS = re.compile(r"\s*[:：](?!\d)\s*")
_CHANGED = mark("That was changed in the meantime. See what comes next: /prompt")
_STOP = re.compile(r"stop\s+(\d{1,3})")
_DATES = 3
_MOST = 10


@dataclass(frozen=True, slots=True)
class Next:
    """The prompt that goes out next of all: by which schedule, and when."""

    schedule: PromptSchedule
    planned: Planned


async def next_of_all(services: Services) -> Next | None:
    """What goes out next in the community; None when nothing is scheduled."""
    now, working_time = services.now(), services.community.working_time
    every = [
        Next(one, planned(one, now, working_time)[0])
        for one in await prompt_schedules.running(services.session, services.community.id)
    ]
    return min(every, key=lambda one: (one.planned.at, one.planned.due, one.schedule.id), default=None)


async def schedule(services: Services, rest: str) -> None:
    """Without words the schedules; ``stop 1`` ends one; anything else is a new one, which is proposed."""
    stop = _STOP.fullmatch(rest.casefold())
    if not rest:
        await show_schedules(services)
    elif stop is not None:
        await _stop_number(services, int(stop[1]))
    else:
        everywhere, rest = for_all_places(rest)
        cadence, *text = _TEXT_BEGINS.split(rest, maxsplit=1)
        await _propose(services, cadence, text[0].strip() if text else "", everywhere=everywhere)


def for_all_places(words: str) -> tuple[bool, str]:
    """Whether words begin with *everywhere*, which means all main places, and what follows it."""
    first, _, rest = words.partition(" ")
    return (True, rest.strip()) if first.casefold().rstrip(":") == "everywhere" else (False, words)


async def _propose(services: Services, words: str, text: str, *, everywhere: bool) -> None:
    try:
        cadence = understood(words)
        often = too_often(cadence)
    except UnknownCadence:
        key = mark("I don't understand when that is. I understand: every monday 9:00, weekdays 14:30, "
                   "first tuesday 10:00, last friday 16:00, or cron (0 9 * * 1 is Monday at nine).")  # fmt: skip
        raise Refusal(key) from None
    if often:
        raise Refusal(mark("People need time to answer. Please choose times that are an hour or more apart."))
    places = await chosen_places(services, everywhere=everywhere)
    place = places[0]
    first = await add_own(services, OWN, text, keep=False) if text else None
    await _check_new(services, cadence, place.id)
    proposed = await prompt_schedules.propose(
        services.session,
        PromptSchedule(
            community_id=services.community.id,
            place_id=place.id,
            everywhere=len(places) > 1,
            cadence=cadence,
            first_id=first.id if first else None,
            proposed_by=services.member.id,
            proposed_at=services.now(),
        ),
    )
    say, label = services.wording.say, services.wording.label
    dates = planned(proposed, services.now(), services.community.working_time, _DATES)
    parts: list[Value] = [
        say(
            mark("**{cadence}** in **#{place}**. The next three dates:"),
            cadence=cadence,
            place=communities.names_of(places),
        ),
        points([date_of(services, one) for one in dates]),
        say(mark("Times are those of {zone}."), zone=services.community.time_zone),
    ]
    if first is not None:
        parts.append(say(mark("It begins with your question. Then the library takes over, as no prompt comes twice "
                              "within 90 days.")))  # fmt: skip
        options = question_and_options(words_of(first, services.community_wording))[1]
        if options:
            parts += [say(mark("People choose from:")), points(options)]
    buttons = (
        Button(label(mark("Yes, schedule it")), "prompts.confirm", str(proposed.id), Emphasis.PRIMARY),
        Button(label(mark("Cancel")), "prompts.cancel", str(proposed.id)),
    )
    await services.answer(Message(joined(parts), buttons))


async def _check_new(services: Services, cadence: str, place_id: int) -> None:
    """Raise Refusal when the same runs already, or very many do."""
    known = await prompt_schedules.running(services.session, services.community.id)
    if any((one.cadence, one.place_id) == (cadence, place_id) for one in known):
        raise Refusal(mark("That is scheduled here already. See all of them: /prompt schedule"))
    if len(known) >= _MOST:
        raise Refusal(mark("There are ten schedules already. Stop one of them first: /prompt schedule"))


def date_of(services: Services, one: Planned) -> Text:
    """A date with its weekday on the community's clocks, and until when it is held."""
    if not one.waits:
        return Text("{when}", {"when": moment(services, one.due)})
    return services.wording.say(
        mark("{when}: that is a weekend or in quiet hours, so it goes out on {open}"),
        when=moment(services, one.due),
        open=moment(services, one.at),
    )


def moment(services: Services, at: datetime) -> str:
    """A date and time on the community's clocks, in the language of who acts."""
    return services.wording.moment(at, services.community.time_zone)


async def _proposal(services: Services, subject: str) -> PromptSchedule:
    found = await prompt_schedules.by_id(services.session, services.community.id, int(subject))
    if found is None or found.state == ScheduleState.STOPPED.value:
        raise Refusal(mark("This schedule is over. Make a new one: /prompt schedule every monday 9:00"))
    return found


@capability.button("prompts.confirm", roles=(Role.FACILITATOR,))
async def confirm(event: ButtonPressed, services: Services) -> None:
    """The schedule counts from now on."""
    proposed = await _proposal(services, event.subject)
    await prompts.hold_library(services.session, services.community.id)
    if proposed.state == ScheduleState.PROPOSED.value:
        await _check_new(services, proposed.cadence, proposed.place_id)
    if not await prompt_schedules.start(services.session, proposed.id, services.now()):
        raise Refusal(mark("It runs already. See all of them: /prompt schedule"))
    if proposed.first_id is not None:  # until now nobody had said yes to it
        await prompts.take_back(services.session, proposed.first_id)
    await services.every(POST, proposed.cadence, subject=str(proposed.id))
    first = planned(proposed, services.now(), services.community.working_time)[0]
    text = services.wording.say(
        mark("Done: **{cadence}** in **#{place}**. The first prompt goes out on {when}."),
        cadence=proposed.cadence,
        place=await _place_name(services, proposed),
        when=moment(services, first.at),
    )
    await services.edit(event.reference, Message(text))


@capability.button("prompts.cancel", roles=(Role.FACILITATOR,))
async def cancel(event: ButtonPressed, services: Services) -> None:
    """Nothing is scheduled."""
    proposed = await _proposal(services, event.subject)
    if not await prompt_schedules.cancel(services.session, proposed.id):
        raise Refusal(mark("It runs already. Stop it here: /prompt schedule"))
    await services.edit(event.reference, Message(services.wording.say(mark("All right, nothing is scheduled."))))


async def show_schedules(services: Services) -> None:
    """Every schedule with when it is next, and a button to stop it."""
    await services.answer(await _schedules_message(services))


async def _schedules_message(services: Services) -> Message:
    say, label = services.wording.say, services.wording.label
    known = await prompt_schedules.running(services.session, services.community.id)
    if not known:
        return Message(say(mark("No prompt is scheduled. Try: /prompt schedule every monday 9:00")))
    lines, buttons = [], []
    for number, one in enumerate(known, start=1):
        soonest = planned(one, services.now(), services.community.working_time)[0]
        key = mark("**{number}.** {cadence} in **#{place}**, next on {when}")
        place = await _place_name(services, one)
        when = moment(services, soonest.at)
        lines.append(say(key, number=str(number), cadence=one.cadence, place=place, when=when))
        buttons.append(Button(label(mark("Stop {number}"), number=str(number)), "prompts.stop", str(one.id)))
    return Message(joined([say(mark("**Scheduled prompts**")), *lines], "\n\n"), tuple(buttons))


async def _place_name(services: Services, one: PromptSchedule) -> str:
    place = await communities.place_by_id(services.session, one.place_id)
    places = [place] if place else []
    if one.everywhere:
        main = await communities.places_for(services.session, services.community.id, Purpose.MAIN)
        places += [other for other in main if other.id != one.place_id]
    return communities.names_of(places) or "?"


@capability.button("prompts.schedules", roles=(Role.FACILITATOR,))
async def show_from_button(_event: ButtonPressed, services: Services) -> None:
    """The overview's button *Schedules*."""
    await show_schedules(services)


@capability.button("prompts.stop", roles=(Role.FACILITATOR,))
async def stop_from_button(event: ButtonPressed, services: Services) -> None:
    """One schedule ends; the list shows what is left."""
    found = await prompt_schedules.by_id(services.session, services.community.id, int(event.subject))
    await _stop(services, found)
    await services.edit(event.reference, await _schedules_message(services))


async def _stop_number(services: Services, number: int) -> None:
    known = await prompt_schedules.running(services.session, services.community.id)
    await _stop(services, known[number - 1] if 0 < number <= len(known) else None)


async def _stop(services: Services, found: PromptSchedule | None) -> None:
    """Raises Refusal when it does not run (any more)."""
    if found is None or not await prompt_schedules.stop(services.session, found.id):
        raise Refusal(mark("There is no such schedule (any more). See all of them: /prompt schedule"))
    await services.no_longer(POST, str(found.id))
    say = services.wording.say
    await services.answer(Message(say(mark("Stopped: **{cadence}**."), cadence=found.cadence)))


async def skip(services: Services, expected: str = "") -> None:
    """Leave out what goes out next, and say what comes after it. ``expected``: only if that is still this one."""
    soonest = await next_of_all(services)
    if soonest is None:
        raise Refusal(mark("Nothing is scheduled, so there is nothing to leave out. Try: /prompt schedule"))
    one, date = soonest.schedule, soonest.planned
    if expected and expected != name_of(soonest):
        raise Refusal(mark("That date is left out already, or over. See what comes next: /prompt"))
    before = one.skip_through or ""
    prompt = await next_for(services, one, date.at)
    if not await prompt_schedules.leave_out(services.session, one.id, date.local, by_hand=date.at):
        raise Refusal(mark("That date is left out already, or over. See what comes next: /prompt"))
    say, label = services.wording.say, services.wording.label
    parts: list[Value] = [
        say(mark("Left out: **{when}** in **#{place}**."), when=moment(services, date.at),
            place=await _place_name(services, one)),
    ]  # fmt: skip
    after = await next_of_all(services)
    if after is not None:
        parts.append(await line_of_next(services, after))
    subject = f"{one.id}|{date.local}|{before}"
    buttons = [Button(label(mark("Undo")), "prompts.undo_skip", subject)]
    if prompt is not None:
        subject = f"{subject}|{prompt.id}"
        buttons.append(Button(label(mark("Post then, but another prompt")), "prompts.another", subject))
    await services.answer(Message(joined(parts), tuple(buttons)))


def name_of(soonest: Next) -> str:
    """What tells this date from every other, for a button."""
    return f"{soonest.schedule.id}|{soonest.planned.local}"


async def line_of_next(services: Services, soonest: Next) -> Text:
    """When the next prompt goes out, where, and which it is."""
    say, wording = services.wording.say, services.community_wording
    prompt = await next_for(services, soonest.schedule, soonest.planned.at)
    values = {
        "when": moment(services, soonest.planned.at),
        "place": await _place_name(services, soonest.schedule),
    }
    if prompt is None:
        key = mark("Next: {when} in **#{place}**, but every prompt rests then. Add one, or draft some: /prompt draft")
        return say(key, **values)
    key = mark("Next: {when} in **#{place}**. *{kind}*: {prompt}")
    return say(key, **values, kind=kind_name(prompt.kind, wording), prompt=shortened(words_of(prompt, wording)))


async def _put_back(services: Services, subject: str) -> str:
    """The date that was left out counts again; what else the button knows. Raises Refusal."""
    schedule_id, local, before, *rest = subject.split("|")
    due = first_moment(datetime.fromisoformat(local), ZoneInfo(services.community.time_zone))
    if due <= services.now():
        raise Refusal(mark("That date is over. Post a prompt now with /prompt now"))
    if not await prompt_schedules.put_back(services.session, int(schedule_id), local, before or None):
        raise Refusal(_CHANGED)
    return rest[0] if rest else ""


@capability.button("prompts.undo_skip", roles=(Role.FACILITATOR,))
async def undo_skip(event: ButtonPressed, services: Services) -> None:
    """The date is not left out after all."""
    await _put_back(services, event.subject)
    await _say_next(event, services)


@capability.button("prompts.another", roles=(Role.FACILITATOR,))
async def another(event: ButtonPressed, services: Services) -> None:
    """The date stays, and another prompt takes its turn."""
    prompt_id = await _put_back(services, event.subject)
    schedule_id = int(event.subject.partition("|")[0])
    found = await prompt_schedules.by_id(services.session, services.community.id, schedule_id)
    if found is not None and found.first_id == int(prompt_id):
        await prompt_schedules.begun(services.session, schedule_id)
    await prompts.pass_over(services.session, int(prompt_id), services.now())
    await _say_next(event, services)


async def _say_next(event: ButtonPressed, services: Services) -> None:
    soonest = await next_of_all(services)
    if soonest is None:
        raise Refusal(_CHANGED)
    await services.edit(event.reference, Message(await line_of_next(services, soonest)))
