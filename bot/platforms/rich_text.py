"""Neutral Markdown as a small tree of blocks and spans, which every platform renders in its own way.

The Markdown is parsed first, with each value standing as one private character; only then do the values take
their places, as plain characters. So nothing that people wrote is ever read as formatting.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.core.messages import Text, Value
from bot.core.readable import clean as clean

_NAMED = re.compile(r"\{(\w+)\}")
_OPEN, _CLOSE = "\ue000", "\ue001"
_STANDS_FOR_VALUE = re.compile(f"{_OPEN}(\\w+){_CLOSE}")
_PRIVATE = str.maketrans("", "", _OPEN + _CLOSE)
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters that look alike."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that belong together."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else said."""

    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Points, one under the other."""

    items: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Characters as they are."""

    text: str


Block = Paragraph | Quote | Listing | Code


def parse(text: Text) -> list[Block]:
    """The blocks of a text with its values in their places."""
    return list(_without_empty(_blocks(text)))


def plain(blocks: Iterable[Block]) -> str:
    """The words alone, for fallbacks."""
    return "\n\n".join(_plain_block(block) for block in blocks)


def _plain_block(block: Block) -> str:
    if isinstance(block, Code):
        return block.text
    if isinstance(block, Listing):
        return "\n".join("- " + "".join(span.text for span in item) for item in block.items)
    return "".join(span.text for span in block.spans)


def _blocks(text: Text) -> Iterator[Block]:
    tokens = _parsed(_NAMED.sub(f"{_OPEN}\\1{_CLOSE}", text.markdown.translate(_PRIVATE)))
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = _matching(tokens, position)
        if token.type == "paragraph_open":
            yield from _paragraph(tokens[position + 1], text.values)
        elif token.type == "bullet_list_open":
            yield Listing(tuple(_items(tokens[position:end], text.values)))
        elif token.type == "blockquote_open":
            yield Quote(tuple(_spans_of_all(tokens[position:end], text.values)))
        elif token.type == "fence":
            spans = _filled(token.content.rstrip("\n"), Span(""), text.values, right_to_left=False)
            yield Code("".join(span.text for span in spans))
        position = end + 1


def _paragraph(inline: Token, values: Mapping[str, Value]) -> Iterator[Block]:
    """A paragraph; one that is nothing but a value that is a text of its own brings that text's blocks."""
    only = _STANDS_FOR_VALUE.fullmatch(inline.content)
    value = values.get(only[1]) if only else None
    if isinstance(value, Text):
        yield from _blocks(value)
    else:
        yield Paragraph(tuple(_spans(inline, values)))


def _items(tokens: Sequence[Token], values: Mapping[str, Value]) -> Iterator[tuple[Span, ...]]:
    for position, token in enumerate(tokens):
        if token.type == "list_item_open":
            yield tuple(_spans_of_all(tokens[position : _matching(tokens, position)], values))


def _spans_of_all(tokens: Sequence[Token], values: Mapping[str, Value]) -> Iterator[Span]:
    first = True
    for token in tokens:
        if token.type == "inline":
            if not first:
                yield Span("\n")
            yield from _spans(token, values)
            first = False


def _spans(inline: Token, values: Mapping[str, Value]) -> Iterator[Span]:
    look = Span("")
    right_to_left = _has_right_to_left(inline.content)
    for token in inline.children or ():
        if token.type in ("strong_open", "strong_close"):
            look = replace(look, bold=token.nesting == 1)
        elif token.type in ("em_open", "em_close"):
            look = replace(look, italic=token.nesting == 1)
        elif token.type in ("softbreak", "hardbreak"):
            yield replace(look, text="\n")
        else:
            code = look.code or token.type == "code_inline"
            yield from _filled(token.content, replace(look, code=code), values, right_to_left=right_to_left)


def _filled(content: str, look: Span, values: Mapping[str, Value], *, right_to_left: bool) -> Iterator[Span]:
    parts = _STANDS_FOR_VALUE.split(content)
    for number, part in enumerate(parts):
        if number % 2 == 0:
            if part:
                yield replace(look, text=part)
            continue
        value = values.get(part, "{" + part + "}")
        if isinstance(value, Text):
            yield from _inline(value, look)
        elif value:
            words = clean(value)
            isolate = right_to_left or _has_right_to_left(words)
            yield replace(look, text=f"{_ISOLATE}{words}{_END_ISOLATE}" if isolate else words)


def _inline(text: Text, look: Span) -> Iterator[Span]:
    """A text inside another's line: its spans, with line breaks between its blocks."""
    for number, block in enumerate(_blocks(text)):
        if number:
            yield replace(look, text="\n")
        spans = (Span(_plain_block(block)),) if isinstance(block, Code | Listing) else block.spans
        for span in spans:
            yield replace(span, bold=span.bold or look.bold, italic=span.italic or look.italic)


def _has_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def _without_empty(blocks: Iterable[Block]) -> Iterator[Block]:
    """Drop what turned out empty, such as a paragraph whose only value was empty."""
    for block in blocks:
        if not isinstance(block, Paragraph) or any(span.text for span in block.spans):
            yield block


def _matching(tokens: Sequence[Token], position: int) -> int:
    """Where the block that opens at ``position`` closes."""
    depth = 0
    for index in range(position, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


@lru_cache(maxsize=512)
def _parsed(markdown: str) -> list[Token]:
    return _parser().parse(markdown)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    rules = ["list", "blockquote", "fence", "emphasis", "backticks", "newline", "escape"]
    return MarkdownIt("zero").enable(rules)
