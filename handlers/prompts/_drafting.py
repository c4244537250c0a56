"""Which drafts are worth showing, and which prompts of the library fit what people talk about. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from bot.core.assistance import TopicCount
from handlers.prompts._library import LONGEST
from handlers.prompts._similarity import like_any, plain, telling_words

DRAFTS = 3
_SHORTEST = 15
_LONGEST_TOPIC = 40
_QUESTION_MARKS = re.compile(r"[?？؟]+")
_NOT_A_TOPIC = re.compile(r"[@<>{}\[\]\\]|://|www\.|\d{4}|\n")
_ADDRESSES = re.compile(r"[@<>{}\[\]]|://|www\.|\*\*|```")
_CLOSE = 82.0


def topic_counts(
    asked: Mapping[str, int], wanted: Iterable[Iterable[str]], kept: Iterable[str], names: Collection[str]
) -> list[TopicCount]:
    """What a community talks about and how often, the most first: what was asked, what members want to learn, and
    what they keep. A topic in which somebody's name or an address could stand is left out."""
    counts: dict[str, int] = {}
    every = [*asked.items(), *((one, 1) for topics in wanted for one in topics), *((one, 1) for one in kept)]
    forbidden = {word for name in names for word in plain(name).split() if len(word) > 2}
    for topic, count in every:
        words = plain(topic)
        speaks_of_nobody = not forbidden & set(words.split())
        if words and len(topic) <= _LONGEST_TOPIC and not _NOT_A_TOPIC.search(topic) and speaks_of_nobody:
            counts[words] = counts.get(words, 0) + count
    return [TopicCount(topic, counts[topic]) for topic in sorted(counts, key=lambda one: (-counts[one], one))]


def worth_showing(drafts: Iterable[object], known: Sequence[str]) -> list[str]:
    """The drafts that are one question of a decent length, without addresses, and like no other prompt."""
    found: list[str] = []
    for draft in drafts:
        text = " ".join(draft.split()) if isinstance(draft, str) else ""
        if not _SHORTEST <= len(text) <= LONGEST or len(_QUESTION_MARKS.findall(text)) != 1:
            continue
        if _ADDRESSES.search(text) or like_any(text, [*known, *found]):
            continue
        found.append(text)
    return found[:DRAFTS]


def closeness(about: str, topics: Iterable[TopicCount]) -> float:
    """How well what a prompt is about fits the topics; a topic that comes up often weighs more. 0: not at all."""
    words = telling_words(about)
    score = 0.0
    for one in topics:
        best = max((_same(word, own) for word in plain(one.topic).split() for own in words), default=0.0)
        score += best * min(one.count, 10)
    return score


def _same(word: str, other: str) -> float:
    ratio = fuzz.ratio(word, other)
    return ratio / 100 if ratio >= _CLOSE else 0.0
