"""Members, their accounts on the platforms, their profiles, and what they are in a community."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import SQLModel

from storage.columns import Moment, SealedText, neutral, personal, pseudonymous, row_id


class Member(SQLModel, table=True):
    """One person, with one or more accounts. Units, languages and topics are what they told about themselves."""

    __tablename__ = "member"

    id: int = row_id()
    name: str = personal(sa_type=SealedText)
    language: str | None = neutral(default=None)
    unit: str | None = personal(default=None)
    languages: list[str] = personal(default_factory=list, sa_type=JSON)
    topics_known: list[str] = personal(default_factory=list, sa_type=JSON)
    topics_wanted: list[str] = personal(default_factory=list, sa_type=JSON)
    introduced_at: datetime | None = neutral(default=None, sa_type=Moment)
    created_at: datetime = neutral(sa_type=Moment)


class MemberAccount(SQLModel, table=True):
    """One account of a member. ``user_key`` is a digest to look it up by; the id itself is encrypted."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("platform", "tenant", "user_key"),)

    id: int = row_id()
    member_id: int = pseudonymous(foreign_key="member.id", index=True)
    platform: str = neutral()
    tenant: str = neutral()
    user_key: bytes = pseudonymous()
    user: str = personal(sa_type=SealedText)
    is_bot: bool = neutral(default=False)


class Membership(SQLModel, table=True):
    """That a member belongs to a community: since when, until when, and when they were greeted."""

    __tablename__ = "membership"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    joined_at: datetime = neutral(sa_type=Moment)
    left_at: datetime | None = neutral(default=None, sa_type=Moment)


class Presence(SQLModel, table=True):
    """That a member is in a place now; who is in none of a community's places any more has left it."""

    __tablename__ = "presence"

    place_id: int = neutral(foreign_key="place.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    since: datetime = neutral(sa_type=Moment)


class MemberRole(SQLModel, table=True):
    """A role that a member holds in a community, beside being a member."""

    __tablename__ = "role"

    community_id: int = neutral(foreign_key="community.id", primary_key=True)
    member_id: int = pseudonymous(foreign_key="member.id", primary_key=True, index=True)
    role: str = neutral(primary_key=True)
