"""What happens on a platform, in words that are the same for every platform. All times are UTC."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.addresses import MessageRef, Person, Place
from bot.core.forms import FormValue


@dataclass(frozen=True, slots=True)
class Trigger:
    """The platform's permission to open a form, good until ``expires_at`` (UTC)."""

    id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a person did. ``place`` is None in a private chat with the bot.

    Where a platform doesn't tell who did it, the account of ``by`` has an empty user: nobody.
    """

    at: datetime
    by: Person
    place: Place | None = None

    @property
    def private(self) -> bool:
        """Whether it happened in a private chat with the bot."""
        return self.place is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined(Event):
    """``by`` came into ``place``; without a place, into the workspace. ``key`` names this very join on the platform.

    ``reachable``: the platform has told that the bot may write to them, where they would have to write to it first.
    """

    key: str
    reachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Event):
    """``by`` went out of ``place``; without a place, out of the workspace, and so of all its places."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(Event):
    """A human wrote, sent a file or a poll.

    ``key`` is the platform's own id of the message, the same however it arrives, so it counts once.
    ``thread_key`` is the key of the thread's root where the message is a reply.
    The text lives in memory only: no capability stores it unless its author asks for that.
    ``asks`` is whether it asks something, where the platform tells better than the plain text (see
    ``bot.core.question_marks``): there a link's label no longer shows as one.
    """

    key: str
    message: MessageRef
    thread_key: str | None = None
    text: str = field(default="", repr=False)
    asks: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Event):
    """The text of an earlier message changed; it still counts as the one message it was."""

    key: str
    message: MessageRef
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(Event):
    """A message was taken back. It may arrive before the message itself."""

    key: str
    message: MessageRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted(Event):
    """``by`` put ``emoji`` on a message, or took it away (``removed``). ``message_key`` as in MessagePosted."""

    key: str
    message: MessageRef
    message_key: str
    emoji: str
    removed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PollAnswered(Event):
    """``by`` voted in one of the bot's polls, or voted again. ``key`` is that of the poll and the person.

    ``choices`` are the numbers of the options, from 0; without any, the vote was taken back.
    """

    key: str
    poll: str
    choices: tuple[int, ...] = ()

    @property
    def removed(self) -> bool:
        """Whether the vote was taken back."""
        return not self.choices


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandUsed(Event):
    """A command with the rest of its line, as typed. ``about`` is the message that it was a reply to, if any.

    ``for_any_bot``: it was typed where other bots read it too, and says not which one is meant. ``mentioned`` are those
    people in the line whom the platform tells of by their ids; some may be missing.
    """

    name: str
    arguments: str = field(default="", repr=False)
    trigger: Trigger | None = None
    about: MessagePosted | None = None
    for_any_bot: bool = False
    mentioned: tuple[Person, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortcutUsed(Event):
    """Something chosen from the menu of a message. ``about`` is that message, with its words and its author."""

    name: str
    about: MessagePosted
    trigger: Trigger | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed(Event):
    """A button of one of the bot's messages. ``button`` is the opaque id on the wire.

    The platform leaves ``action``, ``subject`` and ``reference`` (of the message) empty; the frame looks them up.
    """

    button: str
    message: MessageRef | None = None
    trigger: Trigger | None = None
    action: str = ""
    subject: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(Event):
    """A form was filled in and passed its validation. ``form`` is the opaque id on the wire.

    The platform leaves ``action`` and ``subject`` empty; the frame looks them up.
    """

    form: str
    values: Mapping[str, FormValue] = field(repr=False)
    trigger: Trigger | None = None
    action: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotInvited(Event):
    """``by`` brought the bot into ``place``. ``leads``: whether they are an administrator there, where that matters.

    Where it does, nobody but an administrator says which community the place belongs to; elsewhere it is None.
    ``reachable`` as in Joined.
    """

    leads: bool | None = None
    reachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsChecked(Event):
    """What came of a CheckLeads (``bot.core.platform``): whether ``by`` is an administrator of ``place`` now."""

    leads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BotRemoved(Event):
    """The bot can no longer read or write in ``place``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotUninstalled(Event):
    """The bot was taken out of a whole tenant, ``by.account.tenant``; nobody is told to have done it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotRightsChanged(Event):
    """What the bot is shown in ``place`` from now on: every message or only commands, who comes and goes, reactions."""

    reads_everything: bool
    sees_joins: bool
    sees_reactions: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequested(Event):
    """``by`` asks to be let into ``place``. ``key`` names this very request on the platform."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatClosed(Event):
    """``by`` wants no private messages from the bot any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReopened(Event):
    """``by``, who had closed the private chat, may be written to again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineAsked(Event):
    """``by`` looks something up while writing to others, who may be anywhere. ``query_id`` is what an answer names."""

    query_id: str
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineChosen(Event):
    """``by`` sent others one of the results that an InlineAsked was answered with, by its id in that answer."""

    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMoved(Event):
    """``place`` goes on at another address, with those who were in it. It may be told more than once."""

    to: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRenamed(Event):
    """``place`` carries its new name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReopened(Event):
    """``place`` was out of everybody's reach, and is open again with those who were in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChanged(Event):
    """``by`` carries the name and the language that the platform tells of them from now on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened(Event):
    """``by`` looks at the bot's own page on the platform; with ``chat``, at the private chat that belongs to it."""

    chat: bool = False


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Something in the community that ``services`` are about has become a dead letter. No event, but news of one."""


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What somebody asked for, or a task, has just been done in the community that ``services`` are about.

    No event, but news of one, told in the same transaction. ``what`` names the step or the task.
    """

    what: str


@dataclass(frozen=True, slots=True)
class EventsLost:
    """Nothing could arrive from ``platform`` between two moments (UTC), for longer than it keeps what it can't tell.

    No event, but news of one, told to each community that meets there; of each outage once.
    """

    platform: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """Somebody in the community that ``services`` are about can't be written to privately. No event, but news of one.

    It is told at most once a day of one person.
    """


@dataclass(frozen=True, slots=True)
class WaitsForPlace:
    """The bot may not write in ``place`` of the community that ``services`` are about; what goes there waits.

    No event, but news of one. It is told once of each thing that waits with nothing before it.
    """

    place: Place


def opens_chat(event: Event) -> bool:
    """Whether an event shows that the bot may write to who did it: they wrote to it themselves, or let it write again.

    Or the platform has told it. A button may be pressed, and something looked up, where the bot can't write.
    """
    if isinstance(event, Joined | BotInvited):
        return event.reachable
    return event.private and isinstance(event, MessagePosted | CommandUsed | ChatReopened)


def as_it_stands(told: Iterable[Event]) -> MessagePosted | None:
    """A message with the words of its latest edit, out of everything that was told of it, in any order.

    None when it was taken back, when its posting is not among what was told, or when no person wrote it.
    """
    events = [event for event in told if not event.by.is_bot]
    posted = next((event for event in events if isinstance(event, MessagePosted)), None)
    if posted is None or any(isinstance(event, MessageDeleted) for event in events):
        return None
    edits = sorted((event for event in events if isinstance(event, MessageEdited)), key=lambda edit: edit.at)
    return replace(posted, text=edits[-1].text) if edits else posted


def thread_of(event: Event) -> str | None:
    """The thread in which who acts is looking, by its root message; None in the place itself, or where nobody knows."""
    if isinstance(event, CommandUsed):  # a reply to a message makes a thread of it
        return (event.about.message.thread or event.about.message.id) if event.about else None
    if isinstance(event, ShortcutUsed):
        return event.about.message.thread
    return event.message.thread if isinstance(event, ButtonPressed) and event.message else None
