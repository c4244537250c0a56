"""Which expert gets a question: by topic, language, load and availability; and what happens when there is none."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.messages import Kind, Message, mark
from bot.core.roles import Role
from bot.services import Services
from handlers.questions import _wording as words
from handlers.questions._askers import asker_of
from handlers.questions._capability import capability
from handlers.questions._deadlines import MOVED, plan
from handlers.questions._state import OPEN, Act, State, after, allowed_from
from storage import members, questions
from storage.members import Member
from storage.questions import Expert, Question

_ROUTE = "questions.route"
_SOMEBODY_ELSE = mark("Somebody else takes care of it now. Thank you!")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An expert as routing sees them."""

    member_id: int
    topics: frozenset[str]
    languages: frozenset[str]
    away: bool
    load: int
    asked_at: datetime | None


def choose(candidates: Sequence[Candidate], topic: str | None, language: str, without: Collection[int]) -> int | None:
    """The member id of the expert who gets a question; None when nobody is left.

    Who knows the topic comes first (then who named none and answers every one), then who speaks the language, then
    who has fewer open questions, then who was asked longest ago. A question with a topic goes to who knows it;
    only when none of them is left does it go to another expert.
    """
    left = [one for one in candidates if not one.away and one.member_id not in without]
    if not left:
        return None

    def order(one: Candidate) -> tuple[int, bool, int, float, int]:
        off_topic = 0 if topic is None or topic.casefold() in one.topics else 2 if one.topics else 1
        asked = one.asked_at.timestamp() if one.asked_at else 0.0
        return (off_topic, language not in one.languages, one.load, asked, one.member_id)

    return min(left, key=order).member_id


async def topics_of(services: Services) -> list[str]:
    """Every topic that an expert of the community answers, by name."""
    known = await questions.experts_of(services.session, services.community.id)
    topics = {topic.casefold(): topic for expert, _ in known for topic in expert.topics}
    return [topics[key] for key in sorted(topics)]


async def start(services: Services, question: Question) -> None:
    """Bring a new question on its way. A confidential one leaves after a random while, so that the moment at
    which somebody was typing tells nothing."""
    delay = random_while(services, question)
    if delay:
        await services.later(_ROUTE, {"question": question.id}, at=services.now() + delay)
    else:
        await route(services, question)


def random_while(services: Services, question: Question) -> timedelta:
    """How long what a confidential asker does is held before others see anything of it; none for the others."""
    longest = services.frame.settings.confidential_delay_seconds if question.confidential else 0
    return timedelta(seconds=random.SystemRandom().uniform(0, longest))


@capability.due(_ROUTE)
async def route_later(payload: Mapping[str, Any], services: Services) -> None:
    """The random while is over."""
    question = await questions.by_id(services.session, payload["question"])
    if question is not None and question.state == State.WAITING.value:
        await route(services, question)


async def route(services: Services, question: Question) -> bool:
    """Give the question to the best expert who is left; whether there was one. Else facilitators are told."""
    chosen = await _best(services, question)
    if chosen is None:
        await _run_out(services, question)
        return False
    await hand_over(services, question, chosen)
    return True


async def pass_to_next(services: Services, question: Question) -> bool:
    """Another expert gets it, where there is one. After one who was too slow, reminders go on where they stood."""
    slow = question.expert_id
    chosen = await _best(services, question, besides=() if slow is None else (slow,))
    if chosen is None:
        return False
    if slow is not None:
        await questions.pass_on(services.session, question.id, slow)
    await hand_over(services, question, chosen, stage=0 if slow is None else MOVED)
    return True


