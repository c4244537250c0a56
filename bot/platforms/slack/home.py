"""The bot's own page as Slack's Home tab. Pure: nothing is published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from bot.core.home import Home, HomeRow
from bot.core.messages import mark
from bot.platforms.cutting import ELLIPSIS
from bot.platforms.slack._blocks import blocks_of, line, plain_text
from bot.platforms.slack.outgoing import button_rows

Json = dict[str, Any]
Say = Callable[[str], str]
"""Translates a marked sentence into the page's language."""

MOST_BLOCKS = 100
_LONGEST_HEADING = 150
_LARGEST_VIEW = 240_000
"""In bytes; Slack takes 250 KB."""

LEFT_OUT = mark("There is more than fits on this page. Deal with something above, and the rest moves up.")


def view(home: Home, say: Say) -> Json:
    """The view that shows a page. What doesn't fit is left out from the end, with a line that says so.

    A heading stays with its first row, and a row with its buttons.
    """
    told = line(say(LEFT_OUT), italic=True).block
    blocks: list[Json] = []
    room = _LARGEST_VIEW - _bytes([told])
    for group in _groups(home):
        room -= _bytes(group)
        if len(blocks) + len(group) >= MOST_BLOCKS or room < 0:
            return _home([*blocks, told])
        blocks += group
    return _home(blocks or [line(ELLIPSIS).block])


def _home(blocks: list[Json]) -> Json:
    return {"type": "home", "blocks": blocks}


def _groups(home: Home) -> Iterator[list[Json]]:
    """Blocks that stay together, from the top of the page to its end; no two buttons have the same ``action_id``."""
    number = 0
    for section in home.sections:
        above: list[Json] = [{"type": "header", "text": plain_text(section.heading, _LONGEST_HEADING)}]
        for row in section.shown:
            yield above + _row(row, number)
            above, number = [], number + len(row.buttons)
        if above:
            yield above


def _row(row: HomeRow, first: int) -> list[Json]:
    """Its words, as far as they fit into one block, above its buttons."""
    told = blocks_of(row.text)
    shown = [*told[:1], line(ELLIPSIS)] if len(told) > 1 else told
    return [one.block for one in (*shown, *button_rows(row.buttons, first))]


def _bytes(blocks: list[Json]) -> int:
    """The most that the blocks may take, with what stands between them."""
    return len(json.dumps(blocks)) + 2
