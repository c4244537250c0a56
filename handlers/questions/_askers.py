"""Who asked: by name, or known to nobody but the route to them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.services import Services
from storage import members, questions
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


async def is_asker(services: Services, question: Question) -> bool:
    """Whether who acts is who asked."""
    asker = await asker_of(services, question)
    return asker is not None and services.known_member is not None and asker.member.id == services.known_member.id
