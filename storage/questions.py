"""Questions, their experts, and the one table that knows who asked confidentially."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import JSON, Index, UniqueConstraint, and_, delete, func, update
from sqlalchemy import text as sql
from sqlmodel import SQLModel, col, select

from bot.core.roles import Role
from storage.columns import Erase, Linked, Moment, SealedText, neutral, personal, pseudonymous, row_id
from storage.communities import Community
from storage.database import Session
from storage.encryption import Cipher, new_data_key, seal, unseal
from storage.members import Member, MemberRole, Membership
from storage.upserts import insert_into


class Question(SQLModel, table=True):
    """One question. Who asked it is here only when it was asked by name; text and answer are encrypted.

    ``number`` counts within a community: Q12. ``stage`` is how far reminders have come since ``routed_at``.
    What a confidential asker does sets a moment to the hour alone. ``assistant_may_read``: whether its words may go to
    a language model, which suggests a topic.
    """

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("community_id", "number"),
        Index("question_by_state", "community_id", "state"),
        Index("question_by_expert", "expert_id", "state"),
    )

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id")
    number: int = neutral()
    state: str = neutral()
    topic: str | None = neutral(default=None)
    language: str = neutral()
    confidential: bool = neutral(default=False)
    share: bool = neutral(default=True)
    asker_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True)
    text: str | None = personal(
        default=None, sa_type=SealedText,
        whose="asker_id", erase=Erase.UNLESS_SHARED, shared={"share": True, "state": "accepted"},
    )  # fmt: skip
    answer: str | None = personal(
        default=None, sa_type=SealedText, whose="expert_id", seen_by=("asker_id",), erase=Erase.UNLESS_SHARED
    )
    expert_id: int | None = pseudonymous(default=None, foreign_key="member.id")
    expert_message: str | None = neutral(default=None)
    asked_at: datetime = neutral(sa_type=Moment)
    routed_at: datetime | None = neutral(default=None, sa_type=Moment)
    answered_at: datetime | None = neutral(default=None, sa_type=Moment)
    closed_at: datetime | None = neutral(default=None, sa_type=Moment, index=True)
    stage: int = neutral(default=0)
    reopened_at: datetime | None = neutral(default=None, sa_type=Moment)
    assistant_may_read: bool = neutral(default=False, sa_column_kwargs={"server_default": sql("false")})

    @property
    def code(self) -> str:
        """What people call it: Q12."""
        return f"Q{self.number}"


class Expert(SQLModel, table=True):
    """That a member answers questions in a community, about which topics, and whether they are away."""

    __tablename__ = "expert"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    topics: list[str] = personal(default_factory=list, sa_type=JSON, linked=Linked.BOTH)
    away: bool = personal(default=False, linked=Linked.OWN)
    asked_at: datetime | None = neutral(default=None, sa_type=Moment, linked=Linked.LAST)


class PassedOn(SQLModel, table=True):
    """That an expert had a question and does not get it again: declined, away, or too late."""

    __tablename__ = "question_passed_on"

    question_id: int = neutral(foreign_key="question.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)


class ConfidentialAsker(SQLModel, table=True):
    """Who asked confidentially, and in which words: encrypted with a data key of the question's own.

    The data key is wrapped by SECRET_KEY; once it is deleted nobody can open the rest again.
    """

    __tablename__ = "confidential_asker"

    question_id: int = neutral(foreign_key="question.id", primary_key=True)
    data_key: bytes = neutral()
    sealed: bytes = personal()


async def add(session: Session, question: Question) -> Question:
    """Keep a new question under the community's next number. Others who ask at the same moment wait for it."""
    await session.exec(select(Community.id).where(Community.id == question.community_id).with_for_update())
    highest = select(func.max(Question.number)).where(Question.community_id == question.community_id)
    question.number = ((await session.exec(highest)).one() or 0) + 1
    session.add(question)
    await session.flush()
    return question


