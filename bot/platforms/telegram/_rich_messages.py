"""The words of Telegram's rich messages, which are made of blocks within blocks."""

from __future__ import annotations

from collections.abc import Iterator

from bot.platforms.reading import Json

_INSIDE = ("summary", "text", "items", "blocks", "cells", "caption", "expression")


def lines_of(message: Json) -> Iterator[str]:
    """The lines of a rich message, without their look. What has no words is left out, and so is what is odd."""
    yield from _lines(message.get("blocks"))


def _lines(block: object) -> Iterator[str]:
    if isinstance(block, list):
        for one in block:
            yield from _lines(one)
    elif isinstance(block, dict):
        for name in _INSIDE:
            inside = block.get(name)
            if name in ("items", "blocks", "cells") or (name == "caption" and isinstance(inside, dict)):
                yield from _lines(inside)
            elif words := _words(inside):
                yield words


def _words(rich: object) -> str:
    """The characters of a text that is one itself, a list of such, or another with a look."""
    if isinstance(rich, str):
        return rich
    if isinstance(rich, list):
        return "".join(_words(one) for one in rich)
    if not isinstance(rich, dict):
        return ""
    return "".join(_words(rich.get(name)) for name in ("text", "alternative_text", "expression"))
