"""A name that was forgotten and stands in what others wrote: a facilitator decides, text by text, without seeing it."""

from __future__ import annotations

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed
from bot.core.messages import Button, Emphasis, Kind, Message, Value, joined, mark
from bot.core.roles import Role
from bot.services import Services
from bot.texts import Wording
from handlers.privacy._capability import capability
from storage import members, mentions
from storage.mentions import Mention

_TAKE_OUT, _LEAVE = "privacy.take_name_out", "privacy.leave_name"
_CALLED = {
    "thanks": mark("a thank-you"),
    "welcome_text": mark("a text for newcomers"),
    "library_prompt": mark("a prompt"),
    "prompt_answer": mark("an answer to a prompt"),
    "question_exchange": mark("what was said about a question"),
    "prompt_draft": mark("a draft of a prompt"),
    "member": mark("somebody's profile"),
    "expert": mark("somebody's topics"),
}


async def ask_facilitators(services: Services) -> None:
    """Show every facilitator what is to be decided in the community."""
    waiting = await mentions.undecided(services.session, services.community.id)
    for facilitator in await members.with_role(services.session, services.community.id, Role.FACILITATOR):
        await services.tell(facilitator, _card(services.wording_for(facilitator), waiting), Kind.RECEIPT)


@capability.button(_TAKE_OUT, roles=(Role.FACILITATOR,))
async def take_out(event: ButtonPressed, services: Services) -> None:
    """The name makes way for "a member"."""
    await _decide(event, services, take=True)


@capability.button(_LEAVE, roles=(Role.FACILITATOR,))
async def leave(event: ButtonPressed, services: Services) -> None:
    """The text stays as it is."""
    await _decide(event, services, take=False)


async def _decide(event: ButtonPressed, services: Services, *, take: bool) -> None:
    """Each is decided once; the message then asks about the next."""
    session, community = services.session, services.community
    mention = await mentions.by_id(session, community.id, int(event.subject))
    if mention is None:
        raise Refusal(mark("That text is no longer there."))
    notes: list[Value] = []
    if await mentions.decide(session, mention, services.now()) and take:
        instead = services.community_wording.label(mark("a member"))
        if not await mentions.take_out(session, services.frame.cipher, mention, instead):
            key = mark("{text} has changed since I looked, so I left it as it is. Please look at it yourself.")
            notes.append(services.wording.say(key, text=_called(services.wording, mention)))
    waiting = await mentions.undecided(session, community.id)
    card = _card(services.wording, waiting)
    await services.edit(event.reference, Message(joined([*notes, card.text]), card.buttons))


def _card(wording: Wording, waiting: list[Mention]) -> Message:
    """What is to be decided, the first one with its buttons."""
    if not waiting:
        return Message(wording.say(mark("Every text with a forgotten name is decided. Thank you!")))
    texts = [_called(wording, one) for one in waiting]
    head = wording.plural(
        "A name that was forgotten stands in {count} text: {texts}.",
        "A name that was forgotten stands in {count} texts: {texts}.",
        len(waiting),
        texts=wording.listing(texts),
    )
    ask = wording.say(mark("Shall I put *a member* in its place in **{text}**?"), text=texts[0])
    subject = str(waiting[0].id)
    buttons = (
        Button(wording.label(mark("Take the name out")), _TAKE_OUT, subject, Emphasis.PRIMARY),
        Button(wording.label(mark("Leave it")), _LEAVE, subject),
    )
    return Message(joined([head, ask]), buttons)


def _called(wording: Wording, mention: Mention) -> str:
    return mention.code or wording.label(_CALLED.get(mention.in_table, mark("a text")))
