"""Files that the bot made, kept until they have surely been delivered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import SQLModel, col

from storage.columns import Moment, SealedBytes, neutral, new_token, personal
from storage.database import Session


class StoredAttachment(SQLModel, table=True):
    """The bytes of one file, encrypted."""

    __tablename__ = "attachment"

    id: str = neutral(default_factory=new_token, primary_key=True)
    content: bytes = personal(sa_type=SealedBytes)
    created_at: datetime = neutral(sa_type=Moment, index=True)


async def keep(session: Session, content: bytes, now: datetime) -> str:
    """Keep the bytes; the id to find them by."""
    row = StoredAttachment(content=content, created_at=now)
    session.add(row)
    await session.flush()
    return row.id


async def content_of(session: Session, attachment_id: str) -> bytes | None:
    """The bytes, or None when they are gone."""
    row = await session.get(StoredAttachment, attachment_id)
    return None if row is None else row.content


async def forget_old(session: Session, now: datetime, keep_for: timedelta) -> None:
    """Remove files that were made longer than ``keep_for`` ago."""
    await session.exec(delete(StoredAttachment).where(col(StoredAttachment.created_at) < now - keep_for))
