"""One step of a question: a conditional change of its row, so that of two who act at once one does."""

from __future__ import annotations

from typing import Any

from handlers.questions._state import Act, State, after, allowed_from
from storage import questions
from storage.database import Session
from storage.questions import Question


async def advance(session: Session, question: Question, act: Act, **changed: Any) -> None:
    """Move the question one step. Raises Refusal where it isn't allowed (any more)."""
    state = after(act, State(question.state))
    if not await questions.move(session, question, allowed_from(act), state=state.value, **changed):
        after(act, State(question.state))
