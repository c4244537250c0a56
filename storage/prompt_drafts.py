"""Drafts of prompts that a facilitator may take, edit or drop. They are forgotten after a few days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, update
from sqlmodel import SQLModel, col, select

from storage.columns import Erase, Moment, SealedText, neutral, personal, pseudonymous, row_id
from storage.database import Session
from storage.members import Member, Membership
from storage.questions import Question


class DraftState(StrEnum):
    """Where a draft stands."""

    OFFERED = "offered"
    USED = "used"
    DROPPED = "dropped"


class PromptDraft(SQLModel, table=True):
    """One of the drafts that a member was sent together, in one message, under one ``reference``.

    ``prompt_id``: it is a prompt of the library; else ``text`` has its words.
    """

    __tablename__ = "prompt_draft"

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id", index=True)
    asked_by: int = pseudonymous(foreign_key="member.id", index=True, erase=Erase.ROW)
    batch: str = neutral(index=True)
    number: int = neutral()
    text: str | None = personal(default=None, sa_type=SealedText)
    prompt_id: int | None = neutral(default=None, foreign_key="library_prompt.id")
    state: str = neutral(default=DraftState.OFFERED.value)
    reference: str = neutral(default="")
    made_at: datetime = neutral(sa_type=Moment)


async def offer(session: Session, drafts: Sequence[PromptDraft]) -> None:
    """Keep drafts that are offered together."""
    session.add_all(drafts)
    await session.flush()


async def sent(session: Session, batch: str, reference: str) -> None:
    """The message that shows the drafts of a batch."""
    await session.exec(update(PromptDraft).where(col(PromptDraft.batch) == batch).values(reference=reference))


async def by_id(session: Session, community_id: int, draft_id: int) -> PromptDraft | None:
    """The draft with this number in a community, as it stands now; None once it is forgotten."""
    found = await session.get(PromptDraft, draft_id, populate_existing=True)
    return found if found is not None and found.community_id == community_id else None


async def together(session: Session, batch: str) -> list[PromptDraft]:
    """The drafts that were offered together, as they stand now."""
    statement = select(PromptDraft).where(PromptDraft.batch == batch).order_by(col(PromptDraft.number))
    return list((await session.exec(statement.execution_options(populate_existing=True))).all())


async def decide(session: Session, draft_id: int, state: DraftState) -> bool:
    """Use or drop a draft. False when somebody decided about it already."""
    statement = update(PromptDraft).where(
        col(PromptDraft.id) == draft_id, col(PromptDraft.state) == DraftState.OFFERED.value
    )
    return bool((await session.exec(statement.values(state=state.value))).rowcount)


async def forget(session: Session, community_id: int, before: datetime) -> None:
    """Remove the drafts that were made before a moment."""
    await session.exec(
        delete(PromptDraft).where(col(PromptDraft.community_id) == community_id, col(PromptDraft.made_at) < before)
    )


async def topics_asked(session: Session, community_id: int, since: datetime) -> dict[str, int]:
    """How often each topic was asked about, by name and for everybody to read. Confidential ones don't count here."""
    statement = (
        select(Question.topic, func.count())
        .where(
            Question.community_id == community_id,
            col(Question.asked_at) >= since,
            col(Question.confidential).is_(False),
            col(Question.share).is_(True),
            col(Question.topic).is_not(None),
        )
        .group_by(col(Question.topic))
    )
    return {topic: count for topic, count in (await session.exec(statement)).all() if topic}


async def topics_wanted(session: Session, community_id: int) -> list[list[str]]:
    """What each member of a community wants to learn about, without saying who."""
    statement = (
        select(Member.topics_wanted)
        .join(Membership, col(Membership.member_id) == col(Member.id))
        .where(Membership.community_id == community_id, col(Membership.left_at).is_(None))
    )
    return [list(wanted) for wanted in (await session.exec(statement)).all() if wanted]
