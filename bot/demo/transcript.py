"""The story on paper: plain lines, bold and dim where there is a terminal, readable where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from io import TextIOWrapper
from textwrap import wrap
from typing import TextIO

from rich.console import Console
from rich.text import Text

_WIDEST = 96
_MOST_LINES = 14
_QUOTED_FROM = 6


class Transcript:
    """Writes down who does what, and what each sees."""

    def __init__(self, out: TextIO) -> None:
        if isinstance(out, TextIOWrapper):
            out.reconfigure(errors="replace")  # a terminal without these letters shows a mark in their place
        self._console = Console(file=out, highlight=False, markup=False, emoji=False)
        known = self._console.width if self._console.is_terminal else _WIDEST
        self._width = min(known, _WIDEST)

    def title(self, title: str, *lines: str) -> None:
        """What this is, before the first scene."""
        self._line(title, "bold")
        self._line("=" * len(title), "bold")
        for line in lines:
            self._paragraph(line)

    def scene(self, moment: str, title: str, why: str) -> None:
        """When and what, and why it matters."""
        self._line("")
        heading = f"{moment}  {title}"
        self._line(heading, "bold cyan")
        self._line("-" * len(heading), "cyan")
        self._paragraph(why, style="italic")
        self._line("")

    def does(self, what: str) -> None:
        """Somebody does something, or time passes."""
        self._paragraph(what, indent="  ")

    def shows(self, lines: Iterable[str], *, more: str = "", most: int | None = None) -> None:
        """Words as they stand on somebody's screen; of a long text its beginning, ``most`` lines of it."""
        width, most = self._width - _QUOTED_FROM, most or _MOST_LINES
        shown = [part for line in lines for part in self._wrapped(line, width)]
        if len(shown) > most:
            shown[most:] = ["…"]
        for line in [*shown, *(self._wrapped(more, width) if more else [])]:
            self._line(f"    | {line}".rstrip(), "green")

    def remarks(self, what: str) -> None:
        """A word to the reader, such as what a sentence means in English."""
        self._paragraph(f"({what})", indent="      ", style="dim")

    def ends(self, *lines: str) -> None:
        """The last lines; a path in them stays on one line, so that it can be copied."""
        self._line("")
        for line in lines:
            self._console.print(Text(line), soft_wrap=True)

    def _paragraph(self, text: str, *, indent: str = "", style: str = "") -> None:
        for line in self._wrapped(text, self._width - len(indent)):
            self._line(indent + line, style)

    def _wrapped(self, text: str, width: int) -> list[str]:
        """The text in lines that fit; what belongs to a point or a quote is moved in."""
        further = "  " if text.startswith(("> ", "- ")) else ""
        return wrap(text, width, subsequent_indent=further, break_on_hyphens=False) or [""]

    def _line(self, text: str, style: str = "") -> None:
        self._console.print(Text(text, style=style), soft_wrap=True)
