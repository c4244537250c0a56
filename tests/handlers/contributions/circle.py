"""A community that shares what it learned, for conversations about contributions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conversations import Someone, Talk, founded, running

TEXT = "What did you learn or want to share?"
WORDS = "The cold box keeps for nine hours when the ice packs were frozen for two days."


@dataclass
class Circle:
    """Fatima facilitates; Ana, Ben and Chidi are members."""

    talk: Talk
    fatima: Someone
    ana: Someone
    ben: Someone
    chidi: Someone

    async def logs(self, who: Someone, text: str = WORDS, *, command: str = "/log", **more: Any) -> None:
        """Save something through the form."""
        await who.says(command)
        await who.fills_in(**{TEXT.replace(" ", "_"): text, **more})

    async def publishes(self, who: Someone, text: str = WORDS, **more: Any) -> None:
        """Save something, and have it published."""
        await self.logs(who, text, **more)
        await self.fatima.presses("Publish it")


@asynccontextmanager
async def circle(folder: Path, **settings: Any) -> AsyncIterator[Circle]:
    """The community, running."""
    async with running(folder, **settings) as talk:
        fatima = await founded(talk)
        people = [await talk.newcomer(name) for name in ("Ana", "Ben", "Chidi")]
        for person in people:
            await person.joins("circle")
        yield Circle(talk, fatima, *people)
