"""Answering without any button: what an expert replies to a question's card is the answer."""

from __future__ import annotations

from dataclasses import replace

from bot.core.errors import Refusal
from bot.core.events import CarriedOut, MessagePosted
from bot.core.messages import Message, mark
from bot.core.serialization import ref_from_json
from bot.services import Services
from handlers.events import RepliedInVain
from handlers.questions._answering import check_expert, give_answer
from handlers.questions._capability import capability
from handlers.questions._state import OPEN
from storage import members, outbox, questions
from storage.questions import Question


def _is_reply(event: MessagePosted) -> bool:
    return event.thread_key is not None


@capability.on(MessagePosted, private=True, strangers=True, wants=_is_reply)
async def replied(event: MessagePosted, services: Services) -> None:
    """The answer goes to the asker, as with the button."""
    session, member = services.session, services.known_member
    for community in await members.communities_of(session, member.id) if member else ():
        for question in await questions.waiting_for(session, community.id, services.member.id, OPEN):
            if await _is_its_card(services, question, event):
                roles = await members.roles_of(session, community.id, services.member.id)
                await _answer(replace(services, known_community=community, roles=roles), question, event)
                return
    await services.announce(RepliedInVain())


async def _answer(services: Services, question: Question, event: MessagePosted) -> None:
    """A message is nothing that somebody acts with, so what is refused is said here, and pages are told of it here."""
    try:
        await check_expert(services, question)
        await give_answer(services, question, _words(event))
    except Refusal as refusal:  # nothing was changed so far
        await services.answer(Message(services.wording.say(refusal.key, **refusal.values)))
    else:
        await services.announce(CarriedOut("questions.replied"))


async def _is_its_card(services: Services, question: Question, event: MessagePosted) -> bool:
    """Whether the card that the expert has now is what was replied to."""
    row = await outbox.by_reference(services.session, question.expert_message) if question.expert_message else None
    account = event.by.account
    if row is None or row.sent is None or row.platform != account.platform:
        return False
    card = ref_from_json(row.sent)
    return card.tenant == account.tenant and card.event_key == event.thread_key


def _words(event: MessagePosted) -> str:
    if not event.text.strip():
        raise Refusal(mark("I can pass on words alone. Please reply with your answer in words, or press *Answer*."))
    return event.text
