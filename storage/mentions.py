"""Where others wrote of somebody who is forgotten: found once, before the name is gone, for facilitators to review.

Only the places are kept, never the name: which part of which text, and a digest of the text, so that nothing else is
cut out of one that has changed since.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, Table, and_, update
from sqlalchemy import select as select_columns
from sqlmodel import SQLModel, col, select

from storage import question_exchange, questions
from storage.columns import Moment, SealedBytes, neutral, row_id
from storage.database import Session
from storage.encryption import Cipher
from storage.erasure import FOUND_OTHERWISE, all_tables, declared
from storage.members import Member, MemberAccount
from storage.question_exchange import QuestionExchange
from storage.questions import ConfidentialAsker
from storage.traces import Traces, replaced

_NAMES = frozenset({(Member.__tablename__, "name"), (MemberAccount.__tablename__, "user")})
"""What somebody is called themselves is no mention, even when it is the same name."""

_SEALED = "sealed"
"""The column of what a key of its own opens."""


class Mention(SQLModel, table=True):
    """A text of others with the name of somebody who was forgotten. ``row`` is its key, ``spots`` the places in it."""

    __tablename__ = "mention"

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id", index=True)
    in_table: str = neutral()
    in_column: str = neutral()
    row: list[Any] = neutral(default_factory=list, sa_type=JSON)
    code: str = neutral(default="")
    digest: bytes = neutral()
    spots: list[Any] = neutral(default_factory=list, sa_type=JSON)
    found_at: datetime = neutral(sa_type=Moment)
    decided_at: datetime | None = neutral(default=None, sa_type=Moment)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text that somebody wrote, and where it stands. ``code`` is what people call it: Q12."""

    table: str
    column: str
    row: list[Any]
    value: Any
    community_id: int | None
    code: str


async def look_for(
    session: Session, cipher: Cipher, traces: Traces, communities: list[int], now: datetime
) -> dict[int, int]:
    """Note every mention; how many by community. A text that names no community of its own is for the first of
    ``communities``; with none of them nobody could review it."""
    found: dict[int, int] = {}
    async for text in _texts(session, cipher):
        spots = list(traces.spots(text.value))
        community = text.community_id or next(iter(communities), None)
        if not spots or community is None:
            continue
        session.add(
            Mention(
                community_id=community,
                in_table=text.table,
                in_column=text.column,
                row=text.row,
                code=text.code,
                digest=_digest(cipher, text.value),
                spots=[[list(path), start, end] for path, start, end in spots],
                found_at=now,
            )
        )
        found[community] = found.get(community, 0) + 1
    await session.flush()
    return found


async def undecided(session: Session, community_id: int) -> list[Mention]:
    """What a facilitator has still to decide, in the order in which it was found."""
    statement = select(Mention).where(Mention.community_id == community_id, col(Mention.decided_at).is_(None))
    return list((await session.exec(statement.order_by(col(Mention.id)))).all())


async def by_id(session: Session, community_id: int, mention_id: int) -> Mention | None:
    """A mention of this community, or None."""
    statement = select(Mention).where(Mention.community_id == community_id, Mention.id == mention_id)
    return (await session.exec(statement)).one_or_none()


async def decide(session: Session, mention: Mention, now: datetime) -> bool:
    """It needs no decision any more. False when somebody had decided before."""
    statement = update(Mention).where(col(Mention.id) == mention.id, col(Mention.decided_at).is_(None))
    return bool((await session.exec(statement.values(decided_at=now))).rowcount)


