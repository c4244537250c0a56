"""Telegram's numbers: ids, and times in whole seconds since 1970."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.platforms.reading import Json

_LARGEST = 2**63
_LATEST_TIME = 10**10


def identity(data: Json, name: str) -> str:
    """The id of this name, which must be there, as text."""
    return str(number(data, name))


def optional_identity(data: Json, name: str) -> str:
    """The id of this name as text; empty where there is none."""
    return "" if data.get(name) is None else identity(data, name)


def number(data: Json, name: str) -> int:
    """The whole number of this name, which must be there."""
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not -_LARGEST <= value < _LARGEST:
        raise ValueError(f"{name} is missing, or no number")
    return value


def moment(data: Json, name: str) -> datetime:
    """The moment of this name (UTC), which must be there."""
    seconds = number(data, name)
    if not 0 < seconds < _LATEST_TIME:
        raise ValueError(f"{name} is no time")
    return datetime.fromtimestamp(seconds, UTC)
