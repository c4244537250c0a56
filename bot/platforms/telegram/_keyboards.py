"""Buttons as Telegram's inline keyboards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.core.messages import Button, Emphasis
from bot.platforms.cutting import ELLIPSIS, is_blank, shortened, units
from bot.platforms.rich_text import clean
from bot.platforms.telegram._happenings import BUTTON
from bot.platforms.telegram.links import carries, link, start_link

Json = dict[str, Any]

MOST_BUTTONS = 100
_BUTTONS_A_ROW = 8
_LONGEST_ROW = 36
"""In UTF-16 units: what a narrow phone shows, with ``_GAP`` beside each label."""
_GAP = 4
_LONGEST_LABEL = 75
_LONGEST_DATA = 64
_STYLES = {Emphasis.PRIMARY: {"style": "primary"}, Emphasis.DANGER: {"style": "danger"}}


def keyboards(buttons: Iterable[Button], username: str = "") -> list[Json]:
    """The buttons in as few keyboards as can hold them; those that lead where Telegram can't are left out.

    ``username`` is the bot's: links that open the private chat with it need it.
    """
    shown = [one for button in buttons if (one := _button(button, username)) is not None]
    groups = [shown[first : first + MOST_BUTTONS] for first in range(0, len(shown), MOST_BUTTONS)]
    return [{"inline_keyboard": _rows(group)} for group in groups]


def _rows(buttons: Sequence[Json]) -> list[list[Json]]:
    """Short labels side by side, long ones each on a row of its own."""
    rows: list[list[Json]] = []
    room = 0
    for one in buttons:
        wide = units(one["text"]) + _GAP
        if not rows or wide > room or len(rows[-1]) == _BUTTONS_A_ROW:
            rows.append([])
            room = _LONGEST_ROW
        rows[-1].append(one)
        room -= wide
    return rows


def _button(button: Button, username: str) -> Json | None:
    label = shortened(" ".join(clean(button.label[: _LONGEST_LABEL * 20]).split()), _LONGEST_LABEL, units)
    shown = {"text": ELLIPSIS if is_blank(label) else label, **_STYLES.get(button.emphasis, {})}
    if button.starts and username and carries(button.starts):
        return {**shown, "url": start_link(username, button.starts)}
    if button.goes_to is None:
        return {**shown, "callback_data": _data(button.token)}
    address = link(button.goes_to)
    return {**shown, "url": address} if address else None


def _data(token: str) -> str:
    return f"{BUTTON}{token}".encode("ascii", "ignore")[:_LONGEST_DATA].decode("ascii")
