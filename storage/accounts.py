"""The accounts of one person: on which of them they are written to, and under which numbers they are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select, update

from bot.core.addresses import Account, platform_name
from storage import members, tenants
from storage.database import Session
from storage.members import Member, MemberAccount


async def reachable(session: Session, member_id: int) -> list[Account]:
    """The accounts of a member where the bot is still installed, the one they are rather written to first."""
    gone = {(one.platform, one.tenant) for one in await tenants.closed(session)}
    accounts = await members.accounts_of(session, member_id)
    return [account for account in accounts if (account.platform, account.tenant) not in gone]


async def rows_of(session: Session, member_id: int) -> list[MemberAccount]:
    """The rows of a member's accounts, the oldest first."""
    statement = select(MemberAccount).where(MemberAccount.member_id == member_id).order_by(col(MemberAccount.id))
    return list((await session.exec(statement.execution_options(populate_existing=True))).all())


async def row_at(session: Session, account: Account) -> MemberAccount | None:
    """The row of an account, or None when nobody is known there."""
    return (await session.exec(select(MemberAccount).where(*_is(account)))).one_or_none()


async def names_of(session: Session, rows: Sequence[MemberAccount]) -> dict[int, str]:
    """What people call the places of these accounts, by the rows' numbers: Slack; with several, which of them."""
    often = Counter(row.platform for row in rows)
    names: dict[int, str] = {}
    for row in rows:
        names[row.id] = platform_name(row.platform)
        if often[row.platform] > 1:
            known = [one.name for one in await tenants.open_on(session, row.platform) if one.tenant == row.tenant]
            names[row.id] += f" ({known[0] if known else row.tenant})"
    return names


async def used(session: Session, account: Account) -> None:
    """Of their accounts somebody has used this one last. Nothing is written while that stays so."""
    newly = update(MemberAccount).where(*_is(account), col(MemberAccount.last_used).is_(False))
    if (await session.exec(newly.values(last_used=True))).rowcount:
        row = await row_at(session, account)
        assert row is not None  # noqa: S101 - it was just written
        others = (col(MemberAccount.member_id) == row.member_id, col(MemberAccount.id) != row.id)
        await session.exec(update(MemberAccount).where(*others).values(last_used=False))


async def prefer(session: Session, member_id: int, account_id: int | None) -> None:
    """A member is written to on this account of theirs; with None on the one that they used last."""
    mine = col(MemberAccount.member_id) == member_id
    await session.exec(update(MemberAccount).where(mine).values(preferred=False))
    if account_id is not None:
        await session.exec(
            update(MemberAccount).where(mine, col(MemberAccount.id) == account_id).values(preferred=True)
        )


async def ids_of(session: Session, member_id: int) -> frozenset[int]:
    """Every number under which a member is found: their own, and those of who they were before they were linked."""
    former = select(Member.id).where(Member.linked_to_id == member_id)
    return frozenset({member_id, *(await session.exec(former)).all()})


def _is(account: Account) -> tuple[Any, ...]:
    return (
        col(MemberAccount.platform) == account.platform,
        col(MemberAccount.tenant) == account.tenant,
        col(MemberAccount.user_key) == members.user_key(account),
    )
