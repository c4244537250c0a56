"""A topic for who didn't know one: suggested by a language model, before the question goes to an expert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core.assistance import AssistantUnavailable
from bot.services import Services, WorkServices
from handlers.questions import _routing as routing
from handlers.questions._capability import capability
from storage import members, questions
from storage.database import Session
from storage.questions import Question


async def _leave_with(payload: Mapping[str, Any], topic: str | None, services: Services) -> None:
    """On its way, with the topic that was suggested, or with none as before."""
    question = await questions.by_id(services.session, payload["question"])
    if question is None or not routing.has_not_left(question):
        return
    if topic is not None and topic in await routing.topics_of(services):
        await questions.set_topic(services.session, question, topic)
    await routing.route(services, question)


@capability.task(routing.SUGGEST_TOPIC, finish=_leave_with)
async def suggest_topic(payload: Mapping[str, Any], services: WorkServices) -> str | None:
    """What the assistant takes the question to be about; None where it has no idea or is not to be had."""
    community_id = services.community.id
    async with services.database.reading() as session:
        question = await questions.as_seen(session, payload["question"])
        if services.assistant is None or question is None or not routing.has_not_left(question):
            return None
        words = await _words(session, services, question)
        topics = await routing.known_topics(session, community_id)
        names = [member.name for member in await members.of_community(session, community_id)]
    if words is None or not topics:
        return None
    try:
        proposed = await services.assistant.propose_topics(words, topics, names)
    except AssistantUnavailable:
        return None
    return proposed[0] if proposed else None


async def _words(session: Session, services: WorkServices, question: Question) -> str | None:
    """What was asked, where its asker lets a model read it."""
    if not question.assistant_may_read:
        return None
    if not question.confidential:
        return question.text
    asker = await questions.asker_of(session, services.frame.cipher, question.id)
    return asker.words if asker else None
