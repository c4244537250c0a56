"""Conversations that somebody could join: what is talked about in places, and questions that are open to all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, distinct, func, or_, select
from sqlmodel import col
from sqlmodel import select as select_rows

from storage.activity_queries import ACTIVITY, replies_to, rows_of, said_within, top_level
from storage.database import Session
from storage.outbox import OutboxRow
from storage.prompts import PostedPrompt
from storage.questions import Question

_ACCEPTED = "accepted"
"""The state of a question whose answer helped: only then were both shown to everybody."""


class Thread(NamedTuple):
    """A conversation in a place, by the activity keys of its first message and of the newest one.

    ``people`` is how many wrote under it in the window; the first message may be older, or the bot's own.
    """

    key: int
    newest: int
    place_id: int
    people: int


async def lively(
    session: Session,
    community_id: int,
    place_ids: Collection[int],
    without: int,
    a: datetime,
    b: datetime,
    at_most: int,
) -> list[Thread]:
    """Where people replied in ``[a, b)``, most people first; without conversations that one member takes part in."""
    reply = ACTIVITY.alias("reply")
    people = func.count(distinct(reply.c.member_id))
    threads = (
        select(
            reply.c.thread.label("key"),
            func.max(reply.c.id).label("newest"),
            func.max(reply.c.place_id).label("place_id"),
            people.label("people"),
        )
        .where(said_within(reply, community_id, a, b), reply.c.thread.is_not(None), reply.c.place_id.in_(place_ids))
        .group_by(reply.c.thread)
        .subquery("threads")
    )
    newest, theirs = ACTIVITY.alias("newest"), ACTIVITY.alias("theirs")
    takes_part = (
        select(theirs.c.id)
        .where(
            theirs.c.community_id == community_id,
            theirs.c.member_id == without,
            or_(theirs.c.key == threads.c.key, theirs.c.thread == threads.c.key),
        )
        .exists()
    )
    statement = (
        select(threads.c.key, newest.c.key, threads.c.place_id, threads.c.people)
        .select_from(threads.join(newest, newest.c.id == threads.c.newest))
        .where(~takes_part)
        .order_by(threads.c.people.desc(), newest.c.at.desc(), threads.c.key)
        .limit(at_most)
    )
    return [Thread(*row) for row in await rows_of(session, statement)]


async def without_a_reply(
    session: Session,
    community_id: int,
    place_ids: Collection[int],
    without: int,
    a: datetime,
    b: datetime,
    at_most: int,
) -> list[Thread]:
    """Top-level messages of ``[a, b)`` by others than one member that nobody replied to, the newest first."""
    root = ACTIVITY.alias("root")
    statement = (
        select(root.c.key, root.c.key, root.c.place_id)
        .where(
            and_(top_level(root, community_id, a, b), root.c.place_id.in_(place_ids), root.c.member_id != without),
            ~replies_to(root, community_id).exists(),
        )
        .order_by(root.c.at.desc(), root.c.id.desc())
        .limit(at_most)
    )
    return [Thread(row[0], row[1], row[2], people=0) for row in await rows_of(session, statement)]


async def prompt_behind(session: Session, community_id: int, key: int) -> OutboxRow | None:
    """The prompt that began the conversation with this key, as it went out; None where it was no prompt."""
    statement = (
        select_rows(OutboxRow)
        .join(PostedPrompt, col(PostedPrompt.reference) == col(OutboxRow.reference))
        .where(PostedPrompt.community_id == community_id, PostedPrompt.message_key == key)
    )
    return (await session.exec(statement)).first()


async def shared_questions(
    session: Session, community_id: int, without: int, answered_since: datetime, at_most: int
) -> list[Question]:
    """Questions asked by name that everybody may read: open ones, and those answered since a moment; newest first.

    None of the member ``without``, and none that was asked confidentially.
    """
    accepted: Any = and_(col(Question.state) == _ACCEPTED, col(Question.closed_at) >= answered_since)
    is_open = and_(col(Question.routed_at).is_not(None), col(Question.closed_at).is_(None))
    statement = (
        select_rows(Question)
        .where(
            Question.community_id == community_id,
            col(Question.share),
            ~col(Question.confidential),
            col(Question.text).is_not(None),
            col(Question.asker_id) != without,
            or_(is_open, accepted),
        )
        .order_by(col(Question.number).desc())
        .limit(at_most)
    )
    return list((await session.exec(statement)).all())
