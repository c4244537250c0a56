"""The events of Slack's Events API, each as the core events that it means."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.addresses import Person
from bot.core.events import (
    BotInvited,
    BotRemoved,
    BotUninstalled,
    CommandUsed,
    Event,
    HomeOpened,
    Joined,
    Left,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PersonChanged,
    PlaceRenamed,
    PlaceReopened,
    Reacted,
)
from bot.core.question_marks import asks_something
from bot.platforms.reading import Json, identity, optional_part, part, text
from bot.platforms.slack import _people
from bot.platforms.slack._commands import called
from bot.platforms.slack._document import Document, is_private
from bot.platforms.slack._messages import (
    COUNTED,
    Happening,
    Told,
    by_a_person,
    root_author,
    thread_key,
    told_of,
)
from bot.platforms.slack._quoting import quoted
from bot.platforms.slack._reading import moment, stamp
from bot.platforms.slack._text import after_mention


def message(document: Document, event: Json) -> Sequence[Event]:
    """Something was written, changed or taken back, unless it was a program that did."""
    told = told_of(event, document.bot, document.authors)
    if told is None:
        return []
    return [_TELLING[told.happening](document, event, told)]


def app_mention(document: Document, event: Json) -> Sequence[Event]:
    """The bot was mentioned where others read: the same as its command."""
    if text(event, "subtype") not in COUNTED or not by_a_person(event, document.bot):
        return []
    if text(optional_part(event, "edited"), "ts"):  # the mention was there before: it has had its effect
        return []
    return [_mentioned(document, event)]


def team_join(document: Document, event: Json) -> Sequence[Event]:
    """Somebody is new in the workspace."""
    by = _described(document, part(event, "user"))
    key = "\x1f".join(("join", document.tenant, by.account.user, _stamp_of(document, event)))
    return [Joined(at=document.happened(event), by=by, key=key)]


def user_change(document: Document, event: Json) -> Sequence[Event]:
    """Somebody's profile changed; or their account was closed, and nothing else tells that they are in no channel."""
    user = part(event, "user")
    at, by = document.happened(event), _described(document, user)
    if user.get("deleted") is True:
        return [
            Left(at=at, by=by, key="\x1f".join(("leave", document.tenant, by.account.user, _stamp_of(document, event))))
        ]
    return [PersonChanged(at=at, by=by)]


def member_joined_channel(document: Document, event: Json) -> Sequence[Event]:
    """Somebody came into a channel. Where it is the bot, what counts is who brought it."""
    channel, user, at = identity(event, "channel"), identity(event, "user"), document.happened(event)
    place = document.place(channel)
    if user == document.bot:
        inviter = document.person(text(event, "inviter"))
        return [BotInvited(at=at, by=inviter, place=place)] if inviter.account.user else []
    key = "\x1f".join(("join", channel, user, _stamp_of(document, event)))
    return [Joined(at=at, by=document.person(user), place=place, key=key)]


def member_left_channel(document: Document, event: Json) -> Sequence[Event]:
    """Somebody, perhaps the bot, is no longer in a channel."""
    channel, user = identity(event, "channel"), identity(event, "user")
    if user == document.bot:
        return bot_left(document, event)
    key = "\x1f".join(("leave", channel, user, _stamp_of(document, event)))
    return [Left(at=document.happened(event), by=document.person(user), place=document.place(channel), key=key)]


def bot_left(document: Document, event: Json) -> Sequence[Event]:
    """The bot is no longer in a channel."""
    place = document.place(identity(event, "channel"))
    return [BotRemoved(at=document.happened(event), by=_actor(document, event), place=place)]


def app_uninstalled(document: Document, event: Json) -> Sequence[Event]:
    """The app was taken out of the workspace."""
    return [BotUninstalled(at=document.happened(event), by=document.nobody())]


def tokens_revoked(_document: Document, _event: Json) -> Sequence[Event]:
    """Tokens are worth nothing any more: no person did anything, and a new token may come.

    What is on its way waits for that; where the app is gone for good, ``app_uninstalled`` is told as well.
    """
    return []


def channel_archive(document: Document, event: Json) -> Sequence[Event]:
    """Nobody, and so not the bot either, can write in a channel any more."""
    return bot_left(document, event)


def channel_unarchive(document: Document, event: Json) -> Sequence[Event]:
    """An archived channel is open again."""
    place = document.place(identity(event, "channel"))
    return [PlaceReopened(at=document.happened(event), by=_actor(document, event), place=place)]


