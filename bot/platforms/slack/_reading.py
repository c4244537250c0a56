"""Slack's way of writing a time, which is also the id of a message."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.platforms.reading import Json, identity

_STAMP = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,6}))?")


def stamp(data: Json, name: str) -> str:
    """The time of this name as Slack writes it, which is also the id of a message: ``1700000000.000100``."""
    found = identity(data, name)
    if not _STAMP.fullmatch(found):
        raise ValueError(f"{name} is no time")
    return found


def moment(ts: str) -> datetime:
    """The moment (UTC) of one of Slack's times. Raises ValueError for what is none."""
    match = _STAMP.fullmatch(ts)
    if match is None:
        raise ValueError("no time")
    fraction = timedelta(microseconds=int((match[2] or "").ljust(6, "0")))
    return datetime.fromtimestamp(int(match[1]), UTC) + fraction
