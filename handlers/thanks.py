"""Thanks: kept, told to who is thanked, and read by everybody where they were given in a place."""

from __future__ import annotations

from bot.core.capability import Capability
from bot.core.errors import Refusal
from bot.core.events import CommandUsed, MessagePosted
from bot.core.messages import Kind, Message, Text, mark
from bot.services import Services
from bot.texts import Wording
from storage import members, thanks
from storage.members import Member
from storage.thanks import Thanks

capability = Capability("thanks")

_USAGE = mark("thanks @name for what they did")
_MOST_WORDS = 1000
_MENTION = ("@", "<@")


@capability.command("thanks", summary=mark("Thank somebody"), usage=_USAGE)
async def thank(event: CommandUsed, services: Services) -> None:
    """``thanks @x for ...``; as a reply to a message its author is thanked, with or without further words."""
    words = event.arguments.strip()
    if event.about is not None and not words.startswith(_MENTION):
        receiver, reason = await _author(services, event.about), words
    else:
        receiver, reason = await _named(services, words)
    reason = (await services.with_names(_without_for(reason)))[:_MOST_WORDS]
    if receiver.id == services.member.id:
        raise Refusal(mark("Thanks are for others. Who has helped you?"))
    if not reason and event.about is None:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))
    given = Thanks(
        community_id=services.community.id,
        giver_id=services.member.id,
        receiver_id=receiver.id,
        reason=reason,
        in_public=_in_public(event, services),
        given_at=services.now(),
    )
    if not await thanks.keep(services.session, given):
        raise Refusal(mark("I have passed that on already."))
    await _tell(event, services, receiver, reason)


def _in_public(event: CommandUsed, services: Services) -> bool:
    """Whether everybody in a place reads it."""
    return not event.private and services.known_place is not None and services.known_place.active


async def _tell(event: CommandUsed, services: Services, receiver: Member, reason: str) -> None:
    """What was said in front of everybody is praise in front of everybody; what was said privately stays private."""
    giver, place = services.member.name, services.known_place
    text = _told(services.wording_for(receiver), giver, reason)
    await services.tell(receiver, Message(text), Kind.RECEIPT)
    if place is None or not _in_public(event, services):
        key = mark("Done: I have thanked {name} for you. Only the two of you know what for.")
    else:
        thread = event.about.thread_key if event.about else None
        public = _public(services.community_wording, giver, receiver.name, reason)
        await services.post(place.address, Message(public), Kind.ANSWER, thread=thread)
        key = mark("Done: {name} is thanked.")
    await services.answer(Message(services.wording.say(key, name=receiver.name)))


def _told(wording: Wording, giver: str, reason: str) -> Text:
    if not reason:
        return wording.say(mark("**{giver}** thanks you for what you wrote."), giver=giver)
    return wording.say(mark("**{giver}** thanks you for {reason}"), giver=giver, reason=reason)


def _public(wording: Wording, giver: str, receiver: str, reason: str) -> Text:
    if not reason:
        key = mark("**{giver}** thanks **{receiver}** for what they wrote.")
        return wording.say(key, giver=giver, receiver=receiver)
    key = mark("**{giver}** thanks **{receiver}** for {reason}")
    return wording.say(key, giver=giver, receiver=receiver, reason=reason)


async def _named(services: Services, words: str) -> tuple[Member, str]:
    """Who is meant, and what follows: the longest beginning that is somebody's name. Raises Refusal."""
    parts = words.lstrip("@").split()
    if not parts:
        raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))
    everybody = await members.of_community(services.session, services.community.id)
    names = {" ".join(one.name.casefold().split()) for one in everybody}
    longest = min(len(parts), max((len(name.split()) for name in names), default=1))
    for length in range(longest, 1, -1):
        name = " ".join(parts[:length])
        if name.casefold() in names:
            return await services.member_called(name), _after(words, length)
    return await services.member_called(words.split()[0]), _after(words, 1)


def _after(words: str, length: int) -> str:
    """What comes behind so many words, with its line breaks."""
    rest = words.split(None, length)
    return rest[length] if len(rest) > length else ""


def _without_for(reason: str) -> str:
    """The reason alone: the sentence that it becomes part of has its own "for"."""
    first, _, rest = reason.strip().partition(" ")
    return (rest if first.casefold() == "for" else reason).strip()


async def _author(services: Services, about: MessagePosted) -> Member:
    """Who wrote the message that the thanks are a reply to. Raises Refusal when nobody is there to be thanked."""
    if about.by.is_bot:
        raise Refusal(mark("A program wrote this. Which person has helped you? Write /thanks @name for what they did."))
    author = await members.find(services.session, about.by.account)
    belongs = await members.membership(services.session, services.community.id, author.id) if author else None
    if author is None or belongs is None:  # they wrote it before I came, or were forgotten since
        key = mark("I don't know yet who wrote this. Once they have written here again, your thanks can reach them.")
        raise Refusal(key)
    if belongs.left_at is not None:
        raise Refusal(mark("Who wrote this is not in this community any more."))
    return author
