"""A call of a Bot API method: its parameters, checked, and the methods by name."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.keyboards import checked_markup
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.state import Member, User
from tests.wire.telegram.text import formatted

if TYPE_CHECKING:
    from tests.wire.telegram.emulator import TelegramEmulator

TEXT, NUMBER, FLAG, CHAT, OBJECT, LIST, FILE = "String", "Integer", "Boolean", "Chat", "Object", "Array", "InputFile"
"""Kinds of parameters. A chat is a number or an @username; a file is an upload, or a String that names one."""

_EMPTY = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "chat_id is empty",
    "text": "message text is empty",
    "user_id": "invalid user_id specified",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
}
"""What Telegram says when a parameter is missing, where it has words of its own for it."""


@dataclass(frozen=True)
class Upload:
    """A file as it came with a call."""

    filename: str
    content: bytes
    mime: str


@dataclass
class Call:
    """One call, after its token and its parameters were found to be right."""

    telegram: TelegramEmulator
    method: Method
    arguments: Json
    uploads: dict[str, Upload]

    def text(self, name: str, default: str = "") -> str:
        """A parameter that is a string."""
        return str(self.arguments.get(name, default))

    def number(self, name: str, default: int = 0) -> int:
        """A parameter that is a whole number."""
        return int(self.arguments.get(name, default))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter that is true or false."""
        return bool(self.arguments.get(name, default))

    def structure(self, name: str) -> Any:
        """A parameter that is an object or a list; None when it wasn't given."""
        return self.arguments.get(name)

    @property
    def bot(self) -> User:
        """The bot itself."""
        return self.telegram.bot.user

    @property
    def bot_name(self) -> str:
        """The bot's username."""
        return self.bot.username

    def chat(self, name: str = "chat_id") -> Chat:
        """The chat of a parameter, that the bot may at least look at."""
        chat = self.telegram.find_for_bot(self.arguments[name])
        chat.check_access()
        return chat

    def open_chat(self, what: str = "text messages") -> Chat:
        """The chat to write to; what is to be sent (``photos``...) must be allowed there."""
        chat = self.chat()
        chat.check_may_send(what)
        return chat

    def group(self, *, right: str = "", otherwise: str = "not enough rights") -> Chat:
        """The group of a parameter, where the bot must hold a right of administrators."""
        chat = self.chat()
        if chat.kind == "private":
            raise Refused("method is available only for supergroups and groups")
        if right and not self.own_membership(chat).may(right):
            raise Refused(otherwise)
        return chat

    def own_membership(self, chat: Chat) -> Member:
        """What the bot is in a chat."""
        return chat.membership(self.bot.id)

    def user(self) -> User:
        """The person of the parameter ``user_id``."""
        user = self.telegram.users.get(self.number("user_id"))
        if user is None or not user.known:
            raise Refused("user not found")
        return user

    def markup(self, *, inline_only: bool = False) -> Json | None:
        """The inline keyboard that the call attaches, if any."""
        return checked_markup(self.structure("reply_markup"), bot=self.bot_name, inline_only=inline_only)

    def formatted(self, name: str, entities: str, *, may_be_empty: bool = False) -> tuple[str, list[Json]]:
        """A text of the call, with its entities."""
        return formatted(
            self.text(name),
            self.text("parse_mode"),
            self.structure(entities),
            bot=self.bot_name,
            may_be_empty=may_be_empty,
        )


@dataclass(frozen=True)
class Method:
    """A method of the Bot API, and what it takes."""

    name: str
    act: Callable[[Call], Awaitable[Any]]
    needs: Mapping[str, str]
    may: Mapping[str, str]

    def checked(self, given: Json, uploads: dict[str, Upload]) -> Json:
        """The parameters with values of their kind; missing, unknown and wrong ones are refused.

        Stricter than Telegram: it ignores parameters that it doesn't know, and reads what it can from a wrong kind.
        """
        known = {**self.needs, **self.may}
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise Refused(f"{self.name} has no parameter {', '.join(unknown)} (Telegram would ignore it)")
        values = {name: _value(name, known[name], value) for name, value in given.items() if value is not None}
        for name, kind in self.needs.items():
            missing = values.get(name) in (None, "")
            if missing and not (kind == FILE and name in uploads):
                raise Refused(_EMPTY.get(name, f'there is no "{name}" in the request'))
        return values


METHODS: dict[str, Method] = {}
"""By name in small letters, for Telegram doesn't mind the case."""


def method(
    name: str, *, needs: Mapping[str, str] | None = None, may: Mapping[str, str] | None = None
) -> Callable[[Callable[[Call], Awaitable[Any]]], Callable[[Call], Awaitable[Any]]]:
    """Make a function a method of the Bot API."""

    def register(act: Callable[[Call], Awaitable[Any]]) -> Callable[[Call], Awaitable[Any]]:
        METHODS[name.lower()] = Method(name, act, needs or {}, may or {})
        return act

    return register


def _value(name: str, kind: str, value: Any) -> Any:
    if kind in {OBJECT, LIST}:
        return _structure(name, kind, value)
    right = {
        TEXT: isinstance(value, str),
        FILE: isinstance(value, str),
        NUMBER: _is_number(value),
        CHAT: _is_number(value) or (isinstance(value, str) and value.startswith("@")),
        FLAG: isinstance(value, bool) or (isinstance(value, str) and value.lower() in {"true", "false", "1", "0"}),
    }[kind]
    if not right:
        raise Refused(f'parameter "{name}" must be of type {kind} (Telegram would read from it what it can)')
    if kind == NUMBER:
        return int(value)
    if kind == FLAG:
        return str(value).lower() in {"true", "1"}
    return int(value) if kind == CHAT and _is_number(value) else value


def _is_number(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.removeprefix("-").isascii() and value.removeprefix("-").isdigit()
    )


def _structure(name: str, kind: str, value: Any) -> Any:
    called = name.replace("_", " ")
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise Refused(f"can't parse {called} JSON object") from None
    if kind == OBJECT and not isinstance(value, dict):
        raise Refused(f"object expected as {called}")
    if kind == LIST and not isinstance(value, list):
        raise Refused(f"expected an Array of {called}")
    return value