async def by_id(session: Session, question_id: int) -> Question | None:
    """The question, as it stands now, or None. Until this transaction ends nobody else can change it."""
    return await session.get(Question, question_id, populate_existing=True, with_for_update=True)


async def as_seen(session: Session, question_id: int) -> Question | None:
    """The question as it stands, only to look at it, or None."""
    return await session.get(Question, question_id)


async def by_number(session: Session, community_id: int, number: int) -> Question | None:
    """The question that a community calls Q ``number``, or None. Held like that of ``by_id``."""
    statement = select(Question).where(Question.community_id == community_id, Question.number == number)
    return (await session.exec(statement.with_for_update())).one_or_none()


async def move(
    session: Session, question: Question, allowed: Collection[str], held_by: int | None = None, **values: Any
) -> bool:
    """Change the question if it is in one of the ``allowed`` states; whether it was. A second click finds it moved.

    With ``held_by`` only while this expert has it.
    """
    statement = update(Question).where(col(Question.id) == question.id, col(Question.state).in_(allowed))
    if held_by is not None:
        statement = statement.where(col(Question.expert_id) == held_by)
    result = await session.exec(statement.values(**values))
    await session.refresh(question)
    return bool(result.rowcount)


async def set_topic(session: Session, question: Question, topic: str) -> None:
    """What the question is about."""
    await _set(session, question, topic=topic)


async def set_messages(session: Session, question: Question, **references: str | None) -> None:
    """The references of the messages that show the question, so that they can be edited."""
    await _set(session, question, **references)


async def set_share(session: Session, question: Question, *, share: bool) -> None:
    """Whether others may read the question and its answer."""
    await _set(session, question, share=share)


async def _set(session: Session, question: Question, **values: Any) -> None:
    await session.exec(update(Question).where(col(Question.id) == question.id).values(**values))
    await session.refresh(question)


async def in_states(session: Session, community_id: int, states: Collection[str]) -> list[Question]:
    """A community's questions in these states, the oldest first."""
    statement = select(Question).where(Question.community_id == community_id, col(Question.state).in_(states))
    return list((await session.exec(statement.order_by(col(Question.number)))).all())


async def asked_by(session: Session, community_id: int, member_id: int) -> list[Question]:
    """What a member asked by name, the oldest first."""
    statement = select(Question).where(Question.community_id == community_id, Question.asker_id == member_id)
    return list((await session.exec(statement.order_by(col(Question.number)))).all())


async def confidential(session: Session, cipher: Cipher, community_id: int) -> list[tuple[Question, SealedAsker]]:
    """A community's confidential questions whose asker is still known, the oldest first."""
    return await confidential_words(session, cipher, Question.community_id == community_id)


async def set_stage(session: Session, question: Question, stage: int) -> None:
    """How far the reminders have come."""
    await _set(session, question, stage=stage)


async def waiting_for(session: Session, community_id: int, expert_id: int, states: Collection[str]) -> list[Question]:
    """The questions in these states that an expert has, the oldest first."""
    statement = select(Question).where(
        Question.community_id == community_id, Question.expert_id == expert_id, col(Question.state).in_(states)
    )
    return list((await session.exec(statement.order_by(col(Question.number)))).all())


async def shared_answers(session: Session, community_id: int, state: str) -> list[Question]:
    """What was accepted and may be read by everybody, the newest first."""
    statement = select(Question).where(
        Question.community_id == community_id,
        Question.state == state,
        col(Question.share),
        col(Question.text).is_not(None),
        col(Question.answer).is_not(None),
    )
    return list((await session.exec(statement.order_by(col(Question.closed_at).desc()).limit(2000))).all())


@dataclass(frozen=True, slots=True)
class SealedAsker:
    """What is kept of a confidential asker: who, in which words, and exactly when (ISO, UTC)."""

    member_id: int
    words: str
    asked_at: str


