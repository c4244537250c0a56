"""Help: what this person can do here, and an answer to who writes to the bot without a command."""

from __future__ import annotations

from bot.core.capability import Capability, Command
from bot.core.dispatch import by_audience
from bot.core.events import CommandUsed, MessagePosted
from bot.core.messages import Message, Text, Value, joined, mark, points
from bot.core.roles import Role
from bot.services import Services
from handlers.events import RepliedInVain

capability = Capability("help")

_HEADINGS = {
    Role.EXPERT: mark("**As an expert**"),
    Role.STAKEHOLDER: mark("**As a stakeholder**"),
    Role.FACILITATOR: mark("**As a facilitator**"),
}


@capability.command("help", summary=mark("See what you can do here"), for_strangers=True)
async def show_help(_event: CommandUsed, services: Services) -> None:
    """The commands of this person, and only those."""
    say, label = services.wording.say, services.wording.label
    if services.known_community is None:
        await services.answer(
            Message(
                say(
                    mark(
                        "I am Baraza, and I help communities. Join a place of a community and I will welcome you. "
                        "To start a community of your own, invite me to a place."
                    )
                )
            )
        )
        return
    title = say(mark("**What you can do in {community}**"), community=services.known_community.name)
    parts: list[Value] = [title]
    for role, commands in by_audience(services.commands(), services.roles):
        if role in _HEADINGS:
            parts.append(say(_HEADINGS[role]))
        parts.append(points(_line(command, label(command.summary)) for command in commands))
    await services.answer(Message(joined(parts)))


def _line(command: Command, summary: str) -> Text:
    return Text("**/{name}** {summary}", {"name": command.name, "summary": summary})


def _is_no_reply(event: MessagePosted) -> bool:
    return event.thread_key is None


@capability.on(MessagePosted, private=True, strangers=True, wants=_is_no_reply)
async def written_to(_event: MessagePosted, services: Services) -> None:
    """Somebody writes to the bot as to a person: say what it understands."""
    await _say_what_is_understood(services)


@capability.hears(RepliedInVain)
async def replied_in_vain(_news: RepliedInVain, services: Services) -> None:
    """The same for a reply that answers nothing."""
    await _say_what_is_understood(services)


async def _say_what_is_understood(services: Services) -> None:
    await services.answer(Message(services.wording.say(mark("I understand commands. Type /help to see them."))))
