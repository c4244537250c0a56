"""What experts do with a question: they answer it, ask back, or pass it on."""

from __future__ import annotations

import re
from typing import Any

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted
from bot.core.messages import Kind, Message, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.questions import _routing as routing
from handlers.questions import _wording as words
from handlers.questions._askers import asker_of, is_asker
from handlers.questions._capability import capability
from handlers.questions._deadlines import plan_asker
from handlers.questions._forms import words_form
from handlers.questions._giving import give
from handlers.questions._state import Act, State, after, allowed_from
from handlers.questions._steps import advance
from storage import question_exchange, questions
from storage.question_exchange import Part
from storage.questions import Question

CODE = re.compile(r"[Qq]?(\d{1,9})")
_ANSWERED = mark("You have answered this. Thank you!")
_USAGE_DECLINE = mark("decline Q12")
_USAGE_ASSIGN = mark("assign Q12 @name")


async def question_called(services: Services, code: str, usage: str) -> Question:
    """The question of this community that people call Q12. Raises Refusal."""
    found = CODE.fullmatch(code)
    if found is None:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(usage))
    question = await questions.by_number(services.session, services.community.id, int(found[1]))
    if question is None:
        raise Refusal(mark("There is no question {code} here. Type /questions to see those that are open."), code=code)
    return question


def code_and_rest(event: CommandUsed) -> tuple[str, str]:
    """Q12, and what follows it on the same line or below."""
    code, *rest = event.arguments.split(maxsplit=1) or [""]
    return code, "".join(rest).strip()


async def _question_of_expert(services: Services, subject: str) -> Question:
    """The question, when who acts is its expert now, checked at the moment of acting. Raises Refusal."""
    question = await questions.by_id(services.session, int(subject))
    if question is None or question.community_id != services.community.id:
        raise Refusal(mark("This question is no longer there."))
    await check_expert(services, question)
    return question


async def has_it(services: Services, question: Question) -> bool:
    """Whether who acts is the expert who has the question now."""
    mine = question.expert_id == services.member.id
    return mine and await routing.is_expert(services, services.member.id, even_away=True)


async def check_expert(services: Services, question: Question) -> None:
    """Raises Refusal unless who acts is the expert who has the question now."""
    if await is_asker(services, question):  # first: for a while they can be its expert, too
        raise Refusal(mark("You asked this question yourself; somebody else answers it."))
    if not await has_it(services, question):
        raise Refusal(mark("Only the expert who has this question now can do that."))


@capability.button(words.ANSWER)
async def ask_for_answer(event: ButtonPressed, services: Services) -> None:
    """The expert writes an answer."""
    question = await _question_of_expert(services, event.subject)
    after(Act.ANSWER, State(question.state))
    title = mark("Answer a question")
    await services.open_form(await words_form(services, "questions.answered", question, title, mark("Your answer")))


@capability.form("questions.answered")
async def answered(event: FormSubmitted, services: Services) -> None:
    """The answer goes to the asker."""
    await give_answer(services, await _question_of_expert(services, event.subject), str(event.values["text"]))


async def give_answer(services: Services, question: Question, text: str) -> None:
    """The asker gets the answer, once, however it was given."""
    state = after(Act.ANSWER, State(question.state))
    changed: dict[str, Any] = {"state": state.value, "answer": text, "answered_at": services.now()}
    expert = services.member
    if not await questions.move(services.session, question, allowed_from(Act.ANSWER), expert.id, **changed):
        after(Act.ANSWER, State(question.state))
        raise Refusal(mark("Only the expert who has this question now can do that."))
    await routing.take_from_expert(services, question, _ANSWERED)
    await _bring(services, question, text)


async def answer_instead(services: Services, question: Question, text: str) -> None:
    """A facilitator answers in the place of whoever has the question, or of nobody. Raises Refusal."""
    if await is_asker(services, question):
        raise Refusal(mark("You asked this question yourself; somebody else answers it."))
    former, card = question.expert_id, question.expert_message
    changed = {"answer": text, "answered_at": services.now(), "expert_id": services.member.id, "expert_message": None}
    await advance(services.session, question, Act.ANSWER_INSTEAD, **changed)
    await routing.close_card(services, question, former, card, routing.SOMEBODY_ELSE)
    await _bring(services, question, text)


async def _bring(services: Services, question: Question, text: str) -> None:
    expert = services.member
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
    form = await words_form(services, "questions.asked_back", question, mark("Ask back"), label)
    await services.open_form(form)


@capability.form("questions.asked_back")
async def asked_back(event: FormSubmitted, services: Services) -> None:
    """The asker is asked; the reminders rest until they reply."""
    question = await _question_of_expert(services, event.subject)
    await advance(services.session, question, Act.ASK_BACK, routed_at=services.now())
    asker, text = await asker_of(services, question), str(event.values["text"])
    if asker is not None:
        message = words.asked_back(services.wording_for(asker.member), question, services.member.name, text)
        row = await services.tell(asker.member, message, Kind.ANSWER)
        reference = row.reference if row else None
        await question_exchange.keep(
            services.session, services.frame.cipher, question, Part.ASKED_BACK, text,
            by=services.member.id, message=reference,
        )  # fmt: skip
        await plan_asker(services, question)
    say = services.wording.say
    await services.answer(
        Message(say(mark("I have asked. You hear from me here about **{code}**."), code=question.code))
    )


@capability.button(words.NOT_MINE)
async def not_mine(event: ButtonPressed, services: Services) -> None:
    """The next expert gets it."""
    await decline(services, await _question_of_expert(services, event.subject))


@capability.command("decline", summary=mark("Pass a question on to the next expert"), usage=_USAGE_DECLINE,
                    roles=(Role.EXPERT,))  # fmt: skip
async def decline_by_command(event: CommandUsed, services: Services) -> None:
    """``decline Q12``."""
    question = await question_called(services, event.arguments.strip(), _USAGE_DECLINE)
    await check_expert(services, question)
    await decline(services, question)


async def decline(services: Services, question: Question) -> None:
    """Who acts does not answer this question; somebody else may."""
    after(Act.DECLINE, State(question.state))
    await questions.pass_on(services.session, question.id, services.member.id)
    await routing.take_from_expert(services, question, mark("Thank you. I bring it to somebody else."))
    await advance(services.session, question, Act.DECLINE, expert_id=None)
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
    code, who = code_and_rest(event)
    question = await question_called(services, code if who else "", _USAGE_ASSIGN)
    if Role.FACILITATOR not in services.roles:
        await check_expert(services, question)
    expert = await services.member_called(who)
    await give(services, question, expert)
