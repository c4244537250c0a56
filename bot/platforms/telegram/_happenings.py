"""What else people do on Telegram, each as the core events that it means."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.addresses import Place
from bot.core.events import (
    BotInvited,
    BotRemoved,
    BotRightsChanged,
    ButtonPressed,
    ChatClosed,
    ChatReopened,
    Event,
    InlineAsked,
    InlineChosen,
    Joined,
    JoinRequested,
    LeadsChecked,
    Left,
    PollAnswered,
    Reacted,
)
from bot.platforms.reading import Json, optional_part, part, text
from bot.platforms.reading import identity as text_identity
from bot.platforms.telegram._document import PLATFORM, Document, is_private, topic_of
from bot.platforms.telegram._messages import root_of
from bot.platforms.telegram._reading import identity, moment, number
from bot.platforms.telegram._service import coming_key

BUTTON = "b:"
"""What the data of every button begins with, so that other kinds can be told apart."""


def chat_member(document: Document, told: Json) -> Sequence[Event]:
    """Somebody came into a group or channel, or went; other rights of somebody who stays are no news."""
    before, after = _is_in(part(told, "old_chat_member")), _is_in(part(told, "new_chat_member"))
    if before == after:
        return []
    person = document.person(part(part(told, "new_chat_member"), "user"))
    at, chat = moment(told, "date"), part(told, "chat")
    user, place = person.account.user, document.place(chat)
    key = coming_key("join" if after else "leave", identity(chat, "id"), user, number(told, "date"))
    if not after:
        return [Left(at=at, by=person, place=place, key=key)]
    return [Joined(at=at, by=person, place=place, key=key, reachable=document.reachable(user))]


def my_chat_member(document: Document, told: Json) -> Sequence[Event]:
    """The bot came into a group or went, may see more or less there, or somebody shut or opened the private chat."""
    old, new = part(told, "old_chat_member"), part(told, "new_chat_member")
    before, after = _is_in(old), _is_in(new)
    at, chat = moment(told, "date"), part(told, "chat")
    if is_private(chat):
        if before == after:
            return []
        return [(ChatReopened if after else ChatClosed)(at=at, by=document.author(told))]
    by, place = document.actor(told), document.place(chat)
    if not after:
        return [BotRemoved(at=at, by=by, place=place)] if before else []
    reachable = document.reachable(by.account.user)
    events: list[Event] = [] if before else [BotInvited(at=at, by=by, place=place, reachable=reachable)]
    reads_always = document.bot.get("reads_everything") is True
    if not before or _leads(old) != _leads(new):
        sees = _leads(new)
        rights = {"reads_everything": sees or reads_always, "sees_joins": sees, "sees_reactions": sees}
        events.append(BotRightsChanged(at=at, by=by, place=place, **rights))
    return events


def chat_join_request(document: Document, told: Json) -> Sequence[Event]:
    """Somebody asks to be let in."""
    by, chat = document.person(part(told, "from")), part(told, "chat")
    key = coming_key("request", identity(chat, "id"), by.account.user, number(told, "date"))
    return [JoinRequested(at=moment(told, "date"), by=by, place=document.place(chat), key=key)]


def leads_checked(document: Document, told: Json) -> Sequence[Event]:
    """Whether somebody is an administrator, as Telegram answered when it was asked (``acting``)."""
    chat, (_, _, topic) = part(told, "chat"), text(told, "place").partition("/")
    by, place = document.person(part(told, "from")), document.place(chat, topic)
    return [LeadsChecked(at=document.at, by=by, place=place, leads=told.get("leads") is True)]


def message_reaction(document: Document, told: Json) -> Sequence[Event]:
    """Emoji were put on a message, or taken away; of whom Telegram doesn't name, nothing can be told."""
    before, after = _emoji(told, "old_reaction"), _emoji(told, "new_reaction")
    if told.get("user") is None:
        return []
    by, at, chat = document.person(part(told, "user")), moment(told, "date"), part(told, "chat")
    reference = document.reference(identity(chat, "id"), identity(told, "message_id"))
    place = document.place(chat, document.known_topic(reference.id))
    changes = [(emoji, True) for emoji in before if emoji not in after]
    changes += [(emoji, False) for emoji in after if emoji not in before]
    return [
        Reacted(
            at=at,
            by=by,
            place=place,
            key="\x1f".join(("reaction", by.account.user, emoji, reference.event_key)),
            message=reference,
            message_key=reference.event_key,
            emoji=emoji,
            removed=removed,
        )
        for emoji, removed in changes
    ]


def poll_answer(document: Document, told: Json) -> Sequence[Event]:
    """Somebody voted in one of the bot's polls, which the adapter knows the place of."""
    poll, options = text_identity(told, "poll_id"), told.get("option_ids")
    if not isinstance(options, list) or not all(isinstance(one, int) for one in options):
        raise ValueError("option_ids is no list of numbers")
    if told.get("user") is None:
        return []
    by, where = document.person(part(told, "user")), text(optional_part(document.known, "polls"), poll)
    place = Place(PLATFORM, document.tenant, where, text(document.names, where)) if where else None
    key = "\x1f".join(("poll", poll, by.account.user))
    return [PollAnswered(at=document.at, by=by, place=place, key=key, poll=poll, choices=tuple(options))]


def callback_query(document: Document, told: Json) -> Sequence[Event]:
    """A button was pressed; one of a message that was sent through the bot belongs to no chat that it knows."""
    data, by = text(told, "data"), document.person(part(told, "from"))
    if not data.startswith(BUTTON) or data == BUTTON:
        return []
    message = optional_part(told, "message")
    place, reference = None, None
    if message:
        chat, own = part(message, "chat"), identity(message, "message_id")
        place = document.place(chat, topic_of(message) or document.known_topic(own))
        reference = document.reference(identity(chat, "id"), own, root_of(message, document.roots))
    return [
        ButtonPressed(
            at=document.at,
            by=by,
            place=place,
            button=data.removeprefix(BUTTON),
            message=reference,
            trigger=document.trigger(text_identity(told, "id")),
        )
    ]


def inline_query(document: Document, told: Json) -> Sequence[Event]:
    """Somebody types the bot's name and some words, wherever they write."""
    by = document.person(part(told, "from"))
    return [InlineAsked(at=document.at, by=by, query_id=text_identity(told, "id"), words=text(told, "query"))]


def chosen_inline_result(document: Document, told: Json) -> Sequence[Event]:
    """Somebody sent one of the results."""
    return [InlineChosen(at=document.at, by=document.person(part(told, "from")), result=text(told, "result_id"))]


def _is_in(member: Json) -> bool:
    """Whether somebody of this status is in the chat; who is restricted may be in or out."""
    status = text(member, "status")
    if status == "restricted":
        return member.get("is_member") is True
    return status in ("creator", "administrator", "member")


def _leads(member: Json) -> bool:
    """Whether this is an administrator, to whom Telegram shows everything."""
    return text(member, "status") in ("creator", "administrator")


def _emoji(told: Json, name: str) -> list[str]:
    """The emoji that somebody has on a message, each once; a paid star as what it looks like."""
    reactions = told.get(name)
    if not isinstance(reactions, list) or not all(isinstance(one, dict) for one in reactions):
        raise ValueError(f"{name} is no list of reactions")
    found = (
        text(one, "emoji") or _OTHER.get(text(one, "type"), "") + text(one, "custom_emoji_id") for one in reactions
    )
    return list(dict.fromkeys(one for one in found if one))


_OTHER = {"custom_emoji": "custom:", "paid": "⭐"}
