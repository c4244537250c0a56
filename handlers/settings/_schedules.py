"""What recurs for a community: how often, when next, and whether at all. A new cadence counts once it is confirmed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.core.cadence import UnknownCadence, too_often, understood, upcoming
from bot.core.capability import Schedule
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Choice, ChoiceField, Form, TextField
from bot.core.messages import Button, Emphasis, Message, Text, joined, mark, points
from bot.services import Services
from handlers.settings import _lines as lines
from handlers.settings._capability import FACILITATORS, capability, not_understood
from storage.schedules import StoredSchedule

_USAGE = mark("settings schedule today weekdays 8:30, or settings schedule today on|off")
_ON, _OFF = "on", "off"
_SHOWN_DATES = 3
_NOT_MINE = mark("Nothing of that name recurs here (any more). See /settings.")


async def lines_of(services: Services) -> list[Text]:
    """One line for each thing that recurs and has a title: how often, and when next."""
    return [line(services, row, title) for row, title in await _titled(services)]


async def _titled(services: Services) -> list[tuple[StoredSchedule, str]]:
    """What recurs, with the title that people know it by."""
    rows = [(row, services.frame.registry.title_of(row.name)) for row in await services.cadences()]
    return [(row, services.wording.label(title)) for row, title in rows if title]


def line(services: Services, row: StoredSchedule, title: str) -> Text:
    """What recurs, how often, and when next."""
    wording = services.wording
    if not row.active:
        return wording.say(mark("{title}: switched off"), title=title)
    return wording.say(
        mark("{title}: {cadence} (next: {date})"),
        title=title,
        cadence=row.cadence,
        date=wording.moment(row.next_at, services.community.time_zone),
    )


@capability.button("settings.schedules", roles=FACILITATORS)
async def ask_for_schedule(event: ButtonPressed, services: Services) -> None:
    """Which one, unless the button's subject tells that, and how often."""
    label = services.wording.label
    declared = may_be_changed(services)
    choices = tuple(Choice(one.name, label(one.title)) for one in declared)
    chosen = choices[0].value if len(choices) == 1 else event.subject
    await services.open_form(
        Form(
            action="settings.schedule_asked",
            title=label(mark("Schedules")),
            submit=label(mark("Go on")),
            language=services.wording.language,
            fields=(
                ChoiceField(name="schedule", label=label(mark("Which one?")), choices=choices,
                            initial=chosen or None),
                ChoiceField(name="switch", label=label(mark("Shall it come by itself?")), initial=_ON,
                            choices=(Choice(_ON, label(mark("Yes"))), Choice(_OFF, label(mark("No, switch it off"))))),
                TextField(name="cadence", label=label(mark("How often?")), required=False, max_length=100,
                          hint=label(mark("Such as: weekdays 8:30, every monday 9:00, first tuesday 10:00. "
                                          "Empty: as it was."))),
            ),
        )
    )  # fmt: skip


@capability.form("settings.schedule_asked", roles=FACILITATORS)
async def asked_for_schedule(event: FormSubmitted, services: Services) -> None:
    """Switch it off at once; any other change is shown with its dates first."""
    schedule = _called(services, str(event.values["schedule"]))
    if event.values["switch"] == _OFF:
        await _switch_off(services, schedule)
    elif event.values.get("cadence"):
        await _show_dates(services, schedule, str(event.values["cadence"]))
    else:
        await _switch_on(services, schedule)


async def said_schedule(services: Services, words: str) -> None:
    """``today weekdays 8:30``, ``today off`` or ``today on``."""
    name, _, cadence = words.partition(" ")
    if not cadence:
        raise not_understood(services, _USAGE)
    schedule = _called(services, name)
    if cadence.casefold() == _OFF:
        await _switch_off(services, schedule)
    elif cadence.casefold() == _ON:
        await _switch_on(services, schedule)
    else:
        await _show_dates(services, schedule, cadence)


async def _show_dates(services: Services, schedule: Schedule, words: str) -> None:
    """What was understood, with its next three dates; nothing has changed yet."""
    cadence = _understood(words)
    zone = services.community.time_zone
    wording = services.wording
    dates = upcoming(cadence, services.now(), ZoneInfo(zone), _SHOWN_DATES)
    head = wording.say(
        mark("**{title}**: {cadence}. It would come next:"), title=wording.label(schedule.title), cadence=cadence
    )
    buttons = (
        Button(wording.label(mark("Yes, from now on")), "settings.schedule_set", f"{schedule.name} {cadence}",
               Emphasis.PRIMARY),
        Button(wording.label(mark("No, leave it")), "settings.schedule_left", schedule.name),
    )  # fmt: skip
    body = joined([head, points([wording.moment(one.at, zone) for one in dates])])
    await services.answer(Message(body, buttons))


def _understood(words: str) -> str:
    try:
        cadence = understood(words)
    except UnknownCadence:
        raise Refusal(
            mark("I don't know when that is: {words}. Write it like: weekdays 8:30, every monday 9:00, "
                 "first tuesday 10:00."),
            words=words[:60],
        ) from None  # fmt: skip
    if too_often(cadence):
        raise Refusal(mark("That comes more than once an hour. Please choose times that are an hour or more apart."))
    return cadence


@capability.button("settings.schedule_set", roles=FACILITATORS)
async def set_schedule(event: ButtonPressed, services: Services) -> None:
    """What was shown counts from now on."""
    name, _, cadence = event.subject.partition(" ")
    schedule = _called(services, name)
    await services.every(schedule.name, cadence)
    await services.edit(event.reference, await _now(services, schedule))


@capability.button("settings.schedule_left", roles=FACILITATORS)
async def leave_schedule(event: ButtonPressed, services: Services) -> None:
    """Everything stays as it was."""
    await services.edit(event.reference, await _now(services, _called(services, event.subject)))


async def _switch_off(services: Services, schedule: Schedule) -> None:
    await services.no_longer(schedule.name)
    await services.answer(await _now(services, schedule))


async def _switch_on(services: Services, schedule: Schedule) -> None:
    """As often as it was before it was switched off."""
    row = next((one for one in await services.cadences() if one.name == schedule.name), None)
    await services.every(schedule.name, row.cadence if row else schedule.cadence)
    await services.answer(await _now(services, schedule))


async def _now(services: Services, schedule: Schedule) -> Message:
    return lines.saved(
        services.wording, *(line(services, row, title) for row, title in await _titled(services)
                            if row.name == schedule.name)
    )  # fmt: skip


def may_be_changed(services: Services) -> list[Schedule]:
    """The declared schedules that a community may change."""
    return [one for one in services.frame.registry.schedules.values() if one.title and one.per_community]


def _called(services: Services, name: str) -> Schedule:
    """The declared schedule of this name, its first word, or its title. Raises Refusal."""
    wanted = name.casefold()
    for one in may_be_changed(services):
        if wanted in (one.name, one.name.partition(".")[0], services.wording.label(one.title).casefold()):
            return one
    raise Refusal(_NOT_MINE)
