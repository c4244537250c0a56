"""When two prompts are so alike that a community would feel asked the same thing twice. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 4
_SAME_WORDS = 78.0
"""From this token_set_ratio of their telling words on, two prompts are alike."""
_SHARED = 0.5
_FEWEST_SHARED = 2
"""Two prompts are alike, too, that share so many telling words, and this part of those of the shorter one."""
_EMPTY_WORDS = frozenset(
    """
    about also been came come could does down ever first from give goes have here into just know last like
    made make mean more most much name need next only other others over really say should since some
    somebody something still tell than that their them then there they thing things think this time today
    took until were what when where which while whom whose will with without would your yours
    """.split()  # noqa: SIM905 - a list of so many words is hard to read
)


def plain(text: str) -> str:
    """A text as it is compared: no case, no punctuation, one blank between words."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def telling_words(text: str) -> frozenset[str]:
    """The words that say what a prompt is about."""
    return frozenset(word for word in plain(text).split() if len(word) >= _SHORTEST and word not in _EMPTY_WORDS)


def alike(one: str, other: str) -> bool:
    """Whether two prompts ask nearly the same."""
    if plain(one) == plain(other):
        return True
    words, other_words = telling_words(one), telling_words(other)
    if not words or not other_words:
        return False
    shared = len(words & other_words)
    if shared >= _FEWEST_SHARED and shared / min(len(words), len(other_words)) >= _SHARED:
        return True
    return fuzz.token_set_ratio(" ".join(sorted(words)), " ".join(sorted(other_words))) >= _SAME_WORDS


def like_any(text: str, others: Iterable[str]) -> bool:
    """Whether a prompt asks nearly the same as one of the others."""
    return any(alike(text, other) for other in others)
