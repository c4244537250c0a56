"""Somebody on Telegram, as the conversations over the wire play them: what they do, and what their screen shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.platforms.telegram.wire import UNSEEN
from tests.wire.telegram import Chat, Person, Seen


@dataclass
class Phone:
    """What somebody does and sees on Telegram. Each act returns when Baraza has nothing left to do."""

    settle: Callable[[], Awaitable[None]]
    person: Person

    async def says(self, text: str, *, place: Chat | None = None, reply_to: int | None = None, topic: str = "") -> int:
        """Write, privately to the bot, in a group or in a topic of it; the message's number."""
        number = await self.person.writes(place, text, reply_to=reply_to, topic=topic)
        await self.settle()
        return number

    async def presses(self, *labels: str, place: Chat | None = None) -> None:
        """Press the newest button of each label, one after the other; what is chosen already bears a tick."""
        for label in labels:
            seen = [button for one in self.person.sees(place) for button in one.data]
            ticked = f"✓ {label}"
            await self.person.presses(ticked if label not in seen and ticked in seen else label, place)
            await self.settle()

    async def follows(self, label: str, place: Chat | None = None) -> None:
        """Follow a button, of a group or of the private chat, that leads to the bot, and press Start there."""
        await self.person.follows(label, place)
        await self.settle()

    async def joins(self, place: Chat) -> None:
        """Become a member of a group."""
        await self.person.joins(place)
        await self.settle()

    def hears(self, place: Chat | None = None, topic: str | None = None) -> list[str]:
        """What the bot said there, the oldest first, without what no eye sees."""
        return [_plain(one.text) for one in self.person.sees(place, topic=topic) if one.by_bot]

    def last(self, place: Chat | None = None, topic: str | None = None) -> str:
        """What it said there last."""
        return self.hears(place, topic)[-1]

    def newest(self, words: str, place: Chat | None = None) -> Seen:
        """The newest message of the bot's there that has these words."""
        return next(one for one in reversed(self.person.sees(place)) if one.by_bot and words in _plain(one.text))


def _plain(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, UNSEEN)))
