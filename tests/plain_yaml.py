"""A strict reader of the little YAML that the project's own files need; what it doesn't know, it refuses.

It knows mappings, lists, folded texts (``>-``), texts with and without quotes, true and false. Comments stand on lines
of their own, and are given with the entries that follow them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_ENTRY = re.compile(r"([A-Za-z_][\w-]*):(?: (.+))?")
_PLAIN = re.compile(r"[A-Za-z/(][^#\"'{}\[\]&*!|>%@`]*")


class NotPlain(ValueError):
    """YAML of a kind that this reader doesn't know."""


@dataclass
class Line:
    """A line with something on it, how far it is indented, and the comment above it."""

    number: int
    indent: int
    text: str
    comment: str = ""


@dataclass
class Document:
    """What was read. ``comments`` are by entry of a list: its text, and the comment above it."""

    data: Any
    comments: dict[str, str] = field(default_factory=dict)


def read(text: str) -> Document:
    """The document. Raises NotPlain, naming the line."""
    document = Document(None)
    lines = list(_lines(text))
    document.data, rest = _block(lines, 0, document)
    if rest:
        raise NotPlain(f"line {rest[0].number}: indented otherwise than what is before it")
    return document


def _lines(text: str) -> Iterator[Line]:
    comment: list[str] = []
    for number, raw in enumerate(text.splitlines(), 1):
        words = raw.strip()
        if "\t" in raw or raw != raw.rstrip():
            raise NotPlain(f"line {number}: a tab, or a blank at the end")
        if words.startswith("#"):
            comment.append(words.lstrip("# "))
        elif words:
            yield Line(number, len(raw) - len(words), words, " ".join(comment))
            comment = []
        else:
            comment = []


def _block(lines: list[Line], indent: int, document: Document) -> tuple[Any, list[Line]]:
    """The mapping or list that begins with the first line, and the lines after it."""
    return (_list if lines[0].text.startswith("- ") else _mapping)(lines, indent, document)


def _mapping(lines: list[Line], indent: int, document: Document) -> tuple[dict[str, Any], list[Line]]:
    found: dict[str, Any] = {}
    while lines and lines[0].indent == indent and not lines[0].text.startswith("- "):
        line, *lines = lines
        match = _ENTRY.fullmatch(line.text)
        if match is None or match[1] in found:
            raise NotPlain(f"line {line.number}: no entry of a mapping, or one that was there before")
        inner = [one for one in lines[:1] if one.indent > indent]
        if match[2] == ">-":
            found[match[1]], lines = _folded(lines, indent)
        elif match[2] is not None:
            found[match[1]] = _scalar(match[2], line)
        elif inner:
            found[match[1]], lines = _block(lines, inner[0].indent, document)
        else:
            raise NotPlain(f"line {line.number}: nothing belongs to it")
    return found, lines


def _list(lines: list[Line], indent: int, document: Document) -> tuple[list[Any], list[Line]]:
    found: list[Any] = []
    while lines and lines[0].indent == indent and lines[0].text.startswith("- "):
        line, *lines = lines
        words = line.text.removeprefix("- ")
        document.comments[words] = line.comment
        if _ENTRY.fullmatch(words):
            first = Line(line.number, indent + 2, words)
            item, lines = _mapping([first, *lines], indent + 2, document)
            found.append(item)
        else:
            found.append(_scalar(words, line))
    return found, lines


def _folded(lines: list[Line], indent: int) -> tuple[str, list[Line]]:
    words = []
    while lines and lines[0].indent > indent:
        line, *lines = lines
        words.append(line.text)
    return " ".join(words), lines


def _scalar(words: str, line: Line) -> str | bool:
    if words in ("true", "false"):
        return words == "true"
    quoted = re.fullmatch(r'"([^"\\]*)"', words)
    if quoted:
        return quoted[1]
    # What YAML would take for something else than these words: a number, null, a comment, another mapping.
    if _PLAIN.fullmatch(words) is None or ": " in words or words.lower() in ("null", "yes", "no", "on", "off"):
        raise NotPlain(f"line {line.number}: put it between quotes")
    return words
