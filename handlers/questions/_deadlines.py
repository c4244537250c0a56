"""By when somebody should have acted on a question: planned as tasks, and held by quiet hours and weekends.

Each step is counted from the one before it, so that a weekend delays them all alike and nobody loses a
question before a working day has passed.
"""

from __future__ import annotations

from datetime import timedelta

from bot.services import Services
from storage.columns import to_microseconds
from storage.questions import Question

REMIND = "questions.remind"
REMIND_ASKER = "questions.remind_asker"
IN_A_WHILE = "questions.pass_on"
"""What reaches others a random while after it was done; the kinds of it look alike to who sees tasks alone."""
REMINDED, MOVED, ESCALATED = 1, 2, 3
"""The stages: the expert was reminded, the next expert has it, the facilitators were told."""


async def plan(services: Services, question: Question) -> None:
    """Plan the step behind the question's present stage, counted from now; none is behind the last."""
    if question.stage >= ESCALATED or question.routed_at is None:
        return
    community = services.community
    hours = (0, community.remind_after_hours, community.next_expert_after_hours, community.facilitator_after_hours)
    wait = timedelta(hours=hours[question.stage + 1] - hours[question.stage])
    due = community.working_time.after(services.now(), wait)
    payload = {"question": question.id, "stage": question.stage + 1, "round": to_microseconds(question.routed_at)}
    await services.later(REMIND, payload, at=due)


async def plan_asker(services: Services, question: Question) -> None:
    """Plan one reminder for the asker, whose reply the expert waits for."""
    community = services.community
    assert question.routed_at is not None  # noqa: S101 - it was written when the asker was asked
    due = community.working_time.after(services.now(), timedelta(hours=community.next_expert_after_hours))
    payload = {"question": question.id, "round": to_microseconds(question.routed_at)}
    await services.later(REMIND_ASKER, payload, at=due)
