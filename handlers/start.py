"""Start: somebody opens the private chat with the bot, on their own or by a link that leads to something."""

from __future__ import annotations

from bot.core.capability import Capability
from bot.core.events import ButtonPressed, ChatReopened, CommandUsed
from bot.core.messages import FOLLOW_START, Message, mark
from bot.services import Services
from handlers.events import ChatOpened
from storage import group_greetings

capability = Capability("start")


@capability.command("start", summary=mark("Begin"), for_strangers=True)
async def start(event: CommandUsed, services: Services) -> None:
    """Do what the link is for, that somebody came by; without one, say what they can do next."""
    payload = event.arguments.strip()
    if payload and await services.follow_start(payload):
        await _has_opened(services)
        return
    if payload:
        await services.answer(Message(services.wording.say(mark("That link no longer works. Type /help instead."))))
        return
    if event.private and await services.form_asking.goes_on(event.by.account):
        await _has_opened(services)
        return
    if services.known_community is None:
        await services.use_command("help")
        return
    waited_for = await group_greetings.of_member(services.session, services.member.id)
    await _has_opened(services)
    if waited_for:
        return  # the greeting, which comes now, says what to do next
    say = services.wording.say
    await services.answer(
        Message(
            say(
                mark("Hello {name}! I am Baraza, and I help **{community}**. Here I can write to you from now on."),
                name=services.member.name,
                community=services.community.name,
            )
        )
    )
    await services.use_command("menu")


@capability.button(FOLLOW_START, for_strangers=True)
async def follow(event: ButtonPressed, services: Services) -> None:
    """The same where a platform has no such links: do what it is for."""
    if not await services.follow_start(event.subject):
        await services.answer(Message(services.wording.say(mark("That button no longer works. Please use /help."))))


@capability.on(ChatReopened, private=True)
async def reopened(_event: ChatReopened, services: Services) -> None:
    """What could not be said before can be said now."""
    await _has_opened(services)


async def _has_opened(services: Services) -> None:
    if services.known_member is not None and services.known_community is not None:
        await services.announce(ChatOpened(services.known_member.id))
        if services.roles:
            await services.show_commands(services.known_member)