async def hand_over(services: Services, question: Question, expert_id: int, *, stage: int = 0) -> bool:
    """This expert has the question from now on, and gets it at once: a first routing never waits.

    False when it has moved on in the meantime, or its asker is no longer known.
    """
    expert = await members.by_id(services.session, expert_id)
    asker = await asker_of(services, question)
    if expert is None or asker is None:
        return False
    former, card = question.expert_id, question.expert_message
    state = after(Act.ROUTE, State(question.state))
    now = services.now()
    changed: dict[str, Any] = {"state": state.value, "expert_id": expert.id, "routed_at": now, "stage": stage}
    if not await questions.move(services.session, question, allowed_from(Act.ROUTE), **changed):
        return False
    await close_card(services, question, former, card, _SOMEBODY_ELSE)
    known = await questions.expert(services.session, question.community_id, expert.id)
    if known is not None:
        known.asked_at = now
    message = words.card(services.wording_for(expert), question, asker.words, asker.name)
    row = await services.tell(expert, message, Kind.RECEIPT)
    await questions.set_messages(services.session, question, expert_message=row.reference if row else None)
    await plan(services, question)
    return True


async def is_expert(services: Services, member_id: int | None, *, even_away: bool) -> bool:
    """Whether this member still answers questions here; ``even_away`` counts who is away for a while too."""
    known = await questions.experts_of(services.session, services.community.id)
    return any(expert.member_id == member_id and (even_away or not expert.away) for expert, _ in known)


async def offer_waiting(services: Services) -> None:
    """Somebody new can answer: what waited for an expert is brought to the best one."""
    waiting = [State.WAITING.value]
    for question in await questions.in_states(services.session, services.community.id, waiting):
        if await _best(services, question) is not None:
            await route(services, question)


async def take_from_expert(services: Services, question: Question, key: str) -> None:
    """The expert who had it keeps a card without buttons that says why."""
    await close_card(services, question, question.expert_id, question.expert_message, key)
    await questions.set_messages(services.session, question, expert_message=None)


async def close_card(
    services: Services, question: Question, expert_id: int | None, reference: str | None, key: str
) -> None:
    """A card loses its buttons and says why."""
    former = await members.by_id(services.session, expert_id) if expert_id else None
    if former is not None and reference:
        over = words.card_is_over(services.wording_for(former), question, key)
        await services.edit(reference, over)


async def _run_out(services: Services, question: Question) -> None:
    former, card = question.expert_id, question.expert_message
    state = after(Act.RUN_OUT, State(question.state))
    changed: dict[str, Any] = {
        "state": state.value,
        "expert_id": None,
        "routed_at": services.now(),
        "stage": 0,
        "expert_message": None,
    }
    if not await questions.move(services.session, question, allowed_from(Act.RUN_OUT), **changed):
        return
    await close_card(services, question, former, card, mark("It is not with you any more. Thank you!"))
    await tell_facilitators(
        services,
        question,
        mark("**{code}** ({topic}) finds no expert. Give it to somebody: /assign {code} @name"),
    )
    await plan(services, question)


async def tell_facilitators(services: Services, question: Question, key: str) -> None:
    """Say something about a question to every facilitator, without its words and without its asker."""
    for facilitator in await members.with_role(services.session, question.community_id, Role.FACILITATOR):
        wording = services.wording_for(facilitator)
        topic = question.topic or wording.label(mark("no topic given"))
        text = wording.say(key, code=question.code, topic=topic)
        await services.tell(facilitator, Message(text), Kind.REMINDER)


async def _best(services: Services, question: Question, besides: Collection[int] = ()) -> int | None:
    session = services.session
    known = await questions.experts_of(session, question.community_id)
    load = await questions.load_of(session, question.community_id, [state.value for state in OPEN])
    asker = await asker_of(services, question)
    without = {*besides, *await questions.passed_on_by(session, question.id)}
    if asker is not None:
        without.add(asker.member.id)
    candidates = [_candidate(expert, member, load.get(member.id, 0)) for expert, member in known]
    return choose(candidates, question.topic, question.language, without)


def _candidate(expert: Expert, member: Member, load: int) -> Candidate:
    topics = frozenset(topic.casefold() for topic in expert.topics)
    languages = frozenset([*member.languages, *([member.language] if member.language else [])])
    return Candidate(expert.member_id, topics, languages, expert.away, load, expert.asked_at)
