"""How long words are for Slack, and where they can be cut without breaking what people see as one character."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator

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


def escaped(text: str) -> str:
    """Words as Slack wants them where it parses: nothing in them calls anybody or links anywhere."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def length(text: str) -> int:
    """The most characters that Slack may count: UTF-16 units, with ``& < >`` as it stores them."""
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return units + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def pieces(text: str, limit: int) -> Iterator[str]:
    """The text in parts of at most ``limit`` each: cut after a paragraph, else a sentence, a word, a letter."""
    start = 0
    while start < len(text):
        window = text[start : start + limit]
        end = start + max(1, _fitting(window, limit, length))
        if end < len(text):
            end = _good_end(text, start, end)
        yield text[start:end]
        start = end


def shortened(text: str, limit: int, measure: Measure = length) -> str:
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


def _good_end(text: str, start: int, end: int) -> int:
    """The best place to cut at ``end`` or before; in the second half, so that no part is only a scrap."""
    for boundary in (_PARAGRAPH_END, _SENTENCE_END, _WORD_END):
        ends = [found.end() for found in boundary.finditer(text, (start + end) // 2, end)]
        for candidate in reversed(ends):
            if not _inside_letter(text, candidate):
                return candidate
    return _letter_end(text, start, end)


def _letter_end(text: str, start: int, end: int) -> int:
    """The last place up to ``end`` that is between two letters; ``end`` itself where one letter fills it all."""
    place = end
    while place > start and _inside_letter(text, place):
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
