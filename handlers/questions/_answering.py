"""What experts do with a question, and what askers do with the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.core.forms import Form, LongTextField
from bot.core.messages import Button, Kind, Message, joined, mark
from bot.core.roles import Purpose, Role
from bot.services import Services
from handlers.questions import _routing as routing
from handlers.questions import _wording as words
from handlers.questions._askers import asker_of, is_asker
from handlers.questions._asking import own_question
from handlers.questions._capability import capability
from handlers.questions._deadlines import plan, plan_asker
from handlers.questions._state import Act, State, after, allowed_from
from storage import communities, members, questions
from storage.questions import Question

_CODE = re.compile(r"[Qq]?(\d{1,9})")
_ANSWERED = mark("You have answered this. Thank you!")
_NOT_SOLVED = mark("The answer has not solved it yet.")
_MORE_BELOW = mark("There is more about this below.")
_LATER = "questions.pass_on"
_MORE, _HELPED, _ELSEWHERE = "more", "helped", "elsewhere"
_USAGE_ANSWER = mark("answer Q12 your answer")
_USAGE_DECLINE = mark("decline Q12")
_USAGE_ASSIGN = mark("assign Q12 @name")


async def question_called(services: Services, code: str, usage: str) -> Question:
    """The question of this community that people call Q12. Raises Refusal."""
    found = _CODE.fullmatch(code)
    if found is None:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(usage))
    question = await questions.by_number(services.session, services.community.id, int(found[1]))
    if question is None:
        raise Refusal(mark("There is no question {code} here. Type /questions to see those that are open."), code=code)
    return question


def _code_and_rest(event: CommandUsed) -> tuple[str, str]:
    """Q12, and what follows it on the same line or below."""
    code, *rest = event.arguments.split(maxsplit=1) or [""]
    return code, "".join(rest).strip()


async def _question_of_expert(services: Services, subject: str) -> Question:
    """The question, when who acts is its expert now, checked at the moment of acting. Raises Refusal."""
    question = await questions.by_id(services.session, int(subject))
    if question is None or question.community_id != services.community.id:
        raise Refusal(mark("This question is no longer there."))
    await _check_expert(services, question)
    return question


async def _check_expert(services: Services, question: Question) -> None:
    has_it = question.expert_id == services.member.id
    if has_it and await routing.is_expert(services, services.member.id, even_away=True):
        return
    if await is_asker(services, question):
        raise Refusal(mark("You asked this question yourself; somebody else answers it."))
    raise Refusal(mark("Only the expert who has this question now can do that."))


async def _words_form(services: Services, action: str, question: Question, title: str, label: str) -> Form:
    """Words about a question. It stands above them: who has two such forms open must not mistake one for the other."""
    asker = await asker_of(services, question)
    return Form(
        action=action,
        subject=str(question.id),
        title=services.wording.label(title),
        intro=words.which(services.wording, question, asker.words if asker else question.text or ""),
        submit=services.wording.label(mark("Send")),
        language=services.wording.language,
        fields=(LongTextField(name="text", label=services.wording.label(label)),),
    )


@capability.button(words.ANSWER)
async def ask_for_answer(event: ButtonPressed, services: Services) -> None:
    """The expert writes an answer."""
    question = await _question_of_expert(services, event.subject)
    after(Act.ANSWER, State(question.state))
    title = mark("Answer a question")
    await services.open_form(await _words_form(services, "questions.answered", question, title, mark("Your answer")))


@capability.form("questions.answered")
async def answered(event: FormSubmitted, services: Services) -> None:
    """The answer goes to the asker."""
    await give_answer(services, await _question_of_expert(services, event.subject), str(event.values["text"]))


@capability.command("answer", summary=mark("Answer a question that you have"), usage=_USAGE_ANSWER,
                    roles=(Role.EXPERT,))  # fmt: skip
async def answer_by_command(event: CommandUsed, services: Services) -> None:
    """``answer Q12 text``; without a text the form opens."""
    code, text = _code_and_rest(event)
    question = await question_called(services, code, _USAGE_ANSWER)
    await _check_expert(services, question)
    if text:
        await give_answer(services, question, text)
        return
    title = mark("Answer a question")
    await services.open_form(await _words_form(services, "questions.answered", question, title, mark("Your answer")))


async def give_answer(services: Services, question: Question, text: str) -> None:
    """The asker gets the answer, once, however it was given."""
    state = after(Act.ANSWER, State(question.state))
    changed: dict[str, Any] = {"state": state.value, "answer": text, "answered_at": services.now()}
    expert = services.member
    if not await questions.move(services.session, question, allowed_from(Act.ANSWER), expert.id, **changed):
        after(Act.ANSWER, State(question.state))
        raise Refusal(mark("Only the expert who has this question now can do that."))
    await routing.take_from_expert(services, question, _ANSWERED)
    asker = await asker_of(services, question)
    if asker is not None:
        message = words.answer(services.wording_for(asker.member), question, expert.name, text)
        await services.tell(asker.member, message, Kind.ANSWER)
    say = services.wording.say
    await services.answer(Message(say(mark("Thank you. Your answer to **{code}** is on its way."), code=question.code)))


@capability.button(words.ASK_BACK)
async def ask_for_more(event: ButtonPressed, services: Services) -> None:
    """The expert wants to know more."""
    question = await _question_of_expert(services, event.subject)
    after(Act.ASK_BACK, State(question.state))
    label = mark("What would you like to know?")
    form = await _words_form(services, "questions.asked_back", question, mark("Ask back"), label)
    await services.open_form(form)


@capability.form("questions.asked_back")
async def asked_back(event: FormSubmitted, services: Services) -> None:
    """The asker is asked; the reminders rest until they reply."""
    question = await _question_of_expert(services, event.subject)
    await _advance(services, question, Act.ASK_BACK, routed_at=services.now())
    asker = await asker_of(services, question)
    if asker is not None:
        wording = services.wording_for(asker.member)
        message = words.asked_back(wording, question, services.member.name, str(event.values["text"]))
        await services.tell(asker.member, message, Kind.ANSWER)
        await plan_asker(services, question)
    say = services.wording.say
    await services.answer(
        Message(say(mark("I have asked. You hear from me here about **{code}**."), code=question.code))
    )


@capability.button(words.REPLY)
async def ask_for_reply(event: ButtonPressed, services: Services) -> None:
    """The asker tells more."""
    question = await own_question(services, event.subject)
    after(Act.REPLY, State(question.state))
    title = mark("Tell more")
    await services.open_form(await _words_form(services, "questions.replied", question, title, mark("Your answer")))


@capability.form("questions.replied")
async def replied(event: FormSubmitted, services: Services) -> None:
    """The expert gets what the asker tells, and the reminders begin anew."""
    question = await own_question(services, event.subject)
    await _advance(services, question, Act.REPLY, routed_at=services.now(), stage=0)
    await _in_a_while(services, question, _MORE, str(event.values["text"]))
    await plan(services, question)
    say = services.wording.say
    await services.answer(Message(say(mark("Thank you. I pass it on for **{code}**."), code=question.code)))


async def _tell_expert_more(services: Services, question: Question, text: str) -> None:
    expert = await members.by_id(services.session, question.expert_id) if question.expert_id else None
    asker = await asker_of(services, question)
    if expert is None or asker is None:
        return
    await routing.take_from_expert(services, question, _MORE_BELOW)
    row = await services.tell(
        expert, words.more(services.wording_for(expert), question, asker.name, asker.words, text), Kind.RECEIPT
    )
    await questions.set_messages(services.session, question, expert_message=row.reference if row else None)


@capability.button(words.NOT_MINE)
async def not_mine(event: ButtonPressed, services: Services) -> None:
    """The next expert gets it."""
    await decline(services, await _question_of_expert(services, event.subject))


@capability.command("decline", summary=mark("Pass a question on to the next expert"), usage=_USAGE_DECLINE,
                    roles=(Role.EXPERT,))  # fmt: skip
async def decline_by_command(event: CommandUsed, services: Services) -> None:
    """``decline Q12``."""
    question = await question_called(services, event.arguments.strip(), _USAGE_DECLINE)
    await _check_expert(services, question)
    await decline(services, question)


async def decline(services: Services, question: Question) -> None:
    """Who acts does not answer this question; somebody else may."""
    after(Act.DECLINE, State(question.state))
    await questions.pass_on(services.session, question.id, services.member.id)
    await routing.take_from_expert(services, question, mark("Thank you. I bring it to somebody else."))
    await _advance(services, question, Act.DECLINE, expert_id=None)
    await routing.route(services, question)


@capability.button(words.AWAY)
async def away_now(event: ButtonPressed, services: Services) -> None:
    """The expert is away: this question goes on, and no new one comes."""
    question = await _question_of_expert(services, event.subject)
    await questions.set_away(services.session, services.community.id, services.member.id, away=True)
    await decline(services, question)
    say = services.wording.say
    await services.answer(Message(say(mark("You get no questions for now. Type /back when you are here again."))))


@capability.command("assign", summary=mark("Give a question to somebody"), usage=_USAGE_ASSIGN,
                    roles=(Role.FACILITATOR, Role.EXPERT))  # fmt: skip
async def assign(event: CommandUsed, services: Services) -> None:
    """``assign Q12 @x``: by a facilitator, or by the expert who has it."""
    code, who = _code_and_rest(event)
    question = await question_called(services, code if who else "", _USAGE_ASSIGN)
    if Role.FACILITATOR not in services.roles:
        await _check_expert(services, question)
    expert = await services.member_called(who)
    if not await routing.is_expert(services, expert.id, even_away=True):
        raise Refusal(mark("{name} is no expert here yet. Add them first: /experts add @name topic"), name=expert.name)
    if question.asker_id == expert.id:  # of a confidential question nothing is said: a refusal would tell who asked
        raise Refusal(mark("{name} asked this question. Please choose somebody else."), name=expert.name)
    after(Act.ROUTE, State(question.state))
    if question.expert_id != expert.id and not await routing.hand_over(services, question, expert.id):
        after(Act.ROUTE, State(question.state))
    say = services.wording.say
    await services.answer(Message(say(mark("**{code}** is with {name} now."), code=question.code, name=expert.name)))


@capability.button(words.HELPS)
async def helps(event: ButtonPressed, services: Services) -> None:
    """The answer is accepted; everybody may read it, unless the asker does not want that."""
    question = await own_question(services, event.subject)
    await _advance(services, question, Act.ACCEPT, closed_at=services.now())
    say = services.wording.say
    place = await communities.place_for(services.session, services.community.id, Purpose.MAIN)
    shared = question.share and place is not None
    await _in_a_while(services, question, _HELPED)
    key = (
        mark("Good to hear. Question and answer go to **#{place}**, so that others learn from them.")
        if shared
        else mark("Good to hear!")
    )
    over = say(mark("**{code}** is answered."), code=question.code)
    thanks = say(key, place=place.name if place else "")
    await services.edit(event.reference, Message(joined([over, words.quoted(question.answer or ""), thanks])))


async def _in_a_while(services: Services, question: Question, what: str, text: str = "") -> None:
    """What comes of an asker's act for others: at once, or after a random while when they asked confidentially.

    The moment at which the asker acted would else tell who was there at that moment.
    """
    delay = routing.random_while(services, question)
    if delay:
        payload = {"question": question.id, "what": what, "text": text}
        await services.later(_LATER, payload, at=services.now() + delay)
    else:
        await _OTHERS[what](services, question, text)


@capability.due(_LATER)
async def pass_on(payload: Mapping[str, Any], services: Services) -> None:
    """The random while is over."""
    question = await questions.by_id(services.session, payload["question"])
    if question is not None:
        await _OTHERS[payload["what"]](services, question, payload["text"])


async def _thank_and_publish(services: Services, question: Question, _text: str) -> None:
    """The expert hears that it helped; everybody may read it, unless the asker does not want that."""
    expert = await members.by_id(services.session, question.expert_id) if question.expert_id else None
    if expert is None:
        return
    thanks = services.wording_for(expert).say(mark("Your answer to **{code}** helped. Thank you!"), code=question.code)
    await services.tell(expert, Message(thanks), Kind.RECEIPT)
    place = await communities.place_for(services.session, services.community.id, Purpose.MAIN)
    if not question.share or place is None:
        return
    asker = await asker_of(services, question)
    asked = asker.words if asker else question.text or ""
    if question.confidential:  # from here on the words are everybody's; whose they are stays sealed
        await questions.set_messages(services.session, question, text=asked)
    name = asker.name if asker else None
    published = words.published(services.community_wording, question, asked, name, expert.name)
    await services.post(place.address, Message(published), Kind.ANSWER)


@capability.button(words.NOT_YET)
async def not_yet(event: ButtonPressed, services: Services) -> None:
    """The expert gets it back; the asker may say what is missing."""
    question = await own_question(services, event.subject)
    await _advance(services, question, Act.REOPEN, routed_at=services.now(), answered_at=None, stage=0)
    if await routing.is_expert(services, question.expert_id, even_away=False):
        await _in_a_while(services, question, _MORE, services.community_wording.label(_NOT_SOLVED))
        await plan(services, question)
    else:
        await _in_a_while(services, question, _ELSEWHERE)
    say, label = services.wording.say, services.wording.label
    text = say(mark("I have passed it on. Would you like to say what is missing in **{code}**?"), code=question.code)
    await services.edit(event.reference, Message(text, (Button(label(mark("Say more")), words.ADD, str(question.id)),)))


async def _find_another(services: Services, question: Question, _text: str) -> None:
    """Somebody else gets it, unless a facilitator has seen to that by now."""
    waits = question.state == State.ROUTED.value
    if waits and not await routing.is_expert(services, question.expert_id, even_away=False):
        await routing.route(services, question)


@capability.button(words.ADD)
async def ask_what_is_missing(event: ButtonPressed, services: Services) -> None:
    """The asker says what is missing."""
    question = await own_question(services, event.subject)
    title = mark("Say more")
    await services.open_form(await _words_form(services, "questions.added", question, title, mark("What is missing?")))


@capability.form("questions.added")
async def added(event: FormSubmitted, services: Services) -> None:
    """The expert gets it."""
    question = await own_question(services, event.subject)
    if State(question.state) is State.ASKED_BACK:
        await _advance(services, question, Act.REPLY, routed_at=services.now(), stage=0)
        await plan(services, question)
    elif State(question.state) is not State.ROUTED:
        raise Refusal(mark("No expert has this question now, so nothing was sent. See /questions for where it stands."))
    await _in_a_while(services, question, _MORE, str(event.values["text"]))
    say = services.wording.say
    await services.answer(Message(say(mark("Thank you. I pass it on for **{code}**."), code=question.code)))


async def _advance(services: Services, question: Question, act: Act, **changed: Any) -> None:
    """Move the question one step. Raises Refusal where it isn't allowed (any more)."""
    state = after(act, State(question.state))
    if not await questions.move(services.session, question, allowed_from(act), state=state.value, **changed):
        after(act, State(question.state))


_OTHERS = {_MORE: _tell_expert_more, _HELPED: _thank_and_publish, _ELSEWHERE: _find_another}
"""What an asker's act brings to others."""
