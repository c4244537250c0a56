"""A chat: who is in it, what was written there, and what of it the bot may know."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.wire.telegram.refusal import Json, Refused, forbidden, migrated
from tests.wire.telegram.state import PERMISSIONS, Delivery, Member, Topic, User
from tests.wire.telegram.utf16 import part

if TYPE_CHECKING:
    from tests.wire.telegram.emulator import TelegramEmulator

_CONTENT = ("text", "photo", "document", "poll", "caption")
_PERMISSION = {"text messages": "can_send_messages"}
JOIN_REQUEST_OPENS = 300.0
"""Seconds that a bot may write to somebody who asked to join, before it is decided."""


class Chat:
    """A private chat with the bot, a group, a supergroup or a channel."""

    def __init__(
        self,
        telegram: TelegramEmulator,
        chat_id: int,
        kind: str,
        *,
        title: str = "",
        username: str = "",
        forum: bool = False,
        user: User | None = None,
    ) -> None:
        self.telegram = telegram
        self.id = chat_id
        self.kind = kind
        """``private``, ``group``, ``supergroup`` or ``channel``."""
        self.title = title
        self.username = username
        self.forum = forum
        self.user = user
        """The person of a private chat."""
        self.members: dict[int, Member] = {}
        self.messages: dict[int, Json] = {}
        """By their ids, the oldest first, as the Bot API shows them."""
        self.topics: dict[int, Topic] = {}
        self.reactions: dict[int, dict[int, list[Json]]] = {}
        """By message, then by who reacted."""
        self.requests: dict[int, float] = {}
        """Who has asked to join, and when."""
        self.permissions = frozenset(PERMISSIONS)
        """What members may do who are no administrators."""
        self.links: list[Json] = []
        self.pinned: list[int] = []
        self.migrated_to: Chat | None = None
        self.migrated_from: Chat | None = None
        self.deleted = False
        self._last_id = 0

    def shape(self) -> Json:
        """As messages tell it."""
        if self.user is not None:
            person = {name: value for name, value in self.user.shape().items() if name not in {"is_bot"}}
            person.pop("language_code", None)
            return {**person, "type": "private"}
        shape: Json = {"id": self.id, "type": self.kind, "title": self.title}
        if self.username:
            shape["username"] = self.username
        return shape | ({"is_forum": True} if self.forum else {})

    def full(self) -> Json:
        """As ``getChat`` tells it."""
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        full: Json = self.shape() | {"accent_color_id": self.id % 7, "max_reaction_count": 11}
        full |= {"accepted_gift_types": dict.fromkeys(gifts, False)}
        if self.kind != "private":
            full["permissions"] = {name: name in self.permissions for name in PERMISSIONS}
        primary = [link["invite_link"] for link in self.links if link["is_primary"]]
        if primary and self.membership(self.telegram.bot.user.id).may("can_invite_users"):
            full["invite_link"] = primary[-1]
        if self.pinned and self.pinned[-1] in self.messages:
            full["pinned_message"] = self.messages[self.pinned[-1]]
        return full

    # Who is here

    def membership(self, user: int) -> Member:
        """What somebody is here."""
        return self.members.get(user, Member())

    @property
    def bots_own(self) -> Member:
        """What the bot is here."""
        return self.membership(self.telegram.bot.user.id)

    def check_access(self) -> None:
        """Refuse what concerns a chat that the bot isn't in."""
        if self.kind == "private":
            return
        if self.migrated_to is not None:
            raise migrated(self.migrated_to.id)
        if self.deleted:
            raise forbidden("the group chat was deleted")
        if self.bots_own.status == "kicked":
            raise forbidden(f"bot was kicked from the {self.kind} chat")
        if not self.bots_own.inside:
            raise forbidden(f"bot is not a member of the {self.kind} chat")

    def check_may_send(self, what: str) -> None:
        """Refuse what the bot may not write here; ``what`` is ``photos``, ``polls``..."""
        if self.user is not None:
            self._check_person(self.user)
        elif self.kind == "channel":
            if not self.bots_own.administers:
                raise Refused("need administrator rights in the channel chat")
        elif not self.bots_own.administers:
            allowed = self.bots_own.rights if self.bots_own.status == "restricted" else self.permissions
            if _PERMISSION.get(what, f"can_send_{what}") not in allowed:
                raise Refused(f"not enough rights to send {what} to the chat")

    def _check_person(self, user: User) -> None:
        if user.deactivated:
            raise forbidden("user is deactivated")
        if user.blocks_bot:
            raise forbidden("bot was blocked by the user")
        if not user.started and not self._asked_to_join(user):
            raise forbidden("bot can't initiate conversation with a user")

    def _asked_to_join(self, user: User) -> bool:
        now = self.telegram.clock.now()
        asked = [chat.requests[user.id] for chat in self.telegram.chats.values() if user.id in chat.requests]
        return any(now - at <= JOIN_REQUEST_OPENS for at in asked)

    # What is written

    def add(self, author: User | None, content: Json, *, reply_to: Json | None = None, topic: int = 0) -> Json:
        """Put a message into the chat. Without an author it is the chat's own, as in a channel."""
        sender = {"from": author.shape()} if author is not None else {"sender_chat": self.shape()}
        message: Json = {
            "message_id": self._next_id(),
            **sender,
            "chat": self.shape(),
            "date": int(self.telegram.clock.now()),
        }
        if topic:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        elif reply_to is not None and self.kind == "supergroup" and not self.forum:
            # Telegram calls every chain of replies a thread, which is no topic.
            message["message_thread_id"] = reply_to.get("message_thread_id", reply_to["message_id"])
        answered = reply_to if reply_to is not None else self.topics[topic].created if topic else None
        if answered is not None:
            # What nobody replied to by hand replies to the message that its topic begins with.
            message["reply_to_message"] = copy.deepcopy(without_reply(answered))
        message |= content
        self.messages[message["message_id"]] = message
        self.telegram.written.append((self.id, message["message_id"]))
        return message

    def _next_id(self) -> int:
        if self.kind in {"private", "group"}:
            # Here a message's number counts over all chats of the bot.
            return self.telegram.next_message_id()
        self._last_id += 1
        return self._last_id

    def change(self, message: Json, fields: Json, *, edited: bool = True) -> Json:
        """Change a message; what is None goes."""
        message |= fields
        for name in [name for name, value in message.items() if value is None]:
            del message[name]
        if edited:
            message["edit_date"] = int(self.telegram.clock.now())
        return message

    def remove(self, message: Json) -> None:
        """Delete a message; nobody is told."""
        del self.messages[message["message_id"]]

    def history(self) -> list[Json]:
        """What a member can read here, the oldest first; what was written before an upgrade too."""
        before = self.migrated_from.history() if self.migrated_from is not None else []
        return [*before, *self.messages.values()]

    # Topics

    def open_topic(self, name: str, by: User) -> Topic:
        """Begin a topic; the message that it begins with is in its place."""
        message = self.add(by, {})
        thread = message["message_id"]
        message |= {"message_thread_id": thread, "is_topic_message": True}
        message["forum_topic_created"] = {"name": name, "icon_color": 7322096}
        self.topics[thread] = Topic(thread, name, message)
        return self.topics[thread]

    def topic(self, name_or_id: str | int) -> int:
        """The id of a topic; 0 is the general one."""
        named = [one.id for one in self.topics.values() if name_or_id in {one.id, one.name} and not one.deleted]
        assert named or name_or_id in {0, "", "General"}, f"no topic {name_or_id} in {self.title}"
        return named[-1] if named else 0

    # What the bot hears

    def tell(self, message: Json, *, kind: str = "message") -> Delivery | None:
        """Tell the bot of a message (or of its edition), if it may know it."""
        if not self.shown_to_bot(message):
            return None
        if self.kind == "channel":
            kind = {"message": "channel_post", "edited_message": "edited_channel_post"}[kind]
        return self.telegram.updates.tell(kind, message, conversation=self.id)

    def shown_to_bot(self, message: Json) -> bool:
        """Does Telegram show this message to the bot? Privacy mode hides most of a group."""
        bot = self.telegram.bot
        if self.user is not None:
            return not self.user.blocks_bot
        if not self.bots_own.inside:
            return False
        if self.bots_own.administers or not bot.privacy or not any(name in message for name in _CONTENT):
            return True
        answered = message.get("reply_to_message", {})
        if answered.get("from", {}).get("id") == bot.user.id and "forum_topic_created" not in answered:
            return True
        return message.get("via_bot", {}).get("id") == bot.user.id or self._names_bot(message)

    def _names_bot(self, message: Json) -> bool:
        text, entities = words_of(message)
        called = f"@{self.telegram.bot.user.username.lower()}"
        for entity in entities:
            words = part(text, entity["offset"], entity["length"]).lower()
            if entity["type"] == "bot_command" and ("@" not in words or words.endswith(called)):
                return True
            if entity["type"] == "mention" and words == called:
                return True
            if entity.get("user", {}).get("id") == self.telegram.bot.user.id:
                return True
        return False


def words_of(message: Json) -> tuple[str, list[Json]]:
    """The text or the caption of a message, with its entities."""
    if "text" in message:
        return str(message["text"]), list(message.get("entities", []))
    return str(message.get("caption", "")), list(message.get("caption_entities", []))


def worded(name: str, text: str, entities: list[Json]) -> Json:
    """A text or a caption as a message has it; without entities when there are none."""
    return {name: text, "entities" if name == "text" else "caption_entities": entities or None}


def without_reply(message: Json) -> Json:
    """A message as another that answers it shows it."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}
