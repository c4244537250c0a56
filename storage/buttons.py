"""Buttons on the wire are opaque ids; here is what each of them does."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import SQLModel, col, select

from storage.columns import Moment, SealedText, is_token, neutral, personal
from storage.database import Session


class StoredButton(SQLModel, table=True):
    """What pressing does (``action``), to which row (``subject``), on which message, and in which community."""

    __tablename__ = "button"

    token: str = neutral(primary_key=True)
    action: str = neutral()
    subject: str = personal(default="", sa_type=SealedText)  # a plain one would join a question to its asker
    reference: str = neutral()
    community_id: int | None = neutral(default=None, foreign_key="community.id")
    created_at: datetime = neutral(sa_type=Moment, index=True)


async def remember(session: Session, buttons: list[StoredButton]) -> None:
    """Keep the buttons of a message that is about to go out."""
    session.add_all(buttons)
    await session.flush()


async def pressed(session: Session, token: str) -> StoredButton | None:
    """The button with this id, or None when there is none."""
    return await session.get(StoredButton, token) if is_token(token) else None


async def messages_with(session: Session, community_id: int, action: str, subject: str) -> list[str]:
    """The references of the community's messages that have, or had, such a button, the newest first."""
    statement = select(StoredButton).where(StoredButton.community_id == community_id, StoredButton.action == action)
    rows = (await session.exec(statement.order_by(col(StoredButton.created_at).desc()))).all()
    return [row.reference for row in rows if row.subject == subject]  # it is sealed: only here can it be read


async def forget_old(session: Session, now: datetime, keep_for: timedelta) -> None:
    """Remove buttons that were shown longer than ``keep_for`` ago; pressing one is answered with a sentence."""
    await session.exec(delete(StoredButton).where(col(StoredButton.created_at) < now - keep_for))
