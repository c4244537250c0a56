"""A community with a facilitator, an expert and members, for what is asked about people's data."""

from __future__ import annotations

from tests.conversations import Someone, Talk, founded

NAME = "Renée Otieno"


async def circle(talk: Talk) -> tuple[Someone, Someone, Someone]:
    """Fatima, who facilitates; Hassan, who answers; and Renée."""
    fatima = await founded(talk)
    hassan, renee = await talk.newcomer("Hassan"), await talk.newcomer(NAME)
    for person in (hassan, renee):
        await person.joins("circle")
    await fatima.says("/experts add @Hassan cold chain")
    return fatima, hassan, renee


async def asks(person: Someone, text: str, *, confidentially: bool = False) -> None:
    """Ask a question through the form."""
    await person.says("/ask")
    await person.fills_in(Your_question=text, By_name_or_confidentially="confidential" if confidentially else "name")


async def is_forgotten(person: Someone, label: str = "Forget me and delete what I wrote") -> None:
    """Ask to be forgotten, and mean it; then a minute passes."""
    await person.says("/forgetme")
    await person.presses(label)
    await person.talk.wait(minutes=2)
