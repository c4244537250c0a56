"""A community with experts, for conversations about questions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conversations import Someone, Talk, founded, running

BY_NAME, CONFIDENTIAL = "name", "confidential"


@dataclass
class Circle:
    """Fatima facilitates; Hassan knows the cold chain and Mei safe water; Ana is a member."""

    talk: Talk
    fatima: Someone
    hassan: Someone
    mei: Someone
    ana: Someone

    async def asks(
        self, who: Someone, text: str, *, topic: str = "cold chain", manner: str = BY_NAME, **more: Any
    ) -> None:
        """Ask through the form."""
        await who.says("/ask")
        chosen = {"Your_question": text, "Topic": topic, "By_name_or_confidentially": manner}
        await who.fills_in(**chosen, **more)

    async def answers(self, who: Someone, text: str) -> None:
        """Answer with the button."""
        await who.presses("Answer")
        await who.fills_in(Your_answer=text)


@asynccontextmanager
async def circle(folder: Path, **settings: Any) -> AsyncIterator[Circle]:
    """The community, running."""
    async with running(folder, **settings) as talk:
        fatima = await founded(talk)
        people = [await talk.newcomer(name) for name in ("Hassan", "Mei", "Ana")]
        for person in people:
            await person.joins("circle")
        await fatima.says("/experts add @Hassan cold chain, logistics")
        await fatima.says("/experts add @Mei safe water")
        yield Circle(talk, fatima, *people)
