"""Neutral text as blocks of ``rich_text``, whose words Slack shows as they are: it parses nothing in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.messages import Text
from bot.platforms.cutting import ELLIPSIS, is_blank
from bot.platforms.reading import readable
from bot.platforms.rich_text import Block, Code, Listing, Quote, Span, clean, parse
from bot.platforms.slack._commands import as_typed
from bot.platforms.slack._lengths import length, pieces, shortened

Json = dict[str, Any]

LONGEST_BLOCK = 3_000
"""Slack names no limit for rich text; this is the one of a section."""

MOST_POINTS = 100
_SECTION, _LIST = "rich_text_section", "rich_text_list"
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """A block of Slack's, and the words in it."""

    block: Json
    words: str


def blocks_of(text: Text) -> list[Shown]:
    """A text as few blocks, none of which is empty or over a limit."""
    parts = [part for block in parse(as_typed(text)) for part in _parts(block)]
    return [_rich_text(group) for group in _grouped(parts)]


def line(words: str, *, italic: bool = False) -> Shown:
    """One line that fits into a block."""
    return _rich_text([_Part(_SECTION, ((Span(words, italic=italic),),))])


def plain_text(words: str, limit: int) -> Json:
    """A label on one line of at most ``limit`` characters, in which ``:words:`` stay words; never empty."""
    shown = shortened(" ".join(clean(words[: limit * 20]).split()), limit)
    return {"type": "plain_text", "text": ELLIPSIS if is_blank(shown) else shown, "emoji": False}


@dataclass(frozen=True, slots=True)
class _Part:
    """An element of rich text that fits into one block. ``lines`` are several for a list alone."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]
    continues: bool = False
    """Whether it goes on where the part before it was cut, so that it can't stand under it as another paragraph."""

    @property
    def words(self) -> str:
        begins = "- " if self.kind == _LIST else ""
        return "\n".join(begins + "".join(span.text for span in line) for line in self.lines)


def _parts(block: Block) -> Iterator[_Part]:
    if isinstance(block, Listing):
        yield from _points(block.items)
        return
    kind = {Code: "rich_text_preformatted", Quote: "rich_text_quote"}.get(type(block), _SECTION)
    spans = (Span(block.text),) if isinstance(block, Code) else block.spans
    for number, line in enumerate(_cut(spans)):
        yield _Part(kind, (line,), continues=number > 0)


def _points(items: Iterable[tuple[Span, ...]]) -> Iterator[_Part]:
    """Points in lists that fit; what is left of a point that doesn't fit follows its list as a paragraph."""
    points: list[tuple[Span, ...]] = []
    for item in items:
        lines = _cut(item)
        full = len(points) == MOST_POINTS or _size([*points, *lines[:1]]) > LONGEST_BLOCK
        if points and full:
            yield _Part(_LIST, tuple(points))
            points = []
        points += lines[:1]
        if lines[1:]:
            yield _Part(_LIST, tuple(points))
            points = []
        for line in lines[1:]:
            yield _Part(_SECTION, (line,), continues=True)
    if points:
        yield _Part(_LIST, tuple(points))


def _size(lines: Iterable[tuple[Span, ...]]) -> int:
    return sum(length("".join(span.text for span in line)) + len(_GAP) for line in lines)


def _cut(spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    """The spans in lines that fit into a block each; without those in which nothing is to be seen."""
    spans = [Span(readable(one.text), one.bold, one.italic, one.code) for one in spans]
    text = "".join(span.text for span in spans)
    lines, start = [], 0
    for piece in pieces(text, LONGEST_BLOCK - len(_GAP)):
        if not is_blank(piece):
            lines.append(tuple(_between(spans, start, start + len(piece))))
        start += len(piece)
    return lines


def _between(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    """What of the spans lies between two places of their text."""
    place = 0
    for span in spans:
        words = span.text[max(0, start - place) : max(0, end - place)]
        if words:
            yield Span(words, span.bold, span.italic, span.code)
        place += len(span.text)


def _grouped(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """The parts that share a block."""
    group: list[_Part] = []
    for part in parts:
        together = [*group, part]
        if group and (part.continues or sum(_size(one.lines) for one in together) > LONGEST_BLOCK):
            yield group
            together = [part]
        group = together
    if group:
        yield group


def _rich_text(parts: Sequence[_Part]) -> Shown:
    elements: list[Json] = []
    for part in parts:
        one = _element(part)
        if elements and one["type"] == elements[-1]["type"] == _SECTION:
            # Slack's own composer writes paragraphs as one section; two sections would stand without a gap.
            elements[-1]["elements"] += [{"type": "text", "text": _GAP}, *one["elements"]]
        else:
            elements.append(one)
    return Shown({"type": "rich_text", "elements": elements}, _GAP.join(part.words for part in parts))


def _element(part: _Part) -> Json:
    if part.kind != _LIST:
        return {"type": part.kind, "elements": [_inline(span) for span in part.lines[0]]}
    points = [{"type": _SECTION, "elements": [_inline(span) for span in line]} for line in part.lines]
    return {"type": _LIST, "style": "bullet", "elements": points}


def _inline(span: Span) -> Json:
    looks = {"bold": span.bold, "italic": span.italic, "code": span.code}
    style = {name: True for name, on in looks.items() if on}
    return {"type": "text", "text": span.text, **({"style": style} if style else {})}
