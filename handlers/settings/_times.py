"""Quiet hours, the weekend, reminders, language and time zone."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Choice, ChoiceField, Form, MultiChoiceField, TextField
from bot.core.messages import mark
from bot.core.time_zones import time_zone_called
from bot.services import Services
from bot.texts import OWN_NAMES, known_language, own_name
from handlers.settings import _lines as lines
from handlers.settings import _values as values
from handlers.settings._capability import FACILITATORS, capability, not_understood
from storage import communities

_QUIET_USAGE = mark("settings quiet 21:00 7:00, or settings quiet none")
_WEEKEND_USAGE = mark("settings weekend saturday sunday, or settings weekend none")
_REMINDERS_USAGE = mark("settings reminders 24 48 72")
_ZONE_USAGE = mark("settings timezone Africa/Nairobi")
_LANGUAGE_USAGE = mark("settings language en")
_NONE = "none"


@capability.button("settings.times", roles=FACILITATORS)
async def ask_for_times(_event: ButtonPressed, services: Services) -> None:
    """When nobody is reminded of anything."""
    label, community = services.wording.label, services.community
    days = tuple(Choice(str(number), name) for number, name in enumerate(services.wording.weekdays))
    hint = label(mark("Such as 21:00; the same time twice means no quiet hours"))
    intro = services.wording.say(
        mark("In quiet hours and on the weekend I send no reminders and no prompts. New questions and answers come at "
             "any time.")
    )  # fmt: skip
    await services.open_form(
        Form(
            action="settings.times_set",
            title=label(mark("Quiet hours and weekend")),
            submit=label(mark("Save")),
            intro=intro,
            language=services.wording.language,
            fields=(
                TextField(name="from", label=label(mark("Quiet from")), hint=hint, initial=community.quiet_from,
                          max_length=10),
                TextField(name="until", label=label(mark("Quiet until")), initial=community.quiet_until, max_length=10),
                MultiChoiceField(name="weekend", label=label(mark("Weekend")), choices=days, required=False,
                                 initial=list(community.weekend)),
            ),
        )
    )  # fmt: skip


@capability.form("settings.times_set", roles=FACILITATORS)
async def set_times(event: FormSubmitted, services: Services) -> None:
    """Keep quiet hours and weekend together."""
    start, end = values.quiet_hours(str(event.values["from"]), str(event.values["until"]))
    days = event.values.get("weekend")
    weekend = values.weekend_of([int(day) for day in days] if isinstance(days, list) else [])
    await _change_times(services, quiet_from=start, quiet_until=end, weekend=weekend)


async def said_quiet(services: Services, words: str) -> None:
    """``21:00 7:00``, or ``none``."""
    parts = words.casefold().split()
    if parts == [_NONE]:
        parts = ["0:00", "0:00"]
    if len(parts) != 2:
        raise not_understood(services, _QUIET_USAGE)
    start, end = values.quiet_hours(*parts)
    await _change_times(services, quiet_from=start, quiet_until=end)


async def said_weekend(services: Services, words: str) -> None:
    """``saturday sunday``, or ``none``."""
    if not words.strip():
        raise not_understood(services, _WEEKEND_USAGE)
    days = "" if words.strip().casefold() == _NONE else values.weekend(words, services.wording.weekdays)
    await _change_times(services, weekend=days)


async def _change_times(services: Services, **changed: str) -> None:
    await communities.change(services.session, services.community, **changed)
    wording, community = services.wording, services.community
    await services.answer(
        lines.saved(wording, lines.quiet_hours(wording, community), lines.weekend(wording, community))
    )


@capability.button("settings.reminders", roles=FACILITATORS)
async def ask_for_reminders(_event: ButtonPressed, services: Services) -> None:
    """How long a question may wait."""
    label, community = services.wording.label, services.community

    def hours(name: str, title: str, now: int) -> TextField:
        return TextField(name=name, label=title, initial=str(now), max_length=4)

    await services.open_form(
        Form(
            action="settings.reminders_set",
            title=label(mark("Reminders")),
            submit=label(mark("Save")),
            intro=services.wording.say(
                mark("Hours count from when an expert gets the question, and they rest in quiet hours and on weekends.")
            ),
            language=services.wording.language,
            fields=(
                hours("remind", label(mark("Hours until the expert is reminded")), community.remind_after_hours),
                hours("move", label(mark("Hours until the next expert gets it")), community.next_expert_after_hours),
                hours("tell", label(mark("Hours until the facilitators hear of it")),
                      community.facilitator_after_hours),
            ),
        )
    )  # fmt: skip


@capability.form("settings.reminders_set", roles=FACILITATORS)
async def set_reminders(event: FormSubmitted, services: Services) -> None:
    """Keep the three together."""
    await _change_reminders(services, *(str(event.values[name]) for name in ("remind", "move", "tell")))


async def said_reminders(services: Services, words: str) -> None:
    """``24 48 72``."""
    if not words.strip():
        raise not_understood(services, _REMINDERS_USAGE)
    await _change_reminders(services, *words.split())


async def _change_reminders(services: Services, *words: str) -> None:
    remind, move, tell = values.reminder_hours(*words)
    await communities.change(
        services.session,
        services.community,
        remind_after_hours=remind,
        next_expert_after_hours=move,
        facilitator_after_hours=tell,
    )
    await services.answer(lines.saved(services.wording, lines.reminders(services.wording, services.community)))


@capability.button("settings.language", roles=FACILITATORS)
async def ask_for_language(_event: ButtonPressed, services: Services) -> None:
    """What everybody reads, and by whose clocks."""
    label, community = services.wording.label, services.community
    choices = tuple(Choice(code, own_name(code)) for code in _languages(services))
    await services.open_form(
        Form(
            action="settings.language_set",
            title=label(mark("Language and time zone")),
            submit=label(mark("Save")),
            intro=services.wording.say(
                mark("Everybody is answered in their own language; this one is for what I post for all. "
                     "With the time zone every schedule moves.")
            ),
            language=services.wording.language,
            fields=(
                ChoiceField(name="language", label=label(mark("Language")), choices=choices,
                            initial=community.language if community.language in _languages(services) else None),
                TextField(name="time_zone", label=label(mark("Time zone")), initial=community.time_zone,
                          hint=label(mark("Such as Africa/Nairobi or Europe/Geneva is written: Region/City"))),
            ),
        )
    )  # fmt: skip


@capability.form("settings.language_set", roles=FACILITATORS)
async def set_language(event: FormSubmitted, services: Services) -> None:
    """Keep both together."""
    zone = _zone(str(event.values["time_zone"]))
    await _change_language(services, language=str(event.values["language"]), time_zone=zone)


async def said_zone(services: Services, words: str) -> None:
    """``Africa/Nairobi``."""
    if not words.strip():
        raise not_understood(services, _ZONE_USAGE)
    await _change_language(services, time_zone=_zone(words.strip()))


async def said_language(services: Services, words: str) -> None:
    """``fr``, or a language's own name."""
    if not words.strip():
        raise not_understood(services, _LANGUAGE_USAGE)
    code, codes = known_language(words), _languages(services)
    if code not in codes:
        raise Refusal(mark("I know no language called {language}. Choose one of {languages}."),
                      language=words.strip()[:40],
                      languages=services.wording.listing([own_name(one) for one in codes]))  # fmt: skip
    await _change_language(services, language=code)


def _languages(services: Services) -> list[str]:
    """What a community may choose, also what has no translation yet."""
    return sorted({*OWN_NAMES, *services.frame.texts.languages})


def _zone(words: str) -> str:
    found = time_zone_called(words)
    if found is None:
        raise Refusal(mark("I don't know the time zone {zone}. Write it like Africa/Nairobi."), zone=words[:60])
    return found


async def _change_language(services: Services, **changed: str) -> None:
    await communities.change(services.session, services.community, **changed)
    wording, language = services.wording, services.community.language
    now = [lines.language_and_zone(wording, services.community)]
    used = services.frame.texts.wording(language).language
    if used != language.split("-")[0]:
        now.append(
            wording.say(mark("I have no words in {language} yet; until then I post in {used}."),
                        language=own_name(language), used=own_name(used))
        )  # fmt: skip
    await services.answer(lines.saved(wording, *now))
