"""Forms that are asked for step by step: where somebody stands in the one that is open in a private chat."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import SmallInteger, UniqueConstraint, delete
from sqlmodel import SQLModel, col, select

from bot.core.addresses import Account, Privately, conversation_of
from storage.columns import Moment, SealedJson, neutral, personal, pseudonymous
from storage.database import Session
from storage.encryption import Cipher


class FormSteps(SQLModel, table=True):
    """One form on its way, of one person in one chat (both digests of this table's own, which lead to no account).

    ``turn`` grows with each question that is asked, so that the buttons of an earlier one are known as such;
    ``question`` is the reference of the message that asks now.
    """

    __tablename__ = "form_steps"
    __table_args__ = (UniqueConstraint("account", "chat"),)

    form_id: str = neutral(primary_key=True)
    account: bytes = pseudonymous()
    chat: bytes = pseudonymous()
    position: int = neutral(default=0, sa_type=SmallInteger)
    answers: dict[str, Any] = personal(sa_type=SealedJson)
    turn: int = neutral(default=0)
    question: str = neutral(default="")
    touched_at: datetime = neutral(sa_type=Moment, index=True)


def account_digest(cipher: Cipher, account: Account) -> bytes:
    """What stands for an account here; not what stands for it elsewhere, so that no row leads to a member."""
    return cipher.digest("form steps of", account.platform, account.tenant, account.user)


def chat_digest(cipher: Cipher, account: Account) -> bytes:
    """What stands for the private chat of an account with the bot."""
    return cipher.digest("form steps in", account.platform, account.tenant, conversation_of(Privately(account)))


async def in_private_chat(session: Session, cipher: Cipher, account: Account) -> FormSteps | None:
    """The form that is open in somebody's private chat, held until the transaction ends; None where there is none."""
    statement = select(FormSteps).where(
        FormSteps.account == account_digest(cipher, account), FormSteps.chat == chat_digest(cipher, account)
    )
    return (await session.exec(statement.with_for_update().execution_options(populate_existing=True))).one_or_none()


async def begin(
    session: Session, cipher: Cipher, account: Account, form_id: str, answers: dict[str, Any], now: datetime
) -> FormSteps:
    """A form is opened in somebody's private chat, in which no other is open."""
    steps = FormSteps(
        form_id=form_id,
        account=account_digest(cipher, account),
        chat=chat_digest(cipher, account),
        answers=answers,
        touched_at=now,
    )
    session.add(steps)
    await session.flush()
    return steps


async def move(session: Session, steps: FormSteps, now: datetime, **changed: Any) -> None:
    """Keep where it stands now."""
    for name, value in {**changed, "touched_at": now}.items():
        setattr(steps, name, value)
    await session.flush()


async def of_form(session: Session, form_id: str) -> FormSteps | None:
    """Where this form stands, held until the transaction ends; None when it is over."""
    return await session.get(FormSteps, form_id, populate_existing=True, with_for_update=True)


async def end(session: Session, steps: FormSteps) -> None:
    """The form was sent or left: nothing of it stays here."""
    await session.delete(steps)
    await session.flush()


async def forget_old(session: Session, now: datetime, keep_for: timedelta) -> None:
    """Remove what nobody touched for longer than ``keep_for``."""
    await session.exec(delete(FormSteps).where(col(FormSteps.touched_at) < now - keep_for))
