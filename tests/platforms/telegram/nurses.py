"""A community that lives on Telegram alone, begun as people begin one: the whole program behind the real wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.platforms.phone import Phone
from tests.platforms.telegram.faults.installation import Installed, installed
from tests.wire.telegram import Chat


@dataclass
class Nurses:
    """Fatima facilitates; the bot administers the group where everybody meets."""

    here: Installed
    place: Chat
    fatima: Phone

    def phone(self, name: str, *, started: bool = True, **about: Any) -> Phone:
        """Somebody who is in no group yet, and has written to the bot before unless they never ``started``."""
        return Phone(self.here.settles, self.here.telegram.person(name, started=started, **about))

    async def member(self, name: str, **about: Any) -> Phone:
        """Somebody who has just joined the group."""
        phone = self.phone(name, **about)
        await phone.joins(self.place)
        return phone

    async def waits(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0) -> None:
        """Let time pass."""
        await self.here.waits(seconds + 60 * minutes + 3_600 * hours)


@asynccontextmanager
async def nurses(folder: Path, *, webhook: bool = False, forum: bool = False) -> AsyncIterator[Nurses]:
    """Field Nurses, in a supergroup or in a forum."""
    async with installed(folder, webhook=webhook) as here:
        fatima = Phone(here.settles, here.telegram.person("Fatima", started=True))
        place = here.telegram.supergroup("nurses", fatima.person, forum=forum)
        await fatima.person.adds_bot(place, as_admin=True)
        await here.settles()
        await fatima.presses("Start a community here")
        await fatima.says("Field Nurses")
        await fatima.presses("Keep it", "Start")
        yield Nurses(here, place, fatima)
