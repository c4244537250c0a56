"""What Baraza asks Slack for leave to do, and what each leave is for: no more than is needed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """A bot scope. ``for_what`` names the capabilities that need it, ``without`` is what fails where it is missing.

    Where it is ``optional`` all else works without it.
    """

    name: str
    for_what: str
    without: str
    optional: bool = False


SCOPES = (
    Scope("app_mentions:read", "every command", "nobody can use Baraza by mentioning it"),
    Scope(
        "assistant:write",
        "every command",
        "Slack does not show Baraza among its agents, beside a channel",
        optional=True,
    ),
    Scope(
        "channels:history",
        "health checks, prompts, contributions",
        "nothing that is written in public channels is counted or can be kept",
    ),
    Scope("channels:read", "welcome, settings", "nobody who joins a public channel is welcomed, and it has no name"),
    Scope("chat:write", "everything", "Baraza can say nothing at all"),
    Scope("commands", "every command", "/baraza and the menu of a message don't work"),
    Scope("files:write", "health checks, privacy, contributions", "no picture, spreadsheet or other file arrives"),
    Scope(
        "groups:history",
        "health checks, prompts, contributions",
        "nothing that is written in private channels is counted or can be kept",
    ),
    Scope("groups:read", "welcome, settings", "nobody who joins a private channel is welcomed, and it has no name"),
    Scope("im:history", "questions, welcome", "what people write to Baraza privately does not reach it"),
    Scope("im:write", "questions, welcome, today", "Baraza can't write to anybody privately"),
    Scope("reactions:read", "contributions, health checks", "a 📌 keeps no message, and no reaction is counted"),
    Scope("users:read", "welcome, people", "Baraza knows nobody's name or language, and misses who is new"),
)

BOT_SCOPES = tuple(scope.name for scope in SCOPES)

NEEDED = tuple(scope for scope in SCOPES if not scope.optional)


def missing(granted: Collection[str]) -> list[Scope]:
    """The scopes that are needed and were not granted."""
    return [scope for scope in NEEDED if scope.name not in granted]
