"""What a capability asks of a language model, and how it learns that there is none to be had."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TopicCount:
    """A topic, and how often people talked or asked about it lately."""

    topic: str
    count: int


class AssistantUnavailable(Exception):
    """No suggestion this time, whatever the reason. Whoever asked goes on without one.

    ``reason`` is a word for logs and counters, never anything that a person or a model wrote.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
