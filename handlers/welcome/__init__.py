"""Welcome: who comes is greeted, hears of what is theirs in the first week, and is not left without an answer."""

from bot.core.topics import topics
from handlers.welcome import _door, _editing, _greeting, _home, _introduction, _journey, _requests
from handlers.welcome._capability import capability
from handlers.welcome._first_posts import plan_looks

__all__ = ["capability", "parts", "plan_looks", "topics"]

parts = (_door, _editing, _greeting, _home, _introduction, _journey, _requests)
"""The modules whose handlers hang on the capability once they are imported."""