async def keep_asker(session: Session, cipher: Cipher, question_id: int, asker: SealedAsker) -> None:
    """Seal who asked, with a data key of the question's own that only SECRET_KEY opens."""
    data_key = new_data_key()
    sealed = seal(data_key, orjson.dumps(asdict(asker)))
    session.add(ConfidentialAsker(question_id=question_id, data_key=cipher.encrypt(data_key), sealed=sealed))
    await session.flush()


async def asker_of(session: Session, cipher: Cipher, question_id: int) -> SealedAsker | None:
    """Who asked confidentially; None once it is forgotten, or when it was asked by name."""
    row = await session.get(ConfidentialAsker, question_id)
    return _opened(cipher, row) if row else None


def _opened(cipher: Cipher, row: ConfidentialAsker) -> SealedAsker:
    return SealedAsker(**orjson.loads(unseal(cipher.decrypt(row.data_key), row.sealed)))


async def forget_asker(session: Session, cipher: Cipher, member_ids: Collection[int], *, keep_shared: bool) -> None:
    """Delete the keys to what somebody, under any of these numbers, asked confidentially, and words not shared."""
    for row in (await session.exec(select(ConfidentialAsker))).all():
        if _opened(cipher, row).member_id not in member_ids:
            continue
        if not keep_shared:
            await session.exec(update(Question).where(col(Question.id) == row.question_id).values(text=None))
        await session.delete(row)
    await session.flush()


async def change_confidential_words(session: Session, cipher: Cipher, question_id: int, words: str) -> None:
    """Put other words in the place of those in which somebody asked confidentially."""
    asker = await asker_of(session, cipher, question_id)
    if asker is not None:
        row = await session.get_one(ConfidentialAsker, question_id)
        row.sealed = seal(cipher.decrypt(row.data_key), orjson.dumps(asdict(replace(asker, words=words))))
        session.add(row)
        await session.flush()


async def confidential_words(session: Session, cipher: Cipher, *where: Any) -> list[tuple[Question, SealedAsker]]:
    """Every confidential question of the installation whose asker is still known, the oldest first."""
    statement = select(Question, ConfidentialAsker).join(
        ConfidentialAsker, col(ConfidentialAsker.question_id) == col(Question.id)
    )
    rows = (await session.exec(statement.where(*where).order_by(col(Question.id)))).all()
    return [(question, _opened(cipher, row)) for question, row in rows]


async def forget_askers(session: Session, community_id: int, closed_before: datetime) -> None:
    """Delete the data keys, and what they open, of confidential questions that ended before a moment."""
    ended = select(Question.id).where(Question.community_id == community_id, col(Question.closed_at) < closed_before)
    await session.exec(delete(ConfidentialAsker).where(col(ConfidentialAsker.question_id).in_(ended)))


async def untouched_since(
    session: Session, community_id: int, states: Collection[str], moment: datetime
) -> list[Question]:
    """The questions in these states of which nobody has heard since before a moment."""
    last_heard = func.coalesce(col(Question.answered_at), col(Question.routed_at), col(Question.asked_at))
    statement = select(Question).where(
        Question.community_id == community_id, col(Question.state).in_(states), last_heard < moment
    )
    return list((await session.exec(statement)).all())


async def experts_of(session: Session, community_id: int) -> list[tuple[Expert, Member]]:
    """Who answers questions in a community now, in the order in which they came to it.

    The role makes an expert, however it was given: who named no topic answers every one. Who left the community, or
    no longer holds the role, is not among them.
    """
    told = and_(col(Expert.member_id) == col(Member.id), col(Expert.community_id) == community_id)
    statement = (
        select(Member, Expert)
        .join(MemberRole, col(MemberRole.member_id) == col(Member.id))
        .join(Membership, col(Membership.member_id) == col(Member.id))
        .outerjoin(Expert, told)
        .where(
            Membership.community_id == community_id,
            col(Membership.left_at).is_(None),
            MemberRole.community_id == community_id,
            MemberRole.role == Role.EXPERT.value,
        )
        .order_by(col(Member.id))
        .execution_options(populate_existing=True)  # what was changed without them in view shows, too
    )
    found = (await session.exec(statement)).all()
    return [(expert or Expert(community_id=community_id, member_id=member.id), member) for member, expert in found]


