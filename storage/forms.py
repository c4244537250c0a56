"""Forms that were opened: what was asked, of whom, and whether it came back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import SQLModel, col

from bot.core.addresses import Account
from storage.columns import Moment, SealedJson, SealedText, is_token, neutral, new_token, personal, pseudonymous
from storage.database import Session
from storage.encryption import Cipher


class OpenedForm(SQLModel, table=True):
    """A form as it was shown. ``person`` is a digest of the account it was opened for."""

    __tablename__ = "form"

    id: str = neutral(default_factory=new_token, primary_key=True)
    action: str = neutral()
    subject: str = personal(default="", sa_type=SealedText)
    person: bytes = pseudonymous()
    community_id: int | None = neutral(default=None, foreign_key="community.id")
    body: dict[str, Any] = personal(sa_type=SealedJson)
    opened_at: datetime = neutral(sa_type=Moment, index=True)
    submitted_at: datetime | None = neutral(default=None, sa_type=Moment)


def person_digest(cipher: Cipher, form_id: str, account: Account) -> bytes:
    """What stands for the person a form was opened for: a value of each form's own, which leads to no account."""
    return cipher.digest("form", form_id, account.platform, account.tenant, account.user)


async def add(session: Session, form: OpenedForm) -> OpenedForm:
    """Keep a form that is about to be shown."""
    session.add(form)
    await session.flush()
    return form


async def by_id(session: Session, form_id: str) -> OpenedForm | None:
    """The form with this id, or None."""
    return await session.get(OpenedForm, form_id) if is_token(form_id) else None


async def take(session: Session, form_id: str, now: datetime) -> bool:
    """Mark the form as submitted. False when it already was: a double click changes nothing."""
    statement = update(OpenedForm).where(col(OpenedForm.id) == form_id, col(OpenedForm.submitted_at).is_(None))
    result = await session.exec(statement.values(submitted_at=now))
    return result.rowcount == 1


async def keep_typed(session: Session, form_id: str, body: dict[str, Any]) -> None:
    """The form with what was typed into it, for when it is opened again."""
    await session.exec(update(OpenedForm).where(col(OpenedForm.id) == form_id).values(body=body))


async def forget_old(session: Session, now: datetime, keep_for: timedelta) -> None:
    """Remove forms that were opened longer than ``keep_for`` ago."""
    await session.exec(delete(OpenedForm).where(col(OpenedForm.opened_at) < now - keep_for))
