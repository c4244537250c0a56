"""Finding what fits somebody's words: without regard to accents, to upper and lower case, and to small slips.

Pure. What is searched is encrypted at rest, so it is ranked in memory. A word of the query counts the more the
fewer entries have it; where it stands counts too: a topic more than a title, a title more than the text.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

LONGEST_QUERY = 300
_MOST_WORDS = 12
_LONGEST_SEARCHED = 1500
_ALIKE = 82
_ENOUGH = 0.5
_TOPIC, _TITLE, _TEXT = 3.0, 2.0, 1.0
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]+")
_SPELLINGS = str.maketrans("ىةیک", "يهيك")
"""Letters that people write for one another in Arabic."""
_ARTICLE = "ال"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found, by a key of whoever searches."""

    key: str
    title: str
    text: str
    topics: tuple[str, ...] = ()


def folded(text: str) -> str:
    """``text`` in one of the ways in which it can be written: no accents, no vowel signs, lower case."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _MARKS.sub("", unicodedata.normalize("NFKD", plain)).translate(_SPELLINGS).casefold()


def words_of(text: str) -> set[str]:
    """The words of a text, folded."""
    found = set(_WORD.findall(folded(text)))
    if text.isascii():
        return found
    return {word[2:] if word.startswith(_ARTICLE) and len(word) > 4 else word for word in found}


def best(query: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that fit the query, the best first."""
    wanted = sorted(words_of(query[:LONGEST_QUERY]), key=lambda word: (-len(word), word))[:_MOST_WORDS]
    fields = [_fields(entry) for entry in entries]
    alike = _alike(wanted, {word for weighted in fields for _, words in weighted for word in words})
    found = [[_best_in(alike[word], weighted) for word in wanted] for weighted in fields]
    weights = [_weight(word, [row[place] for row in found]) for place, word in enumerate(wanted)]
    ranked = []
    for entry, row in zip(entries, found, strict=True):
        covered = sum(weight * likeness for weight, (likeness, _) in zip(weights, row, strict=True))
        if covered > 0 and covered >= _ENOUGH * sum(weights):
            ranked.append((sum(weight * score for weight, (_, score) in zip(weights, row, strict=True)), entry))
    return [entry for _, entry in sorted(ranked, key=lambda pair: -pair[0])]


_Weighted = list[tuple[float, set[str]]]


def _fields(entry: Entry) -> _Weighted:
    topics = {word for topic in entry.topics for word in words_of(topic)}
    return [(_TOPIC, topics), (_TITLE, words_of(entry.title)), (_TEXT, words_of(entry.text[:_LONGEST_SEARCHED]))]


def _alike(wanted: Iterable[str], vocabulary: Collection[str]) -> dict[str, dict[str, float]]:
    """For each word of the query the words that mean it, and how surely."""
    known = list(vocabulary)
    return {word: _meant(word, known) for word in wanted}


def _meant(word: str, known: Sequence[str]) -> dict[str, float]:
    stem = max(3, (len(word) + 1) // 2)
    found = dict.fromkeys((word[:end] for end in range(stem, len(word))), 0.8)  # an ending more than was written
    if len(word) >= 4:
        slips = process.extract(word, known, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None)
        found |= {other: likeness / 100 for other, likeness, _ in slips}
    shortest = 3 if word.isascii() else 2  # in some scripts a word is two characters, with no blanks around it
    if len(word) >= shortest:
        found |= {other: max(found.get(other, 0.0), 0.9) for other in known if other.startswith(word)}
    if len(word) >= (5 if word.isascii() else 2):
        found |= {other: max(found.get(other, 0.0), 0.8) for other in known if word in other}
    return {**found, word: 1.0}


def _best_in(meant: Mapping[str, float], weighted: _Weighted) -> tuple[float, float]:
    """How surely the word is in an entry, and the same by where it stands."""
    likeness, score = 0.0, 0.0
    for weight, words in weighted:
        for word in words.intersection(meant):
            likeness = max(likeness, meant[word])
            score = max(score, meant[word] * weight)
    return likeness, score


def _weight(word: str, found: Sequence[tuple[float, float]]) -> float:
    having = sum(1 for likeness, _ in found if likeness)
    return min(len(word), 6) * math.log(1 + len(found) / (0.5 + having))
