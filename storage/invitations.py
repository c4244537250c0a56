"""One-time codes with which a place joins a community."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlmodel import SQLModel, col, delete, select

from storage.columns import Moment, current_cipher, neutral
from storage.database import Session

GOOD_FOR = timedelta(hours=24)
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is easily mistaken for another
_LENGTH = 12


class PlaceInvitation(SQLModel, table=True):
    """A code that lets one place join a community once; only its digest is kept."""

    __tablename__ = "place_invitation"

    code: bytes = neutral(primary_key=True)
    community_id: int = neutral(foreign_key="community.id")
    expires_at: datetime = neutral(sa_type=Moment)


async def issue(session: Session, community_id: int, now: datetime) -> str:
    """A new code (60 random bits), good for 24 hours and one place, shown in groups of four."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    session.add(PlaceInvitation(code=_digest(code), community_id=community_id, expires_at=now + GOOD_FOR))
    await session.flush()
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


async def redeem(session: Session, code: str, now: datetime) -> int | None:
    """The id of the community that the code leads to; the code is used up. None when it is no good."""
    statement = select(PlaceInvitation).where(
        PlaceInvitation.code == _digest(code), col(PlaceInvitation.expires_at) > now
    )
    invitation = (await session.exec(statement)).one_or_none()
    if invitation is None:
        return None
    used = await session.exec(delete(PlaceInvitation).where(col(PlaceInvitation.code) == invitation.code))
    return invitation.community_id if used.rowcount == 1 else None


def _digest(code: str) -> bytes:
    letters = "".join(letter for letter in code.upper() if letter in _ALPHABET)
    return current_cipher.get().digest("place invitation", letters)
