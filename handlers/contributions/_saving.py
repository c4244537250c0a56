"""Saving something: by command, as a reply to a message, from a message's menu, or with a reaction."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, FormSubmitted, MessagePosted, Reacted, ShortcutUsed
from bot.core.messages import Button, Emphasis, Message, mark
from bot.services import Services
from handlers.contributions import _wording as words
from handlers.contributions._capability import capability
from handlers.contributions._consent import agree, ask_author
from handlers.contributions._emoji import means_keep
from handlers.contributions._exporting import export_by_command
from handlers.contributions._form import Draft, contribution_form, filled_in, from_words
from handlers.contributions._own import show_mine, withdraw_by_code
from handlers.contributions._review import review_waiting, show_to_facilitators
from handlers.contributions._state import ENDED, State
from handlers.contributions._takedown import take_down_by_code
from storage import contributions, members, questions
from storage.activity import activity_key
from storage.contributions import Contribution
from storage.members import Member

_SAVED = "contributions.saved"
_USAGE = mark("log [lesson|practice|resource|story] [your words], log mine, or log withdraw C7; "
              "facilitators: log review, log takedown C7, or log export")  # fmt: skip
_NOT_HERE = mark("Who wrote this is not here any more, so I can't ask them. It stays out.")
_NOT_MET = mark("I don't know yet who wrote this, so I can't ask them. Please try again once they have written here.")
"""They wrote it before I came, or were forgotten since."""

_BY_A_BOT = mark("A program wrote this. Please save what people wrote.")
_NO_WORDS = mark("I don't have the words of that message. Would you like to write down what others should find?")
_SPECIAL: dict[str, Callable[[Services, str], Awaitable[None]]] = {
    "mine": show_mine,
    "review": review_waiting,
    "export": export_by_command,
}
_ABOUT_ONE: dict[str, Callable[[Services, str], Awaitable[None]]] = {
    "withdraw": withdraw_by_code,
    "takedown": take_down_by_code,
}
_CODE = re.compile(r"c\d{1,9}")


@capability.command(
    "log",
    summary=mark("Save a lesson, practice, resource or story for others"),
    usage=_USAGE,
    title=mark("Share something"),
)
async def log(event: CommandUsed, services: Services) -> None:
    """Open the form; as a reply to a message it is about that message. ``mine``, ``review`` and ``export`` list."""
    first, *rest = event.arguments.split(maxsplit=1) or [""]
    kind = _kind(services, first)
    begun = await services.with_names("".join(rest) if kind else event.arguments)
    if event.about is not None:
        await _open_about(services, event.about, kind or "lesson", title=begun.strip())
    elif special := _special(event.arguments):
        await special(services, "".join(rest))
    else:
        await _open_own(services, begun, kind or "lesson")


def _special(arguments: str) -> Callable[[Services, str], Awaitable[None]] | None:
    """What a word means that is no beginning of somebody's words: it stands alone, or before a format or a code."""
    first, *more = arguments.casefold().split() or [""]
    if not more and first in _ABOUT_ONE:
        return _which_one
    if not more or (first == "export" and len(more) == 1):
        return _SPECIAL.get(first)
    return _ABOUT_ONE.get(first) if len(more) == 1 and _CODE.fullmatch(more[0]) else None


async def _which_one(services: Services, _rest: str) -> None:
    raise Refusal(mark("I understand: {usage}"), usage=services.wording.label(_USAGE))


def _kind(services: Services, word: str) -> str | None:
    """The kind that somebody means, by its English name or by that in their language."""
    called = {services.wording.label(name).casefold(): kind for kind, name in words.KINDS.items()}
    return called.get(word.casefold()) or (word.casefold() if word.casefold() in words.KINDS else None)


@capability.shortcut("contributions.save", label=mark("Save as contribution"))
async def save_by_shortcut(event: ShortcutUsed, services: Services) -> None:
    """The form, with the words of the message."""
    await _open_about(services, event.about, "lesson")


@capability.button(words.WRITE)
async def write_down(event: ButtonPressed, services: Services) -> None:
    """The form, with nothing in it yet."""
    await _open_own(services, "", "lesson")


async def _open_own(services: Services, begun: str, kind: str) -> None:
    draft = from_words(begun, await _topics(services, services.member), kind)
    intro = services.wording.say(
        mark("A facilitator has a look first; once it is published, others find it with /find. "
             "You can take it back at any time with /log mine.")
    )  # fmt: skip
    await services.open_form(contribution_form(services.wording, draft, intro, action=_SAVED, own=True))


async def _open_about(services: Services, about: MessagePosted, kind: str, title: str = "") -> None:
    author = await _author(services, about)
    if author.id == services.member.id:
        key = mark("A facilitator has a look first; once it is published, others find it with /find. "
                   "You can take it back at any time with /log mine.")  # fmt: skip
    else:
        key = mark("{name} wrote this. I ask them first; nobody else sees it before they say yes.")
    draft = from_words(about.text, await _topics(services, author), kind, title)
    form = contribution_form(
        services.wording,
        draft,
        services.wording.say(key, name=author.name),
        action=_SAVED,
        subject=f"{_key(about)}:{author.id}",
        own=author.id == services.member.id,
    )
    await services.open_form(form)


