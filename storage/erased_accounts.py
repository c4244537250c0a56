"""Accounts whose person was forgotten: a keyed digest of each, so that nothing older brings them back.

A digest tells nobody who it was; only who knows the account, and the key, can find out that it is here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlmodel import SQLModel, col, select

from storage.columns import Erase, Moment, neutral, pseudonymous
from storage.database import Session
from storage.upserts import insert_into


class ErasedAccount(SQLModel, table=True):
    """That the account of this digest (see ``MemberAccount.user_key``) was forgotten, and when last."""

    __tablename__ = "erased_account"

    user_key: bytes = pseudonymous(primary_key=True)
    erased_at: datetime = neutral(sa_type=Moment)


class FormerPlatform(SQLModel, table=True):
    """On which platform a former member was: all that figures need of their accounts."""

    __tablename__ = "former_platform"

    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, erase=Erase.KEEP)
    platform: str = neutral(primary_key=True)


async def was_on(session: Session, member_id: int, platforms: Collection[str]) -> None:
    """A former member still counts as one of the people on these platforms."""
    for platform in platforms:
        statement = insert_into(session, FormerPlatform).values(member_id=member_id, platform=platform)
        await session.exec(statement.on_conflict_do_nothing())


async def add(session: Session, user_keys: Collection[bytes], now: datetime) -> None:
    """These accounts are forgotten from now on."""
    for user_key in user_keys:
        statement = insert_into(session, ErasedAccount).values(user_key=user_key, erased_at=now)
        await session.exec(statement.on_conflict_do_update(index_elements=["user_key"], set_={"erased_at": now}))


async def among(session: Session, user_keys: Collection[bytes]) -> dict[bytes, datetime]:
    """Those of these accounts that were forgotten, and when."""
    table = ErasedAccount
    statement = select(table.user_key, table.erased_at).where(col(table.user_key).in_(user_keys))
    return dict((await session.exec(statement)).all())
