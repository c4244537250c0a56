"""One-time codes with which somebody tells, on one account, that another account is theirs too."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import SQLModel, col, select

from bot.core.addresses import Account
from storage import members
from storage.columns import Erase, Moment, current_cipher, neutral, pseudonymous, row_id
from storage.database import Session
from storage.members import MemberAccount
from storage.upserts import insert_into

GOOD_FOR = timedelta(minutes=10)
ANSWER_WITHIN = timedelta(hours=1)
"""How long who issued a code has to say yes, once it was typed in."""
MOST_WRONG = 5
PAUSE = timedelta(hours=1)
LENGTH = 28
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is easily mistaken for another


class LinkCode(SQLModel, table=True):
    """A code that an account was given; only its digest is kept. ``by_*``: who typed it in, so it is used up."""

    __tablename__ = "link_code"

    id: int = row_id()
    code: bytes = neutral(unique=True)
    member_id: int = pseudonymous(foreign_key="member.id", index=True, erase=Erase.ROW)
    account_id: int = pseudonymous(foreign_key="account.id")
    by_member_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True, erase=Erase.ROW)
    by_account_id: int | None = pseudonymous(default=None, foreign_key="account.id")
    expires_at: datetime = neutral(sa_type=Moment)


class LinkTries(SQLModel, table=True):
    """How many wrong codes an account typed in, since when. It is known by its digest alone."""

    __tablename__ = "link_tries"

    user_key: bytes = pseudonymous(primary_key=True)
    wrong: int = neutral()
    since: datetime = neutral(sa_type=Moment)


async def issue(session: Session, account: MemberAccount, now: datetime) -> str:
    """A new code (140 random bits) for an account, good for ten minutes; the one before is no good any more."""
    await session.exec(delete(LinkCode).where(col(LinkCode.account_id) == account.id))
    code = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))
    session.add(
        LinkCode(code=_digest(code), member_id=account.member_id, account_id=account.id, expires_at=now + GOOD_FOR)
    )
    await session.flush()
    return code


def in_groups(code: str) -> str:
    """A code as it can be read out and typed: in groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


async def typed(session: Session, code: str, now: datetime) -> LinkCode | None:
    """The code that was typed, in any case and with any marks between; None when it is no good (any more)."""
    statement = select(LinkCode).where(
        LinkCode.code == _digest(code), col(LinkCode.expires_at) > now, col(LinkCode.by_account_id).is_(None)
    )
    return (await session.exec(statement)).one_or_none()


async def use_up(session: Session, code: LinkCode, by: MemberAccount, now: datetime) -> bool:
    """An account has typed it in, and who issued it is asked. False when somebody else was faster."""
    free = update(LinkCode).where(col(LinkCode.id) == code.id, col(LinkCode.by_account_id).is_(None))
    values = {"by_account_id": by.id, "by_member_id": by.member_id, "expires_at": now + ANSWER_WITHIN}
    return bool((await session.exec(free.values(**values))).rowcount)


async def answered(session: Session, code_id: int, now: datetime) -> LinkCode | None:
    """The code that was typed in, for who issued it to decide about, once; None when that is over."""
    code = await session.get(LinkCode, code_id, populate_existing=True)
    if code is None or code.by_account_id is None:
        return None
    gone = await session.exec(delete(LinkCode).where(col(LinkCode.id) == code_id))
    return code if gone.rowcount == 1 and code.expires_at > now else None


async def waiting(session: Session, code_id: int) -> LinkCode | None:
    """The same, only to look at it."""
    return await session.get(LinkCode, code_id, populate_existing=True)


async def forget_codes(session: Session, *member_ids: int) -> None:
    """No code of these members, or that they typed in, is good any more."""
    theirs = or_(col(LinkCode.member_id).in_(member_ids), col(LinkCode.by_member_id).in_(member_ids))
    await session.exec(delete(LinkCode).where(theirs))


async def must_wait(session: Session, account: Account, now: datetime) -> bool:
    """Whether an account has typed so many wrong codes that no other one is looked at for now."""
    tries = await session.get(LinkTries, members.user_key(account), populate_existing=True)
    return tries is not None and tries.wrong >= MOST_WRONG and now < tries.since + PAUSE


async def was_wrong(session: Session, account: Account, now: datetime) -> None:
    """An account has typed a code that is no good. Who has waited begins anew."""
    key = members.user_key(account)
    await session.exec(delete(LinkTries).where(col(LinkTries.user_key) == key, col(LinkTries.since) <= now - PAUSE))
    statement = insert_into(session, LinkTries).values(user_key=key, wrong=1, since=now)
    again = {"wrong": LinkTries.__table__.c.wrong + 1, "since": now}  # type: ignore[attr-defined]
    await session.exec(statement.on_conflict_do_update(index_elements=["user_key"], set_=again))


async def forget_tries(session: Session, user_keys: list[bytes]) -> None:
    """Nothing is known of what these accounts typed."""
    await session.exec(delete(LinkTries).where(col(LinkTries.user_key).in_(user_keys)))


async def tidy_up(session: Session, now: datetime) -> None:
    """Remove codes and counts that are over."""
    await session.exec(delete(LinkCode).where(col(LinkCode.expires_at) <= now))
    await session.exec(delete(LinkTries).where(col(LinkTries.since) <= now - PAUSE))


def _digest(code: str) -> bytes:
    letters = "".join(letter for letter in code.upper() if letter in _ALPHABET)
    return current_cipher.get().digest("link code", letters)
