"""The document that the inbox keeps of everything that Telegram sends, and what can be read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.addresses import Account, MessageRef, Person, Place
from bot.core.events import Trigger
from bot.platforms.reading import Json, optional_part, parsed, part, text, written
from bot.platforms.telegram._reading import identity, optional_identity

PLATFORM = "telegram"

TRIGGER_LASTS = timedelta(days=1)
"""Telegram asks for no permission to open a form; a day later nobody waits for one any more."""

NOBODIES = frozenset({"777000", "136817688", "1087968824"})
"""Whom Telegram names where a channel or a whole group speaks: itself, "Channel" and "Group"."""


@dataclass(frozen=True, slots=True)
class Document:
    """What came in, with what the adapter knew at that moment.

    ``at`` is when it arrived (UTC), ``bot`` the bot's own id, ``username`` and ``reads_everything`` (whether privacy
    mode is off). ``known`` is as in ``envelope.Known``, and may lack anything.
    """

    at: datetime
    bot: Json
    known: Json = field(repr=False)
    update: Json = field(repr=False)

    @property
    def tenant(self) -> str:
        """The bot's id: the same person is somebody else to another bot."""
        return text(self.bot, "id")

    def person(self, user: Json) -> Person:
        """Somebody, by first and last name; nobody is shown by a username or an id."""
        found = identity(user, "id")
        name = " ".join(part for part in (text(user, "first_name").strip(), text(user, "last_name").strip()) if part)
        language = text(user, "language_code").replace("_", "-").partition("-")[0].strip().lower() or None
        is_bot = user.get("is_bot") is True or found == self.tenant
        return Person(Account(PLATFORM, self.tenant, found), name, language, is_bot, text(user, "username"))

    def nobody(self) -> Person:
        """Stands for a channel, for an administrator who stays anonymous, and for whom Telegram doesn't name."""
        return Person(Account(PLATFORM, self.tenant, ""), "")

    def author(self, message: Json) -> Person:
        """Who wrote a message."""
        if message.get("sender_chat") is not None or message.get("from") is None:
            return self.nobody()
        by = self.person(part(message, "from"))
        return self.nobody() if by.account.user in NOBODIES else by

    def actor(self, told: Json) -> Person:
        """Who changed something that is not about them. What a program did counts too, as done by nobody."""
        by = self.author(told)
        return self.nobody() if by.is_bot else by

    def place(self, chat: Json, topic: str = "", name: str = "") -> Place | None:
        """A group, a channel, or a topic of a forum by its new ``name`` if it has one; None for a private chat."""
        found = identity(chat, "id")
        if is_private(chat):
            return None
        if not topic:
            return Place(PLATFORM, self.tenant, found, name or text(chat, "title"))
        place = f"{found}/{topic}"
        return Place(PLATFORM, self.tenant, place, name or text(self.names, place))

    def reference(self, chat: str, message: str, root: str = "") -> MessageRef:
        """The message with this id in a chat; ``root`` is empty where it is no reply."""
        return MessageRef(PLATFORM, self.tenant, chat, message, root or None, message_key(chat, message))

    def trigger(self, id_: str) -> Trigger:
        """The permission to open a form."""
        return Trigger(id_, self.at + TRIGGER_LASTS)

    @property
    def roots(self) -> Json:
        """The roots of replies, by the replies' ids."""
        return optional_part(self.known, "roots")

    @property
    def users(self) -> Json:
        """The ids of people by their usernames in small letters."""
        return optional_part(self.known, "users")

    @property
    def names(self) -> Json:
        """The names of topics, by the ids of their places."""
        return optional_part(self.known, "places")

    def known_topic(self, message: str) -> str:
        """The topic that a message of the update's chat was written in; empty where nobody knows, or there is none."""
        return text(optional_part(self.known, "topics"), message)

    def reachable(self, user: str) -> bool:
        """Whether Telegram has told, as this came in, that the bot may write to somebody."""
        told = self.known.get("reachable")
        return isinstance(told, list) and user in told

    @property
    def sees_joins(self) -> bool:
        """Whether Telegram tells of everybody who comes and goes by ``chat_member``."""
        return self.known.get("sees_joins") is True


def read(body: bytes) -> Document:
    """The document. Raises ValueError for what is none."""
    data = parsed(body)
    if not isinstance(data, dict):
        raise ValueError("not a document of the inbox")
    arrived = datetime.fromisoformat(text(data, "at"))
    if arrived.tzinfo is None:
        raise ValueError("the time of arrival lacks its zone")
    bot = part(data, "bot")
    if not text(bot, "id"):
        raise ValueError("the bot lacks its id")
    return Document(arrived.astimezone(UTC), bot, optional_part(data, "known"), part(data, "update"))


def write(at: datetime, bot: Mapping[str, Any], known: Mapping[str, Any], update: Any) -> bytes:
    """The bytes that ``read`` understands, whatever characters are in ``update``."""
    document = {"at": at.astimezone(UTC).isoformat(), "bot": bot, "known": known, "update": update}
    return written(document)


def is_private(chat: Json) -> bool:
    """Whether a chat is that between one person and the bot."""
    return text(chat, "type") == "private"


def message_key(chat: str, message: str) -> str:
    """What stands for a message wherever it is told of. A group that moves begins to count anew, in a new chat."""
    return f"{chat}/{message}"


def topic_of(message: Json) -> str:
    """The topic of a forum that a message was written in; empty outside of one, and in a forum's general topic."""
    if message.get("is_topic_message") is not True or is_private(part(message, "chat")):
        return ""
    return optional_identity(message, "message_thread_id")
