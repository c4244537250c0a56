"""A platform to test the frame with: a real one in every promise, and faults happen when they are asked for."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.core.addresses import (
    Account,
    Destination,
    InPlace,
    MessageRef,
    OnlyVisibleTo,
    Place,
    conversation_of,
)
from bot.core.clock import Clock
from bot.core.events import Event, MessagePosted
from bot.core.home import Home
from bot.core.messages import Message
from bot.core.platform import (
    CannotTell,
    ChatIsClosed,
    CheckLeads,
    Delete,
    Edit,
    Host,
    NotYetReachable,
    OpenForm,
    OutcomeUnknown,
    Outgoing,
    RawEvent,
    Send,
    ShowHome,
    TriggerExpired,
    Undeliverable,
)
from bot.platforms.options import with_options
from tests.fake_events import TENANT, TRANSLATIONS


@dataclass(frozen=True)
class Unknown:
    """The answer got lost on its way back; whether the message arrived, only the test knows."""

    delivered: bool


@dataclass(frozen=True)
class Hang:
    """No answer ever comes."""

    delivered: bool


Fault = Unknown | Hang | Exception


@dataclass(frozen=True)
class Shown:
    """A message as it stands on the platform."""

    ref: MessageRef
    reference: str
    destination: Destination
    message: Message
    repeat: bool = False

    @property
    def words(self) -> str:
        return with_options(self.message).plain() + (" (repeat)" if self.repeat else "")


@dataclass
class FakePlatform:
    """See ``bot.core.platform.Platform``. What people did waits here until it was accepted, also across restarts."""

    clock: Clock
    name: str = "fake"
    can_tell: bool = True
    shows_forms: bool = True
    needs_first_word: bool = False
    keeps_events_for: timedelta | None = None
    places: set[str] = field(default_factory=lambda: {"circle", "square"})
    people: set[str] = field(default_factory=lambda: {"ana", "ben"})
    names: dict[str, str] = field(default_factory=dict)
    shown: list[Shown] = field(default_factory=list)
    opened: list[OpenForm] = field(default_factory=list)
    homes: list[ShowHome] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    not_accepted: list[RawEvent] = field(default_factory=list)
    started: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    leaders: set[str] = field(default_factory=set)
    done: list[Outgoing] = field(default_factory=list)
    """What it was asked to do that is no message."""
    doors: list[tuple[str, str]] = field(default_factory=list)
    """Whom the platform showed, and in which place, how to begin to write with the bot."""

    def __post_init__(self) -> None:
        self._host: Host | None = None
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._look_up_faults: deque[Exception] = deque()
        self._applied: set[str] = set()
        self._sent_in: set[str] = set()
        self._numbers = 0
        self.hanging = asyncio.Event()

    # What a test asks for

    def fails(self, *faults: Fault, conversation: str = "") -> None:
        """The next deliveries meet these faults, one each; only those to ``conversation`` where one is named."""
        self._faults[conversation].extend(faults)

    def forget_faults(self) -> None:
        """From now on everything works."""
        self._faults.clear()

    def look_up_fails(self, *faults: Exception) -> None:
        """The next look-ups meet these faults, one each."""
        self._look_up_faults.extend(faults)

    def words(self, conversation: str = "") -> list[str]:
        """Everything that was said, the oldest first."""
        return [one.words for one in self.shown if conversation in ("", conversation_of(one.destination))]

    def open_for(self, person: str) -> list[str]:
        """The titles of the forms that somebody has open."""
        return [
            one.form.title
            for one in self.opened
            if not isinstance(one.destination, InPlace)
            and one.destination.account.user == person
            and one.form_id not in self._sent_in
        ]

    def homes_of(self, person: str) -> list[Home]:
        """Everything that stood on the bot's own page for somebody, the oldest first."""
        return [one.home for one in self.homes if one.destination.account.user == person]

    def place(self, place: str) -> Place:
        return Place(self.name, TENANT, place, place)

    def account(self, person: str) -> Account:
        return Account(self.name, TENANT, person)

    # What people do

    async def writes(self, person: str, text: str, *, place: str | None = None, thread: str | None = None) -> RawEvent:
        return await self.tell("message", person, place=place, text=text, thread=thread)

    async def joins(self, person: str, place: str) -> RawEvent:
        return await self.tell("joined", person, place=place)

    async def votes(self, person: str, poll: str, choices: list[int], *, place: str) -> RawEvent:
        return await self.tell("vote", person, place=place, poll=poll, choices=choices)

    async def looks_up(self, person: str, words: str) -> RawEvent:
        """Type the bot's name and some words, somewhere."""
        return await self.tell("inline", person, words=words, query=str(self._next()))

    async def asks_to_join(self, person: str, place: str) -> RawEvent:
        return await self.tell("request", person, place=place)

    async def leaves(self, person: str, place: str) -> RawEvent:
        return await self.tell("left", person, place=place)

    async def commands(
        self,
        person: str,
        name: str,
        arguments: str = "",
        *,
        place: str | None = None,
        about: MessagePosted | None = None,
    ) -> RawEvent:
        more = {"name": name, "arguments": arguments, "about": _quoted(about) if about else None}
        return await self.tell("command", person, place=place, **more, **self._trigger())

    async def starts(self, person: str, payload: str = "") -> RawEvent:
        """Open the private chat with the bot, from then on it may write there; by a link that brings ``payload``."""
        self.blocked.discard(person)
        self.started.add(person)
        return await self.commands(person, "start", payload)

    async def blocks_the_bot(self, person: str) -> RawEvent:
        self.blocked.add(person)
        return await self.tell("closed", person)

    async def unblocks_the_bot(self, person: str) -> RawEvent:
        self.blocked.discard(person)
        return await self.tell("reopened", person)

    async def uses_shortcut(self, person: str, name: str, about: MessagePosted) -> RawEvent:
        place = about.place.id if about.place else None
        return await self.tell("shortcut", person, place=place, name=name, about=_quoted(about), **self._trigger())

    async def presses(self, person: str, token: str, *, place: str | None = None) -> RawEvent:
        return await self.tell("button", person, place=place, button=token, **self._trigger())

    async def submits(self, person: str, form: str, **values: Any) -> RawEvent:
        self._sent_in.add(form)
        return await self.tell("form", person, form=form, values=values, **self._trigger())

    async def invites_the_bot(self, person: str, place: str, *, leads: bool | None = None) -> RawEvent:
        return await self.tell("invited", person, place=place, leads=leads)

    async def shows(self, place: str, *, reads: bool, joins: bool, reactions: bool) -> RawEvent:
        """What the bot is shown in a place changes."""
        rights = {"reads_everything": reads, "sees_joins": joins, "sees_reactions": reactions}
        return await self.tell("rights", "", place=place, rights=rights)

    async def moves(self, place: str, to: str) -> RawEvent:
        """A place goes on at another address; nothing arrives at the old one any more."""
        self.places = (self.places - {place}) | {to}
        return await self.tell("moved", "", place=place, to=to)

    async def uninstalls(self) -> RawEvent:
        """Somebody takes the bot out of the whole tenant."""
        return await self.tell("uninstalled", "")

    async def looks_at_home(self, person: str, *, chat: bool = False) -> RawEvent:
        return await self.tell("home", person, chat=chat)

    async def tell(self, kind: str, person: str, *, place: str | None = None, **more: Any) -> RawEvent:
        """Something happens. The platform keeps it until it was accepted."""
        number = self._next()
        body = {"type": kind, "at": self.clock.now().isoformat(), "person": person, "place": place, "number": number}
        conversation = f"{place or person}/{more['thread']}" if more.get("thread") else place or person
        message = f"w{number}" if kind == "message" else ""
        return await self.arrives(json.dumps({**body, **more}).encode(), conversation, str(number), message)

    async def arrives(self, body: bytes, conversation: str = "circle", key: str = "", message: str = "") -> RawEvent:
        """Bytes come over the wire, whatever they are."""
        event = RawEvent(self.name, TENANT, key or str(self._next()), conversation, body, message)
        self.not_accepted.append(event)
        if self._host is not None:
            await self._carry(self._host)
        return event

    async def _carry(self, host: Host) -> None:
        waiting = list(self.not_accepted)
        if waiting:
            await host.accept(waiting)
            self.not_accepted = [event for event in self.not_accepted if event not in waiting]

    def _next(self) -> int:
        self._numbers += 1
        return self._numbers

    def _trigger(self) -> dict[str, Any]:
        return {"trigger": str(self._next()), "until": (self.clock.now() + timedelta(seconds=3)).isoformat()}

    # The promises of a platform

    async def start(self, host: Host) -> None:
        self._host = host
        await self._carry(host)

    async def stop_receiving(self) -> None:
        self._host = None

    async def close(self) -> None:
        self._host = None

    def hears(self) -> bool:
        return self._host is not None

    def trouble(self) -> str | None:
        return None if self._host else f"{self.name} is not connected"

    def translate(self, body: bytes) -> Sequence[Event]:
        data = json.loads(body)
        if not isinstance(data, dict):
            raise ValueError("not an event of this platform")
        translation = TRANSLATIONS.get(str(data.get("type")))
        try:
            return [] if translation is None else [translation(self, data)]
        except (KeyError, TypeError) as error:
            raise ValueError("an event lacks a part") from error

    async def deliver(self, outgoing: Outgoing) -> MessageRef | None:
        self.attempts.append(outgoing.reference)
        fault = self._next_fault(conversation_of(outgoing.destination))
        if fault is None and isinstance(outgoing, CheckLeads):
            person = outgoing.person.account.user
            await self.tell("leads", person, place=outgoing.destination.place.id, leads=person in self.leaders)
        if fault is None:
            return self._carry_out(outgoing)
        if isinstance(fault, Unknown | Hang) and fault.delivered:
            self._carry_out(outgoing)
        if isinstance(fault, Hang):
            self.hanging.set()
            await asyncio.get_running_loop().create_future()
        raise fault if isinstance(fault, Exception) else OutcomeUnknown("the connection broke")

    async def find(self, outgoing: Outgoing) -> MessageRef | None:
        if self._look_up_faults:
            raise self._look_up_faults.popleft()
        if not self.can_tell:
            raise CannotTell
        if isinstance(outgoing, Edit):
            return outgoing.target if outgoing.reference in self._applied else None
        return next((one.ref for one in self.shown if one.reference == outgoing.reference), None)

    def _next_fault(self, conversation: str) -> Fault | None:
        for waiting in (self._faults[conversation], self._faults[""]):
            if waiting:
                return waiting.popleft()
        return None

    def _carry_out(self, outgoing: Outgoing) -> MessageRef | None:
        if isinstance(outgoing, OpenForm):
            if self.clock.now() >= outgoing.trigger.expires_at:
                raise TriggerExpired
            self._sent_in.discard(outgoing.form_id)
            self.opened.append(outgoing)
            return None
        if isinstance(outgoing, ShowHome):
            self.homes.append(outgoing)
            return None
        if isinstance(outgoing, Delete):
            self.shown = [one for one in self.shown if one.ref != outgoing.target]
            return None
        if isinstance(outgoing, Edit):
            return self._edit(outgoing)
        if isinstance(outgoing, Send):
            return self._show(outgoing)
        self.done.append(outgoing)
        return None

    def _check_first_word(self, to: Destination) -> None:
        if not self.needs_first_word or isinstance(to, InPlace):
            return
        person = to.account.user
        if person in self.blocked:
            raise ChatIsClosed
        if person not in self.started:
            if isinstance(to, OnlyVisibleTo):
                self.doors.append((person, to.place.id))
            raise NotYetReachable

    def _edit(self, edit: Edit) -> MessageRef:
        for number, one in enumerate(self.shown):
            if one.ref == edit.target:
                self.shown[number] = replace(one, message=edit.message)
                self._applied.add(edit.reference)
                return edit.target
        raise Undeliverable("the message is no longer there")

    def _show(self, send: Send) -> MessageRef:
        to = send.destination
        if not isinstance(to, InPlace) and to.account.user not in self.people:
            raise Undeliverable("the person is gone")
        if isinstance(to, InPlace | OnlyVisibleTo) and to.place.id not in self.places:
            raise Undeliverable("the place is gone")
        self._check_first_word(to)
        thread = to.thread if isinstance(to, InPlace) else None
        ref = MessageRef(self.name, TENANT, conversation_of(to), f"m{self._next()}", thread)
        self.shown.append(Shown(ref, send.reference, to, _reachable(send.message, self.name), send.repeat))
        if send.message.details is not None:
            below = MessageRef(self.name, TENANT, conversation_of(to), f"m{self._next()}", thread or ref.id)
            details = Shown(below, f"{send.reference}/details", to, Message(send.message.details))
            self.shown.append(details)
        return ref


def _reachable(message: Message, platform: str) -> Message:
    """Without the buttons that lead to another platform's messages."""
    kept = tuple(one for one in message.buttons if one.goes_to is None or one.goes_to.platform == platform)
    return replace(message, buttons=kept)


def _quoted(message: MessagePosted) -> dict[str, Any]:
    who = {"type": "message", "person": message.by.account.user, "at": message.at.isoformat()}
    words = {"number": message.key.removeprefix("w"), "text": message.text, "thread": message.thread_key}
    return {**who, **words, "place": message.place.id if message.place else None}
