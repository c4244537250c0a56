"""Reminders: after 24 hours the expert, after 48 the next expert, after 72 the facilitators."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.core.messages import Button, Kind, Message, Text, mark
from bot.services import Services
from bot.texts import Wording
from handlers.questions import _routing as routing
from handlers.questions._askers import asker_of
from handlers.questions._capability import capability
from handlers.questions._deadlines import ESCALATED, MOVED, REMIND, REMIND_ASKER, REMINDED, plan
from handlers.questions._state import State
from handlers.questions._wording import ANSWER, REPLY
from storage import members, question_exchange, questions
from storage.columns import to_microseconds
from storage.questions import Question


@capability.due(REMIND)
async def remind(payload: Mapping[str, Any], services: Services) -> None:
    """The next step, unless somebody has acted in the meantime."""
    question = await questions.by_id(services.session, payload["question"])
    if question is None or not _still_waits(question, payload):
        return
    if await _held_until_open(REMIND, payload, services):
        return
    if await _went_elsewhere(services, question):
        return
    await questions.set_stage(services.session, question, payload["stage"])
    await _STEPS[payload["stage"]](services, question)


async def _held_until_open(kind: str, payload: Mapping[str, Any], services: Services) -> bool:
    """Whether it has to wait: quiet hours were changed since it was planned, or nothing ran when it was due."""
    now = services.now()
    opens = services.community.working_time.next_open(now)
    if opens > now:
        await services.later(kind, dict(payload), at=opens)
    return opens > now


async def _went_elsewhere(services: Services, question: Question) -> bool:
    """Whether others take care of it from now on: nobody had it, or who had it has stopped being an expert."""
    if question.expert_id is None:
        return await routing.pass_to_next(services, question)
    if await routing.is_expert(services, question.expert_id, even_away=True):
        return False
    await questions.pass_on(services.session, question.id, question.expert_id)
    await routing.route(services, question)
    return True


def _same_round(question: Question, payload: Mapping[str, Any]) -> bool:
    return question.routed_at is not None and to_microseconds(question.routed_at) == payload["round"]


def _still_waits(question: Question, payload: Mapping[str, Any]) -> bool:
    waits = question.state in (State.ROUTED, State.WAITING)
    return waits and _same_round(question, payload) and question.stage == payload["stage"] - 1


async def _remind_expert(services: Services, question: Question) -> None:
    expert = await members.by_id(services.session, question.expert_id) if question.expert_id else None
    if expert is not None:
        wording = services.wording_for(expert)
        text = wording.say(mark("**{code}** still waits for your answer. Press *Not mine* above if it is not for you."),
                           code=question.code)  # fmt: skip
        button = Button(wording.label(mark("Answer")), ANSWER, str(question.id))
        await services.tell(expert, Message(text, (button,)), Kind.REMINDER)
    await plan(services, question)


async def _move_on(services: Services, question: Question) -> None:
    """The next expert gets it; with none left, the facilitators hear of it, and its expert keeps it."""
    if await routing.pass_to_next(services, question):
        return
    await routing.tell_facilitators(
        services,
        question,
        mark("**{code}** ({topic}) waits, and there is no other expert for it: /assign {code} @name"),
    )
    await plan(services, question)


async def _escalate(services: Services, question: Question) -> None:
    hours = services.community.facilitator_after_hours
    await routing.tell_each_facilitator(services, question, partial(_has_waited, hours))


def _has_waited(hours: int, wording: Wording, values: Mapping[str, str]) -> Text:
    """In days, where these are whole ones."""
    days, rest = divmod(hours, 24)
    if rest or days == 0:
        return wording.plural(
            "**{code}** ({topic}) has waited for an hour. Give it to somebody: /assign {code} @name",
            "**{code}** ({topic}) has waited for {count} hours. Give it to somebody: /assign {code} @name",
            hours,
            **values,
        )
    return wording.plural(
        "**{code}** ({topic}) has waited for a day. Give it to somebody: /assign {code} @name",
        "**{code}** ({topic}) has waited for {count} days. Give it to somebody: /assign {code} @name",
        days,
        **values,
    )


@capability.due(REMIND_ASKER)
async def remind_asker(payload: Mapping[str, Any], services: Services) -> None:
    """The expert still waits for the asker's reply: say so once."""
    question = await questions.by_id(services.session, payload["question"])
    if question is None or question.state != State.ASKED_BACK.value or not _same_round(question, payload):
        return
    if await _held_until_open(REMIND_ASKER, payload, services):
        return
    asker = await asker_of(services, question)
    if asker is not None:
        wording = services.wording_for(asker.member)
        text = wording.say(mark("The expert still waits for your reply about **{code}**."), code=question.code)
        button = Button(wording.label(mark("Answer")), REPLY, str(question.id))
        row = await services.tell(asker.member, Message(text, (button,)), Kind.REMINDER)
        said = await question_exchange.of(services.session, services.frame.cipher, question)
        if row is not None and said:
            await question_exchange.told_again(
                services.session, services.frame.cipher, question, said[-1], row.reference
            )


_STEPS = {REMINDED: _remind_expert, MOVED: _move_on, ESCALATED: _escalate}
