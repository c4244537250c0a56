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
from handlers.questions._deadlines import plan
from handlers.questions._state import OPEN, Act, State, after, allowed_from
from storage import members, questions
from storage.members import Member
from storage.questions import Expert, Question

_ROUTE = "questions.route"


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

    Who knows the topic comes first, then who speaks the language, then who has fewer open questions, then who
    was asked longest ago. A question with a topic goes to who knows it; only when none of them is left does it
    go to another expert.
    """
    left = [one for one in candidates if not one.away and one.member_id not in without]
    if not left:
        return None

    def order(one: Candidate) -> tuple[bool, bool, int, float, int]:
        off_topic = topic is not None and topic.casefold() not in one.topics
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
    longest = services.frame.settings.confidential_delay_seconds if question.confidential else 0
    delay = timedelta(seconds=random.SystemRandom().uniform(0, longest))
    if delay:
        await services.later(_ROUTE, {"question": question.id}, at=services.now() + delay)
    else:
        await route(services, question)


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


async def pass_to_next(services: Services, question: Question, *, stage: int) -> bool:
    """Another expert gets it, where there is one: who has it was too slow, or nobody has it."""
    had_it = question.expert_id
    chosen = await _best(services, question, besides=() if had_it is None else (had_it,))
    if chosen is None:
        return False
    if had_it is not None:
        await questions.pass_on(services.session, question.id, had_it)
    await hand_over(services, question, chosen, stage=stage)
    return True


async def hand_over(services: Services, question: Question, expert_id: int, *, stage: int = 0) -> None:
    """This expert has the question from now on, and gets it at once: a first routing never waits."""
    expert = await members.by_id(services.session, expert_id)
    asker = await asker_of(services, question)
    if expert is None or asker is None:
        return
    await take_from_expert(services, question, mark("Somebody else takes care of it now. Thank you!"))
    state = after(Act.ROUTE, State(question.state))
    now = services.now()
    changed = {"state": state.value, "expert_id": expert.id, "routed_at": now, "stage": stage}
    if not await questions.move(services.session, question, allowed_from(Act.ROUTE), **changed):
        return
    known = await questions.expert(services.session, question.community_id, expert.id)
    if known is not None:
        known.asked_at = now
    message = words.card(services.wording_for(expert), question, asker.words, asker.name)
    row = await services.tell(expert, message, Kind.RECEIPT)
    await questions.set_messages(services.session, question, expert_message=row.reference if row else None)
    await plan(services, question)


async def take_from_expert(services: Services, question: Question, key: str) -> None:
    """The expert who had it keeps a card without buttons that says why."""
    if question.expert_id is None:
        return
    former = await members.by_id(services.session, question.expert_id)
    if former is not None and question.expert_message:
        over = words.card_is_over(services.wording_for(former), question, key)
        await services.edit(question.expert_message, over)
    await questions.set_messages(services.session, question, expert_message=None)


async def _run_out(services: Services, question: Question) -> None:
    await take_from_expert(services, question, mark("Somebody else takes care of it now. Thank you!"))
    state = after(Act.RUN_OUT, State(question.state))
    changed = {"state": state.value, "expert_id": None, "routed_at": services.now(), "stage": 0}
    await questions.move(services.session, question, allowed_from(Act.RUN_OUT), **changed)
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
