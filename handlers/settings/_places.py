"""The places of a community: what each is for, and taking one out."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Choice, ChoiceField, Form
from bot.core.messages import Button, Emphasis, Message, Text, mark
from bot.core.roles import Purpose
from bot.services import Services
from handlers.settings import _lines as lines
from handlers.settings._capability import FACILITATORS, capability, not_understood
from storage import communities, vacating
from storage.communities import CommunityPlace

_USAGE = mark("settings place #name main|stakeholders|experts|listening|out")
_OUT = "out"
_PURPOSES = {
    Purpose.MAIN: mark("Main: where everybody talks"),
    Purpose.STAKEHOLDERS: mark("Stakeholders: where health checks are posted"),
    Purpose.EXPERTS: mark("Experts: where experts talk among themselves"),
    Purpose.LISTENING: mark("Just listening: I count activity and say nothing"),
}
_GONE = mark("That place is no longer part of the community. Nothing was changed.")


@capability.button("settings.places", roles=FACILITATORS)
async def ask_about_place(_event: ButtonPressed, services: Services) -> None:
    """Which place, and what it is to be for."""
    label = services.wording.label
    places = await communities.places_of(services.session, services.community.id)
    choices = tuple(Choice(str(place.id), lines.place(services.wording, place).plain()) for place in places)
    out = Choice(_OUT, label(mark("Take it out of the community")))
    await services.open_form(
        Form(
            action="settings.place_set",
            title=label(mark("Places")),
            submit=label(mark("Save")),
            language=services.wording.language,
            fields=(
                ChoiceField(name="place", label=label(mark("Place")), choices=choices,
                            initial=choices[0].value if len(choices) == 1 else None),
                ChoiceField(name="purpose", label=label(mark("What is this place for?")),
                            choices=(*(Choice(one.value, label(text)) for one, text in _PURPOSES.items()), out)),
            ),
        )
    )  # fmt: skip


@capability.form("settings.place_set", roles=FACILITATORS)
async def set_place(event: FormSubmitted, services: Services) -> None:
    """Give it its purpose; before it is taken out, ask."""
    await _act(services, await _own_place(services, str(event.values["place"])), str(event.values["purpose"]))


async def said_place(services: Services, words: str) -> None:
    """``#circle stakeholders``, or ``#circle out``."""
    name, _, act = words.strip().rpartition(" ")
    if not name or act.casefold() not in (_OUT, *(purpose.value for purpose in Purpose)):
        raise not_understood(services, _USAGE)
    await _act(services, await _place_called(services, name), act.casefold())


async def _act(services: Services, place: CommunityPlace, act: str) -> None:
    if act == _OUT:
        await _ask_to_take_out(services, place)
        return
    if not await communities.give_purpose(services.session, services.community.id, place.id, Purpose(act)):
        raise Refusal(_GONE)
    await services.session.refresh(place)
    now = [lines.place(services.wording, place)]
    if await communities.place_for(services.session, services.community.id, Purpose.MAIN) is None:
        now.append(_no_main_place(services))
    await services.answer(lines.saved(services.wording, *now))


def _no_main_place(services: Services) -> Text:
    return services.wording.say(
        mark("No place is the main one now, so nobody reads my greetings and prompts. Make one main: /settings")
    )


async def _ask_to_take_out(services: Services, place: CommunityPlace) -> None:
    say, label = services.wording.say, services.wording.label
    text = say(
        mark(
            "Take **#{place}** out of **{community}**? From then on I record nothing and say nothing there. "
            "What happened there so far stays in the figures."
        ),
        place=place.name,
        community=services.community.name,
    )
    buttons = (
        Button(label(mark("Yes, take it out")), "settings.take_out", str(place.id), Emphasis.DANGER),
        Button(label(mark("No, keep it")), "settings.keep_place", str(place.id)),
    )
    await services.answer(Message(text, buttons))


@capability.button("settings.take_out", roles=FACILITATORS)
async def take_out(event: ButtonPressed, services: Services) -> None:
    """The place is none of the community's any more."""
    place = await _own_place(services, event.subject)
    community = services.community
    if not await communities.take_out(services.session, community.id, place.id):
        raise Refusal(_GONE)
    await vacating.vacate(services.session, community.id, place.id, services.now())
    text = services.wording.say(
        mark(
            "**#{place}** is no longer part of **{community}**. "
            "To bring it back, remove me from it and invite me again."
        ),
        place=place.name,
        community=community.name,
    )
    await services.edit(event.reference, Message(text))


@capability.button("settings.keep_place", roles=FACILITATORS)
async def keep(event: ButtonPressed, services: Services) -> None:
    """Nothing happens."""
    await services.edit(event.reference, Message(services.wording.say(mark("Good, nothing was changed."))))


async def _own_place(services: Services, subject: str) -> CommunityPlace:
    place = await communities.place_by_id(services.session, int(subject))
    if place is None or not place.active or place.community_id != services.community.id:
        raise Refusal(_GONE)
    return place


async def _place_called(services: Services, name: str) -> CommunityPlace:
    """The place meant by its name, or by the mention of a platform, which carries its id."""
    wanted = name.strip().strip("<>").lstrip("#").split("|")[0].casefold()
    places = await communities.places_of(services.session, services.community.id)
    found = [place for place in places if wanted in (place.external_id.casefold(), place.name.casefold())]
    if not found:
        raise Refusal(mark("I know no place called #{place} in this community."), place=wanted[:80])
    if len(found) > 1:
        raise Refusal(mark("Several places here are called #{place}. Please choose it with the button in /settings."),
                      place=wanted)  # fmt: skip
    return found[0]
