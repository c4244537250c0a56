"""What a platform promises, and what it is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.addresses import Account, Destination, InPlace, MessageRef, Person, Privately
from bot.core.events import Event, Trigger
from bot.core.forms import Form
from bot.core.home import Home
from bot.core.messages import Kind, Message, Text


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as it came over the wire.

    ``key`` tells repeats (same platform, tenant, key) from news; ``conversation`` names what must stay in
    order; ``body`` is kept as bytes, whatever is in it. ``message`` is the key of the message that the event
    posts, edits or takes back, if it does (see ``MessagePosted.key``), so that its words can be found again.
    """

    platform: str
    tenant: str
    key: str
    conversation: str
    body: bytes
    message: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """Show ``message`` at ``destination``. ``reference`` is unique to this sending, for ever.

    ``repeat``: it may have arrived before, under the same reference. Only a platform whose ``find`` can't tell is
    asked to repeat; it shows beside the message that it may be a repeat, and of what.
    """

    reference: str
    destination: Destination
    message: Message
    kind: Kind
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``message`` in the place of the one at ``target``."""

    reference: str
    destination: Destination
    target: MessageRef
    message: Message


@dataclass(frozen=True, slots=True)
class Delete:
    """Take the message at ``target`` away, with what came under it where that can be told. If it is gone, fine."""

    reference: str
    destination: Destination
    target: MessageRef


@dataclass(frozen=True, slots=True)
class OpenForm:
    """Show ``form`` to the person of ``destination``, with the permission of ``trigger``."""

    reference: str
    destination: Destination
    form_id: str
    form: Form
    trigger: Trigger


@dataclass(frozen=True, slots=True)
class ShowHome:
    """Show ``home`` on the bot's own page for the person of ``destination``, in the place of what was there.

    Doing it again changes nothing, so nobody has to look whether it arrived. A platform without such a page does
    nothing. No message comes of it either way, so there is no reference to one.
    """

    reference: str
    destination: Privately
    home: Home


@dataclass(frozen=True, slots=True)
class CheckLeads:
    """Find out whether ``person`` is an administrator of the place, and tell it as the event LeadsChecked.

    Asked only where ``needs_first_word`` holds. Who is not in the place is none; that is no failure.
    """

    reference: str
    destination: InPlace
    person: Person


@dataclass(frozen=True, slots=True)
class ShowCommands:
    """Bring the menu of commands in somebody's private chat up to date (``Host.commands_for``).

    A platform without such menus has nothing to do; nor where the person has not opened the chat yet.
    """

    reference: str
    destination: Privately


@dataclass(frozen=True, slots=True)
class ApproveJoin:
    """Let ``account``, who asked for it, into the place. Where they are in already, or ask no longer, that is fine."""

    reference: str
    destination: InPlace
    account: Account


@dataclass(frozen=True, slots=True)
class InlineResult:
    """Something that was found; ``text`` is what its finder sends to others by choosing it. ``title`` is plain."""

    id: str
    title: str
    text: Text


@dataclass(frozen=True, slots=True)
class AnswerInline:
    """Show the person who looks something up what was found. They may have gone on meanwhile: that is fine."""

    reference: str
    destination: Privately
    query_id: str
    results: tuple[InlineResult, ...]


Outgoing = Send | Edit | Delete | OpenForm | ShowHome | CheckLeads | ShowCommands | ApproveJoin | AnswerInline
"""What a platform may be asked for. The first five are for every one; of the others it does what it can, or nothing."""


class NotSent(Exception):
    """It surely did not arrive, and may be sent again: at once, or not before ``retry_at`` (UTC)."""

    def __init__(self, reason: str, retry_at: datetime | None = None) -> None:
        super().__init__(reason)
        self.retry_at = retry_at


class PlaceIsClosed(NotSent):
    """The bot may not write in the place until it is opened again; then it goes out. Facilitators hear of it."""


class OutcomeUnknown(Exception):
    """It may have arrived. Look for it before sending it again."""


class Undeliverable(Exception):
    """It can never arrive: the person is unknown, the place is gone. ``str()`` says why, without names."""


class MessageIsGone(Undeliverable):
    """Nobody sees the message any more that was to be changed: there is nothing left to do, for anybody."""


class ChatIsClosed(Undeliverable):
    """The person wants no private messages from the bot. What comes later may arrive, once they open the chat again."""


class NotYetReachable(Exception):
    """The person has to write to the bot first. It did not arrive; the frame keeps it until they do.

    For what one person alone may see in a place, the platform shows them there how to begin before it raises this.
    """


class TriggerExpired(Exception):
    """The moment to open the form has passed; a button has to be shown instead."""


class CannotTell(Exception):
    """The platform has no way to find out whether a message arrived.

    ``in_private``: what one person alone may see goes to their private chat there, and stays. Elsewhere it goes away,
    and is never sent twice.
    """

    def __init__(self, *, in_private: bool = False) -> None:
        super().__init__("nobody can tell whether it arrived")
        self.in_private = in_private


@dataclass(frozen=True, slots=True)
class CommandHint:
    """A command that a person may use, in that person's language; in private, in places, or in both."""

    name: str
    usage: str
    summary: str
    in_private: bool = True
    in_places: bool = True


