"""The first week: after three days a word to who has not introduced themselves, after seven two conversations.

Each comes once, in working time, and never to who has left, or wants no more of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.core.events import ButtonPressed
from bot.core.messages import Button, Emphasis, Kind, Message, mark
from bot.services import Services
from bot.texts import Wording
from handlers.welcome import _conversations as conversations
from handlers.welcome._capability import capability
from storage import members, welcomes
from storage.columns import from_microseconds, to_microseconds
from storage.members import Member
from storage.welcomes import Journey

NUDGE, SHOW = "welcome.nudge", "welcome.conversations"
AFTER = {NUDGE: timedelta(days=3), SHOW: timedelta(days=7)}
_BETWEEN_TWO = timedelta(days=1)
"""After an absence both messages can be due at once: the second one then waits for the next day."""
LEAVE, RESUME = "welcome.leave_journey", "welcome.resume_journey"


async def begin(services: Services, member: Member, at: datetime) -> None:
    """Somebody's first days begin."""
    await welcomes.begin_journey(services.session, services.community.id, member.id, at)
    for kind in AFTER:
        await _plan(services, kind, member.id, at)


async def _plan(services: Services, kind: str, member_id: int, began_at: datetime, at: datetime | None = None) -> None:
    begun = to_microseconds(began_at)
    payload = {"member": member_id, "begun": begun}
    once = f"{kind}:{services.community.id}:{member_id}:{begun}"
    await services.later(kind, payload, at=at or max(began_at + AFTER[kind], services.now()), once=once)


@capability.due(NUDGE)
async def nudge(payload: Mapping[str, Any], services: Services) -> None:
    """A word to who has not introduced themselves."""
    member, journey = await _on_their_way(payload, services)
    if member is None or journey is None or member.introduced_at is not None:
        return
    if await _held(NUDGE, services, journey, services.now()):
        return
    if not await welcomes.take_step(services.session, journey, nudged_at=services.now()):
        return
    wording = services.wording_for(member)
    text = wording.say(
        mark(
            "{name}, would you tell **{community}** in two lines who you are and what you know? "
            "Then others know who to turn to."
        ),
        name=member.name,
        community=services.community.name,
    )
    introduce = Button(wording.label(mark("Introduce me")), "welcome.introduce", emphasis=Emphasis.PRIMARY)
    await services.tell(member, Message(text, (introduce, _no_more(wording))), Kind.REMINDER)


@capability.due(SHOW)
async def show_conversations(payload: Mapping[str, Any], services: Services) -> None:
    """Two conversations that somebody could join, or nothing where nobody talks."""
    member, journey = await _on_their_way(payload, services)
    if member is None or journey is None:
        return
    rested = journey.nudged_at + _BETWEEN_TWO if journey.nudged_at else services.now()
    if await _held(SHOW, services, journey, max(rested, services.now())):
        return
    chosen = await conversations.for_newcomer(services, member)
    if not chosen.conversations:
        return
    if not await welcomes.take_step(services.session, journey, shown_at=services.now()):
        return
    wording = services.wording_for(member)
    message = conversations.shown(wording, services.community.name, member.name, chosen)
    buttons = (*message.buttons, _no_more(wording))
    await services.tell(member, Message(message.text, buttons), Kind.REMINDER)


async def _on_their_way(payload: Mapping[str, Any], services: Services) -> tuple[Member | None, Journey | None]:
    """Who this is about and how far they are; no journey where it is over, or began anew in the meantime."""
    community_id, begun = services.community.id, from_microseconds(payload["begun"])
    member = await members.by_id(services.session, payload["member"])
    membership = await members.membership(services.session, community_id, payload["member"])
    journey = await welcomes.journey_of(services.session, community_id, payload["member"])
    if membership is None or membership.left_at is not None or journey is None:
        return None, None
    return member, journey if journey.began_at == begun and journey.declined_at is None else None


async def _held(kind: str, services: Services, journey: Journey, earliest: datetime) -> bool:
    """Whether it has to wait, for the next day, for the morning or for Monday; then it is planned for that moment."""
    now = services.now()
    try:
        opens = services.community.working_time.next_open(earliest)
    except ValueError:  # no hour of the week is open: perhaps tomorrow somebody has seen to that
        opens = now + timedelta(days=1)
    if opens <= now:
        return False
    await _plan(services, kind, journey.member_id, journey.began_at, opens)
    return True


def _no_more(wording: Wording) -> Button:
    return Button(wording.label(mark("No more tips, please")), LEAVE)


def tips_again(wording: Wording) -> Button:
    """The button that takes *No more tips* back."""
    return Button(wording.label(mark("Send me tips again")), RESUME)


@capability.button(LEAVE)
async def leave(_event: ButtonPressed, services: Services) -> None:
    """No more messages of the journey."""
    declined = await welcomes.decline_journey(
        services.session, services.community.id, services.member.id, services.now()
    )
    say = services.wording.say
    key = (
        mark("All right: no more tips. If you change your mind, press below, or type /welcome show later.")
        if declined
        else mark("You get no tips any more.")
    )
    await services.answer(Message(say(key), (tips_again(services.wording),)))


@capability.button(RESUME)
async def resume(_event: ButtonPressed, services: Services) -> None:
    """The messages that had not come yet come after all."""
    community_id, member = services.community.id, services.member
    say = services.wording.say
    if not await welcomes.resume_journey(services.session, community_id, member.id):
        await services.answer(Message(say(mark("You get my tips already."))))
        return
    journey = await welcomes.journey_of(services.session, community_id, member.id)
    left = _left(journey, member) if journey else []
    for kind in left:
        await _plan(services, kind, member.id, journey.began_at)  # type: ignore[union-attr]
    key = mark("Good: my tips come again.") if left else mark("All right. You have had all of my tips by now.")
    await services.answer(Message(say(key)))


def _left(journey: Journey, member: Member) -> list[str]:
    left = [] if journey.nudged_at or member.introduced_at else [NUDGE]
    return left if journey.shown_at else [*left, SHOW]


async def has_declined(services: Services) -> bool:
    """Whether who acts wants no more messages of the journey."""
    journey = await welcomes.journey_of(services.session, services.community.id, services.member.id)
    return journey is not None and journey.declined_at is not None
