"""Prompts: questions that start a conversation, posted when a facilitator asks, by a schedule, or after a silence."""

from handlers.prompts import _answers, _command, _drafts, _home, _list, _posting, _report, _schedules, _silence
from handlers.prompts._capability import capability
from handlers.prompts._silence import look_for_silence
from handlers.prompts._tidying import tidy_up

__all__ = ["capability", "look_for_silence", "parts", "tidy_up"]

parts = (_answers, _command, _drafts, _home, _list, _posting, _report, _schedules, _silence)
"""The modules whose handlers hang on the capability once they are imported."""
