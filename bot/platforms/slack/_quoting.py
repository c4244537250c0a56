"""A message that something else is about, as Slack shows it with that."""

from __future__ import annotations

from bot.core.addresses import Person
from bot.core.events import MessagePosted
from bot.core.question_marks import asks_something
from bot.platforms.reading import Json, identity, optional_part, text
from bot.platforms.slack import _people
from bot.platforms.slack._document import Document
from bot.platforms.slack._messages import COUNTED, by_a_person, root_author, thread_key, thread_of
from bot.platforms.slack._reading import moment, stamp


def quoted(document: Document, channel: str, message: Json) -> MessagePosted:
    """The message that a shortcut or a command is about, whoever wrote it."""
    words, ts = text(message, "text"), stamp(message, "ts")
    author = text(message, "user") or identity(message, "bot_id")
    root = thread_of(message, ts)
    person = document.person(author, _people.name_of(optional_part(message, "user_profile")))
    human = text(message, "subtype") in COUNTED and by_a_person(message, document.bot)
    reference = document.reference(channel, ts, root, author)
    return MessagePosted(
        at=moment(ts),
        by=Person(person.account, person.name, person.language, person.is_bot or not human),
        place=document.place(channel),
        key=reference.event_key,
        message=reference,
        thread_key=thread_key(channel, root, root_author(message, root, document.authors)) if root else None,
        text=document.plain(words),
        asks=asks_something(words),
    )