def channel_rename(document: Document, event: Json) -> Sequence[Event]:
    """A channel has another name."""
    channel = part(event, "channel")
    place = document.place(identity(channel, "id"), text(channel, "name"))
    return [PlaceRenamed(at=document.happened(event), by=_actor(document, event), place=place)]


def reaction(document: Document, event: Json) -> Sequence[Event]:
    """An emoji was put on a message, or taken away; reactions to files count for nothing."""
    item = part(event, "item")
    if text(item, "type") != "message":
        return []
    user, emoji = identity(event, "user"), text(event, "reaction")
    channel, ts, author = identity(item, "channel"), stamp(item, "ts"), text(event, "item_user")
    reference = document.reference(channel, ts, "", author)
    return [
        Reacted(
            at=document.happened(event),
            by=document.person(user),
            place=document.place(channel),
            key="\x1f".join(("reaction", user, emoji, author, ts)),
            message=reference,
            message_key=reference.event_key,
            emoji=emoji,
            removed=text(event, "type") == "reaction_removed",
        )
    ]


def app_home_opened(document: Document, event: Json) -> Sequence[Event]:
    """Somebody looks at the app's Home, or at the private chat beside it."""
    by = document.person(identity(event, "user"))
    return [HomeOpened(at=document.happened(event), by=by, chat=text(event, "tab") == "messages")]


def _posted(document: Document, event: Json, told: Told) -> Event:
    words = text(event, "text")
    if is_private(told.channel) and document.bot and after_mention(words, document.bot) is not None:
        return _mentioned(document, event)  # Slack sends no app_mention from private chats
    root = told.thread
    author = root_author(event, root, document.authors)
    reference = document.reference(told.channel, told.ts, root, told.author)
    return MessagePosted(
        at=moment(told.ts),
        by=_author(document, told),
        place=document.place(told.channel),
        key=reference.event_key,
        message=reference,
        thread_key=thread_key(told.channel, root, author) if root else None,
        text=document.plain(words),
        asks=asks_something(words),
    )


def _edited(document: Document, event: Json, told: Told) -> Event:
    reference = document.reference(told.channel, told.ts, told.thread, told.author)
    return MessageEdited(
        at=document.happened(event),
        by=_author(document, told),
        place=document.place(told.channel),
        key=reference.event_key,
        message=reference,
        text=document.plain(text(told.message, "text")),
    )


def _deleted(document: Document, event: Json, told: Told) -> Event:
    reference = document.reference(told.channel, told.ts, told.thread, told.author)
    return MessageDeleted(
        at=document.happened(event),
        by=_author(document, told),
        place=document.place(told.channel),
        key=reference.event_key,
        message=reference,
    )


_TELLING = {Happening.POSTED: _posted, Happening.EDITED: _edited, Happening.DELETED: _deleted}


def _mentioned(document: Document, event: Json) -> CommandUsed:
    """What follows a mention at the beginning; elsewhere, the bot is only called."""
    name, rest = called(after_mention(text(event, "text"), document.bot) or "")
    profile = optional_part(event, "user_profile")
    channel = identity(event, "channel")
    return CommandUsed(
        at=moment(stamp(event, "ts")),
        by=document.person(identity(event, "user"), _people.name_of(profile)),
        place=document.place(channel),
        name=document.plain(name),
        arguments=document.arguments(rest),
        mentioned=document.mentioned(rest),
        about=quoted(document, channel, document.about) if document.about else None,
    )


def _author(document: Document, told: Told) -> Person:
    return document.person(told.author, _people.name_of(optional_part(told.message, "user_profile")))


def _described(document: Document, user: Json) -> Person:
    """Somebody as the event itself describes them, which is newer than what the directory knew."""
    known = document.person(identity(user, "id"))
    return Person(
        known.account,
        _people.name_of(user) or known.name,
        _people.language_of(user) or known.language,
        known.is_bot or _people.is_bot(user),
    )


def _actor(document: Document, event: Json) -> Person:
    """Who did it where Slack tells, else nobody. The bot does nothing of this kind by itself."""
    user = text(event, "user") or text(event, "actor_id")
    return document.person(user) if user not in ("", document.bot) else document.nobody()


def _stamp_of(document: Document, event: Json) -> str:
    return text(event, "event_ts") or document.happened(event).isoformat()
