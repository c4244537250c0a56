"""How often Telegram lets itself be called: 30 messages a second in all, one a second and chat, 20 a minute and group.

The figures are those of https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic

from bot.platforms.turns import Turns

_A_SECOND, _IN_ALL, _IN_A_GROUP, _MINUTE = 1.0, 30, 20, 60.0
_MOST_CHATS = 20_000


class Pace:
    """The turns of every chat, of every group, and of all together."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._all = Turns(_IN_ALL, _A_SECOND, now)
        self._chats: dict[int, list[Turns]] = {}

    @asynccontextmanager
    async def turn(self, chat: int) -> AsyncIterator[None]:
        """Hold every turn that a message to this chat needs. Raises TurnFarAway at once rather than wait for long."""
        async with AsyncExitStack() as held:
            for turns in (*self._of(chat), self._all):  # the common one last: who holds it must not wait for another
                await held.enter_async_context(turns.turn())
            yield

    def pause(self, chat: int, seconds: float) -> None:
        """This chat alone rests: Telegram has said so."""
        for turns in self._of(chat):
            turns.pause(seconds)

    def _of(self, chat: int) -> list[Turns]:
        known = self._chats.get(chat)
        if known is None:
            if len(self._chats) >= _MOST_CHATS:
                self._chats = {one: turns for one, turns in self._chats.items() if not all(x.idle for x in turns)}
            group = [Turns(_IN_A_GROUP, _MINUTE, self._now)] if chat < 0 else []
            known = self._chats[chat] = [*group, Turns(1, _A_SECOND, self._now)]
        return known


class Unpaced(Pace):
    """Nobody waits, for servers that take everything; after a refusal whoever would have to wait comes again."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        super().__init__(now)
        self._all = Turns(1_000, 0.0, now)

    def _of(self, chat: int) -> list[Turns]:
        return self._chats.setdefault(chat, [Turns(1_000, 0.0, self._now, 0.0)])
