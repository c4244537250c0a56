"""Alerts: a community's facilitators hear when something could not be done, without words and without names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.core.addresses import platform_name
from bot.core.capability import Capability
from bot.core.events import EventsLost, GivenUp, OutOfReach, WaitsForPlace
from bot.core.messages import Kind, Message, mark
from bot.core.roles import Role
from bot.services import Services
from storage import alerts, communities, members

capability = Capability("alerts")

AT_MOST_EVERY = timedelta(hours=1)


@capability.hears(GivenUp)
async def count(_news: GivenUp, services: Services) -> None:
    """Tell it now, or with whatever else there is an hour after the last alert."""
    await alerts.count_one_more(services.session, services.community.id)
    if not await _tell(services):
        once = f"alerts.tell/{services.community.id}"
        await services.later("alerts.tell", {}, at=services.now() + AT_MOST_EVERY, once=once)


@capability.due("alerts.tell")
async def tell(_payload: dict[str, Any], services: Services) -> None:
    """What came together in the hour."""
    await _tell(services)


@capability.hears(OutOfReach)
async def tell_that_somebody_is_out_of_reach(_news: OutOfReach, services: Services) -> None:
    """Somebody misses what I have for them, and only people can tell them."""
    for facilitator in await members.with_role(services.session, services.community.id, Role.FACILITATOR):
        text = services.wording_for(facilitator).say(
            mark(
                "I can't write to one of the members: their private chat with me is not open. "
                "Please remind everybody in **{community}** now and then: open a chat with me and press Start."
            ),
            community=services.community.name,
        )
        await services.tell(facilitator, Message(text), Kind.ALERT)


@capability.hears(EventsLost)
async def tell_that_events_are_lost(news: EventsLost, services: Services) -> None:
    """What was meant for me never came, and only who sent it knows."""
    zone = services.community.time_zone
    for facilitator in await members.with_role(services.session, services.community.id, Role.FACILITATOR):
        wording = services.wording_for(facilitator)
        text = wording.say(
            mark(
                "Sorry, I was out of reach on {platform} from {since} to {until}, and what was written to me then may "
                "be lost: please ask everybody in **{community}** to try again where they got no answer."
            ),
            platform=platform_name(news.platform),
            since=wording.moment(news.since, zone),
            until=wording.moment(news.until, zone),
            community=services.community.name,
        )
        await services.tell(facilitator, Message(text), Kind.ALERT)


@capability.hears(WaitsForPlace)
async def tell_that_a_place_is_closed(news: WaitsForPlace, services: Services) -> None:
    """Something waits that people expect there, and only people can open the place again."""
    known = await communities.place_at(services.session, news.place)
    for facilitator in await members.with_role(services.session, services.community.id, Role.FACILITATOR):
        text = services.wording_for(facilitator).say(
            mark(
                "**#{place}** is closed, so I can't write there. What I have for it waits for up to three days. "
                "Please open it again."
            ),
            place=known.name if known else news.place.name,
        )
        await services.tell(facilitator, Message(text), Kind.ALERT)


async def _tell(services: Services) -> bool:
    untold = await alerts.take_untold(services.session, services.community.id, services.now(), AT_MOST_EVERY)
    if not untold:
        return False
    for facilitator in await members.with_role(services.session, services.community.id, Role.FACILITATOR):
        text = services.wording_for(facilitator).say(
            mark(
                "Something could not be done ({count}). Please tell who looks after Baraza: `baraza doctor` shows it."
            ),
            count=str(untold),
        )
        await services.tell(facilitator, Message(text), Kind.ALERT)
    return True
