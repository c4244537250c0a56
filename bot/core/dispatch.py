"""Event -> handler. Built once at start from the capabilities; a table, not a list that is tried one by one."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.core.capability import (
    Action,
    Capability,
    Command,
    DuplicateName,
    Handler,
    HomePart,
    Listener,
    Recurring,
    Schedule,
    Shortcut,
    TaskKind,
    Where,
)
from bot.core.errors import Refusal
from bot.core.events import ButtonPressed, CommandUsed, Event, FormSubmitted, ShortcutUsed
from bot.core.messages import mark
from bot.core.roles import Role

K = TypeVar("K", str, int)
T = TypeVar("T")

MENU = "menu"
"""The command that is meant when somebody calls the bot and says nothing more."""

_AUDIENCES = (Role.MEMBER, Role.EXPERT, Role.STAKEHOLDER, Role.FACILITATOR)


@dataclass(frozen=True, slots=True)
class Step:
    """One handler's part in an event; ``name`` is unique and stays the same from version to version."""

    name: str
    handler: Handler
    for_strangers: bool
    roles: frozenset[Role] = frozenset()


class Registry:
    """Every command, button, form, listener and task of every capability, and what recurs. Raises DuplicateName."""

    def __init__(self, capabilities: Iterable[Capability], schedules: Iterable[Schedule] = ()) -> None:
        self.commands: dict[str, Command] = {}
        self._buttons: dict[str, Action] = {}
        self._forms: dict[str, Action] = {}
        self.tasks: dict[str, TaskKind] = {}
        self.shortcuts: dict[str, Shortcut] = {}
        self.recurrences: dict[str, Recurring] = {}
        self.schedules: dict[str, Schedule] = {}
        self.starts: dict[str, Handler] = {}
        self._listeners: dict[tuple[type[Event], bool], list[tuple[Step, Listener]]] = {}
        self._home_parts: dict[int, HomePart] = {}
        self._hearers: dict[type[Any], list[Handler]] = {}
        for capability in capabilities:
            _merge("command", self.commands, capability.commands)
            _merge("button", self._buttons, capability.buttons)
            _merge("form", self._forms, capability.forms)
            _merge("task", self.tasks, capability.tasks)
            _merge("shortcut", self.shortcuts, capability.shortcuts)
            _merge("recurrence", self.recurrences, capability.recurrences)
            _merge("section of the bot's own page", self._home_parts, capability.home_parts)
            _merge("start", self.starts, capability.starts)
            self._listen(capability)
            for news, handler in capability.hearers:
                self._hearers.setdefault(news, []).append(handler)
        for schedule in schedules:
            if schedule.name in self.recurrences:
                raise DuplicateName(f"{schedule.name} recurs twice: as a schedule, and in a capability")
            _merge("schedule", self.schedules, {schedule.name: schedule})

    def listeners(self, event: Event) -> list[Step]:
        """The handlers that want to hear of this event; empty for most messages, which only count."""
        hearing = self._listeners.get((type(event), event.private), [])
        return [step for step, listener in hearing if listener.wants is None or listener.wants(event)]

    def hearers(self, news: object) -> list[Handler]:
        """Who wants to hear of this piece of news; see ``Capability.hears``."""
        return self._hearers.get(type(news), [])

    def command(self, event: CommandUsed) -> Step:
        """The command's handler. Raises Refusal, naming the nearest command, where there is none."""
        name = normal(event.name) or MENU
        command = self.commands.get(name)
        if command is None:
            raise _unknown(name, self.commands)
        if command.where is Where.PRIVATE and not event.private:
            raise Refusal(mark("Please send /{command} to me in a private message."), command=name)
        if command.where is Where.PLACE and event.private:
            raise Refusal(mark("Please use /{command} in the place it is about."), command=name)
        roles = frozenset[Role]() if normal(event.arguments) in command.everybody else command.roles
        return Step(f"command.{name}", command.handler, command.for_strangers, roles)

    def concerns(self, event: CommandUsed) -> bool:
        """Whether a command is for this bot. What is not known here may be for another one that reads it too."""
        return not event.for_any_bot or normal(event.name) in self.commands

    def start(self, payload: str) -> tuple[Handler, str] | None:
        """Who serves a payload of ``/start``, and what of it is for them; None where nobody does (any more)."""
        whole = self.starts.get(payload)
        if whole is not None:
            return whole, ""
        fits = [one for one in self.starts if one.endswith("_") and payload.startswith(one)]
        prefix = max(fits, key=len, default=None)
        return None if prefix is None else (self.starts[prefix], payload[len(prefix) :])

    def shortcut(self, name: str) -> Step:
        """The shortcut's handler. Raises Refusal where nothing serves it (any more)."""
        found = self.shortcuts.get(name)
        if found is None:
            raise Refusal(mark("I can't do that with a message (any more). Please use /help."))
        return Step(f"shortcut.{name}", found.handler, for_strangers=False, roles=found.roles)

    def button(self, action: str) -> Step:
        """The button's handler. Raises Refusal where nothing serves it (any more)."""
        return self._acting("button", action, self._buttons)

    def form(self, action: str) -> Step:
        """The form's handler. Raises Refusal where nothing serves it (any more)."""
        return self._acting("form", action, self._forms)

    def has_button(self, action: str) -> bool:
        """Whether pressing such a button would do something."""
        return action in self._buttons

    def allowed(self, roles: frozenset[Role]) -> list[Command]:
        """The commands that somebody with these roles may use, by name."""
        return [command for _, command in sorted(self.commands.items()) if not command.roles or command.roles & roles]

    def home_parts(self, roles: frozenset[Role]) -> list[HomePart]:
        """What stands on the bot's own page of somebody with these roles, from its top to its end."""
        return [one for _, one in sorted(self._home_parts.items()) if not one.roles or one.roles & roles]

    def title_of(self, recurring: str) -> str:
        """What people call what recurs under this name, marked for translation; empty where they don't see it."""
        known = self.recurrences.get(recurring) or self.schedules.get(recurring)
        return known.title if known else ""

    def allowed_shortcuts(self, roles: frozenset[Role]) -> list[Shortcut]:
        """What somebody with these roles may do with a message, by name."""
        return [one for _, one in sorted(self.shortcuts.items()) if not one.roles or one.roles & roles]

    def _acting(self, kind: str, action: str, table: Mapping[str, Action]) -> Step:
        found = table.get(action)
        if found is None:
            raise Refusal(mark("This button is from an earlier time and no longer works. Please use /help."))
        return Step(f"{kind}.{action}", found.handler, found.for_strangers, found.roles)

    def _listen(self, capability: Capability) -> None:
        for listener in capability.listeners:
            name = f"{capability.name}.{listener.handler.__name__}"
            for private in (False, True) if listener.private is None else (listener.private,):
                steps = self._listeners.setdefault((listener.event, private), [])
                if any(step.name == name for step, _ in steps):
                    raise DuplicateName(f"{name} hears the same event twice")
                steps.append((Step(name, listener.handler, listener.strangers), listener))


