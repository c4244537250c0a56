"""Where the bot is installed: workspaces and the like, each with the token that opens it.

Facts about this Baraza itself are in ``storage.installation``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import SQLModel, col, select

from bot.core.platform import Installation
from storage.columns import Moment, SealedText, neutral
from storage.database import Session
from storage.upserts import insert_into


class Tenant(SQLModel, table=True):
    """A tenant that has the bot, or had it: since ``closed_at`` there is no token, and nothing leads there."""

    __tablename__ = "tenant"

    platform: str = neutral(primary_key=True)
    tenant: str = neutral(primary_key=True)
    name: str = neutral()
    bot: str = neutral()
    token: str | None = neutral(default=None, sa_type=SealedText)
    scopes: list[str] = neutral(default_factory=list, sa_type=JSON)
    opened_at: datetime = neutral(sa_type=Moment)
    closed_at: datetime | None = neutral(default=None, sa_type=Moment)


async def keep(session: Session, installation: Installation, now: datetime) -> None:
    """The bot is installed there, for the first time or again; the token before, if any, is forgotten."""
    known = await _row(session, installation.platform, installation.tenant)
    same = known is not None and known.closed_at is None and known.token == installation.token
    values = {
        "name": installation.name,
        "bot": installation.bot,
        "token": installation.token,
        "scopes": list(installation.scopes),
        "opened_at": known.opened_at if known and same else now,
        "closed_at": None,
    }
    key = {"platform": installation.platform, "tenant": installation.tenant}
    added = insert_into(session, Tenant).values(**key, **values)
    await session.exec(added.on_conflict_do_update(index_elements=list(key), set_=values))


async def open_on(session: Session, platform: str) -> list[Installation]:
    """Where the bot is installed now, by tenant."""
    statement = select(Tenant).where(Tenant.platform == platform, col(Tenant.closed_at).is_(None))
    rows = (await session.exec(statement.order_by(col(Tenant.tenant)))).all()
    return [
        Installation(row.platform, row.tenant, row.name, row.bot, row.token or "", tuple(row.scopes)) for row in rows
    ]


async def close(session: Session, platform: str, tenant: str, now: datetime) -> None:
    """The token is worth nothing any more, and is forgotten; that the bot was there stays known."""
    row = await _row(session, platform, tenant)
    if row is not None:
        row.token, row.closed_at = None, row.closed_at or now
        session.add(row)
        await session.flush()


async def closed(session: Session) -> list[Tenant]:
    """Where the bot was once, and is no more."""
    return list((await session.exec(select(Tenant).where(col(Tenant.closed_at).is_not(None)))).all())


async def opened_since(session: Session, platform: str, tenant: str, moment: datetime) -> bool:
    """Whether the bot was installed there after ``moment``, and is so still."""
    row = await _row(session, platform, tenant)
    return row is not None and row.closed_at is None and row.opened_at > moment


async def _row(session: Session, platform: str, tenant: str) -> Tenant | None:
    statement = select(Tenant).where(Tenant.platform == platform, Tenant.tenant == tenant).with_for_update()
    return (await session.exec(statement.execution_options(populate_existing=True))).one_or_none()