async def take_out(session: Session, cipher: Cipher, mention: Mention, instead: str) -> bool:
    """Put ``instead`` in the place of the name. False when the text has changed since, or is gone."""
    value = await _value(session, cipher, mention)
    if value is None or _digest(cipher, value) != mention.digest:
        return False
    spots = [(tuple(path), start, end) for path, start, end in mention.spots]
    plain = replaced(value, spots, instead)
    if mention.in_column == _SEALED and mention.in_table == ConfidentialAsker.__tablename__:
        await questions.change_confidential_words(session, cipher, mention.row[0], plain)
    elif mention.in_column == _SEALED:
        await question_exchange.change_confidential(session, cipher, mention.row[0], plain)
    else:
        table = _table(mention.in_table)
        connection = await session.connection()
        await connection.execute(update(table).where(_is(table, mention.row)).values({mention.in_column: plain}))
    await _move_along(session, cipher, mention, plain, len(instead))
    return True


async def _move_along(session: Session, cipher: Cipher, taken: Mention, plain: Any, length: int) -> None:
    """A text that names two people who were forgotten has changed for the second: later places in it move along."""
    statement = select(Mention).where(
        Mention.in_table == taken.in_table, Mention.in_column == taken.in_column, col(Mention.decided_at).is_(None)
    )
    for other in (await session.exec(statement)).all():
        if other.id != taken.id and other.row == taken.row and other.digest == taken.digest:
            other.digest = _digest(cipher, plain)
            other.spots = [[path, *_moved(taken, path, start, end, length)] for path, start, end in other.spots]
    await session.flush()


def _moved(taken: Mention, path: list[Any], start: int, end: int, length: int) -> tuple[int, int]:
    by = sum(length - (last - first) for where, first, last in taken.spots if where == path and first < start)
    return start + by, end + by


async def _texts(session: Session, cipher: Cipher) -> AsyncIterator[_Text]:
    connection = await session.connection()
    for table in all_tables():
        columns = _worded(table)
        if not columns:
            continue
        keys = list(table.primary_key.columns)
        community = [table.c.community_id] if "community_id" in table.c else []
        number = [table.c.number] if "number" in table.c else []
        rows = await connection.execute(select_columns(*keys, *columns, *community, *number))
        for row in rows:
            named = row._mapping
            for column in columns:
                yield _Text(
                    table.name,
                    column.name,
                    [named[key] for key in keys],
                    named[column],
                    named[table.c.community_id] if community else None,
                    f"{table.name[0].upper()}{named[table.c.number]}" if number else "",
                )
    for question, asker in await questions.confidential_words(session, cipher):
        where = (question.community_id, question.code)
        yield _Text(ConfidentialAsker.__tablename__, _SEALED, [question.id], asker.words, *where)
    for said, question, content in await question_exchange.confidential(session, cipher):
        where = (question.community_id, question.code)
        yield _Text(QuestionExchange.__tablename__, _SEALED, [said.id], content, *where)


def _worded(table: Table) -> list[Column[Any]]:
    """The columns of a table with what people wrote."""
    return [
        column
        for column in table.columns
        if declared(column).privacy == "personal"
        and table.name not in FOUND_OTHERWISE
        and (table.name, column.name) not in _NAMES
        and not isinstance(column.type, LargeBinary | SealedBytes)
    ]


async def _value(session: Session, cipher: Cipher, mention: Mention) -> Any:
    if mention.in_column == _SEALED and mention.in_table == ConfidentialAsker.__tablename__:
        asker = await questions.asker_of(session, cipher, mention.row[0])
        return asker.words if asker else None
    if mention.in_column == _SEALED:
        said = await question_exchange.confidential(session, cipher)
        return next((content for one, _, content in said if one.id == mention.row[0]), None)
    table = _table(mention.in_table)
    connection = await session.connection()
    statement = select_columns(table.c[mention.in_column]).where(_is(table, mention.row))
    return (await connection.execute(statement)).scalar_one_or_none()


def _table(name: str) -> Table:
    return next(table for table in all_tables() if table.name == name)


def _is(table: Table, row: list[Any]) -> Any:
    return and_(*(key == value for key, value in zip(table.primary_key.columns, row, strict=True)))


def _digest(cipher: Cipher, value: Any) -> bytes:
    return cipher.digest("mention", json.dumps(value, sort_keys=True))
