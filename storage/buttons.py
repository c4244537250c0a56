"""Buttons on the wire are opaque ids; here is what each of them does."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import SQLModel

from storage.columns import Moment, is_token, neutral
from storage.database import Session


class StoredButton(SQLModel, table=True):
    """What pressing does (``action``), to which row (``subject``), on which message, and in which community."""

    __tablename__ = "button"

    token: str = neutral(primary_key=True)
    action: str = neutral()
    subject: str = neutral(default="")
    reference: str = neutral()
    community_id: int | None = neutral(default=None, foreign_key="community.id")
    created_at: datetime = neutral(sa_type=Moment)


async def remember(session: Session, buttons: list[StoredButton]) -> None:
    """Keep the buttons of a message that is about to go out."""
    session.add_all(buttons)
    await session.flush()


async def pressed(session: Session, token: str) -> StoredButton | None:
    """The button with this id, or None when there is none."""
    return await session.get(StoredButton, token) if is_token(token) else None
