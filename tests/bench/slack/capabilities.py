"""Capabilities that do next to nothing, so that what is measured is the frame."""

from __future__ import annotations

from bot.core.capability import Capability
from bot.core.events import ButtonPressed, CommandUsed, MessagePosted
from bot.core.messages import Kind, Message, Text
from bot.services import Services


def nothing() -> Capability:
    """Serves a command and says nothing."""
    capability = Capability("nothing")

    @capability.command("nothing", summary="Do nothing", for_strangers=True)
    async def nothing(event: CommandUsed, services: Services) -> None:
        """The command had its effect."""

    return capability


def replying() -> Capability:
    """Replies to every message where it was written."""
    capability = Capability("replying")

    @capability.on(MessagePosted)
    async def reply(event: MessagePosted, services: Services) -> None:
        assert event.place is not None
        await services.post(event.place, Message(Text("Here it is.")), Kind.ANSWER)

    return capability


def many(count: int) -> list[Capability]:
    """So many, each with a command and a button, and an ear for messages of which it wants none."""
    return [_one_of_many(number) for number in range(count)]


def _one_of_many(number: int) -> Capability:
    capability = Capability(f"one_{number}")

    @capability.command(f"command_{number}", summary="Do nothing")
    async def command(event: CommandUsed, services: Services) -> None:
        """Nobody uses it here."""

    @capability.button(f"one_{number}.press")
    async def press(event: ButtonPressed, services: Services) -> None:
        """Nobody presses it here."""

    @capability.on(MessagePosted, wants=lambda event: event.text == str(number))
    async def hear(event: MessagePosted, services: Services) -> None:
        """Nobody says it here."""

    return capability
