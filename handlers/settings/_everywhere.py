"""Whether answers that helped and prompts go to one main place or to all of them, whichever platforms they are on."""

from __future__ import annotations

from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Choice, ChoiceField, Form
from bot.core.messages import mark
from bot.services import Services
from handlers.settings import _lines as lines
from handlers.settings._capability import FACILITATORS, capability, not_understood
from storage import communities

_USAGE = mark("settings everywhere yes, or settings everywhere no")
_ALL, _FIRST = "yes", "no"


@capability.button("settings.everywhere", roles=FACILITATORS)
async def ask_where(_event: ButtonPressed, services: Services) -> None:
    """One main place, or all."""
    label = services.wording.label
    now = _ALL if services.community.all_main_places else _FIRST
    await services.open_form(
        Form(
            action="settings.everywhere_set",
            title=label(mark("Where answers and prompts go")),
            submit=label(mark("Save")),
            language=services.wording.language,
            intro=services.wording.say(
                mark("A community that meets in several places, also on two platforms, can read the same in all of "
                     "them. Prompts that are scheduled already stay where they are.")
            ),
            fields=(
                ChoiceField(name="everywhere", label=label(mark("Post them in")), initial=now,
                            choices=(Choice(_FIRST, label(mark("The first main place"))),
                                     Choice(_ALL, label(mark("Every main place"))))),
            ),
        )
    )  # fmt: skip


@capability.form("settings.everywhere_set", roles=FACILITATORS)
async def set_where(event: FormSubmitted, services: Services) -> None:
    """Keep what was chosen."""
    await _change(services, all_of_them=event.values["everywhere"] == _ALL)


async def said_everywhere(services: Services, words: str) -> None:
    """``yes`` or ``no``."""
    chosen = words.strip().casefold()
    if chosen not in (_ALL, _FIRST):
        raise not_understood(services, _USAGE)
    await _change(services, all_of_them=chosen == _ALL)


async def _change(services: Services, *, all_of_them: bool) -> None:
    await communities.change(services.session, services.community, all_main_places=all_of_them)
    places = await communities.places_of(services.session, services.community.id)
    await services.answer(lines.saved(services.wording, lines.published(services.wording, services.community, places)))
