"""Whether a message asks something: decided once, when it arrives, because its text is not kept."""

from __future__ import annotations

import re

QUESTION_MARKS = "?？؟"
"""The Latin question mark, its full-width form, and the Arabic one. The Greek one looks like a semicolon, and
in every other script it is one: it does not count."""

_NOT_WORDS = re.compile(
    r"""
      ```.*?(?:```|\Z)                       # a block of code, closed or running to the end
    | (?P<ticks>`{1,2})[^`\n]+(?P=ticks)     # a span of code within one line
    | <(?:https?|ftp|mailto|tel):[^<>]*>     # Slack's links, with or without |label
    | <[@\#!][^<>]*>                         # Slack's mentions of people, channels and groups
    | (?P<bare>(?:\b(?:https?|ftp)://|\bwww\.)[^\s<>]+)
    | :[\w+'\-]+(?:::skin-tone-[2-6])?:      # emoji by name
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ENDS_OF_A_SENTENCE = QUESTION_MARKS + "!.,;:)]}'\""


def asks_something(text: str) -> bool:
    """Whether a question mark is left in ``text`` once code, links and emoji by name are taken out.

    Counted as marks: ``?``, full-width ``？`` and Arabic ``؟``. Taken out: code in one, two or three backticks,
    ``<https://...|label>`` with its label, bare addresses and ``:emoji:``. A question mark that ends a bare
    address belongs to the sentence ("have you seen example.org/a?"), as chat programs read it.
    """
    if not _has_a_mark(text):
        return False
    return _has_a_mark(_NOT_WORDS.sub(_what_stays, text))


def _has_a_mark(text: str) -> bool:
    return any(mark in text for mark in QUESTION_MARKS)


def _what_stays(match: re.Match[str]) -> str:
    address: str | None = match["bare"]
    return " " if address is None else address[len(address.rstrip(_ENDS_OF_A_SENTENCE)) :]
