"""The options that somebody writes behind a question, so that people can choose: ``Which day? | Mon | Tue``."""

from __future__ import annotations

import re

from bot.core.messages import Poll, Text, Value, joined, points

_SIGN = re.compile(r"\s+\|(?:\s+|$)")
_FEWEST = 2


def question_and_options(words: str) -> tuple[str, tuple[str, ...]]:
    """What a prompt asks, and what can be chosen. Of fewer than two options nobody can choose: they are words then."""
    question, *options = (part.strip() for part in _SIGN.split(words))
    found = tuple(one for one in options if one)
    return (question, found) if question and len(found) >= _FEWEST else (words, ())


def poll_of(words: str) -> Poll | None:
    """The poll that a prompt comes with, if its words have options."""
    question, options = question_and_options(words)
    return Poll(question, options) if options else None


def listed(words: str) -> Text:
    """A prompt's words as they are read where nobody votes: the question, and under it the options."""
    question, options = question_and_options(words)
    parts: list[Value] = [Text("{question}", {"question": question})]
    return joined([*parts, points(options)] if options else parts)
