"""Somebody is forgotten: what they had to answer goes to others, and what they asked comes to its end."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.core.messages import mark
from bot.services import Services
from handlers.events import MemberForgotten
from handlers.questions import _routing as routing
from handlers.questions._askers import asked_confidentially
from handlers.questions._capability import capability
from handlers.questions._state import ENDED, Act, State, after, allowed_from
from storage import members, questions
from storage.questions import Question

_CLOSE = "questions.close_forgotten"
_NOBODY_WAITS = mark("Nobody waits for this answer any more. Thank you!")
_UNENDED = frozenset(State) - ENDED
_WITH_THEM = (State.ROUTED.value, State.ASKED_BACK.value)
_LEAVES_AFTER = (timedelta(days=1), timedelta(days=3))
"""When a confidential question of theirs is closed: not at the moment at which everybody sees them go."""


@capability.hears(MemberForgotten)
async def forgotten(news: MemberForgotten, services: Services) -> None:
    """Their part in the questions of one community."""
    await _end_own_questions(news, services)
    await _end_confidential_questions(news, services)
    await _hand_on(news, services)


async def _end_own_questions(news: MemberForgotten, services: Services) -> None:
    session, community_id = services.session, services.community.id
    for question in await questions.asked_by(session, community_id, news.member_id):
        await _close(services, question)
        if not news.keep_shared:
            await questions.set_share(session, question, share=False)


async def _end_confidential_questions(news: MemberForgotten, services: Services) -> None:
    """The seal is deleted with everything else. Others hear nothing now: it would tell them who had asked."""
    session = services.session
    for question, asker in await asked_confidentially(services, news.member_id):
        if not news.keep_shared:
            await questions.set_share(session, question, share=False)
        elif question.share and question.state == State.ACCEPTED.value and question.text is None:
            await questions.set_messages(session, question, text=asker.words)  # it was just about to be shared
        if State(question.state) in _UNENDED:
            shortest, longest = (moment.total_seconds() for moment in _LEAVES_AFTER)
            at = services.now() + timedelta(seconds=random.SystemRandom().uniform(shortest, longest))
            await services.later(_CLOSE, {"question": question.id}, at=at)


@capability.due(_CLOSE)
async def close_later(payload: Mapping[str, Any], services: Services) -> None:
    """Long enough after who asked it has gone."""
    question = await questions.by_id(services.session, payload["question"])
    if question is not None:
        await _close(services, question)


async def _close(services: Services, question: Question) -> None:
    ended: dict[str, Any] = {"state": State.CLOSED.value, "closed_at": services.now()}
    if await questions.move(services.session, question, [state.value for state in _UNENDED], **ended):
        await routing.take_from_expert(services, question, _NOBODY_WAITS)


async def _hand_on(news: MemberForgotten, services: Services) -> None:
    """Another expert gets what they had, and what they answered, if that answer goes before it was accepted."""
    session, community_id, expert_id = services.session, services.community.id, news.member_id
    held = await questions.waiting_for(session, community_id, expert_id, _WITH_THEM)
    if not news.keep_shared:
        held += await _taken_back(services, expert_id)
    await questions.remove_expert(session, community_id, expert_id)
    await members.take_roles(session, community_id, expert_id)
    for question in held:
        await questions.pass_on(session, question.id, expert_id)
        await routing.route(services, question)


async def _taken_back(services: Services, expert_id: int) -> list[Question]:
    """Answers that wait for a word of their asker, and are about to be deleted: those questions are open again."""
    session, state = services.session, State.ANSWERED
    waiting = await questions.waiting_for(session, services.community.id, expert_id, [state.value])
    opened: dict[str, Any] = {"state": after(Act.REOPEN, state).value, "answer": None, "answered_at": None}
    return [one for one in waiting if await questions.move(session, one, allowed_from(Act.REOPEN), **opened)]
