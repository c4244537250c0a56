"""What facilitators write for newcomers, by part, place and language, with every version of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Index, exists
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, select, update

from storage.columns import Erase, Moment, SealedText, neutral, personal, pseudonymous, row_id
from storage.database import Session
from storage.members import Member


class WelcomeText(SQLModel, table=True):
    """One version of a text: for one place, or for every place where ``place_id`` is null.

    The newest version that was not undone is the one in use. A version without words, whose author asked to be
    forgotten, is in use no more.
    """

    __tablename__ = "welcome_text"
    __table_args__ = (Index("welcome_text_of", "community_id", "part", "language", "id"),)

    id: int = row_id()
    community_id: int = neutral(foreign_key="community.id")
    place_id: int | None = neutral(default=None, foreign_key="place.id")
    part: str = neutral()
    language: str = neutral()
    text: str | None = personal(default=None, sa_type=SealedText, erase=Erase.UNLESS_SHARED)
    author_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True)
    written_at: datetime = neutral(sa_type=Moment)
    undone_at: datetime | None = neutral(default=None, sa_type=Moment)


class Which(NamedTuple):
    """Which text: ``greeting`` or ``norms``, in which language, for one place or (None) for every place."""

    community_id: int
    part: str
    language: str
    place_id: int | None = None


async def in_use(session: Session, which: Which) -> WelcomeText | None:
    """The version in use, or None where nobody has written this text."""
    statement = select(WelcomeText).where(*_is(which), *_counts(WelcomeText))
    return (await session.exec(statement.order_by(col(WelcomeText.id).desc()).limit(1))).first()


async def keep(session: Session, which: Which, text: str, author_id: int, now: datetime) -> WelcomeText:
    """A new version, which is in use from now on."""
    version = WelcomeText(**which._asdict(), text=text, author_id=author_id, written_at=now)
    session.add(version)
    await session.flush()
    return version


async def by_id(session: Session, community_id: int, version_id: int) -> WelcomeText | None:
    """A version of this community's texts, or None."""
    statement = select(WelcomeText).where(WelcomeText.community_id == community_id, WelcomeText.id == version_id)
    return (await session.exec(statement)).one_or_none()


async def undo(session: Session, version: WelcomeText, now: datetime) -> bool:
    """Take a version out of use, so that the one before it counts again. False when it was not in use any more."""
    newer: Any = aliased(WelcomeText)
    same_place = newer.place_id.is_(None) if version.place_id is None else newer.place_id == version.place_id
    newer_in_use = exists().where(
        newer.community_id == version.community_id,
        newer.part == version.part,
        newer.language == version.language,
        same_place,
        newer.id > version.id,
        *_counts(newer),
    )
    statement = update(WelcomeText).where(
        col(WelcomeText.id) == version.id, col(WelcomeText.undone_at).is_(None), ~newer_in_use
    )
    return bool((await session.exec(statement.values(undone_at=now))).rowcount)


async def versions(session: Session, which: Which, at_most: int) -> list[tuple[WelcomeText, Member | None]]:
    """The versions of a text with who wrote them, the newest first."""
    statement = (
        select(WelcomeText, Member)
        .join(Member, col(Member.id) == col(WelcomeText.author_id), isouter=True)
        .where(*_is(which), col(WelcomeText.text).is_not(None))
        .order_by(col(WelcomeText.id).desc())
        .limit(at_most)
    )
    return [(version, author) for version, author in (await session.exec(statement)).all()]


async def languages_of(session: Session, community_id: int, part: str, place_ids: Collection[int | None]) -> list[str]:
    """The languages that this part is written in, for one of these places or (None) for every place."""
    statement = (
        select(WelcomeText.language, WelcomeText.place_id)
        .where(WelcomeText.community_id == community_id, WelcomeText.part == part, *_counts(WelcomeText))
        .distinct()
    )
    rows = (await session.exec(statement)).all()
    return sorted({language for language, place_id in rows if place_id in place_ids})


def _is(which: Which) -> tuple[Any, ...]:
    place = col(WelcomeText.place_id)
    return (
        WelcomeText.community_id == which.community_id,
        WelcomeText.part == which.part,
        WelcomeText.language == which.language,
        place.is_(None) if which.place_id is None else place == which.place_id,
    )


def _counts(version: Any) -> tuple[Any, ...]:
    return version.undone_at.is_(None), version.text.is_not(None)
