"""What an adapter looks up before an update goes to the inbox, and what it learns from one. Pure: nothing is kept here.

Telegram shows one step of a chain of replies, no topic beside a reaction, and no id behind a username: whoever wants to
know has to remember what earlier updates told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.reading import Json, optional_part, part, text
from bot.platforms.telegram._document import topic_of
from bot.platforms.telegram._messages import replied_to, root_of, words_of
from bot.platforms.telegram._reading import identity
from bot.platforms.telegram.envelope import Known

_MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be in ``envelope.Known`` for an update, as far as it is known.

    ``messages`` are those of ``chat`` whose root and topic help, ``usernames`` are in small letters.
    """

    chat: str = ""
    messages: tuple[str, ...] = ()
    usernames: frozenset[str] = field(default=frozenset(), repr=False)
    poll: str = ""


@dataclass(frozen=True, slots=True)
class Learned:
    """What an update tells that later ones may leave out; any of it may be empty.

    ``message`` of ``chat`` is in the thread of ``root`` and in ``topic``. ``users``: ids by usernames in small letters.
    ``names``: of topics, by the ids of their places.
    """

    chat: str = ""
    message: str = ""
    root: str = ""
    topic: str = ""
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)


def wanted(update: Any) -> Wanted:
    """What to look up. Never raises: what can't be read needs nothing."""
    try:
        return _wanted(update)
    except _UNREADABLE:
        return Wanted()


def learned(update: Any, known: Known) -> Learned:
    """What to remember beside what is ``known``. Never raises: what can't be read teaches nothing."""
    try:
        return _learned(update, known)
    except _UNREADABLE:
        return Learned()


def _wanted(update: Json) -> Wanted:
    poll = optional_part(update, "poll_answer")
    if poll:
        return Wanted(poll=text(poll, "poll_id"))
    message = _message_of(update)
    about = optional_part(update, "message_reaction") or optional_part(
        optional_part(update, "callback_query"), "message"
    )
    told = message or about
    if not told:
        return Wanted()
    replied = replied_to(told)
    shown = [identity(replied, "message_id")] if replied else []
    own = [identity(about, "message_id")] if about else []
    usernames = frozenset(words_of(message).usernames()) if message else frozenset[str]()
    return Wanted(identity(part(told, "chat"), "id"), (*own, *shown), usernames)


def _learned(update: Json, known: Known) -> Learned:
    message, users = _message_of(update), _users(update)
    if not message:
        return Learned(users=users)
    chat, topic = part(message, "chat"), topic_of(message)
    id_ = identity(chat, "id")
    names = _topic_names(f"{id_}/{topic}", message, known) if topic else {}
    return Learned(id_, identity(message, "message_id"), root_of(message, known.roots), topic, users, names)


def _topic_names(place: str, message: Json, known: Known) -> dict[str, str]:
    """The name that a message tells of its topic. What it answers tells the first one, which may be an old one."""
    for news in ("forum_topic_edited", "forum_topic_created"):
        if name := text(optional_part(message, news), "name"):
            return {place: name}
    first = text(optional_part(optional_part(message, "reply_to_message"), "forum_topic_created"), "name")
    return {place: first} if first and place not in known.places else {}


def _users(update: Json) -> dict[str, str]:
    """The ids of everybody who is told of, by their usernames: who only came in may be mentioned too."""
    found: dict[str, str] = {}
    for told in update.values():
        for user in _people(told) if isinstance(told, dict) else ():
            if isinstance(user, dict) and user.get("username") is not None:
                found[text(user, "username").casefold()] = identity(user, "id")
    found.pop("", None)
    return found


def _people(told: Json) -> Iterator[object]:
    yield from (told.get("from"), told.get("user"))
    for name, whom in (("reply_to_message", "from"), ("new_chat_member", "user")):
        about = told.get(name)
        yield about.get(whom) if isinstance(about, dict) else None
    came = told.get("new_chat_members")
    yield from came if isinstance(came, list) else ()


def _message_of(update: Json) -> Json:
    kind = next((one for one in _MESSAGES if update.get(one) is not None), "")
    return optional_part(update, kind) if kind else {}
