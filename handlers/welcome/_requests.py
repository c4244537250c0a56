"""Who asks to be let into a place sees its norms first, and is let in once they agree. Others are up to people."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, JoinRequested
from bot.core.messages import Button, Emphasis, Kind, Message, joined, mark
from bot.core.roles import Purpose
from bot.services import Services
from handlers.welcome._capability import capability
from handlers.welcome._door import JOIN
from handlers.welcome._texts import Part, filled, written
from storage import communities, deep_links
from storage.communities import CommunityPlace

_AGREE, _NOT_NOW = "welcome.agree", "welcome.not_now"


@capability.on(JoinRequested)
async def show_norms_first(event: JoinRequested, services: Services) -> None:
    """The norms, privately, and what to say to them. Where I only listen, I let nobody in."""
    place, wording = services.known_place, services.wording
    if place is None or place.purpose == Purpose.LISTENING.value:
        return
    say, names = wording.say, {"place": place.name, "community": services.community.name}
    norms = await written(services, Part.NORMS, place, wording, event.by.language)
    text = joined(
        [
            say(mark("You would like to join **#{place}**. This is how we treat each other in {community}:"), **names),
            filled(norms.markdown, name=event.by.name, **names),
            say(mark("Do you agree? Then I let you in.")),
        ]
    )
    not_now = Button(wording.label(mark("Not now")), _NOT_NOW, str(place.id))
    await services.write_to(event.by.account, Message(text, (_agree(services, place), not_now)), Kind.WELCOME)


@capability.button(_AGREE, for_strangers=True)
async def agreed(event: ButtonPressed, services: Services) -> None:
    """They are let in; the welcome comes when they are there.

    First they are told: who never began may be written to only as long as their request waits.
    """
    place, wording = await _place(services, event.subject), services.wording
    text = wording.say(mark("Thank you! I am letting you into **#{place}**. See you there."), place=place.name)
    buttons: tuple[Button, ...] = ()
    if not await services.can_write_to_account(event.by.account):
        link = deep_links.payload(JOIN, place.id)
        buttons = (Button(wording.label(mark("Begin here")), emphasis=Emphasis.PRIMARY, starts=link),)
    await services.edit(event.reference, Message(text, buttons))
    await services.let_in(place.address)


@capability.button(_NOT_NOW, for_strangers=True)
async def not_now(event: ButtonPressed, services: Services) -> None:
    """The request stays for the administrators, and they may still agree."""
    place = await _place(services, event.subject)
    key = mark("All right. The administrators of **#{place}** see that you asked. You can still agree, when you like.")
    text = services.wording.say(key, place=place.name)
    await services.edit(event.reference, Message(text, (_agree(services, place),)))


def _agree(services: Services, place: CommunityPlace) -> Button:
    return Button(services.wording.label(mark("I agree")), _AGREE, str(place.id), Emphasis.PRIMARY)


async def _place(services: Services, subject: str) -> CommunityPlace:
    place = await communities.place_by_id(services.session, int(subject))
    if place is None or not place.active or place.community_id != services.community.id:
        raise Refusal(mark("I can't let anybody in there any more. Please ask one of its administrators."))
    return place
