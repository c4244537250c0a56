"""The capability that the parts of this package hang their handlers on, and what they have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.messages import mark
from bot.core.roles import Role
from bot.services import Services

capability = Capability("settings")

FACILITATORS = (Role.FACILITATOR,)
Said = Callable[[Services, str], Awaitable[None]]
"""What the words behind ``settings quiet`` and the like do; the second argument is the rest of the line."""


def not_understood(services: Services, usage: str) -> Refusal:
    """What is said of words that nobody can make sense of. ``usage`` is marked for translation."""
    return Refusal(mark("I understand: {usage}"), usage=services.wording.label(usage))
