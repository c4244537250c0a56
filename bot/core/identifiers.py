"""Identifiers: what in a text could tell who somebody is, found and taken out. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from bot.core.readable import clean

_LONGEST = 3000
_IDENTIFIERS = re.compile(
    r"""
      <[@!\#][^>\n]{0,200}>                                     # <@U012>, <!channel>, <#C012|place>
    | \b[a-z][a-z0-9+.-]{1,20}://\S+ | \bwww\.\S+               # addresses of pages
    | \b(?:mailto|tel|tg):\S+
    | [\w.+%-]+@[\w-]+(?:\.[\w-]+)+                             # of letters
    | (?<!\w)@[\w.-]+                                           # @ana
    | \b(?:[a-z0-9-]+\.)+(?:com|org|net|int|io|me|info|gov|edu|app|dev)\b(?:/\S*)?
    | (?<![\w.])\+?\(?\d(?:[\s().\-/]{0,2}\d){6,14}(?!\w)       # numbers of phones, and others as long
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LEFT_OUT = "[…]"
_WORD = re.compile(r"\w+")


def without_identifiers(text: str, names: Collection[str] = ()) -> str:
    """A text without what could tell who somebody is: names, mentions, addresses, numbers as long as a phone's.

    Of a longer text the first 3,000 characters are taken.
    """
    cleaned = _bare(text[:_LONGEST])
    while _IDENTIFIERS.search(cleaned):  # what is left out may bring together what was none before
        cleaned = _IDENTIFIERS.sub(_LEFT_OUT, cleaned)
    told = [part for name in names for part in _WORD.findall(_bare(name))]
    short, long = {part for part in told if len(part) == 2}, {_without_accents(part) for part in told if len(part) > 2}

    def of_a_name(word: str) -> bool:
        return word in short or (len(word) > 2 and _without_accents(word) in long)

    return _WORD.sub(lambda word: _LEFT_OUT if of_a_name(word[0]) else word[0], cleaned)


def _without_accents(word: str) -> str:
    """As people write a name who are in a hurry."""
    return "".join(char for char in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(char))


def tells_who(text: str) -> bool:
    """Whether a text holds a mention, an address or a number as long as a phone's."""
    return _IDENTIFIERS.search(_bare(text)) is not None


def _bare(text: str) -> str:
    """On one line, each character in its plain form, without any that could stand unseen within a number or name."""
    kept = (
        char for char in unicodedata.normalize("NFKC", text) if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return one_line("".join(kept))


def one_line(text: str) -> str:
    """On one line, without what nobody can see."""
    return " ".join(clean(text).split())
