"""The accounts that members have on the platforms, and how they are found: by a keyed digest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import UniqueConstraint, select, text
from sqlmodel import SQLModel

from bot.core.addresses import Account
from storage.columns import Erase, SealedText, current_cipher, neutral, personal, pseudonymous, row_id
from storage.database import Session
from storage.statements import columns, given, some


class MemberAccount(SQLModel, table=True):
    """One account of a member. ``user_key`` is a digest to look it up by; the id itself is encrypted.

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
    is_bot: bool = neutral(default=False)
    preferred: bool = neutral(default=False, sa_column_kwargs={"server_default": text("false")})
    last_used: bool = neutral(default=True, sa_column_kwargs={"server_default": text("true")})


_ACCOUNT = columns(MemberAccount)
_ITS_TENANT = (_ACCOUNT.platform == given("platform"), _ACCOUNT.tenant == given("tenant"))  # or no index is taken
IS_ACCOUNT = (*_ITS_TENANT, _ACCOUNT.user_key == given("key"))
"""What a statement asks for to find the row of one account; see ``of_account``."""
_KNOWN: Any = select(_ACCOUNT.user_key, _ACCOUNT.member_id).where(*_ITS_TENANT, _ACCOUNT.user_key.in_(some("keys")))


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
