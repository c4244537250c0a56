"""What a message of Telegram's is: something that a person wrote, or something that Telegram tells."""

from __future__ import annotations

from dataclasses import dataclass

from bot.platforms.reading import Json, optional_part, part, text
from bot.platforms.telegram._commands import Called, called
from bot.platforms.telegram._document import is_private, topic_of
from bot.platforms.telegram._reading import identity, optional_identity
from bot.platforms.telegram._rich_messages import lines_of
from bot.platforms.telegram._text import Written, written

_CONTENT = (
    "text", "caption", "photo", "video", "voice", "document", "audio", "sticker", "animation", "poll", "location",
    "video_note", "contact", "venue", "dice", "checklist", "rich_message", "live_photo", "paid_media", "story", "game",
)  # fmt: skip
"""What people write and send themselves; every other message is told by Telegram."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message that somebody wrote or changed. ``command`` is what it is to the bot, if anything."""

    message: Json
    words: Written
    command: Called | None = None

    @property
    def counts(self) -> bool:
        """Whether it is a message to others, and not only a command."""
        if self.command is None:
            return True
        return self.command.mentioned and not is_private(part(self.message, "chat"))


def told_of(message: Json, username: str, *, edited: bool) -> Told | None:
    """What somebody wrote; None for a message without content. ``username`` is the bot's own.

    Words that were forwarded are somebody else's, a channel speaks to nobody, and a command that is changed has had
    its effect: none of them commands anything.
    """
    if not any(message.get(name) is not None for name in _CONTENT):
        return None
    words = words_of(message)
    chat = part(message, "chat")
    silent = edited or message.get("forward_origin") is not None or text(chat, "type") == "channel"
    return Told(message, words, None if silent else called(words.words, username))


def words_of(message: Json) -> Written:
    """The words of a message, whatever else it holds."""
    if message.get("text") is not None:
        return written(message, "text", "entities")
    if message.get("caption") is not None:
        return written(message, "caption", "caption_entities")
    for holder, name in (("poll", "question"), ("checklist", "title"), ("sticker", "emoji"), ("dice", "emoji")):
        if message.get(holder) is not None:
            return written(part(message, holder), name, f"{name}_entities")
    return Written("\n".join(lines_of(optional_part(message, "rich_message"))))


def replied_to(message: Json) -> Json | None:
    """The message that this one answers. Whatever is written in a topic names the topic's beginning: no answer."""
    replied = optional_part(message, "reply_to_message")
    if not replied or replied.get("forum_topic_created") is not None:
        return None
    topic = topic_of(message)
    return None if topic and identity(replied, "message_id") == topic else replied


def root_of(message: Json, roots: Json) -> str:
    """The id of the message that began the thread; empty where this one is no reply.

    ``roots`` knows those of earlier replies: Telegram shows one step back, and the thread in some groups only.
    """
    own, replied = identity(message, "message_id"), replied_to(message)
    outside_topics = message.get("is_topic_message") is not True
    thread = optional_identity(message, "message_thread_id") if outside_topics else ""
    if replied is None:
        root = text(roots, own) or thread
    else:
        answered = identity(replied, "message_id")
        root = text(roots, answered) or thread or answered
    return "" if root == own else root
