"""How long words are, and where they can be cut without breaking what people see as one character."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

Measure = Callable[[str], int]

ELLIPSIS = "…"
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।۔]+[\"'”’»)\]]*\s+|[。！？]|\n")
_WORD_END = re.compile(r"\s+")
_JOINERS = "\u200c\u200d"
_PREPENDED = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd]")
_EXTENDS = re.compile("[\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\u1160-\u11ff\ud7b0-\ud7fb]")
_REGIONAL = re.compile("[\U0001f1e6-\U0001f1ff]")
_LEADING_JAMO = re.compile("[\u1100-\u115f\ua960-\ua97c]")
_AFTER_LEADING_JAMO = re.compile("[\u1100-\u115f\ua960-\ua97c\uac00-\ud7a3]")
_VIRAMA = 9


def units(text: str) -> int:
    """How long a text is as chat programs count it: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(text: str, limit: int, measure: Measure, kept_whole: Iterable[tuple[int, int]] = ()) -> Iterator[str]:
    """The text in parts of at most ``limit`` each: cut after a paragraph, else a sentence, a word, a letter.

    What lies between each two places of ``kept_whole`` is cut only where it doesn't fit into a part by itself.
    ``measure`` gives at least 1 for every character.
    """
    inside, start = _places_inside(text, kept_whole, limit, measure), 0
    while start < len(text):
        window = text[start : start + limit]
        end = start + max(1, _fitting(window, limit, measure))
        if end < len(text):
            end = _good_end(text, start, end, inside)
        yield text[start:end]
        start = end


def shortened(text: str, limit: int, measure: Measure) -> str:
    """The text if it measures at most ``limit``, else its beginning and an ellipsis."""
    if measure(text[: limit + 1]) <= limit:
        return text
    end = _fitting(text[:limit], max(0, limit - measure(ELLIPSIS)), measure)
    return text[: _letter_end(text, 0, end)].rstrip() + ELLIPSIS


def is_blank(text: str) -> bool:
    """Whether nobody would see anything of it."""
    return all(unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl", "Zp") for char in text)


def _fitting(text: str, limit: int, measure: Measure) -> int:
    """How many characters from the beginning measure at most ``limit``."""
    return bisect_right(range(len(text) + 1), limit, key=lambda count: measure(text[:count])) - 1


def _places_inside(
    text: str, kept_whole: Iterable[tuple[int, int]], limit: int, measure: Measure
) -> Callable[[int], bool]:
    """Whether a place lies inside something that is to be kept whole, and that can be."""
    marks = bytearray(len(text) + 1)
    for first, last in kept_whole:
        if last - first > 1 and last - first <= limit and measure(text[first:last]) <= limit:
            marks[first + 1 : last] = b"\x01" * (last - first - 1)
    return lambda place: marks[place] != 0


def _good_end(text: str, start: int, end: int, inside: Callable[[int], bool]) -> int:
    """The best place to cut at ``end`` or before; in the second half, so that no part is only a scrap."""
    last = end
    while last > start and inside(last):
        last -= 1
    end = last if last > start else end
    for boundary in (_PARAGRAPH_END, _SENTENCE_END, _WORD_END):
        ends = [found.end() for found in boundary.finditer(text, (start + end) // 2, end)]
        for candidate in reversed(ends):
            if not _inside_letter(text, candidate) and not inside(candidate):
                return candidate
    return _letter_end(text, start, end, inside)


def _nowhere(_place: int) -> bool:
    return False


def _letter_end(text: str, start: int, end: int, inside: Callable[[int], bool] = _nowhere) -> int:
    """The last place up to ``end`` that is between two letters; ``end`` itself where one letter fills it all."""
    place = end
    while place > start and (inside(place) or _inside_letter(text, place)):
        place -= 1
    return place if place > start else end


def _inside_letter(text: str, place: int) -> bool:
    """Whether the characters on both sides of ``place`` are seen as one."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if unicodedata.category(after) in ("Mn", "Me", "Mc") or after in _JOINERS or _EXTENDS.match(after):
        return True
    if before == "\u200d" or unicodedata.combining(before) == _VIRAMA or _PREPENDED.match(before):
        return True
    if _LEADING_JAMO.match(before) and _AFTER_LEADING_JAMO.match(after):
        return True
    return bool(_REGIONAL.match(after)) and _flags_before(text, place) % 2 == 1


def _flags_before(text: str, place: int) -> int:
    """How many halves of flags stand directly before ``place``."""
    count = 0
    while count < place and _REGIONAL.match(text[place - 1 - count]):
        count += 1
    return count
