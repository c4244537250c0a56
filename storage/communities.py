"""Communities and the places that they span."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, func, update
from sqlmodel import SQLModel, col, select

from bot.core.addresses import Place
from bot.core.messages import mark
from bot.core.errors import Refusal
from bot.core.roles import Purpose
from storage.columns import Moment, neutral, row_id
from storage.database import Session


class Community(SQLModel, table=True):
    """People who work on the same thing, wherever they chat. ``complete`` is false while an import builds it."""

    __tablename__ = "community"

    id: int = row_id()
    name: str = neutral()
    language: str = neutral(default="en")
    time_zone: str = neutral(default="UTC")
    is_sample: bool = neutral(default=False)
    complete: bool = neutral(default=True)
    created_at: datetime = neutral(sa_type=Moment)


class CommunityPlace(SQLModel, table=True):
    """A channel or group. Without a community it is a place where the bot waits, silent and recording nothing."""

    __tablename__ = "place"
    __table_args__ = (UniqueConstraint("platform", "tenant", "external_id"),)

    id: int = row_id()
    community_id: int | None = neutral(default=None, foreign_key="community.id", index=True)
    platform: str = neutral()
    tenant: str = neutral()
    external_id: str = neutral()
    name: str = neutral(default="")
    purpose: str = neutral(default=Purpose.LISTENING.value)
    active: bool = neutral(default=True)
    tells_joins: bool = neutral(default=True)

    @property
    def address(self) -> Place:
        """The place as messages are addressed to it."""
        return Place(self.platform, self.tenant, self.external_id, self.name)
