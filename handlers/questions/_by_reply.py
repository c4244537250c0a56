"""Without any button: what an expert replies to a question's card is the answer, and an asker tells more so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.core.errors import Refusal
from bot.core.events import CarriedOut, MessagePosted
from bot.core.messages import Message, mark
from bot.core.serialization import ref_from_json
from bot.services import Services
from handlers.events import RepliedInVain
from handlers.questions._answering import check_expert, give_answer
from handlers.questions._askers import asked_confidentially
from handlers.questions._capability import capability
from handlers.questions._replying import tell_more, unanswered
from handlers.questions._state import OPEN, State
from handlers.questions._wording import ANSWER
from storage import buttons, members, outbox, questions
from storage.questions import Question


def _is_reply(event: MessagePosted) -> bool:
    return event.thread_key is not None


@capability.on(MessagePosted, private=True, strangers=True, wants=_is_reply)
async def replied(event: MessagePosted, services: Services) -> None:
    """The answer goes to the asker, and what the asker tells to the expert, as with the buttons."""
    session, member = services.session, services.known_member
    for community in await members.communities_of(session, member.id) if member else ():
        roles = await members.roles_of(session, community.id, services.member.id)
        here = replace(services, known_community=community, roles=roles)
        for question in await questions.waiting_for(session, community.id, services.member.id, OPEN):
            if await _is_its_card(here, question, event):
                await _pass_on(here, question, event, to_asker=True)
                return
        for question in await _own_open(here):
            told = [reference for asked in await unanswered(here, question) for reference in asked.messages]
            if await _is_one_of(services, told, event):
                await _pass_on(here, question, event, to_asker=False)
                return
    await services.announce(RepliedInVain())


async def _own_open(services: Services) -> list[Question]:
    """What who acts has asked here and is not answered yet."""
    named = await questions.asked_by(services.session, services.community.id, services.member.id)
    sealed = [question for question, _ in await asked_confidentially(services, services.member.id)]
    return [one for one in (*named, *sealed) if State(one.state) in OPEN]


async def _pass_on(services: Services, question: Question, event: MessagePosted, *, to_asker: bool) -> None:
    """A message is nothing that somebody acts with, so what is refused is said here, and pages are told of it here."""
    try:
        if to_asker:
            await check_expert(services, question)
            await give_answer(services, question, _words(event))
        else:
            await tell_more(services, question, _words(event))
    except Refusal as refusal:  # nothing was changed so far
        await services.answer(Message(services.wording.say(refusal.key, **refusal.values)))
    else:
        await services.announce(CarriedOut("questions.replied"))


async def _is_its_card(services: Services, question: Question, event: MessagePosted) -> bool:
    """Whether the card that the expert has now was replied to, or one before it, or what reminded of it."""
    now = [question.expert_message] if question.expert_message else []
    if await _is_one_of(services, now, event):
        return True
    others = await buttons.messages_with(services.session, services.community.id, ANSWER, str(question.id))
    return await _is_one_of(services, others, event)


async def _is_one_of(services: Services, references: Iterable[str], event: MessagePosted) -> bool:
    """Whether one of these messages is what was replied to."""
    account = event.by.account
    for reference in references:
        row = await outbox.by_reference(services.session, reference)
        if row is None or row.sent is None or row.platform != account.platform:
            continue
        sent = ref_from_json(row.sent)
        if sent.tenant == account.tenant and sent.event_key == event.thread_key:
            return True
    return False


def _words(event: MessagePosted) -> str:
    if not event.text.strip():
        raise Refusal(mark("I can pass on words alone. Please reply with your answer in words, or press *Answer*."))
    return event.text
