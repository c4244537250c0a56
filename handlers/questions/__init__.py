"""Questions and answers: a member asks, the right expert answers, and the answer comes back."""

from handlers.questions import (
    _answering,
    _asking,
    _by_reply,
    _experts,
    _forgotten,
    _giving,
    _home,
    _linked,
    _queue,
    _reminders,
    _replying,
    _saving,
    _topics,
)
from handlers.questions._capability import capability
from handlers.questions._queue import tidy_up

__all__ = ["capability", "parts", "tidy_up"]

parts = (
    _answering,
    _asking,
    _by_reply,
    _experts,
    _forgotten,
    _giving,
    _home,
    _linked,
    _queue,
    _reminders,
    _replying,
    _saving,
    _topics,
)
"""The modules whose handlers hang on the capability once they are imported."""
