"""A command as people type it on Slack."""

from __future__ import annotations

from bot.core.dispatch import MENU
from bot.core.messages import Text, with_commands, with_commands_in

ROOT = "baraza"
"""The one slash command that the manifest declares; every command is a word after it."""


def typed(command: str, rest: str) -> tuple[str, str]:
    """The name and the arguments of a slash command: ``/baraza ask why`` is the same as ``/ask why``."""
    name = command.strip().removeprefix("/")
    return called(rest) if name.casefold() == ROOT else (name, rest.strip())


def called(line: str) -> tuple[str, str]:
    """The name and the arguments of what is said to the bot; the menu where nothing is."""
    words = line.strip().removeprefix("/").split(None, 1)
    return (words[0] if words else MENU, words[1].strip() if len(words) > 1 else "")


def as_typed(text: Text) -> Text:
    """What Baraza says with its commands as they are typed on Slack: ``/baraza help`` for ``/help``."""
    return with_commands(text, _spelled)


def words_as_typed(words: str) -> str:
    """The same for plain words of Baraza's own; never for what people wrote."""
    return with_commands_in(words, _spelled)


def _spelled(name: str) -> str:
    return f"/{ROOT}" if name == ROOT else f"/{ROOT} {name}"
