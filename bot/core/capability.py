"""A capability: what Baraza can do for a community, written once and served on every platform.

A module in ``handlers/`` makes one and hangs its handlers on it::

    capability = Capability("welcome")

    @capability.on(Joined)
    async def greet(event: Joined, services: Services) -> None: ...

A handler gets ``(event, services)`` and runs inside one database transaction. It never waits for a network.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from bot.core.events import Event
from bot.core.home import HomeSection
from bot.core.roles import Role

Handler = Callable[[Any, Any], Awaitable[None]]
H = TypeVar("H", bound=Handler)
Work = Callable[[Any, Any], Awaitable[Any]]
Finish = Callable[[Any, Any, Any], Awaitable[None]]
W = TypeVar("W", bound=Work)
Due = TypeVar("Due", bound=Handler)
Section = Callable[[Any], Awaitable[HomeSection | None]]
S = TypeVar("S", bound=Section)


class Where(StrEnum):
    """Where a command works."""

    ANYWHERE = "anywhere"
    PRIVATE = "private"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Command:
    """``summary``, ``usage`` and ``title`` are marked for translation. Without ``roles`` everybody may use it.

    With a ``title`` the menu has a button of that label, which uses the command without arguments. Behind the
    words ``everybody`` it is open to every member, whatever their roles.
    """

    name: str
    handler: Handler
    summary: str
    usage: str
    roles: frozenset[Role]
    where: Where
    for_strangers: bool
    title: str = ""
    everybody: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shortcut:
    """Something that can be done with any message, from its menu. ``label`` is marked for translation."""

    name: str
    label: str
    handler: Handler
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Recurring:
    """What each row of some kind does at times that a community chose: ``handler(subject, services)``.

    It runs inside one transaction; what was missed is caught up once, unless that is longer ago than ``catch_up``.
    With a ``title``, which is marked for translation, facilitators see it among their community's schedules.
    """

    name: str
    handler: Handler
    catch_up: timedelta
    title: str = ""


@dataclass(frozen=True, slots=True)
class Listener:
    """A handler of one kind of event. ``strangers``: also where no community is known.

    ``wants`` tells, by the event alone, whether it concerns the handler; what concerns nobody only counts.
    """

    event: type[Event]
    handler: Handler
    private: bool | None
    strangers: bool
    wants: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class HomePart:
    """What a capability puts on the bot's own page; see ``Capability.home``."""

    order: int
    section: Section
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Action:
    """What pressing a button or submitting a form does, and who may do it."""

    handler: Handler
    roles: frozenset[Role]
    for_strangers: bool


@dataclass(frozen=True, slots=True)
class TaskKind:
    """Slow work in two steps: ``work(payload, services)`` outside any transaction gives a result,
    then ``finish(payload, result, services)`` writes what comes of it, inside one."""

    work: Work
    finish: Finish