async def expert(session: Session, community_id: int, member_id: int) -> Expert | None:
    """What is known of a member as an expert, or None."""
    return await session.get(Expert, (community_id, member_id))


async def put_expert(session: Session, expert: Expert) -> None:
    """Keep an expert with these topics."""
    await session.merge(expert)
    await session.flush()


async def remove_expert(session: Session, community_id: int, member_id: int) -> None:
    """The member answers no questions any more."""
    await session.exec(
        delete(Expert).where(col(Expert.community_id) == community_id, col(Expert.member_id) == member_id)
    )


async def set_away(session: Session, community_id: int, member_id: int, *, away: bool) -> None:
    """Whether an expert is away from now on."""
    await _change_expert(session, community_id, member_id, away=away)


async def was_asked(session: Session, community_id: int, member_id: int, now: datetime) -> None:
    """An expert was given a question just now."""
    await _change_expert(session, community_id, member_id, asked_at=now)


async def _change_expert(session: Session, community_id: int, member_id: int, **values: Any) -> None:
    """Nothing may be known yet of who was made an expert by their role alone."""
    new = {"community_id": community_id, "member_id": member_id, "topics": [], "away": False, **values}
    statement = insert_into(session, Expert).values(**new)
    await session.exec(statement.on_conflict_do_update(index_elements=["community_id", "member_id"], set_=values))


async def load_of(session: Session, community_id: int, states: Collection[str]) -> dict[int, int]:
    """How many questions in these states each expert has."""
    statement = (
        select(Question.expert_id, func.count())
        .where(Question.community_id == community_id, col(Question.state).in_(states))
        .group_by(col(Question.expert_id))
    )
    return {member: count for member, count in (await session.exec(statement)).all() if member is not None}


async def pass_on(session: Session, question_id: int, member_id: int) -> None:
    """The expert does not get this question again."""
    values = {"question_id": question_id, "member_id": member_id}
    await session.exec(insert_into(session, PassedOn).values(**values).on_conflict_do_nothing())


async def passed_on_by(session: Session, question_id: int) -> set[int]:
    """The experts who do not get this question again."""
    statement = select(PassedOn.member_id).where(PassedOn.question_id == question_id)
    return set((await session.exec(statement)).all())


async def asked_between(session: Session, community_id: int, a: datetime, b: datetime) -> int:
    """How many questions were asked through the bot in ``[a, b)``, by name and confidentially."""
    statement = (
        select(func.count())
        .select_from(Question)
        .where(Question.community_id == community_id, col(Question.asked_at) >= a, col(Question.asked_at) < b)
    )
    return (await session.exec(statement)).one()


async def unanswered_since(session: Session, community_id: int, moment: datetime) -> list[Question]:
    """Questions that were brought to an expert or wait for one, asked before ``moment`` and not answered yet."""
    statement = select(Question).where(
        Question.community_id == community_id,
        col(Question.asked_at) <= moment,
        col(Question.routed_at).is_not(None),
        col(Question.answered_at).is_(None),
        col(Question.closed_at).is_(None),
    )
    return list((await session.exec(statement.order_by(col(Question.number)))).all())


async def asked_since(session: Session, community_id: int, member_id: int, moment: datetime) -> int:
    """How many questions a member asked by name since a moment."""
    statement = (
        select(func.count())
        .select_from(Question)
        .where(Question.community_id == community_id, Question.asker_id == member_id, col(Question.asked_at) >= moment)
    )
    return (await session.exec(statement)).one()


DATA_KEY_KEPT_FOR = timedelta(days=30)
"""How long after its end the asker of a confidential question can still be reached (contract: 30 days)."""
