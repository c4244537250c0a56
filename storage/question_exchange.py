"""What expert and asker said to each other about a question before it was answered, for whoever has it next.

Of a question by name it is encrypted as everything else is. Of a confidential one it is sealed with the question's own
key, so that it goes where the asker goes; who asked is not told here either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import delete, update
from sqlmodel import SQLModel, col, select

from storage.columns import SealedJson, neutral, personal, pseudonymous, row_id
from storage.database import Session
from storage.encryption import Cipher, seal, unseal
from storage.members import Member
from storage.questions import ConfidentialAsker, Question


class Part(StrEnum):
    """Who said something, and why."""

    ASKED_BACK = "asked back"  # an expert wants to know more
    REPLIED = "replied"  # the asker tells more
    ANSWERED = "answered"  # an expert's answer that did not help yet


class QuestionExchange(SQLModel, table=True):
    """One thing that was said. ``member_id`` is who said it; a confidential asker stands nowhere.

    ``held``: a confidential asker's words that nobody may see before a random while is over.
    """

    __tablename__ = "question_exchange"

    id: int = row_id()
    question_id: int = neutral(foreign_key="question.id", index=True)
    member_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True)
    part: str = neutral()
    held: bool = neutral(default=False)
    content: dict[str, Any] | None = personal(default=None, sa_type=SealedJson)
    sealed: bytes | None = personal(default=None)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said. ``name`` is its author's as it is now; None for the asker.

    ``messages`` are the references of those by which the asker was told, so that they can be edited.
    """

    id: int
    part: Part
    name: str | None
    words: str
    held: bool
    messages: tuple[str, ...]


async def keep(
    session: Session,
    cipher: Cipher,
    question: Question,
    part: Part,
    words: str,
    *,
    by: int | None,
    held: bool = False,
    message: str | None = None,
) -> int:
    """Keep what was said; the number of it. ``by`` is the member who said it, None for a confidential asker."""
    content = {"words": words, "messages": [message] if message else []}
    row = QuestionExchange(question_id=question.id, member_id=by, part=part.value, held=held)
    await _write(session, cipher, question, row, content)
    session.add(row)
    await session.flush()
    return row.id


async def of(session: Session, cipher: Cipher, question: Question) -> list[Said]:
    """What was said about a question, the oldest first, without what can't be read any more."""
    statement = (
        select(QuestionExchange, Member)
        .outerjoin(Member, col(Member.id) == col(QuestionExchange.member_id))
        .where(QuestionExchange.question_id == question.id)
        .order_by(col(QuestionExchange.id))
    )
    data_key = await _data_key(session, cipher, question)
    said = []
    for row, member in (await session.exec(statement)).all():
        content = _read(row, data_key)
        if content is not None:
            part, name = Part(row.part), member.name if member and row.part != Part.REPLIED else None
            said.append(Said(row.id, part, name, content["words"], row.held, tuple(content["messages"])))
    return said


async def confidential(session: Session, cipher: Cipher) -> list[tuple[QuestionExchange, Question, dict[str, Any]]]:
    """What was said about every confidential question, with its content, as far as it can still be read."""
    statement = (
        select(QuestionExchange, Question, ConfidentialAsker)
        .join(Question, col(Question.id) == col(QuestionExchange.question_id))
        .join(ConfidentialAsker, col(ConfidentialAsker.question_id) == col(Question.id))
        .where(col(QuestionExchange.sealed).is_not(None))
        .order_by(col(QuestionExchange.id))
    )
    found = (await session.exec(statement)).all()
    read = [(row, question, _read(row, cipher.decrypt(asker.data_key))) for row, question, asker in found]
    return [(row, question, dict(content)) for row, question, content in read if content is not None]


async def change_confidential(session: Session, cipher: Cipher, said_id: int, content: Mapping[str, Any]) -> None:
    """Put other content in the place of what was said about a confidential question."""
    row = await session.get(QuestionExchange, said_id)
    question = await session.get(Question, row.question_id) if row else None
    if row is not None and question is not None:
        await _write(session, cipher, question, row, content)
        session.add(row)
        await session.flush()


async def release(session: Session, said_id: int) -> bool:
    """The random while is over: others may see it. False when that is so already, or it is gone."""
    held = update(QuestionExchange).where(col(QuestionExchange.id) == said_id, col(QuestionExchange.held))
    return bool((await session.exec(held.values(held=False))).rowcount)


async def told_again(session: Session, cipher: Cipher, question: Question, said: Said, message: str) -> None:
    """The asker was told once more, by this message."""
    row = await session.get(QuestionExchange, said.id)
    if row is not None:
        await _write(session, cipher, question, row, {"words": said.words, "messages": [*said.messages, message]})
        session.add(row)
        await session.flush()


async def forget_unreadable(session: Session, community_id: int) -> None:
    """Delete what nobody can open again, as the key of its question is gone."""
    known = select(ConfidentialAsker.question_id)
    here = select(Question.id).where(Question.community_id == community_id, col(Question.id).not_in(known))
    await session.exec(
        delete(QuestionExchange).where(
            col(QuestionExchange.question_id).in_(here), col(QuestionExchange.sealed).is_not(None)
        )
    )


async def _data_key(session: Session, cipher: Cipher, question: Question) -> bytes | None:
    row = await session.get(ConfidentialAsker, question.id) if question.confidential else None
    return cipher.decrypt(row.data_key) if row else None


async def _write(
    session: Session, cipher: Cipher, question: Question, row: QuestionExchange, content: Mapping[str, Any]
) -> None:
    """Into the row, as it may be kept. A confidential question whose key is gone takes nothing more."""
    if not question.confidential:
        row.content = dict(content)
        return
    data_key = await _data_key(session, cipher, question)
    if data_key is not None:
        row.sealed = seal(data_key, orjson.dumps(content))


def _read(row: QuestionExchange, data_key: bytes | None) -> Mapping[str, Any] | None:
    if row.sealed is not None and data_key is not None:
        content: Mapping[str, Any] = orjson.loads(unseal(data_key, row.sealed))
        return content
    return row.content or None
