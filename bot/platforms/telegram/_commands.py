"""A command as people type it on Telegram: ``/ask why``, ``/ask@baraza_bot why``, ``@baraza_bot ask why``."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.core.dispatch import MENU

_SLASH = re.compile(r"\s*[/／]([^\s/@]{1,64})(?:@(\w+))?(?!\S)\s*")
_MENTION = re.compile(r"\s*@(\w+)[\s:,]*")
_WORD = re.compile(r"(\S*)\s*")


@dataclass(frozen=True, slots=True)
class Called:
    """A command; what follows begins after ``end`` characters. Without ``ours``, another bot is meant.

    ``named``: it says which bot is meant; ``mentioned``: the bot was called by its name, in a message that is meant for
    others as well.
    """

    name: str
    end: int
    ours: bool = True
    named: bool = False
    mentioned: bool = False


def called(words: str, username: str) -> Called | None:
    """The command that a text is; None where it is none. ``username`` is the bot's own."""
    slash = _SLASH.match(words)
    if slash is not None and _is_name(slash[1]):
        named = slash[2] is not None
        return Called(slash[1], slash.end(), ours=not named or _is(slash[2], username), named=named)
    mention = _MENTION.match(words)
    if mention is None or not _is(mention[1], username):
        return None
    word = _WORD.match(words, mention.end())
    name = word[1].removeprefix("/").partition("@")[0] if word else ""
    return Called(name or MENU, word.end() if word else len(words), named=True, mentioned=True)


def _is_name(word: str) -> bool:
    """Whether a word could be a command's name on some keyboard; ``/usr/bin`` and ``/?`` are none."""
    return all(
        char.isalnum() or char in "_-" or unicodedata.category(char) == "Mn"
        for char in unicodedata.normalize("NFKC", word)
    )


def _is(told: str, username: str) -> bool:
    return told.casefold() == username.casefold()
