"""What leads to a person in words: their names and their ids on platforms, and where a text has them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Path = tuple[str | int, ...]
"""Where in a JSON value a text stands; empty for a value that is a text itself."""

Spot = tuple[Path, int, int]
"""A part of a text: where the text stands, and the part's beginning and end in it."""

_SPACED = ("LATIN", "GREEK", "CYRILLIC")


@dataclass(frozen=True)
class Traces:
    """Names are found as whole words, in any case and in any of Unicode's spellings (NFKC); ids wherever they stand.

    Of a name with several words, ``@`` and its first word count too: people mention each other so. A name in a
    script without blanks between words, or with letters that grow together, is found inside words.
    """

    names: frozenset[str]
    users: frozenset[str]

    def anywhere_in(self, value: Any) -> bool:
        """Whether a text, or anything that JSON can hold, has one of them."""
        if isinstance(value, str):
            return bool(self._pattern.search(_folded(value)))
        if isinstance(value, dict):
            return any(self.anywhere_in(one) for pair in value.items() for one in pair)
        if isinstance(value, list | tuple):
            return any(self.anywhere_in(one) for one in value)
        return isinstance(value, int) and not isinstance(value, bool) and str(value) in self.users

    def spots(self, value: Any, path: Path = ()) -> Iterator[Spot]:
        """Each place in a text, or in the texts of a JSON value, where one of them stands."""
        if isinstance(value, str):
            if self.anywhere_in(value):
                yield from ((path, start, end) for start, end in self._spans(value))
        elif isinstance(value, dict | list):
            for key, one in value.items() if isinstance(value, dict) else enumerate(value):
                yield from self.spots(one, (*path, key))

    def taken_out(self, value: Any, instead: str) -> Any:
        """The value with ``instead`` in each of these places."""
        return replaced(value, list(self.spots(value)), instead)

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        letters: list[str] = []
        clusters: list[tuple[int, int]] = []
        for start, end in _clusters(text):
            folded = _folded(text[start:end])
            letters.append(folded)
            clusters.extend([(start, end)] * len(folded))
        for match in self._pattern.finditer("".join(letters)):
            yield clusters[match.start()][0], clusters[match.end() - 1][1]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = [rf"(?<![a-z0-9]){re.escape(_folded(user))}(?![a-z0-9])" for user in self.users if user]
        for words in (_folded(name).split() for name in self.names):
            if words:
                parts.append(_as_words(words))
            if len(words) > 1:
                parts.append("@" + _as_words(words[:1]))
        return re.compile("|".join(sorted(parts, key=len, reverse=True)) or r"(?!)")


def replaced(value: Any, spots: Iterable[Spot], instead: str) -> Any:
    """The value with ``instead`` in these places, which do not overlap."""
    for path, start, end in sorted(spots, key=lambda spot: spot[1], reverse=True):
        value = _with(value, path, start, end, instead)
    return value


def _with(value: Any, path: Path, start: int, end: int, instead: str) -> Any:
    if not path:
        return value[:start] + instead + value[end:]
    inner = _with(value[path[0]], path[1:], start, end, instead)
    if isinstance(value, dict):
        return {**value, path[0]: inner}
    return [inner if number == path[0] else one for number, one in enumerate(value)]


def _as_words(words: list[str]) -> str:
    pattern = r"\s+".join(re.escape(word) for word in words)
    spaced = all(unicodedata.name(words[end][end], "").startswith(_SPACED) for end in (0, -1))
    return rf"(?<!\w){pattern}(?!\w)" if spaced or words[0][0].isascii() else pattern


def _folded(text: str) -> str:
    """Without case, look-alikes and what nobody sees."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return plain if plain.isascii() else "".join(one for one in plain if unicodedata.category(one) != "Cf")


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Each letter with the marks that belong to it."""
    start = 0
    for index in range(1, len(text) + 1):
        if index == len(text) or not unicodedata.combining(text[index]):
            yield start, index
            start = index
