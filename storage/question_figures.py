"""What happened to a community's questions in a while, for its health check. Counts and durations alone, no words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select

from storage.database import Session
from storage.questions import Question


@dataclass
class TopicFigures:
    """Questions of one topic: asked, answered and reopened in ``[a, b)``; open and overdue at ``b``."""

    asked: int = 0
    answered: int = 0
    reopened: int = 0
    open: int = 0
    overdue: int = 0


@dataclass
class QuestionFigures(TopicFigures):
    """The same over all topics, and more.

    ``asked_and_answered``: of those asked in ``[a, b)`` how many had an answer before ``b``; over ``asked`` it is the
    answered rate. ``minutes_to_accepted``: of each answer that was accepted in ``[a, b)`` the time from asking to it,
    the shortest first. ``answers_by_expert``: member ids, with how many answers in ``[a, b)`` are theirs.
    ``open_by_expert``: what each has at ``b``. ``by_topic``: None stands for no topic.
    """

    asked_and_answered: int = 0
    minutes_to_accepted: list[float] = field(default_factory=list)
    answers_by_expert: Counter[int] = field(default_factory=Counter)
    open_by_expert: Counter[int] = field(default_factory=Counter)
    by_topic: dict[str | None, TopicFigures] = field(default_factory=dict)


async def figures_between(
    session: Session, community_id: int, a: datetime, b: datetime, overdue_after: timedelta
) -> QuestionFigures:
    """What happened to questions in ``[a, b)``, as far as they tell today.

    A question counts once it was sent to experts: one that an earlier answer helped never was. What was answered and
    reopened later counts by its last answer. Who asked plays no part, and is not read.
    """
    still_open = col(Question.answered_at).is_(None) & col(Question.closed_at).is_(None)
    table: Any = Question
    columns: Any = [getattr(table, name) for name in _Seen.__annotations__]
    statement = select(*columns).where(
        table.community_id == community_id,
        table.asked_at < b,
        table.routed_at.is_not(None),
        or_(still_open, table.asked_at >= a, table.answered_at >= a, table.closed_at >= a),
    )
    figures = QuestionFigures()
    for row in (await session.exec(statement)).all():
        _count(figures, _Seen(*row), a, b, overdue_after)
    figures.minutes_to_accepted.sort()
    return figures


@dataclass(frozen=True, slots=True)
class _Seen:
    topic: str | None
    state: str
    expert_id: int | None
    asked_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    reopened_at: datetime | None


def _count(figures: QuestionFigures, one: _Seen, a: datetime, b: datetime, overdue_after: timedelta) -> None:
    def within(moment: datetime | None) -> bool:
        return moment is not None and a <= moment < b

    ended = any(moment is not None and moment < b for moment in (one.answered_at, one.closed_at))
    counted = {
        "asked": within(one.asked_at),
        "answered": within(one.answered_at),
        "reopened": within(one.reopened_at),
        "open": not ended,
        "overdue": not ended and one.asked_at <= b - overdue_after,
    }
    for counts in (figures, figures.by_topic.setdefault(one.topic, TopicFigures())):
        for name, happened in counted.items():
            setattr(counts, name, getattr(counts, name) + happened)
    figures.asked_and_answered += within(one.asked_at) and one.answered_at is not None and one.answered_at < b
    if within(one.answered_at) and one.expert_id is not None:
        figures.answers_by_expert[one.expert_id] += 1
    if not ended and one.expert_id is not None:
        figures.open_by_expert[one.expert_id] += 1
    if one.state == "accepted" and within(one.closed_at) and one.answered_at is not None:
        figures.minutes_to_accepted.append((one.answered_at - one.asked_at).total_seconds() / 60)
