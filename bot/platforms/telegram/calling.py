"""Calls of the Bot API, each in its turn, and what their failures mean."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.core.clock import Clock
from bot.core.platform import NotSent, OutcomeUnknown
from bot.platforms.telegram.pacing import Pace
from bot.platforms.telegram.requesting import NotConnected, RawBot
from bot.platforms.telegram.timing import Timing
from bot.platforms.turns import TurnFarAway

Json = dict[str, Any]


class Refused(Exception):
    """Telegram refused the call for good, in its own words, which name nobody. It has had no effect."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words

    def says(self, *parts: str) -> bool:
        """Whether its words are about one of these."""
        return any(one in self.words.lower() for one in parts)


class Moved(Exception):
    """The group goes on under another id."""

    def __init__(self, chat: int) -> None:
        super().__init__("the group has become a supergroup")
        self.chat = chat


class BotApi:
    """The Bot API. Nothing is repeated here: whoever calls knows whether it may be."""

    def __init__(self, clock: Clock, pace: Pace, bot: RawBot, timing: Timing) -> None:
        self._clock = clock
        self._pace = pace
        self._bot = bot
        self._timing = timing
        self.token_refused = False

    async def call(self, method: str, parameters: Json, *, chat: int | None = None) -> Any:
        """The result of a call; in its turn where ``chat`` gets a message by it.

        Raises NotSent, OutcomeUnknown, Refused or Moved.
        """
        try:
            if chat is None:
                return await self._called(method, parameters)
            async with self._pace.turn(chat):
                return await self._called(method, parameters)
        except TurnFarAway as far:
            raise NotSent(str(far), self._in(far.seconds)) from None
        except RetryAfter as rest:
            seconds = _seconds(rest)
            if chat is not None:
                self._pace.pause(chat, seconds)
            raise NotSent("too many requests", self._in(seconds)) from None

    async def is_taken(self, method: str, parameters: Json) -> bool:
        """Whether Telegram carries out a call that nobody sees anything of. Raises nothing: no answer is a no."""
        try:
            await self._bot.call(method, parameters)
        except TelegramError:
            return False
        return True

    async def harmless(self, method: str, parameters: Json) -> Any:
        """A call that nobody sees anything of: without an answer it was not made. Raises no OutcomeUnknown."""
        try:
            return await self.call(method, parameters)
        except OutcomeUnknown as unknown:
            raise NotSent(str(unknown)) from None

    async def _called(self, method: str, parameters: Json) -> Any:
        try:
            result = await self._bot.call(method, parameters)
        except RetryAfter:
            raise
        except TelegramError as error:
            raise self._meaning(method, error) from None
        self.token_refused = False
        return result

    def _meaning(self, method: str, error: TelegramError) -> Exception:
        match error:
            case ChatMigrated():
                return Moved(error.new_chat_id)
            case InvalidToken():
                self.token_refused = True
                return NotSent("the token is refused", self._in(self._timing.token))
            case Forbidden() | BadRequest():  # these are kinds of NetworkError to the SDK, so they come before it
                return Refused(error.message)
            case NotConnected():
                return NotSent("Telegram can't be reached", self._in(self._timing.again))
            case Conflict() | NetworkError():
                return OutcomeUnknown(f"no answer to {method}")
        return OutcomeUnknown(f"no readable answer to {method}")

    def _in(self, seconds: float) -> datetime:
        return self._clock.now() + timedelta(seconds=seconds)


def _seconds(rest: RetryAfter) -> float:
    after = rest.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
