"""A few facts about this installation as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import SQLModel

from storage.columns import neutral
from storage.database import DatabaseProblem, Session
from storage.encryption import Cipher


class InstallationFact(SQLModel, table=True):
    """One fact by its name."""

    __tablename__ = "installation"

    name: str = neutral(primary_key=True)
    value: str = neutral()


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK_OFFSET = "clock_offset_microseconds"
_KEY_CHECK = "key_check"
_HEARD_UNTIL = "heard_until/"


async def clock_offset(session: Session) -> timedelta:
    """How far the bot's clock was moved when it was last moved; zero unless somebody did."""
    fact = await session.get(InstallationFact, _CLOCK_OFFSET)
    return timedelta(microseconds=int(fact.value)) if fact else timedelta(0)


async def remember_clock_offset(session: Session, offset: timedelta) -> None:
    """Keep the clock's offset, so that a restart goes on where time stood."""
    await session.merge(InstallationFact(name=_CLOCK_OFFSET, value=str(offset // timedelta(microseconds=1))))


async def heard_until(session: Session, platform: str) -> datetime | None:
    """Until when it is known that a platform's events could arrive (UTC); None where they never could yet."""
    fact = await session.get(InstallationFact, _HEARD_UNTIL + platform)
    return _EPOCH + timedelta(microseconds=int(fact.value)) if fact else None


async def remember_heard(session: Session, platform: str, at: datetime) -> None:
    """A platform's events can arrive at this moment."""
    value = str((at - _EPOCH) // timedelta(microseconds=1))
    await session.merge(InstallationFact(name=_HEARD_UNTIL + platform, value=value))


async def check_key(session: Session, cipher: Cipher) -> None:
    """Raise DatabaseProblem when the database was written with another SECRET_KEY; the first one is remembered."""
    if not await key_fits(session, cipher.digest("key check").hex()):
        raise DatabaseProblem("SECRET_KEY is not the one that this database was written with. Put the old one back.")


async def key_fits(session: Session, fingerprint: str) -> bool:
    """Whether ``fingerprint`` is that of the key this database was first opened with; the first one is kept."""
    fact = await session.get(InstallationFact, _KEY_CHECK)
    if fact is None:
        session.add(InstallationFact(name=_KEY_CHECK, value=fingerprint))
        return True
    return fact.value == fingerprint
