"""Two members are one person: a question of theirs that is with themselves goes on to somebody else."""

from __future__ import annotations

from bot.core.messages import mark
from bot.services import Services
from handlers.events import MembersLinked
from handlers.questions import _routing as routing
from handlers.questions._askers import asked_confidentially
from handlers.questions._capability import capability
from handlers.questions._state import Act, State, after, allowed_from
from storage import questions
from storage.questions import Question

_OWN = mark("You asked this yourself, so somebody else gets it.")
_WITH_THEM = (State.ROUTED.value, State.ASKED_BACK.value)


@capability.hears(MembersLinked)
async def linked(news: MembersLinked, services: Services) -> None:
    """Of those that they asked confidentially nothing is seen to happen now: it would tell who asked."""
    sealed = {question.id for question, _ in await asked_confidentially(services, news.member_id)}
    held = await questions.waiting_for(services.session, services.community.id, news.member_id, _WITH_THEM)
    for question in held:
        if question.asker_id == news.member_id:
            await _to_somebody_else(services, question, news.member_id)
        elif question.id in sealed and question.state == State.ROUTED.value:
            await routing.pass_on_unseen(services, question)


async def _to_somebody_else(services: Services, question: Question, member_id: int) -> None:
    session = services.session
    await questions.pass_on(session, question.id, member_id)
    await routing.take_from_expert(services, question, _OWN)
    state = after(Act.DECLINE, State(question.state))
    if await questions.move(session, question, allowed_from(Act.DECLINE), state=state.value, expert_id=None):
        await routing.route(services, question)
