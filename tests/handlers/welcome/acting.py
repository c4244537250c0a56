"""What tests of the first days need beyond talking: moments on the wall clock, and when something was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from tests.conversations import Seen, Someone, Talk

NUDGE = "would you tell Field Nurses in two lines who you are"
WEEK = "a week in Field Nurses!"
FIRST_POST = "A newcomer's first post has waited"
NO_MORE, AGAIN = "No more tips, please", "Send me tips again"


def at(local: str, zone: str = "UTC") -> datetime:
    """A moment by the wall clock of a zone."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


async def joined(talk: Talk, name: str, place: str = "circle", language: str = "en") -> Someone:
    """Somebody new, who comes into the place."""
    someone = await talk.newcomer(name, language)
    await someone.joins(place)
    return someone


async def heard_at(who: Someone, words: str, zone: str = "UTC") -> list[str]:
    """When the bot told somebody privately something with these words in it, on the wall clock."""
    return [
        f"{one.at.astimezone(ZoneInfo(zone)):%a %d %H:%M}" for one in await who.sees() if one.by_bot and words in one
    ]


async def introduces(who: Someone, knows: str = "", wants: str = "", **more: object) -> None:
    """Tell in the form what they know and want to learn."""
    await who.says("/profile")
    await who.fills_in(Topics_I_know=knows, Topics_I_want_to_learn=wants, **more)


def leads_to(message: Seen) -> Sequence[str]:
    """The ids of the messages that its buttons lead to."""
    return list(message.leads_to.values())
