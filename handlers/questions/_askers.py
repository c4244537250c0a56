"""Who asked: by name, or known to nobody but the route to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal
from bot.core.messages import mark
from bot.services import Services
from handlers.questions._state import Act, State, after
from storage import accounts, members, questions
from storage.members import Member
from storage.questions import Question, SealedAsker


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asked, with their words. ``name`` is None for a confidential asker: nobody else may see it."""

    member: Member
    words: str
    name: str | None


async def asker_of(services: Services, question: Question) -> Asker | None:
    """Who asked. None when that is no longer known, 30 days after a confidential question ended."""
    if question.asker_id is not None:
        member = await members.by_id(services.session, question.asker_id)
        return Asker(member, question.text or "", member.name) if member else None
    sealed = await questions.asker_of(services.session, services.frame.cipher, question.id)
    member = await members.by_id(services.session, sealed.member_id) if sealed else None
    return Asker(member, sealed.words, None) if sealed and member else None


async def keep_asker(services: Services, question: Question, words: str) -> None:
    """Remember who asked: in the open, or sealed with the question's own key."""
    if question.confidential:
        sealed = SealedAsker(services.member.id, words, services.now().isoformat())
        await questions.keep_asker(services.session, services.frame.cipher, question.id, sealed)


async def asked_confidentially(services: Services, member_id: int) -> list[tuple[Question, SealedAsker]]:
    """What a member asked here confidentially, on any of their accounts, the oldest first."""
    mine = await accounts.ids_of(services.session, member_id)
    sealed = await questions.confidential(services.session, services.frame.cipher, services.community.id)
    return [(question, asker) for question, asker in sealed if asker.member_id in mine]


async def own_question(services: Services, subject: str) -> Question:
    """The question, when who acts is who asked it. Raises Refusal."""
    question = await questions.by_id(services.session, int(subject))
    if question is not None and await asker_of(services, question) is None:
        after(Act.REPLY, State(question.state))  # who asked is forgotten, long after the end: that is what it says
    if question is None or not await is_asker(services, question):
        raise Refusal(mark("Only who asked this question can do that."))
    return question


def moment_of_asker(services: Services, question: Question) -> datetime:
    """The present moment as it may be kept of what an asker does (UTC).

    Of who asks confidentially only the hour: the minute at which somebody was typing could tell who it was.
    """
    now = services.now()
    return now.replace(minute=0, second=0, microsecond=0) if question.confidential else now


async def is_asker(services: Services, question: Question) -> bool:
    """Whether who acts is who asked."""
    asker = await asker_of(services, question)
    return asker is not None and services.known_member is not None and asker.member.id == services.known_member.id