@dataclass(frozen=True, slots=True)
class ShortcutHint:
    """Something that a person may do with a message, in that person's language."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot is installed with ``tenant``, which people call ``name``; ``bot`` is the bot's user id there.

    ``token`` is what opens that tenant's door, and ``scopes`` are what it was given leave to do.
    """

    platform: str
    tenant: str
    name: str
    bot: str
    token: str = field(repr=False)
    scopes: tuple[str, ...] = ()


class Host(Protocol):
    """What the frame offers to a platform."""

    async def accept(self, events: Sequence[RawEvent]) -> None:
        """Keep the events. When this returns they are durable, and only then may they be acknowledged.

        Repeats are dropped without a word. Raises when nothing could be kept; then don't acknowledge.
        """
        ...

    async def form(self, form_id: str) -> Form | None:
        """The form that was opened under this id, or None when it is unknown or over."""
        ...

    async def commands_for(self, account: Account) -> Sequence[CommandHint]:
        """The commands that this person may use now."""
        ...

    def menus(self, *, leads: bool = False) -> Mapping[str, Sequence[CommandHint]]:
        """The commands that every member may use, by language; under ``""`` in the language of whoever has none.

        With ``leads`` those for whoever leads a place on the platform: what is said to facilitators is for them too.
        """
        ...

    async def shortcuts_for(self, account: Account) -> Sequence[ShortcutHint]:
        """What this person may do with a message now, from the menu of each message that a person wrote."""
        ...

    def translate(self, language: str | None, key: str, values: Mapping[str, str]) -> str:
        """A sentence marked for translation, as plain text in ``language``."""
        ...

    async def attachment(self, content: str) -> bytes | None:
        """The bytes of an attachment, or None when they are gone."""
        ...

    async def installations(self, platform: str) -> Sequence[Installation]:
        """The tenants of a platform in which the bot is installed now."""
        ...

    async def keep_installation(self, installation: Installation) -> None:
        """The bot is installed there, for the first time or again. When this returns it is durable, and encrypted."""
        ...

    async def close_installation(self, platform: str, tenant: str, told_at: datetime | None = None) -> bool:
        """The token for that tenant is worth nothing any more: forget it. What is known of the tenant stays.

        False where the bot was installed there again after ``told_at`` (UTC): the news is about an earlier token.
        """
        ...


class Platform(Protocol):
    """Slack, Telegram, the local page: each translates, and none decides.

    Promises: ``translate`` is pure and gives UTC times; ``deliver`` shows a message at most once for each
    ``reference`` where the platform can tell, and raises NotSent, OutcomeUnknown, Undeliverable,
    NotYetReachable or TriggerExpired, nothing else, when it can't; events that ``start`` receives are
    acknowledged to the platform only after ``Host.accept`` returned.

    ``needs_first_word``: nobody can be written to privately before they have written to the bot. Only then does
    ``deliver`` raise NotYetReachable, for what goes to one person alone.
    """

    name: str
    needs_first_word: bool

    shows_forms: bool
    """Whether ``deliver`` can open a form. Where it can't, it is given none: its questions come as messages."""

    keeps_events_for: timedelta | None
    """How long the platform tries to tell an event; after that it is gone. None where it is kept until it is told."""

    async def start(self, host: Host) -> None:
        """Begin to receive. Returns when the platform is ready, or raises with a plain sentence."""
        ...

    async def stop_receiving(self) -> None:
        """Take nothing new; deliveries still work."""
        ...

    async def close(self) -> None:
        """Let go of every connection and file."""
        ...

    def translate(self, body: bytes) -> Sequence[Event]:
        """What a raw body means. Empty for what Baraza has no word for; ValueError for what can't be read."""
        ...

    async def deliver(self, outgoing: Outgoing) -> MessageRef | None:
        """Carry it out. The reference of the message where one came to be."""
        ...

    async def find(self, outgoing: Outgoing) -> MessageRef | None:
        """Whether an earlier sending of ``outgoing`` arrived: its reference, or None when it surely did not.

        Raises CannotTell where the platform offers no look-up. It is asked of Send, Edit and OpenForm alone:
        anything else, done twice, is as if it were done once.
        """
        ...

    def hears(self) -> bool:
        """Whether events can arrive now."""
        ...

    def trouble(self) -> str | None:
        """None while the platform can do its work, else what keeps it from it, in a few words."""
        ...


MoveClock = Callable[[datetime], Awaitable[None]]
"""Moves the bot's clock forward to a moment (UTC), letting everything that falls due on the way happen in order."""
