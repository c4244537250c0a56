"""What one member did in a community, for that member's own eyes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlmodel import col, func, select

from storage.activity import Activity, ActivityKind
from storage.contributions import Contribution, ContributionUse
from storage.database import Session
from storage.questions import Question
from storage.thanks import Thanks


class OwnFigures(NamedTuple):
    """What a member did in a window, and how often others used or thanked it in the same window."""

    messages: int
    replies: int
    answered: int
    shared: int
    used: int
    thanked: int


async def of_member(session: Session, community_id: int, member_id: int, a: datetime, b: datetime) -> OwnFigures:
    """``[a, b)``: messages and how many of them were replies, questions answered, contributions shared."""

    async def count(row: Any, moment: Any, *where: Any) -> int:
        statement = select(func.count()).select_from(row)
        return (await session.exec(statement.where(*where, col(moment) >= a, col(moment) < b))).one()

    wrote = (
        Activity.community_id == community_id,
        Activity.kind == ActivityKind.MESSAGE.value,
        Activity.member_id == member_id,
    )
    own = (Contribution.community_id == community_id, Contribution.author_id == member_id)
    used = select(func.count()).select_from(ContributionUse).join(Contribution).where(*own)
    within = (col(ContributionUse.used_at) >= a, col(ContributionUse.used_at) < b)
    by_others = col(ContributionUse.member_id) != member_id
    return OwnFigures(
        messages=await count(Activity, Activity.at, *wrote),
        replies=await count(Activity, Activity.at, *wrote, col(Activity.thread).is_not(None)),
        answered=await count(
            Question, Question.answered_at, Question.community_id == community_id, Question.expert_id == member_id
        ),
        shared=await count(Contribution, Contribution.agreed_at, *own),
        used=(await session.exec(used.where(*within, by_others))).one(),
        thanked=await count(
            Thanks, Thanks.given_at, Thanks.community_id == community_id, Thanks.receiver_id == member_id
        ),
    )
