"""How much the assistant was used: tokens a day, and nothing about what for."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger
from sqlmodel import SQLModel

from storage.columns import neutral
from storage.database import Session
from storage.upserts import insert_into


class AssistantUse(SQLModel, table=True):
    """The tokens of one day (UTC, as YYYY-MM-DD)."""

    __tablename__ = "assistant_use"

    day: str = neutral(primary_key=True)
    tokens: int = neutral(sa_type=BigInteger)


async def used_on(session: Session, day: date) -> int:
    """The tokens that were used on a day."""
    row = await session.get(AssistantUse, day.isoformat())
    return row.tokens if row else 0


async def add(session: Session, day: date, tokens: int) -> None:
    """So many more were used on this day."""
    statement = insert_into(session, AssistantUse).values(day=day.isoformat(), tokens=tokens)
    more = AssistantUse.__table__.c.tokens + statement.excluded.tokens  # type: ignore[attr-defined]
    await session.exec(statement.on_conflict_do_update(index_elements=["day"], set_={"tokens": more}))
