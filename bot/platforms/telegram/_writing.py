"""Messages of people, and of channels, as core events: what is said, changed, and commanded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.addresses import Place
from bot.core.events import CommandUsed, Event, MessageEdited, MessagePosted
from bot.platforms.reading import Json, part, text
from bot.platforms.telegram._commands import Called
from bot.platforms.telegram._document import Document, is_private, message_key, topic_of
from bot.platforms.telegram._messages import Told, replied_to, root_of, told_of, words_of
from bot.platforms.telegram._reading import identity, moment
from bot.platforms.telegram._service import service
from bot.platforms.telegram._text import Written


def message(document: Document, told: Json) -> Sequence[Event]:
    """Something was written: a message, a command, or (with the bot's name first) both; or Telegram tells something."""
    news = service(document, told)
    if news is not None:
        return news
    said = told_of(told, text(document.bot, "username"), edited=False)
    if said is None:
        return []
    events: list[Event] = [posted(document, told, said.words)] if said.counts else []
    if said.command is not None and said.command.ours:
        events.append(_command(document, said, said.command))
    return events


def edited_message(document: Document, told: Json) -> Sequence[Event]:
    """Something that was written has other words. A place that is shared live has none."""
    said = told_of(told, text(document.bot, "username"), edited=True)
    if said is None or told.get("location") is not None:
        return []
    chat, own = part(told, "chat"), identity(told, "message_id")
    reference = document.reference(identity(chat, "id"), own, root_of(told, document.roots))
    return [
        MessageEdited(
            at=moment(told, "edit_date") if told.get("edit_date") is not None else document.at,
            by=document.author(told),
            place=document.place(chat, topic_of(told)),
            key=reference.event_key,
            message=reference,
            text=said.words.plain(),
        )
    ]


def posted(document: Document, told: Json, words: Written) -> MessagePosted:
    """A message, whoever wrote it."""
    id_ = identity(part(told, "chat"), "id")
    own, root = identity(told, "message_id"), root_of(told, document.roots)
    reference = document.reference(id_, own, root)
    return MessagePosted(
        at=_written_at(document, told),
        by=document.author(told),
        place=_place(document, told),
        key=reference.event_key,
        message=reference,
        thread_key=message_key(id_, root) if root else None,
        text=words.plain(),
        asks=words.asks(),
    )


def _command(document: Document, said: Told, command: Called) -> CommandUsed:
    chat, replied = part(said.message, "chat"), replied_to(said.message)
    own = message_key(identity(chat, "id"), identity(said.message, "message_id"))
    return CommandUsed(
        at=_written_at(document, said.message),
        by=document.author(said.message),
        place=_place(document, said.message),
        name=Written(command.name).plain(),
        arguments=said.words.after(command.end).arguments(document.users).strip(),
        trigger=document.trigger(own),
        about=None if replied is None else posted(document, replied, words_of(replied)),
        for_any_bot=not command.named and not is_private(chat),
    )


def _written_at(document: Document, told: Json) -> datetime:
    """When; a message that the bot can't see any more is told of with a date of 0."""
    return document.at if told.get("date") == 0 else moment(told, "date")


def _place(document: Document, told: Json) -> Place | None:
    """Where. A message that answers none names the topic's beginning in its place, and so the topic's first name."""
    place = document.place(part(told, "chat"), topic_of(told))
    begins = told.get("reply_to_message")
    created = begins.get("forum_topic_created") if isinstance(begins, dict) else None
    if place is None or place.name or not isinstance(created, dict):
        return place
    return replace(place, name=text(created, "name"))
