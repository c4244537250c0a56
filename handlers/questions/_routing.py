"""Which expert gets a question: by topic, language, load and availability; and what happens when there is none."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.core.messages import Kind, Message, Text, mark
from bot.core.roles import Role
from bot.services import Services
from bot.texts import Wording
from handlers.questions import _wording as words
from handlers.questions._askers import Asker, asker_of
from handlers.questions._capability import capability
from handlers.questions._deadlines import IN_A_WHILE, MOVED, plan
from handlers.questions._state import OPEN, Act, State, after, allowed_from
from storage import members, question_exchange, questions
from storage.columns import to_microseconds
from storage.database import Session
from storage.members import Member
from storage.questions import Expert, Question

_ROUTE = "questions.route"
SUGGEST_TOPIC = "questions.suggest_topic"
UNSEEN = "unseen"
_LONGEST_SUGGESTION = timedelta(minutes=1)
_EXPERTS_WHILE = (10 * 60, 60 * 60)
SOMEBODY_ELSE = mark("Somebody else takes care of it now. Thank you!")


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
    return await known_topics(services.session, services.community.id)


async def known_topics(session: Session, community_id: int) -> list[str]:
    """The same, outside of any handler."""
    known = await questions.experts_of(session, community_id)
    topics = {topic.casefold(): topic for expert, _ in known for topic in expert.topics}
    return [topics[key] for key in sorted(topics)]


async def start(services: Services, question: Question) -> None:
    """Bring a new question on its way. A confidential one leaves after a random while, so that the moment at
    which somebody was typing tells nothing.

    Where a topic may be suggested, that is waited for; but the question leaves without one a minute later, whatever
    became of the suggestion: the task that carries it may be the last of many, or fail.
    """
    leaves = services.now() + random_while(services, question)
    if question.topic is None and question.assistant_may_read and services.frame.assistant is not None:
        await services.later(SUGGEST_TOPIC, {"question": question.id}, at=leaves)
        leaves += _LONGEST_SUGGESTION
    if leaves > services.now():
        await services.later(_ROUTE, {"question": question.id}, at=leaves)
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
    if question is not None and has_not_left(question):
        await route(services, question)


def has_not_left(question: Question) -> bool:
    """Whether nobody was asked yet, nor told that there is nobody."""
    return question.state == State.WAITING.value and question.routed_at is None


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
    if not await questions.move(services.session, question, allowed_from(Act.ROUTE), **changed, expert_message=None):
        return False
    await close_card(services, question, former, card, SOMEBODY_ELSE)
    await questions.was_asked(services.session, question.community_id, expert.id, now)
    if asker.member.id == expert.id:
        await pass_on_unseen(services, question)
    else:
        await show_to_expert(services, question, expert, asker)
    await plan(services, question)
    return True


async def show_to_expert(services: Services, question: Question, expert: Member, asker: Asker) -> None:
    """The card of a question, with everything that was said about it so far and may be seen."""
    said = await question_exchange.of(services.session, services.frame.cipher, question)
    told = [one for one in said if not one.held]
    message = words.card(services.wording_for(expert), question, asker.words, asker.name, told)
    row = await services.tell(expert, message, Kind.RECEIPT)
    await questions.set_messages(services.session, question, expert_message=row.reference if row else None)


async def pass_on_unseen(services: Services, question: Question) -> None:
    """The expert whose turn it is asked this confidentially: a while later it goes on, as if they had declined.

    Were they left out from the beginning, the next expert and the facilitators could conclude who asked from who was
    not asked, above all where a topic has one expert. So everybody sees it with them, as with any other question, and
    then with somebody else. It doesn't go on at night, when hardly anybody declines, nor as a day begins to the second.
    """
    assert question.routed_at is not None  # noqa: S101 - it was just written
    due = services.now() + _while_of_an_expert()
    opens = services.community.working_time.next_open(due)
    if opens > due:
        due = opens + _while_of_an_expert()
    payload = {"question": question.id, "what": UNSEEN, "round": to_microseconds(question.routed_at)}
    await services.later(IN_A_WHILE, payload, at=due)


def _while_of_an_expert() -> timedelta:
    return timedelta(seconds=random.SystemRandom().uniform(*_EXPERTS_WHILE))


async def go_on(services: Services, question: Question, payload: Mapping[str, Any]) -> None:
    """Its asker had it long enough; unless it has moved in the meantime, the next one gets it."""
    same_round = question.routed_at is not None and to_microseconds(question.routed_at) == payload["round"]
    if same_round and question.expert_id is not None and question.state == State.ROUTED.value:
        await questions.pass_on(services.session, question.id, question.expert_id)
        state = after(Act.DECLINE, State(question.state))
        await questions.move(services.session, question, allowed_from(Act.DECLINE), state=state.value, expert_id=None)
        await route(services, question)


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
    await tell_each_facilitator(services, question, lambda wording, values: wording.say(key, **values))


async def tell_each_facilitator(
    services: Services, question: Question, said: Callable[[Wording, Mapping[str, str]], Text]
) -> None:
    """The same, in words that depend on more than the question's code and topic."""
    for facilitator in await members.with_role(services.session, question.community_id, Role.FACILITATOR):
        wording = services.wording_for(facilitator)
        values = {"code": question.code, "topic": question.topic or wording.label(mark("no topic given"))}
        await services.tell(facilitator, Message(said(wording, values)), Kind.REMINDER)


async def _best(services: Services, question: Question, besides: Collection[int] = ()) -> int | None:
    session = services.session
    known = await questions.experts_of(session, question.community_id)
    load = await questions.load_of(session, question.community_id, [state.value for state in OPEN])
    asker = await asker_of(services, question)
    without = {*besides, *await questions.passed_on_by(session, question.id)}
    if asker is not None and not question.confidential:  # of the others, see pass_on_unseen
        without.add(asker.member.id)
    candidates = [_candidate(expert, member, load.get(member.id, 0)) for expert, member in known]
    return choose(candidates, question.topic, question.language, without)


def _candidate(expert: Expert, member: Member, load: int) -> Candidate:
    topics = frozenset(topic.casefold() for topic in expert.topics)
    languages = frozenset([*member.languages, *([member.language] if member.language else [])])
    return Candidate(expert.member_id, topics, languages, expert.away, load, expert.asked_at)
