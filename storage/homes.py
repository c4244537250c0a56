"""The bot's own page for each account that looked at it: what stood there last, and when somebody last looked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, delete, update
from sqlmodel import SQLModel, col, select

from bot.core.addresses import Account
from storage.columns import Erase, Moment, SealedText, neutral, personal, pseudonymous, row_id
from storage.database import Session
from storage.members import user_key
from storage.upserts import insert_into


class HomePage(SQLModel, table=True):
    """One account's page. Without ``member_id`` it is a stranger's, who is known by a digest alone.

    ``content`` is a keyed digest of what was published last, ``message_id`` the reference of the outbox's row with it.
    A page follows what its person does, and an exact moment could tell who acted at that moment: ``seen_at`` is the
    hour alone, ``published_at`` the day, and nobody without the key gets from here to the row of the outbox.
    """

    __tablename__ = "home_page"
    __table_args__ = (Index("home_page_seen", "community_id", "seen_at"),)

    id: int = row_id()
    user_key: bytes = pseudonymous(unique=True)
    member_id: int | None = pseudonymous(default=None, foreign_key="member.id", index=True, erase=Erase.ROW)
    community_id: int | None = neutral(default=None, foreign_key="community.id")
    content: bytes | None = neutral(default=None)
    message_id: str | None = personal(default=None, sa_type=SealedText)
    published_at: datetime | None = neutral(default=None, sa_type=Moment)
    seen_at: datetime = neutral(sa_type=Moment)


async def look(
    session: Session, account: Account, community_id: int | None, member_id: int | None, now: datetime
) -> HomePage:
    """The page that an account looks at now, as that member of that community; as a stranger without one."""
    who = {"community_id": community_id, "member_id": member_id, "seen_at": _hour(now)}
    statement = insert_into(session, HomePage).values(user_key=user_key(account), **who)
    await session.exec(statement.on_conflict_do_update(index_elements=["user_key"], set_=who))
    found = select(HomePage).where(HomePage.user_key == user_key(account))
    return (await session.exec(found.execution_options(populate_existing=True))).one()


async def by_id(session: Session, page_id: int) -> HomePage | None:
    """The page with this number, or None when it was forgotten."""
    return await session.get(HomePage, page_id, populate_existing=True)


async def watched(session: Session, community_id: int, since: datetime, at_most: int) -> list[HomePage]:
    """The pages of a community's members who looked at them since the hour of a moment, who looked last first."""
    statement = (
        select(HomePage)
        .where(
            HomePage.community_id == community_id,
            col(HomePage.member_id).is_not(None),
            col(HomePage.seen_at) >= _hour(since),
        )
        .order_by(col(HomePage.seen_at).desc(), col(HomePage.id))
        .limit(at_most)
    )
    return list((await session.exec(statement)).all())


async def looked_at_by(session: Session, accounts: Sequence[Account]) -> list[Account]:
    """Those of these accounts that have a page before them."""
    keys = {user_key(account): account for account in accounts}
    found = select(HomePage.user_key).where(col(HomePage.user_key).in_(keys))
    return [keys[key] for key in (await session.exec(found)).all()]


async def published(session: Session, page_id: int, content: bytes, reference: str, now: datetime) -> None:
    """This is on the page from now on, as soon as the message with this reference arrives."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    statement = update(HomePage).where(col(HomePage.id) == page_id)
    await session.exec(statement.values(content=content, message_id=reference, published_at=day))


async def forget_old(session: Session, now: datetime, keep_for: timedelta) -> None:
    """Remove the pages that nobody has looked at for so long; who looks again gets it anew."""
    await session.exec(delete(HomePage).where(col(HomePage.seen_at) < now - keep_for))


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
