"""Whether somebody can be written to privately, where a platform lets them decide: by a keyed digest of the account.

Only what was told is kept: of an account without a row nobody knows. That a chat is shut is no fault of anybody's; a
person opens it by writing to the bot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlmodel import SQLModel, col, delete, or_, select, update

from bot.core.addresses import Account
from storage.columns import Moment, current_cipher, neutral, pseudonymous
from storage.database import Session
from storage.upserts import insert_into


class PrivateChat(SQLModel, table=True):
    """The private chat of an account with the bot. It is open, or was never opened, or is ``closed`` by the person.

    ``opened_at`` is when it was last opened; ``told_at`` when somebody last heard that the person can't be reached.
    """

    __tablename__ = "private_chat"

    account: bytes = pseudonymous(primary_key=True)
    is_open: bool = neutral()
    closed: bool = neutral(default=False)
    opened_at: datetime | None = neutral(default=None, sa_type=Moment)
    told_at: datetime | None = neutral(default=None, sa_type=Moment)


async def open_up(session: Session, account: Account, now: datetime) -> bool:
    """The account can be written to from now on. False when it could be already: then nothing is written."""
    row = await session.get(PrivateChat, _digest(account), populate_existing=True)
    if row is not None and row.is_open:
        return False
    await _keep(session, account, is_open=True, closed=False, opened_at=now)
    return True


async def close(session: Session, account: Account) -> None:
    """The person wants to be written to no more."""
    await _keep(session, account, is_open=False, closed=True)


async def not_opened(session: Session, account: Account, by: datetime) -> bool:
    """At the moment ``by`` the account could not be written to yet. False when it was opened then or later."""
    row = await session.get(PrivateChat, _digest(account), populate_existing=True)
    if row is not None and row.is_open and row.opened_at is not None and row.opened_at >= by:
        return False
    await _keep(session, account, is_open=False, closed=row.closed if row else False)
    return True


async def is_closed(session: Session, account: Account) -> bool:
    """Whether the person closed the chat, and has not opened it since."""
    row = await session.get(PrivateChat, _digest(account), populate_existing=True)
    return row is not None and row.closed


async def open_among(session: Session, accounts: Iterable[Account]) -> set[Account]:
    """Those of the accounts that can be written to, as far as is known."""
    keys = {_digest(account): account for account in accounts}
    statement = select(PrivateChat.account).where(col(PrivateChat.account).in_(keys), col(PrivateChat.is_open))
    return {keys[key] for key in (await session.exec(statement)).all()}


async def to_be_told_of(session: Session, account: Account, now: datetime, at_most_every: timedelta) -> bool:
    """Whether it is time to say (again) that the account can't be reached, which then counts as said."""
    late_enough = or_(col(PrivateChat.told_at).is_(None), col(PrivateChat.told_at) <= now - at_most_every)
    statement = update(PrivateChat).where(col(PrivateChat.account) == _digest(account), late_enough)
    return (await session.exec(statement.values(told_at=now))).rowcount == 1


async def forget(session: Session, accounts: Collection[Account]) -> None:
    """Nothing is known of these accounts any more."""
    keys = [_digest(account) for account in accounts]
    await session.exec(delete(PrivateChat).where(col(PrivateChat.account).in_(keys)))


async def _keep(session: Session, account: Account, **values: bool | datetime | None) -> None:
    statement = insert_into(session, PrivateChat).values(account=_digest(account), **values)
    await session.exec(statement.on_conflict_do_update(index_elements=["account"], set_=values))


def _digest(account: Account) -> bytes:
    """Not that of ``storage.members``: who sees both tables can't tell that they are about the same person."""
    return current_cipher.get().digest("private chat", account.platform, account.tenant, account.user)
