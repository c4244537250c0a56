"""A command as people type it on Slack."""

from __future__ import annotations

from bot.core.dispatch import MENU

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
