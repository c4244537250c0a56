"""The accounts that members have on the platforms, and how they are found: by a keyed digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import UniqueConstraint, select, text, update
from sqlmodel import SQLModel

from bot.core.addresses import Account, Person
from storage.columns import Erase, SealedText, current_cipher, neutral, personal, pseudonymous, row_id
from storage.database import Session
from storage.statements import bare, columns, given, some


class MemberAccount(SQLModel, table=True):
    """One account of a member. ``user_key`` is a digest to look it up by; the id itself is encrypted.

    ``username_key`` is a digest of what others call it by with an @, where the platform tells no id then.

    Of several accounts of one member the ``preferred`` one is written to, else the ``last_used``; no moment is kept,
    as it could tell who asked something confidentially.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("platform", "tenant", "user_key"),)

    id: int = row_id()
    member_id: int = pseudonymous(foreign_key="member.id", index=True, erase=Erase.ROW)
    platform: str = neutral()
    tenant: str = neutral()
    user_key: bytes = pseudonymous()
    user: str = personal(sa_type=SealedText)
    username_key: bytes | None = pseudonymous(default=None, index=True)
    is_bot: bool = neutral(default=False)
    preferred: bool = neutral(default=False, sa_column_kwargs={"server_default": text("false")})
    last_used: bool = neutral(default=True, sa_column_kwargs={"server_default": text("true")})


_ACCOUNT = columns(MemberAccount)
_ITS_TENANT = (_ACCOUNT.platform == given("platform"), _ACCOUNT.tenant == given("tenant"))  # or no index is taken
IS_ACCOUNT = (*_ITS_TENANT, _ACCOUNT.user_key == given("key"))
"""What a statement asks for to find the row of one account; see ``of_account``."""
_KNOWN: Any = select(_ACCOUNT.user_key, _ACCOUNT.member_id).where(*_ITS_TENANT, _ACCOUNT.user_key.in_(some("keys")))


_THEIR_TENANT = (_ACCOUNT.platform == given("there"), _ACCOUNT.tenant == given("within"))
"""As ``_ITS_TENANT``; in a statement that changes rows no value may be given by a column's name."""
_NAME: Any = (
    update(bare(MemberAccount))
    .where(*_THEIR_TENANT, _ACCOUNT.user_key == given("key"), _ACCOUNT.username_key.is_distinct_from(given("called")))
    .values(username_key=given("called"))
)
_TAKE_FROM_OTHERS: Any = (
    update(bare(MemberAccount))
    .where(*_THEIR_TENANT, _ACCOUNT.username_key == given("called"), _ACCOUNT.user_key != given("key"))
    .values(username_key=None)
)
_NAMED: Any = select(_ACCOUNT.member_id).where(*_THEIR_TENANT, _ACCOUNT.username_key == given("called"))


async def go_by(session: Session, person: Person) -> None:
    """A known account is called by its username from now on, and no other is. Nothing is written while that stays so.

    Platforms that mention people by their ids tell no username, and nothing is kept of it.
    """
    if not person.username:
        return
    account = person.account
    named = {**_called(account.platform, account.tenant, person.username), "key": user_key(account)}
    if (await session.exec(_NAME, params=named)).rowcount:
        await session.exec(_TAKE_FROM_OTHERS, params=named)


async def going_by(session: Session, platform: str, tenant: str, username: str) -> int | None:
    """The member id behind the account that was last seen with a username; None where nobody was."""
    row = (await session.exec(_NAMED, params=_called(platform, tenant, username))).first()
    return None if row is None else int(row[0])


def _called(platform: str, tenant: str, username: str) -> dict[str, Any]:
    key = current_cipher.get().digest("username", platform, tenant, username.casefold())
    return {"there": platform, "within": tenant, "called": key}


async def known_among(session: Session, accounts: Iterable[Account]) -> dict[Account, int]:
    """The member ids behind those of ``accounts`` that are known."""
    by_tenant: dict[tuple[str, str], dict[bytes, Account]] = defaultdict(dict)
    for account in accounts:
        by_tenant[account.platform, account.tenant][user_key(account)] = account
    found: dict[Account, int] = {}
    for (platform, tenant), keys in by_tenant.items():
        among = {"platform": platform, "tenant": tenant, "keys": list(keys)}
        found |= {keys[key]: member_id for key, member_id in (await session.exec(_KNOWN, params=among)).all()}
    return found


def user_key(account: Account) -> bytes:
    """What stands for an account where its id must not stand: a keyed digest."""
    return current_cipher.get().digest("account", account.platform, account.tenant, account.user)


def of_account(account: Account) -> dict[str, Any]:
    """What ``IS_ACCOUNT`` is to be given for an account."""
    return {"platform": account.platform, "tenant": account.tenant, "key": user_key(account)}
