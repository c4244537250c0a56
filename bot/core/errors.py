"""Errors that carry a text for the person who caused them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.messages import Value


class Refusal(Exception):
    """A request that can't be met, with the sentence to say about it.

    ``key`` is the English sentence, marked for translation with ``bot.core.messages.mark``;
    ``values`` fill its named places. A refusal is an answer: it is told to the person and never retried.
    """

    def __init__(self, key: str, **values: Value) -> None:
        super().__init__(key)
        self.key = key
        self.values: Mapping[str, Value] = values
