"""Neutral text as Telegram's words with the look of their parts beside them, so that nothing in them is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.messages import Text
from bot.platforms.cutting import is_blank, pieces, units
from bot.platforms.reading import readable
from bot.platforms.rich_text import Block, Code, Listing, Quote, Span, parse
from bot.platforms.telegram._quiet_words import quiet

Json = dict[str, Any]

MOST_LOOKS = 100
"""Telegram takes no more of them in one message."""

_GAP = "\n\n"
_POINT = "• "
_ALSO_BLANK = re.compile("[\u2800\ufffc]")


@dataclass(frozen=True, slots=True)
class Look:
    """How the characters from ``start`` to ``end`` look."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Styled:
    """Words and their looks, of which each lies inside another or beside it."""

    words: str
    looks: tuple[Look, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether there is nothing to be seen, as Telegram understands it."""
        return is_blank(_ALSO_BLANK.sub("", self.words))

    @property
    def length(self) -> int:
        """In UTF-16 units."""
        return units(self.words)

    def entities(self) -> list[Json]:
        """The looks as Telegram counts them: in UTF-16 units."""
        return [
            {
                "type": one.kind,
                "offset": units(self.words[: one.start]),
                "length": units(self.words[one.start : one.end]),
            }
            for one in self.looks[:MOST_LOOKS]
        ]

    def cut(self, limit: int) -> list[Styled]:
        """In parts of at most ``limit`` units, none of them blank. A look that fits into a part is not cut."""
        parts, start = [], 0
        for piece in pieces(self.words, limit, units, [(one.start, one.end) for one in self.looks]):
            part = self.between(start, start + len(piece))
            if not part.blank:
                parts.append(part)
            start += len(piece)
        return parts

    def followed_by(self, words: str) -> Styled:
        """The same, with a paragraph in italics under it."""
        start = len(self.words) + len(_GAP)
        return Styled(f"{self.words}{_GAP}{words}", (*self.looks, Look("italic", start, start + len(words))))

    def between(self, start: int, end: int) -> Styled:
        """A part, without the space around it: Telegram would take that away, and the looks would slip."""
        words = self.words[start:end]
        start += len(words) - len(words.lstrip())
        words = words.strip()
        end = start + len(words)
        clipped = (Look(one.kind, max(one.start, start), min(one.end, end)) for one in self.looks)
        shifted = (Look(one.kind, one.start - start, one.end - start) for one in clipped if one.start < one.end)
        return Styled(words, tuple(_trimmed(words, shifted)))


def styled(text: Text) -> Styled:
    """A text with the words of people as plain characters, which call nobody."""
    writer = _Writer()
    for number, block in enumerate(parse(quiet(text))):
        if number:
            writer.add(_GAP)
        writer.block(block)
    return writer.written()


class _Writer:
    """Words that grow, with the looks that are open at their end."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._open: list[tuple[str, int]] = []
        self._looks: list[Look] = []

    def add(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)

    def block(self, block: Block) -> None:
        outer = {Quote: "blockquote", Code: "pre"}.get(type(block))
        if outer:
            self._open.append((outer, self._length))
        if isinstance(block, Code):
            self.add(readable(block.text))
        elif isinstance(block, Listing):
            self._points(block.items)
        else:
            self._line(block.spans, [outer] if outer else [])
        self._wear([])

    def written(self) -> Styled:
        looks = tuple(sorted(self._looks, key=lambda one: (one.start, -one.end)))
        return Styled("".join(self._parts), looks).between(0, self._length)

    def _points(self, items: Iterable[Sequence[Span]]) -> None:
        for number, item in enumerate(items):
            self.add(f"\n{_POINT}" if number else _POINT)
            self._line(item, [])
            self._wear([])

    def _line(self, spans: Iterable[Span], outer: list[str]) -> None:
        for span in spans:
            self._wear([*outer, *_looks_of(span)])
            self.add(readable(span.text))

    def _wear(self, looks: list[str]) -> None:
        """Close what is not to be seen any more, and what was opened inside of it; open what is new."""
        kept = next((place for place, (kind, _) in enumerate(self._open) if kind not in looks), len(self._open))
        while len(self._open) > kept:
            kind, start = self._open.pop()
            if start < self._length:
                self._looks.append(Look(kind, start, self._length))
        worn = {kind for kind, _ in self._open}
        self._open += [(kind, self._length) for kind in looks if kind not in worn]


def _looks_of(span: Span) -> list[str]:
    """Telegram lets nothing else look like code that does."""
    if span.code:
        return ["code"]
    return [kind for kind, worn in (("bold", span.bold), ("italic", span.italic)) if worn]


def _trimmed(words: str, looks: Iterable[Look]) -> Iterator[Look]:
    """Looks without the space at their ends, and none that is nothing but space."""
    for one in looks:
        inside = words[one.start : one.end]
        start = one.start + len(inside) - len(inside.lstrip())
        end = start + len(inside.strip())
        if start < end:
            yield Look(one.kind, start, end)
