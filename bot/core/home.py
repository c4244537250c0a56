"""The bot's own page for one person, where a platform has one: what waits for them, and the way to each of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.messages import Button, Text

MOST_ROWS = 5
"""So many rows of one kind are shown; one more tells how many there are beside them."""


@dataclass(frozen=True, slots=True)
class HomeRow:
    """One thing on the page, with what can be done about it."""

    text: Text
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class HomeSection:
    """Rows under a heading of plain words. ``empty`` stands there while there are none, with one thing to do next."""

    heading: str
    rows: tuple[HomeRow, ...] = ()
    empty: HomeRow | None = None

    @property
    def shown(self) -> tuple[HomeRow, ...]:
        """What stands under the heading."""
        return self.rows or ((self.empty,) if self.empty else ())


@dataclass(frozen=True, slots=True)
class Home:
    """The whole page, the first section at its top. ``language`` is for what a platform itself has to say on it."""

    sections: tuple[HomeSection, ...] = ()
    language: str = ""

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button that is on the page, from its top to its end."""
        return tuple(button for section in self.sections for row in section.shown for button in row.buttons)

    def changed(self, change: Callable[[Button], Button]) -> Home:
        """The same page, with what ``change`` makes of each button in its place."""

        def row(one: HomeRow) -> HomeRow:
            return replace(one, buttons=tuple(change(button) for button in one.buttons))

        return replace(
            self,
            sections=tuple(
                HomeSection(one.heading, tuple(map(row, one.rows)), row(one.empty) if one.empty else None)
                for one in self.sections
            ),
        )


def and_more(left_out: int, text: Text, button: Button) -> tuple[HomeRow, ...]:
    """The row that says how many are not shown, and leads to them; none where all are."""
    return (HomeRow(text, (button,)),) if left_out > 0 else ()
