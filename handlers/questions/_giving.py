"""Giving a question to somebody: by command, or chosen from those who answer questions here."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, FormSubmitted
from bot.core.forms import Choice, ChoiceField, Form
from bot.core.messages import Message, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.questions import _routing as routing
from handlers.questions import _wording as words
from handlers.questions._capability import capability
from handlers.questions._state import Act, State, after
from storage import members, questions
from storage.members import Member
from storage.questions import Question

_FACILITATORS = (Role.FACILITATOR,)
_GIVEN = "questions.given"
_NOT_THERE = mark("This question is no longer there.")


async def give(services: Services, question: Question, expert: Member) -> None:
    """This expert has it from now on. Raises Refusal where they can't."""
    if not await routing.is_expert(services, expert.id, even_away=True):
        raise Refusal(mark("{name} is no expert here yet. Add them first: /experts add @name topic"), name=expert.name)
    if question.asker_id == expert.id:  # of a confidential question nothing is said: a refusal would tell who asked
        raise Refusal(mark("{name} asked this question. Please choose somebody else."), name=expert.name)
    after(Act.ROUTE, State(question.state))
    if question.expert_id != expert.id and not await routing.hand_over(services, question, expert.id):
        after(Act.ROUTE, State(question.state))
    say = services.wording.say
    await services.answer(Message(say(mark("**{code}** is with {name} now."), code=question.code, name=expert.name)))


@capability.button(words.GIVE, roles=_FACILITATORS)
async def ask_for_expert(event: ButtonPressed, services: Services) -> None:
    """Who gets it? Everybody who answers questions here can be chosen, or who is missing would tell who asked."""
    question = await questions.as_seen(services.session, int(event.subject))
    if question is None or question.community_id != services.community.id:
        raise Refusal(_NOT_THERE)
    after(Act.ROUTE, State(question.state))
    known = await questions.experts_of(services.session, services.community.id)
    if not known:
        raise Refusal(mark("There are no experts yet. Add one: /experts add @name topic, topic"))
    label = services.wording.label
    away = mark("{name} (away)")
    choices = tuple(
        Choice(str(member.id), label(away, name=member.name) if expert.away else member.name)
        for expert, member in known
    )
    form = Form(
        action=_GIVEN,
        subject=event.subject,
        title=label(mark("Give it to somebody")),
        submit=label(mark("Send")),
        language=services.wording.language,
        intro=services.wording.say(mark("**{code}**"), code=question.code),
        fields=(ChoiceField(name="expert", label=label(mark("Who answers it?")), choices=choices),),
    )
    await services.open_form(form)


@capability.form(_GIVEN, roles=_FACILITATORS)
async def given(event: FormSubmitted, services: Services) -> None:
    """Who was chosen gets it, if they still answer questions here."""
    question = await questions.by_id(services.session, int(event.subject))
    expert = await members.by_id(services.session, int(str(event.values["expert"])))
    if question is None or expert is None or question.community_id != services.community.id:
        raise Refusal(_NOT_THERE)
    await give(services, question, expert)