async def _author(services: Services, about: MessagePosted) -> Member:
    """Who wrote a message. Raises Refusal when nobody is here who could agree."""
    if about.by.is_bot:
        raise Refusal(_BY_A_BOT)
    if about.by.account == (services.event.by.account if services.event else None):
        return services.member
    author = await members.find(services.session, about.by.account)
    return await _still_here(services, author)


async def _still_here(services: Services, author: Member | None) -> Member:
    belongs = await members.membership(services.session, services.community.id, author.id) if author else None
    if author is None or belongs is None:
        raise Refusal(_NOT_MET)
    if belongs.left_at is not None:
        raise Refusal(_NOT_HERE)
    return author


async def _topics(services: Services, author: Member) -> list[str]:
    """The topics that are known here: those that experts answer, and those of the author."""
    experts = await questions.experts_of(services.session, services.community.id)
    return [*author.topics_known, *(topic for expert, _ in experts for topic in expert.topics)]


@capability.form(_SAVED)
async def saved(event: FormSubmitted, services: Services) -> None:
    """Keep it: one's own goes to the facilitators, somebody else's to its author first."""
    await services.check_belongs()
    draft = filled_in(event.values)
    if not event.subject:
        await _save(services, draft, services.member, None)
        return
    source, author_id = (int(part) for part in event.subject.split(":"))
    if author_id == services.member.id:
        author = services.member
    else:
        author = await _still_here(services, await members.by_id(services.session, author_id))
    await _save(services, draft, author, source)


def _wants_it_kept(event: Reacted) -> bool:
    return not event.removed and not event.by.is_bot and means_keep(event.emoji)


@capability.on(Reacted, wants=_wants_it_kept)
async def keep_by_reaction(event: Reacted, services: Services) -> None:
    """A reaction that means "keep this" saves the message as it stands.

    Taking the reaction away again takes nothing back: somebody may have been asked by then, and the author of
    a message withdraws it with a button, which nobody presses by accident.
    """
    about = await services.said(activity_key(event.message.platform, event.message.tenant, event.message_key))
    if about is None or not about.text.strip():
        button = Button(services.wording.label(mark("Write it down")), words.WRITE, emphasis=Emphasis.PRIMARY)
        await services.answer_privately(Message(services.wording.say(_NO_WORDS), (button,)))
        return
    try:
        author = await _author(services, about)
        await _save(services, from_words(about.text, await _topics(services, author)), author, _key(about))
    except Refusal as refusal:  # a reaction waits for no answer, so the frame would leave this unsaid
        await services.answer_privately(Message(services.wording.say(refusal.key, **refusal.values)))


async def _save(services: Services, draft: Draft, author: Member, source: int | None) -> None:
    own = author.id == services.member.id
    await contributions.hold(services.session, services.community.id)
    if source is not None and await _saved_before(services, source, author):
        return
    state = State.REVIEW if own else State.ASKED
    now = services.now()
    row = Contribution(
        community_id=services.community.id,
        state=state.value,
        named=draft.named,
        author_id=author.id,
        saver_id=services.member.id,
        source=source,
        saved_at=now,
        agreed_at=now if own else None,
        **draft.values(),
    )
    if not own:
        await ask_author(services, row, author)
        return
    await contributions.add(services.session, row)
    await show_to_facilitators(services, row)
    text = services.wording.say(
        mark("Thank you, I have it: **{code}**, {title}. A facilitator has a look; once it is published, "
             "others find it with /find."),
        code=row.code, title=row.title,
    )  # fmt: skip
    await services.answer_privately(Message(text, words.own_buttons(services.wording, row)))


async def _saved_before(services: Services, source: int, author: Member) -> bool:
    """Whether the message has been saved already, and what that means for who saves it now."""
    earlier = await contributions.from_message(services.session, services.community.id, source)
    own = author.id == services.member.id
    if earlier is None:
        return False
    if State(earlier.state) in ENDED:
        if own:  # who took it back, or said no, may change their mind
            await contributions.change(services.session, earlier, source=None)
            return False
        await _answer(services, mark("It stays out."))
    elif State(earlier.state) is State.ASKED:
        if own:  # saving one's own words is a yes
            await agree(services, earlier)
        else:
            await _answer(services, mark("{name} has been asked already. Without a yes it stays out."),
                          name=author.name)  # fmt: skip
    else:
        await _answer(services, mark("That message is saved already, as **{code}**."), code=earlier.code)
    return True


async def _answer(services: Services, key: str, **values: Any) -> None:
    await services.answer_privately(Message(services.wording.say(key, **values)))


def _key(about: MessagePosted) -> int:
    return activity_key(about.message.platform, about.message.tenant, about.key)
