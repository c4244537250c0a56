"""What askers do: they tell more, and say whether an answer helped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.messages import Button, Kind, Message, joined, mark
from bot.services import Services
from handlers.questions import _routing as routing
from handlers.questions import _wording as words
from handlers.questions._askers import asker_of, moment_of_asker, own_question
from handlers.questions._capability import capability
from handlers.questions._deadlines import IN_A_WHILE, plan
from handlers.questions._forms import words_form
from handlers.questions._state import OPEN, Act, State, after
from handlers.questions._steps import advance
from storage import communities, members, question_exchange, questions
from storage.question_exchange import Part, Said
from storage.questions import Question

_MORE_BELOW = mark("There is more about this below.")
_MORE, _HELPED, _ELSEWHERE = "more", "helped", "elsewhere"


@capability.button(words.REPLY)
async def ask_for_reply(event: ButtonPressed, services: Services) -> None:
    """The asker tells more. What an expert asked may be answered to the next one, too."""
    question = await own_question(services, event.subject)
    if not await unanswered(services, question):
        after(Act.REPLY, State(question.state))
    await services.open_form(
        await words_form(services, "questions.replied", question, mark("Tell more"), mark("Your answer"))
    )


async def unanswered(services: Services, question: Question) -> list[Said]:
    """What experts asked last, as long as nobody has replied to it."""
    asked: list[Said] = []
    if State(question.state) in OPEN:
        for one in await question_exchange.of(services.session, services.frame.cipher, question):
            asked = [*asked, one] if one.part is Part.ASKED_BACK else []
    return asked


@capability.button(words.ADD)
async def ask_what_is_missing(event: ButtonPressed, services: Services) -> None:
    """The asker says what is missing."""
    question = await own_question(services, event.subject)
    title = mark("Say more")
    await services.open_form(await words_form(services, "questions.added", question, title, mark("What is missing?")))


@capability.form("questions.replied")
async def replied(event: FormSubmitted, services: Services) -> None:
    """The expert gets what the asker tells, and the reminders begin anew."""
    await tell_more(services, await own_question(services, event.subject), str(event.values["text"]))


@capability.form("questions.added")
async def added(event: FormSubmitted, services: Services) -> None:
    """The same, of their own accord."""
    await tell_more(services, await own_question(services, event.subject), str(event.values["text"]))


async def tell_more(services: Services, question: Question, text: str) -> None:
    """Keep what the asker tells for whoever has the question, now or later. Raises Refusal once it is answered."""
    state, asked = State(question.state), await unanswered(services, question)
    if state not in OPEN or state is State.ASKED_BACK:
        moment = moment_of_asker(services, question)
        await advance(services.session, question, Act.REPLY, routed_at=moment, stage=0)
        await plan(services, question)
    delay = routing.random_while(services, question)
    said = await question_exchange.keep(
        services.session, services.frame.cipher, question, Part.REPLIED, text, by=question.asker_id, held=bool(delay)
    )
    for one in asked:
        for reference in one.messages:
            await services.edit(reference, words.replied_to(services.wording, question, one))
    if delay:
        payload = {"question": question.id, "what": _MORE, "said": said}
        await services.later(IN_A_WHILE, payload, at=services.now() + delay)
    else:
        await _show_again(services, question, {})
    say = services.wording.say
    await services.answer(Message(say(mark("Thank you. I pass it on for **{code}**."), code=question.code)))


async def _show_again(services: Services, question: Question, payload: Mapping[str, Any]) -> None:
    """Whoever has the question now sees it with what is new; who gets it later will see that, too."""
    if "said" in payload:
        await question_exchange.release(services.session, payload["said"])
    expert = await members.by_id(services.session, question.expert_id) if question.expert_id else None
    asker = await asker_of(services, question)
    if State(question.state) not in OPEN or expert is None or asker is None or expert.id == asker.member.id:
        return
    await routing.take_from_expert(services, question, _MORE_BELOW)
    await routing.show_to_expert(services, question, expert, asker)


@capability.button(words.HELPS)
async def helps(event: ButtonPressed, services: Services) -> None:
    """The answer is accepted; everybody may read it, unless the asker does not want that."""
    question = await own_question(services, event.subject)
    await advance(services.session, question, Act.ACCEPT, closed_at=moment_of_asker(services, question))
    say = services.wording.say
    places = await communities.main_places(services.session, services.community)
    shared = question.share and bool(places)
    await _in_a_while(services, question, _HELPED)
    key = (
        mark("Good to hear. Question and answer go to **#{place}**, so that others learn from them.")
        if shared
        else mark("Good to hear!")
    )
    over = say(mark("**{code}** is answered."), code=question.code)
    thanks = say(key, place=communities.names_of(places))
    await services.edit(event.reference, Message(joined([over, words.quoted(question.answer or ""), thanks])))


async def _in_a_while(services: Services, question: Question, what: str) -> None:
    """What comes of an asker's act for others: at once, or after a random while when they asked confidentially.

    The moment at which the asker acted would else tell who was there at that moment.
    """
    delay = routing.random_while(services, question)
    if delay:
        await services.later(IN_A_WHILE, {"question": question.id, "what": what}, at=services.now() + delay)
    else:
        await _OTHERS[what](services, question, {})


@capability.due(IN_A_WHILE)
async def pass_on(payload: Mapping[str, Any], services: Services) -> None:
    """The random while is over."""
    question = await questions.by_id(services.session, payload["question"])
    if question is not None:
        await _OTHERS[payload["what"]](services, question, payload)


async def _thank_and_publish(services: Services, question: Question, _payload: Mapping[str, Any]) -> None:
    """The expert hears that it helped; everybody may read it, unless the asker does not want that."""
    expert = await members.by_id(services.session, question.expert_id) if question.expert_id else None
    if expert is None:
        return
    thanks = services.wording_for(expert).say(mark("Your answer to **{code}** helped. Thank you!"), code=question.code)
    await services.tell(expert, Message(thanks), Kind.RECEIPT)
    places = await communities.main_places(services.session, services.community)
    if not question.share or not places:
        return
    asker = await asker_of(services, question)
    asked = asker.words if asker else question.text or ""
    if question.confidential:  # from here on the words are everybody's; whose they are stays sealed
        await questions.set_messages(services.session, question, text=asked)
    name = asker.name if asker else None
    published = words.published(services.community_wording, question, asked, name, expert.name)
    for place in places:
        await services.post(place.address, Message(published), Kind.ANSWER)


@capability.button(words.NOT_YET)
async def not_yet(event: ButtonPressed, services: Services) -> None:
    """The expert gets it back; the asker may say what is missing."""
    question = await own_question(services, event.subject)
    answer, moment = question.answer or "", moment_of_asker(services, question)
    changed = {"routed_at": moment, "reopened_at": moment, "answered_at": None, "stage": 0}
    await advance(services.session, question, Act.REOPEN, **changed)
    await question_exchange.keep(
        services.session, services.frame.cipher, question, Part.ANSWERED, answer, by=question.expert_id
    )
    if await routing.is_expert(services, question.expert_id, even_away=False):
        await _in_a_while(services, question, _MORE)
        await plan(services, question)
    else:
        await _in_a_while(services, question, _ELSEWHERE)
    say, label = services.wording.say, services.wording.label
    text = say(mark("I have passed it on. Would you like to say what is missing in **{code}**?"), code=question.code)
    await services.edit(event.reference, Message(text, (Button(label(mark("Say more")), words.ADD, str(question.id)),)))


async def _find_another(services: Services, question: Question, _payload: Mapping[str, Any]) -> None:
    """Somebody else gets it, unless a facilitator has seen to that by now."""
    waits = question.state == State.ROUTED.value
    if waits and not await routing.is_expert(services, question.expert_id, even_away=False):
        await routing.route(services, question)


_OTHERS = {
    _MORE: _show_again,
    _HELPED: _thank_and_publish,
    _ELSEWHERE: _find_another,
    routing.UNSEEN: routing.go_on,
}
"""What an asker's act brings to others."""
