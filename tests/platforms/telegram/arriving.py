"""What Telegram sends, taken the whole way: as the inbox keeps it, and then as what it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from bot.core.events import Event
from bot.core.platform import RawEvent
from bot.platforms.telegram.envelope import NOTHING_KNOWN, Bot, Known, from_update
from bot.platforms.telegram.incoming import translate

ARRIVED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BARAZA = Bot("7000001", "baraza_bot", "Baraza")
E = TypeVar("E", bound=Event)


def arrived(update: Any, known: Known = NOTHING_KNOWN, bot: Bot = BARAZA) -> RawEvent:
    """As the inbox keeps it."""
    return from_update(update, ARRIVED, bot, known)


def meaning(update: Any, known: Known = NOTHING_KNOWN, bot: Bot = BARAZA) -> Sequence[Event]:
    """The core events."""
    return translate(arrived(update, known, bot).body)


def one(kind: type[E], update: Any, known: Known = NOTHING_KNOWN, bot: Bot = BARAZA) -> E:
    """The only core event."""
    (event,) = meaning(update, known, bot)
    assert isinstance(event, kind)
    return event
