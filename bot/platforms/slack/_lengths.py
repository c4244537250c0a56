"""How long words are for Slack."""

from __future__ import annotations

from collections.abc import Iterator

from bot.platforms import cutting
from bot.platforms.cutting import Measure, units


def escaped(text: str) -> str:
    """Words as Slack wants them where it parses: nothing in them calls anybody or links anywhere."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def length(text: str) -> int:
    """The most characters that Slack may count: UTF-16 units, with ``& < >`` as it stores them."""
    return units(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def pieces(text: str, limit: int) -> Iterator[str]:
    """The text in parts of at most ``limit`` each, cut where people pause."""
    return cutting.pieces(text, limit, length)


def shortened(text: str, limit: int, measure: Measure = length) -> str:
    """The text if it measures at most ``limit``, else its beginning and an ellipsis."""
    return cutting.shortened(text, limit, measure)
