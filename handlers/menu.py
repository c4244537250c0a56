"""The menu: buttons for what this person may do, for whoever calls Baraza and says nothing more."""

from __future__ import annotations

from bot.core.capability import Capability, Command, Where
from bot.core.dispatch import by_audience
from bot.core.events import ButtonPressed, CommandUsed
from bot.core.messages import Button, Message, joined, mark
from bot.services import Services

capability = Capability("menu")

MOST_BUTTONS = 24


@capability.command("menu", summary=mark("Choose what to do from buttons"), for_strangers=True)
async def show_menu(event: CommandUsed, services: Services) -> None:
    """A button for every command with a title that this person may use where they are."""
    if services.known_community is None:
        await services.use_command("help")
        return
    say, label = services.wording.say, services.wording.label
    buttons = [Button(label(command.title), "menu.use", command.name) for command in _offered(event, services)]
    lines = [say(mark("What would you like to do?")), say(mark("/help shows everything that I understand."))]
    await services.answer(Message(joined(lines), tuple(buttons)))


@capability.button("menu.use")
async def use(event: ButtonPressed, services: Services) -> None:
    """Do it, when this person may still do it."""
    await services.use_command(event.subject)


def _offered(event: CommandUsed, services: Services) -> list[Command]:
    """What everybody does comes first. When it is too much, that gives way to what this person's roles are for.

    Within each group they go by what stands on the buttons, so that *Find people* is beside *Find something*.
    """
    elsewhere = Where.PLACE if event.private else Where.PRIVATE
    titled = [command for command in services.commands() if command.title and command.where is not elsewhere]
    for_roles = [command for command in titled if command.roles]
    for_everybody = [command for command in titled if not command.roles]
    kept = for_everybody[: max(0, MOST_BUTTONS - len(for_roles))] + for_roles[:MOST_BUTTONS]
    label = services.wording.label
    groups = by_audience(kept, services.roles)
    return [one for _, group in groups for one in sorted(group, key=lambda one: label(one.title).casefold())]
