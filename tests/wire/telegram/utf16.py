"""Counting as Telegram counts: in the units of UTF-16."""

from __future__ import annotations


def units(text: str) -> int:
    """How long a text is."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, offset: int, length: int) -> str:
    """A piece of a text."""
    return text.encode("utf-16-le", "surrogatepass")[2 * offset : 2 * (offset + length)].decode(
        "utf-16-le", "surrogatepass"
    )


def boundaries(text: str) -> dict[int, int]:
    """Where characters begin, and where the text ends: in units, with the same place in bytes of UTF-8."""
    places, at_unit, at_byte = {0: 0}, 0, 0
    for char in text:
        at_unit += 2 if ord(char) > 0xFFFF else 1
        at_byte += len(char.encode("utf-8", "surrogatepass"))
        places[at_unit] = at_byte
    return places
