"""How somebody whom the bot may not write to yet is shown, in a place, the way into the private chat."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from bot.core.addresses import InPlace, OnlyVisibleTo
from bot.core.clock import Clock
from bot.core.messages import mark
from bot.core.platform import NotSent, OutcomeUnknown
from bot.platforms.telegram.calling import BotApi, Moved, Refused
from bot.platforms.telegram.outgoing import where
from bot.platforms.too_long import Say

DOOR = mark("I have something for one of you alone. Press the button and Start, and it comes to you privately.")
BEGIN = mark("Open our private chat")
_ONCE_IN = timedelta(hours=1)
_MOST = 10_000


class Doors:
    """One line with a button for each person and place, at most once an hour; remembered in memory alone."""

    def __init__(self, clock: Clock, api: BotApi) -> None:
        self._clock = clock
        self._api = api
        self._shown: OrderedDict[tuple[str, str], datetime] = OrderedDict()

    async def show(self, to: OnlyVisibleTo, username: str, say: Say) -> None:
        """Show it, where that is not too soon. Raises NotSent, and then nothing was shown."""
        now, key = self._clock.now(), (to.account.user, to.place.id)
        last = self._shown.get(key)
        if not username or (last is not None and now - last < _ONCE_IN):
            return
        button = {"text": say(BEGIN), "url": f"https://t.me/{username}"}
        line: dict[str, Any] = {"text": say(DOOR), "reply_markup": {"inline_keyboard": [[button]]}}
        place = where(InPlace(to.place, to.thread))
        self._remember(key, now)
        try:
            with suppress(Refused, Moved, OutcomeUnknown):
                await self._api.call("sendMessage", {**line, **place}, chat=place["chat_id"])
        except NotSent:
            del self._shown[key]
            raise

    def _remember(self, key: tuple[str, str], now: datetime) -> None:
        self._shown[key] = now
        self._shown.move_to_end(key)
        if len(self._shown) > _MOST:
            self._shown.popitem(last=False)
