"""How long activity is kept, and how long a silence lasts before a prompt comes early."""

from __future__ import annotations

from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Choice, ChoiceField, Form
from bot.core.messages import mark
from bot.services import Services
from handlers.settings import _lines as lines
from handlers.settings import _values as values
from handlers.settings._capability import FACILITATORS, capability, not_understood
from storage import communities

_RETENTION_USAGE = mark("settings retention 24 (months), or settings retention 0 to keep everything")
_SILENCE_USAGE = mark("settings silence 7 (days), or settings silence 0 for never")
_MONTHS = (3, 6, 12, 24, 36, 60)
_DAYS = (3, 5, 7, 10, 14, 21, 30)


@capability.button("settings.retention", roles=FACILITATORS)
async def ask_for_retention(_event: ButtonPressed, services: Services) -> None:
    """How long it stays known who was active when; and what becomes of older figures."""
    wording, now = services.wording, services.community.keep_activity_months
    choices = [
        Choice(str(months), wording.plural("{count} month", "{count} months", months).plain())
        for months in sorted({*_MONTHS, now} - {0})
    ]
    await services.open_form(
        Form(
            action="settings.retention_set",
            title=wording.label(mark("How long activity is kept")),
            submit=wording.label(mark("Save")),
            intro=wording.say(
                mark(
                    "Activity is who wrote, reacted, came and left when and where, without any text. What is older is "
                    "removed for good, every night. Health figures of periods before then shrink, and somebody who "
                    "comes back after longer than that counts as a new voice. Questions, answers and contributions "
                    "stay."
                )
            ),
            language=wording.language,
            fields=(
                ChoiceField(
                    name="months",
                    label=wording.label(mark("Keep activity for")),
                    choices=(*choices, Choice("0", wording.label(mark("Keep it for ever")))),
                    initial=str(now),
                ),
            ),
        )
    )


@capability.form("settings.retention_set", roles=FACILITATORS)
async def set_retention(event: FormSubmitted, services: Services) -> None:
    """Keep what was chosen."""
    await _change_retention(services, str(event.values["months"]))


async def said_retention(services: Services, words: str) -> None:
    """``24``, in months; ``0`` is for ever."""
    if not words.strip():
        raise not_understood(services, _RETENTION_USAGE)
    await _change_retention(services, words)


async def _change_retention(services: Services, words: str) -> None:
    months = values.number_or_never(words, values.KEEP_MONTHS)
    before = services.community.keep_activity_months
    await communities.change(services.session, services.community, keep_activity_months=months)
    wording = services.wording
    now = [lines.retention(wording, services.community)]
    if months and (before == 0 or months < before):
        now.append(wording.say(mark("What is older is removed during the next night; until then you can change it.")))
    await services.answer(lines.saved(wording, *now))


@capability.button("settings.silence", roles=FACILITATORS)
async def ask_for_silence(_event: ButtonPressed, services: Services) -> None:
    """After how long a silence the next prompt comes early."""
    wording, now = services.wording, services.community.silence_days
    choices = [
        Choice(str(days), wording.plural("{count} day", "{count} days", days).plain())
        for days in sorted({*_DAYS, now} - {0})
    ]
    await services.open_form(
        Form(
            action="settings.silence_set",
            title=wording.label(mark("Silence")),
            submit=wording.label(mark("Save")),
            intro=wording.say(
                mark("When nobody but me has written in a place for so long, its next prompt comes early.")
            ),
            language=wording.language,
            fields=(
                ChoiceField(
                    name="days",
                    label=wording.label(mark("Silence before an early prompt")),
                    choices=(*choices, Choice("0", wording.label(mark("Never early")))),
                    initial=str(now),
                ),
            ),
        )
    )


@capability.form("settings.silence_set", roles=FACILITATORS)
async def set_silence(event: FormSubmitted, services: Services) -> None:
    """Keep what was chosen."""
    await _change_silence(services, str(event.values["days"]))


async def said_silence(services: Services, words: str) -> None:
    """``7``, in days; ``0`` is never."""
    if not words.strip():
        raise not_understood(services, _SILENCE_USAGE)
    await _change_silence(services, words)


async def _change_silence(services: Services, words: str) -> None:
    days = values.number_or_never(words, values.SILENCE_DAYS)
    await communities.change(services.session, services.community, silence_days=days)
    await services.answer(lines.saved(services.wording, lines.silence(services.wording, services.community)))