def normal(name: str) -> str:
    """A command's name as typed on any keyboard: look-alike and decomposed letters are made plain (NFKC)."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def check_roles(step: Step, event: Event, roles: frozenset[Role]) -> None:
    """Raise Refusal, saying who can do it, when somebody with ``roles`` may not take this step."""
    if not step.roles or step.roles & roles:
        return
    who = [role for role in Role if role in step.roles]
    name = event.name if isinstance(event, CommandUsed) else ""
    raise NotAllowed(name, who)


class NotAllowed(Refusal):
    """Somebody lacks the role for what they asked."""

    def __init__(self, command: str, who: list[Role]) -> None:
        if who == [Role.FACILITATOR]:
            key = mark("Only facilitators can do this. Please ask one of them.")
        elif who == [Role.EXPERT]:
            key = mark("Only experts can do this. Please ask a facilitator.")
        elif set(who) == {Role.EXPERT, Role.FACILITATOR}:
            key = mark("Only experts and facilitators can do this. Please ask a facilitator.")
        elif set(who) == {Role.FACILITATOR, Role.STAKEHOLDER}:
            key = mark("Only facilitators and stakeholders can do this. Please ask a facilitator.")
        else:
            key = mark("You can't do this in your role. Please ask a facilitator.")
        super().__init__(key, command=command)


def by_audience(commands: Iterable[Command], roles: frozenset[Role]) -> list[tuple[Role, list[Command]]]:
    """The commands of somebody with these roles, each under the role that it is for: what everybody may do first."""
    groups: dict[Role, list[Command]] = {role: [] for role in _AUDIENCES}
    for command in commands:
        own = command.roles & roles
        groups[next((role for role in _AUDIENCES if role in own), Role.MEMBER)].append(command)
    return [(role, group) for role, group in groups.items() if group]


def acting_on(event: Event) -> bool:
    """Whether somebody waits for an answer: a command, a shortcut, a button, a form."""
    return isinstance(event, CommandUsed | ShortcutUsed | ButtonPressed | FormSubmitted)


def _unknown(name: str, commands: Mapping[str, Any]) -> Refusal:
    near = difflib.get_close_matches(name, commands, n=1, cutoff=0.5)
    if near:
        return Refusal(
            mark("I don't know /{command}. Did you mean /{nearest}? Type /help for everything you can do."),
            command=name[:32],
            nearest=near[0],
        )
    return Refusal(mark("I don't know /{command}. Type /help for everything you can do."), command=name[:32])


def _merge(kind: str, table: dict[K, T], more: Mapping[K, T]) -> None:
    for name, value in more.items():
        if name in table:
            raise DuplicateName(f"the {kind} {name} is declared by two capabilities")
        table[name] = value
