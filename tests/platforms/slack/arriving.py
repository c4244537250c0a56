"""What Slack sends, taken the whole way: as the inbox keeps it, and then as what it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.core.events import Event
from bot.core.forms import FormValue
from bot.core.platform import RawEvent
from bot.platforms.slack.envelope import NOTHING_KNOWN, Known, from_command, from_event, from_interaction
from bot.platforms.slack.incoming import translate
from tests.wire.slack_payloads import ANA, BEN, BOT, CHANNEL, Json

ARRIVED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
KNOWN = Known(
    bot=BOT,
    people={ANA: {"name": "Ana", "language": "fr"}, BEN: {"name": "Ben"}, "U0ROBOT": {"name": "Robot", "is_bot": True}},
    places={CHANNEL: "circle"},
)


def arrived(payload: Json, known: Known = KNOWN, values: dict[str, FormValue] | None = None) -> RawEvent:
    """As the inbox keeps it."""
    if "event_id" in payload or "event" in payload:
        return from_event(payload, ARRIVED, known)
    if "command" in payload:
        return from_command(payload, ARRIVED, known)
    return from_interaction(payload, ARRIVED, known, values)


def meaning(payload: Json, known: Known = KNOWN, values: dict[str, FormValue] | None = None) -> Sequence[Event]:
    """The core events."""
    return translate(arrived(payload, known, values).body)


def unknown(payload: Json) -> Sequence[Event]:
    """The core events where the directory knows nothing."""
    return meaning(payload, NOTHING_KNOWN)
