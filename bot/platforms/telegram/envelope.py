"""What arrived from Telegram as the inbox keeps it: pure, so that a repeat of anything gets the same key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from bot.core.platform import RawEvent
from bot.platforms.reading import Json
from bot.platforms.telegram._document import NOBODIES, PLATFORM, is_private, message_key, topic_of, write
from bot.platforms.telegram._messages import told_of
from bot.platforms.telegram._reading import identity

_MESSAGES = ("message", "channel_post", "edited_message", "edited_channel_post")
_ABOUT_A_CHAT = ("chat_member", "my_chat_member", "chat_join_request", "message_reaction", "leads_checked")
_PEOPLE = ("from", "user")


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot itself, as ``getMe`` tells. ``reads_everything``: groups show it every message (privacy mode is off)."""

    id: str
    username: str = ""
    name: str = ""
    reads_everything: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the adapter knows about an update when it arrives; any of it may be missing.

    ``roots``: by the ids of messages of the update's chat, the id of the message that began their thread.
    ``topics``: by the same, the id of the topic that they were written in. ``places``: names of topics, by the ids of
    their places. ``users``: ids of people by their usernames, in small letters. ``polls``: the id of the place that a
    poll was posted in, by the poll's id. ``sees_joins``: whether the bot is an administrator of the chat.
    ``reachable``: the ids of newcomers whom the bot may write to.
    """

    roots: Mapping[str, str] = field(default_factory=dict)
    topics: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict, repr=False)
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    polls: Mapping[str, str] = field(default_factory=dict)
    sees_joins: bool = False
    reachable: Sequence[str] = ()


NOTHING_KNOWN = Known()


def from_update(update: Any, at: datetime, bot: Bot, known: Known = NOTHING_KNOWN) -> RawEvent:
    """An update, which arrived at ``at``. Never raises for anything of JSON: what is no update is kept as it is."""
    told: Json = update if isinstance(update, dict) else {}
    names = ("roots", "topics", "places", "users", "polls")
    knows: dict[str, Any] = {name: dict(value) for name in names if (value := getattr(known, name))}
    knows |= {"sees_joins": known.sees_joins, **({"reachable": list(known.reachable)} if known.reachable else {})}
    body = write(at, _about(bot), knows, update)
    return RawEvent(PLATFORM, bot.id, _key(update, told), _conversation(told), body, _message(told, bot))


@lru_cache(maxsize=8)
def _about(bot: Bot) -> Mapping[str, Any]:
    return asdict(bot)


def _key(update: Any, told: Json) -> str:
    """Ids begin anew at random, so that an id comes twice with other content: only both together tell a repeat."""
    content = json.dumps(update, sort_keys=True).encode("ascii")
    number = told.get("update_id")
    return f"{number if isinstance(number, int) else ''}:{hashlib.blake2b(content, digest_size=16).hexdigest()}"


def _message(update: Json, bot: Bot) -> str:
    """The key of the message that an update posts or edits; empty for every other, and for commands."""
    kind = next((one for one in _MESSAGES if update.get(one) is not None), "")
    message = _object(update, kind)
    try:
        told = told_of(message, bot.username, edited=kind.startswith("edited")) if message else None
        if told is None or not told.counts or _written_by_program(message, bot):
            return ""
        return message_key(identity(_object(message, "chat"), "id"), identity(message, "message_id"))
    except (ValueError, TypeError, AttributeError, RecursionError):  # translating it will say so
        return ""


def _written_by_program(message: Json, bot: Bot) -> bool:
    by = _object(message, "from")
    if message.get("sender_chat") is not None or _id(by) in NOBODIES:
        return False
    return by.get("is_bot") is True or _id(by) == bot.id


def _conversation(update: Json) -> str:
    """What must stay in order: a chat or a topic of it; what happens privately, by person."""
    for kind in (*_MESSAGES, *_ABOUT_A_CHAT):
        if told := _object(update, kind):
            return _of_message(told)
    pressed = _object(update, "callback_query")
    if message := _object(pressed, "message"):
        return _of_message(message)
    people = (_object(value, name) for value in update.values() if isinstance(value, dict) for name in _PEOPLE)
    return f"dm-{next((_id(one) for one in people if one), '')}"


def _of_message(message: Json) -> str:
    chat = _object(message, "chat")
    try:
        if is_private(chat):
            return f"dm-{_id(chat)}"
        topic = topic_of(message)
    except ValueError:  # translating it will say so
        topic = ""
    return f"{_id(chat)}/{topic}" if topic else _id(chat) or "dm-"


def _object(data: Mapping[str, Any], name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _id(data: Json) -> str:
    value = data.get("id")
    return str(value) if isinstance(value, int) and abs(value) < 2**63 else ""
