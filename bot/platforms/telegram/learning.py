"""What Telegram tells by the way, and later leaves out: where a thread began, a topic's name, who has which username.

It is kept in memory alone. After a restart a reply counts to the message that it answers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any

from bot.platforms.telegram._document import is_private, topic_of
from bot.platforms.telegram.envelope import Known

Json = Mapping[str, Any]

_MOST = 50_000
_MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post")
_LEADS = ("creator", "administrator")


class _Recent(OrderedDict[str, str]):
    """Forgets what was put into it longest ago, once it is full."""

    def keep(self, key: str, value: str) -> None:
        """Remember it, as the newest."""
        self[key] = value
        self.move_to_end(key)
        if len(self) > _MOST:
            self.popitem(last=False)


class Learned:
    """Everything that was told so far, as far as it is still remembered."""

    def __init__(self) -> None:
        self._roots, self._topics, self._places = _Recent(), _Recent(), _Recent()
        self._users, self._polls = _Recent(), _Recent()
        self._leads: dict[str, bool] = {}

    def leads(self, chat: str) -> bool | None:
        """Whether the bot is an administrator of a chat; None where nobody has told."""
        return self._leads.get(chat)

    def it_leads(self, chat: str, *, leads: bool) -> None:
        """The bot is an administrator there, or isn't."""
        self._leads[chat] = leads

    def posted(self, chat: str, message: str, root: str, topic: str) -> None:
        """The bot wrote a message."""
        if root:
            self._roots.keep(f"{chat}/{message}", root)
        if topic:
            self._topics.keep(f"{chat}/{message}", topic)

    def poll(self, poll: str, place: str) -> None:
        """The bot posted a poll in a place."""
        self._polls.keep(poll, place)

    def about(self, update: Json) -> Known:
        """What helps to understand an update, with what the update itself tells."""
        message = self._message_of(update)
        chat = _object(message, "chat") or _object(_first(update), "chat")
        id_ = _id(chat, "id")
        self._learn_names(update, message)
        if message:
            self._learn_thread(id_, message)
        told = [_id(message, "message_id"), _id(_object(message, "reply_to_message"), "message_id")]
        told.append(_id(_first(update), "message_id"))
        keys = {one: f"{id_}/{one}" for one in told if one}
        topic = f"{id_}/{_topic(message)}"
        poll = str(_object(update, "poll_answer").get("poll_id") or "")
        place = self._polls.get(poll, "")
        names = {
            one: self._places[one] for one in (topic, place, *self._topic_places(id_, keys)) if one in self._places
        }
        return Known(
            roots={own: self._roots[key] for own, key in keys.items() if key in self._roots},
            topics={own: self._topics[key] for own, key in keys.items() if key in self._topics},
            places=names,
            users={name: self._users[name] for name in _usernames(message) if name in self._users},
            polls={poll: place} if place else {},
            sees_joins=self._leads.get(id_, False),
        )

    def _topic_places(self, chat: str, keys: Mapping[str, str]) -> Iterable[str]:
        return (f"{chat}/{self._topics[key]}" for key in keys.values() if key in self._topics)

    def _message_of(self, update: Json) -> Json:
        for kind in _MESSAGES:
            if told := _object(update, kind):
                return told
        return _object(_object(update, "callback_query"), "message")

    def _learn_thread(self, chat: str, message: Json) -> None:
        own, replied = _id(message, "message_id"), _object(message, "reply_to_message")
        topic = _topic(message)
        if topic and own:
            self._topics.keep(f"{chat}/{own}", topic)
        parent = _id(replied, "message_id")
        if not own or not parent or replied.get("forum_topic_created") is not None:
            return
        self._roots.keep(f"{chat}/{own}", self._roots.get(f"{chat}/{parent}") or parent)

    def _learn_names(self, update: Json, message: Json) -> None:
        for told in (_first(update), message, _object(message, "reply_to_message")):
            user = _object(told, "from")
            name = user.get("username")
            if isinstance(name, str) and name and user.get("is_bot") is not True:
                self._users.keep(name.lower(), _id(user, "id"))
        mine = _object(update, "my_chat_member")
        if mine:
            status = _object(mine, "new_chat_member").get("status")
            self._leads[_id(_object(mine, "chat"), "id")] = status in _LEADS
        chat = _id(_object(message, "chat"), "id")
        for source in (message, _object(message, "reply_to_message")):
            for kind in ("forum_topic_created", "forum_topic_edited"):
                name = _object(source, kind).get("name")
                topic = _topic(message)
                if isinstance(name, str) and name and topic:
                    self._places.keep(f"{chat}/{topic}", name)


def _first(update: Json) -> Json:
    """The part of an update that tells what happened."""
    return next((value for value in update.values() if isinstance(value, dict)), {})


def _topic(message: Json) -> str:
    try:
        return topic_of(message) if message and not is_private(_object(message, "chat")) else ""
    except (ValueError, TypeError, AttributeError):  # translating it will say so
        return ""


def _usernames(message: Json) -> list[str]:
    text = message.get("text") or message.get("caption")
    if not isinstance(text, str) or "@" not in text:
        return []
    words = text[:20_000].replace("\n", " ").split(" ")
    return [word.lstrip("@").rstrip(".,;:!?)").lower() for word in words if word.startswith("@")][:50]


def _object(data: Json, name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _id(data: Json, name: str) -> str:
    value = data.get(name)
    return str(value) if isinstance(value, int) else ""