@dataclass
class Capability:
    """Named parts that the frame discovers. Two of one name stop the program at start."""

    name: str
    commands: dict[str, Command] = field(default_factory=dict)
    buttons: dict[str, Action] = field(default_factory=dict)
    forms: dict[str, Action] = field(default_factory=dict)
    listeners: list[Listener] = field(default_factory=list)
    tasks: dict[str, TaskKind] = field(default_factory=dict)
    shortcuts: dict[str, Shortcut] = field(default_factory=dict)
    recurrences: dict[str, Recurring] = field(default_factory=dict)
    hearers: list[tuple[type[Any], Handler]] = field(default_factory=list)
    home_parts: dict[int, HomePart] = field(default_factory=dict)
    starts: dict[str, Handler] = field(default_factory=dict)
    _due: dict[str, Handler] = field(default_factory=dict)

    def command(
        self,
        name: str,
        *,
        summary: str,
        usage: str = "",
        roles: tuple[Role, ...] = (),
        where: Where = Where.ANYWHERE,
        for_strangers: bool = False,
        title: str = "",
        everybody: tuple[str, ...] = (),
    ) -> Callable[[H], H]:
        """Serve ``/name`` (Telegram) and ``/baraza name`` (Slack) with the handler."""

        def register(handler: H) -> H:
            open_to_all = frozenset(everybody)
            command = Command(name, handler, summary, usage, frozenset(roles), where, for_strangers, title, open_to_all)
            _add(self.commands, name, command)
            return handler

        return register

    def start(self, payload: str) -> Callable[[H], H]:
        """Serve the links that open the private chat with this payload, or one that begins with it if it ends in ``_``.

        ``handler(event: CommandUsed, services)`` finds the rest of the payload in ``event.arguments``. Whoever has a
        link can follow it: who may do what is for the handler to check, and strangers come too.
        """

        def register(handler: H) -> H:
            _add(self.starts, payload, handler)
            return handler

        return register

    def button(self, action: str, *, roles: tuple[Role, ...] = (), for_strangers: bool = False) -> Callable[[H], H]:
        """Serve presses of buttons whose action is this; other capabilities may point at it by name."""
        return self._action(self.buttons, action, roles, for_strangers=for_strangers)

    def form(self, action: str, *, roles: tuple[Role, ...] = (), for_strangers: bool = False) -> Callable[[H], H]:
        """Serve forms whose action is this. The values have passed the form's validation."""
        return self._action(self.forms, action, roles, for_strangers=for_strangers)

    def on(
        self,
        event: type[Event],
        *,
        private: bool | None = False,
        strangers: bool = False,
        wants: Callable[[Any], bool] | None = None,
    ) -> Callable[[H], H]:
        """Hear of every event of this kind, in places by default; ``private=True`` in private chats instead.

        Of what comes often and seldom matters (reactions, messages) hear only what ``wants`` says yes to: the rest is
        counted, many to a transaction.
        """

        def register(handler: H) -> H:
            self.listeners.append(Listener(event, handler, private, strangers, wants))
            return handler

        return register

    def shortcut(self, name: str, *, label: str, roles: tuple[Role, ...] = ()) -> Callable[[H], H]:
        """Serve an entry in the menu of every message: ``handler(event: ShortcutUsed, services)``."""

        def register(handler: H) -> H:
            _add(self.shortcuts, name, Shortcut(name, label, handler, frozenset(roles)))
            return handler

        return register

    def recurring(self, name: str, *, catch_up: timedelta = timedelta(days=7), title: str = "") -> Callable[[H], H]:
        """Do this for each subject that ``services.every(name, cadence, subject)`` was called for."""

        def register(handler: H) -> H:
            _add(self.recurrences, name, Recurring(name, handler, catch_up, title))
            return handler

        return register

    def hears(self, news: type[Any]) -> Callable[[H], H]:
        """Hear of what another capability tells with ``services.announce(news)``, inside its transaction."""

        def register(handler: H) -> H:
            self.hearers.append((news, handler))
            return handler

        return register

    def home(self, order: int, *, roles: tuple[Role, ...] = ()) -> Callable[[S], S]:
        """Put a section on the bot's own page of a member: ``section(services)``, or None where there is nothing to it.

        ``services`` are about that member (``services.member``, ``services.roles``), and nobody acts. Nothing that is
        written is kept: a section only looks. The lowest ``order`` stands first; none is given twice. What stands
        directly under another section of the same heading is shown as a part of that.
        """

        def register(section: S) -> S:
            _add(self.home_parts, order, HomePart(order, section, frozenset(roles)))
            return section

        return register

    def task(self, kind: str, *, finish: Finish) -> Callable[[W], W]:
        """Do slow work of this kind; see TaskKind."""

        def register(work: W) -> W:
            _add(self.tasks, kind, TaskKind(work, finish))
            return work

        return register

    def due(self, kind: str) -> Callable[[Due], Due]:
        """Do what falls due later: ``handler(payload, services)``, with nothing slow about it."""

        async def finish(payload: Any, _result: None, services: Any) -> None:
            await self._due[kind](payload, services)

        def register(handler: Due) -> Due:
            self._due[kind] = handler
            _add(self.tasks, kind, TaskKind(_nothing_slow, finish))
            return handler

        return register

    def _action(
        self, table: dict[str, Action], action: str, roles: tuple[Role, ...], *, for_strangers: bool
    ) -> Callable[[H], H]:
        def register(handler: H) -> H:
            _add(table, action, Action(handler, frozenset(roles), for_strangers))
            return handler

        return register


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring job of every community: one file in ``schedules/``, and one call into a handler.

    ``cadence`` is in the words of ``bot.core.cadence``; ``run(services)`` happens inside one transaction, with
    ``services.community`` set. Without ``per_community`` it runs once for the whole installation. What was
    missed is caught up once, unless that is longer ago than ``catch_up``. With a ``title``, which is marked for
    translation, a community may choose other times for it, or none.
    """

    name: str
    cadence: str
    run: Callable[[Any], Awaitable[None]]
    per_community: bool = True
    catch_up: timedelta = timedelta(days=7)
    title: str = ""


class DuplicateName(Exception):
    """Two handlers claim the same command, button, form or task, or the same place on the bot's own page."""


async def _nothing_slow(_payload: Any, _services: Any) -> None:
    """Only the moment matters."""


def _add(table: dict[Any, Any], name: object, value: object) -> None:
    if name in table:
        raise DuplicateName(f"{name} is declared twice")
    table[name] = value
