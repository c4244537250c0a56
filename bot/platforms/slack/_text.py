"""Slack's way of writing (``<@U1>``, ``<https://x|label>``, ``&amp;``) as the plain words that people see."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.platforms.labelled_links import written_out
from bot.platforms.reading import readable

NameOf = Callable[[str], str]

UNKNOWN = "…"
"""Stands for a name that nobody told."""

_TOKEN_OR_ENTITY = re.compile(r"<([^<>]*)>|&(amp|lt|gt);")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_CHARACTERS = {"amp": "&", "lt": "<", "gt": ">"}
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_EVERYBODY = ("channel", "here", "everyone")
_MENTION = re.compile(r"<@([A-Z0-9_]+)(?:\|[^<>]*)?>", re.IGNORECASE)
_MENTION_FIRST = re.compile(r"\s*<@([A-Z0-9_]+)(?:\|[^<>]*)?>[\s:,]*", re.IGNORECASE)


def plain(text: str, person: NameOf, place: NameOf) -> str:
    """What people read. ``person`` and ``place`` give the name behind an id, or an empty text.

    Mentions become ``@Name``, links ``label (address)``; bold and italics stay as they were typed.
    """
    return _written_out(text, lambda user, label: _named("@", person(user) or label), place)


def arguments(text: str, place: NameOf) -> str:
    """The same for the rest of a command's line, where a mention stays one that can be looked up: ``<@U1>``."""
    return _written_out(text, lambda user, _label: f"<@{user}>", place)


def mentioned(text: str) -> list[str]:
    """The ids of those who are mentioned, each once."""
    return list(dict.fromkeys(_MENTION.findall(text)))


def after_mention(text: str, bot: str) -> str | None:
    """What follows where a text begins by mentioning ``bot`` (anybody, where the bot's id is unknown), else None."""
    match = _MENTION_FIRST.match(text)
    return text[match.end() :] if match and (not bot or match[1] == bot) else None


def _written_out(text: str, mention: Callable[[str, str], str], place: NameOf) -> str:
    def seen(match: re.Match[str]) -> str:
        if match[2]:
            return _CHARACTERS[match[2]]
        target, _, label = (_unescaped(piece) for piece in match[1].partition("|"))
        if target.startswith("@"):
            return mention(target[1:], label)
        if target.startswith("#"):
            return _named("#", label or place(target[1:]))
        if target.startswith("!"):
            return _special(target[1:], label)
        return written_out(target, label) if _ADDRESS.match(target) else _unescaped(match[0])

    return readable(_TOKEN_OR_ENTITY.sub(seen, text))


def _named(sign: str, name: str) -> str:
    return sign + (name.lstrip(sign) or UNKNOWN)


def _special(word: str, label: str) -> str:
    """``<!channel>``, ``<!subteam^S1|@name>``, ``<!date^1700000000^{date}|15 November>``."""
    kind, caret, _ = word.partition("^")
    if kind == "date":
        return label
    if caret:
        return _named("@", label)
    return label if label and kind not in _EVERYBODY else _named("@", kind)


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda match: _CHARACTERS[match[1]], text)
