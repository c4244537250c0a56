"""Following questions: one's own, those that one answers, and the community's queue."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Message, Text, Value, joined, mark, points
from bot.core.roles import Role
from bot.services import Services
from handlers.questions._askers import asked_confidentially
from handlers.questions._capability import capability
from handlers.questions._routing import has_not_left
from handlers.questions._state import OPEN, Act, State, after, allowed_from
from handlers.questions._wording import shortened
from storage import members, question_exchange, questions
from storage.questions import DATA_KEY_KEPT_FOR, Question

_USAGE = mark("questions, questions mine, questions open, or questions overdue")
_CLOSE_AFTER = timedelta(days=14)
_MOST = 20

STATE_NAMES = {
    State.SUGGESTED: mark("waits for your choice"),
    State.WAITING: mark("waits for an expert"),
    State.ROUTED: mark("with an expert"),
    State.ASKED_BACK: mark("waits for the asker's reply"),
    State.ANSWERED: mark("answered"),
    State.ACCEPTED: mark("answered, it helped"),
    State.FOUND: mark("an earlier answer helped"),
    State.CLOSED: mark("closed"),
}


@capability.command(
    "questions",
    summary=mark("Follow your questions, or see those that wait"),
    usage=_USAGE,
    title=mark("My questions"),
)
async def follow(event: CommandUsed, services: Services) -> None:
    """``mine`` for everybody; ``open`` and ``overdue`` for facilitators, and for experts about their own."""
    which = event.arguments.strip().casefold()
    if which in ("", "mine"):
        await _mine(services)
    elif which in ("open", "overdue"):
        await _queue(services, overdue=which == "overdue")
    else:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))


@capability.button("questions.queue")
async def show_queue(event: ButtonPressed, services: Services) -> None:
    """The queue from a menu or a list; its subject is ``open`` or ``overdue``."""
    await _queue(services, overdue=event.subject == "overdue")


async def _mine(services: Services) -> None:
    """What the member asked, and what they have to answer; confidential ones too, as only they read this."""
    community_id, session = services.community.id, services.session
    own = await own_questions(services)
    asked, theirs = own[:_MOST], {one.id for one, _ in own}
    held = await questions.waiting_for(session, community_id, services.member.id, [state.value for state in OPEN])
    waiting = [one for one in held if one.id not in theirs]
    say = services.wording.say
    parts: list[Value] = []
    if waiting:
        parts += [say(mark("**Waiting for your answer**")), points([await _line(services, one) for one in waiting])]
    if asked:
        parts += [say(mark("**Your questions**")), points([own_line(services, one, text) for one, text in asked])]
    if not parts:
        parts = [say(mark("You have no questions here yet. Ask one with /ask."))]
    # always in private: a list in a place could be read over somebody's shoulder as theirs
    await services.answer_privately(Message(joined(parts)))


async def own_questions(services: Services) -> list[tuple[Question, str]]:
    """What the member asked, by name and confidentially, each with its words; the newest first."""
    community_id, session = services.community.id, services.session
    by_name = [(one, one.text or "") for one in await questions.asked_by(session, community_id, services.member.id)]
    own = [(one, asker.words) for one, asker in await asked_confidentially(services, services.member.id)]
    return sorted([*by_name, *own], key=lambda pair: -pair[0].number)


async def _queue(services: Services, *, overdue: bool) -> None:
    session, community = services.session, services.community
    states = [state.value for state in OPEN]
    if Role.FACILITATOR in services.roles:
        everything = await questions.in_states(session, community.id, states)
        # who looks again and again must not learn when somebody asked confidentially
        found = [one for one in everything if not (one.confidential and has_not_left(one))]
    elif Role.EXPERT in services.roles:
        found = await questions.waiting_for(session, community.id, services.member.id, states)
    else:
        raise Refusal(mark("Only facilitators and experts see the queue. Your own questions: /questions mine"))
    if overdue:
        limit = services.now() - timedelta(hours=community.facilitator_after_hours)
        found = [one for one in found if one.asked_at <= limit]
    say = services.wording.say
    if not found:
        await services.answer(Message(say(mark("No question waits. Good work!"))))
        return
    title = mark("**Overdue questions**") if overdue else mark("**Open questions**")
    lines = [await _line(services, one) for one in found[:_MOST]]
    await services.answer(Message(joined([say(title), points(lines)])))


async def _line(services: Services, question: Question) -> Text:
    """A question in the queue: since which day, with whom; never its asker."""
    expert = await members.by_id(services.session, question.expert_id) if question.expert_id else None
    say, label = services.wording.say, services.wording.label
    values = {
        "code": question.code,
        "topic": question.topic or label(mark("no topic given")),
        "day": services.wording.day(question.asked_at.astimezone(ZoneInfo(services.community.time_zone))),
        "state": label(STATE_NAMES[State(question.state)]),
    }
    if expert is None:
        return say(mark("**{code}** ({topic}), since {day}: {state}"), **values)
    return say(mark("**{code}** ({topic}), since {day}, {expert}: {state}"), expert=expert.name, **values)


def own_line(services: Services, question: Question, text: str) -> Text:
    """A question as who asked it sees it."""
    return services.wording.say(
        mark("**{code}** {text}: {state}"),
        code=question.code,
        text=shortened(text),
        state=services.wording.label(STATE_NAMES[State(question.state)]),
    )


async def tidy_up(services: Services) -> None:
    """Close what nobody came back to for two weeks, and forget who asked confidentially 30 days after the end."""
    session, community_id, now = services.session, services.community.id, services.now()
    waiting_for_the_asker = allowed_from(Act.CLOSE)
    for question in await questions.untouched_since(session, community_id, waiting_for_the_asker, now - _CLOSE_AFTER):
        state = after(Act.CLOSE, State(question.state))
        await questions.move(session, question, waiting_for_the_asker, state=state.value, closed_at=now)
    await questions.forget_askers(session, community_id, now - DATA_KEY_KEPT_FOR)
    await question_exchange.forget_unreadable(session, community_id)
