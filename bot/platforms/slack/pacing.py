"""How often Slack lets itself be called: every call waits for its turn, so that none is refused.

The tiers are those of https://docs.slack.dev/apis/web-api/rate-limits: so many calls a minute, for each method and
workspace; posting is one message a second and channel.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from bot.platforms.turns import Turns

MINUTE = 60.0

_TIER_2, _TIER_3, _TIER_4, _SPECIAL = 20, 50, 100, 300
_CALLS_A_MINUTE = {
    "auth.test": _SPECIAL,
    "chat.delete": _TIER_3,
    "chat.postEphemeral": _TIER_4,
    "chat.update": _TIER_3,
    "conversations.history": _TIER_3,
    "conversations.info": _TIER_3,
    "conversations.open": _TIER_3,
    "conversations.replies": _TIER_3,
    "files.completeUploadExternal": _TIER_4,
    "files.getUploadURLExternal": _TIER_4,
    "reactions.add": _TIER_3,
    "users.info": _TIER_4,
    "views.open": _TIER_4,
    "views.publish": _TIER_4,
}
_POST = "chat.postMessage"
_MOST_TURNS = 20_000


class Pace:
    """The turns of every method in every workspace, and of posting in every channel."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._turns: dict[tuple[str, ...], Turns] = {}

    def turns(self, team: str, method: str, channel: str = "") -> Turns:
        """What a call has to wait for; ``channel`` counts for posting alone."""
        key = (team, method, channel) if method == _POST else (team, method)
        known = self._turns.get(key)
        if known is None:
            self._forget_idle()
            calls, seconds = (1, 1.0) if method == _POST else (_CALLS_A_MINUTE.get(method, _TIER_2), MINUTE)
            known = self._turns[key] = Turns(calls, seconds, self._now)
        return known

    def _forget_idle(self) -> None:
        if len(self._turns) >= _MOST_TURNS:
            self._turns = {key: turns for key, turns in self._turns.items() if not turns.idle}


class Unpaced(Pace):
    """Nobody waits, for servers that take everything; after a refusal whoever would have to wait comes again."""

    def turns(self, team: str, method: str, channel: str = "") -> Turns:
        """Turns that come back at once."""
        key = (team, method, channel)
        return self._turns.setdefault(key, Turns(1_000, 0.0, self._now, 0.0))
