"""A call of a Web API method: its arguments, checked, and the methods by name."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.wire.slack.refusal import Json, Refused
from tests.wire.slack.state import Channel, User

if TYPE_CHECKING:
    from tests.wire.slack.emulator import SlackEmulator
    from tests.wire.slack.workspace import Workspace


@dataclass
class Call:
    """One call, after its token and the names of its arguments were found to be right."""

    slack: SlackEmulator
    method: Method
    arguments: Json
    of: Workspace | None
    """The workspace of the token, for methods that take a bot's."""

    @property
    def workspace(self) -> Workspace:
        """The workspace of the token."""
        assert self.of is not None, f"{self.method.name} is about no workspace"
        return self.of

    def text(self, name: str, default: str = "") -> str:
        """An argument that is a string."""
        value = self.arguments.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise Refused("invalid_arguments", [f"must provide a string [json-pointer:/{name}]"])
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An argument that is true or false."""
        value = self.arguments.get(name, default)
        if isinstance(value, bool):
            return value
        if value in {"1", "true", "True", 1}:
            return True
        if value in {"0", "false", "False", "", 0, None}:
            return False
        raise Refused("invalid_arguments", [f"must provide a boolean [json-pointer:/{name}]"])

    def number(self, name: str, default: int, *, at_most: int) -> int:
        """An argument that is a whole number above zero."""
        try:
            value = int(self.arguments.get(name, default))
        except (TypeError, ValueError):
            raise Refused("invalid_arguments", [f"must provide an integer [json-pointer:/{name}]"]) from None
        if value < 1:
            raise Refused("invalid_limit")
        return min(value, at_most)

    def structure(self, name: str) -> Any:
        """An argument that is an object or a list, as such or written as JSON."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            code = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}.get(name)
            raise Refused(code or "invalid_arguments", [f"invalid JSON [json-pointer:/{name}]"]) from None

    def channel(self, name: str = "channel", *, member: bool = True) -> Channel:
        """The channel of an argument; with ``member``, the bot must be in it."""
        channel = self.workspace.channels.get(self.text(name))
        bot = self.workspace.bot.id
        if channel is None or (channel.kind != "channel" and bot not in channel.members):
            raise Refused("channel_not_found")
        if member and bot not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def open_channel(self, name: str = "channel") -> Channel:
        """The same, where something may still be written."""
        channel = self.channel(name)
        if channel.archived:
            raise Refused("is_archived")
        return channel

    def user(self, name: str = "user") -> User:
        """The person of an argument."""
        user = self.workspace.users.get(self.text(name))
        if user is None:
            raise Refused("user_not_found")
        return user

    def page(self, items: list[Any], default: int = 100, *, at_most: int = 1000) -> tuple[list[Any], str]:
        """The part of a list that was asked for, and the cursor of the next one (empty at the end)."""
        limit, cursor = self.number("limit", default, at_most=at_most), self.text("cursor")
        try:
            start = int(cursor.removeprefix("next:")) if cursor else 0
        except ValueError:
            raise Refused("invalid_cursor") from None
        following = start + limit
        return items[start:following], f"next:{following}" if following < len(items) else ""


@dataclass(frozen=True)
class Method:
    """A method of the Web API: what it takes, how often, and with which right."""

    name: str
    tier: int
    act: Callable[[Call], Awaitable[Json]]
    needs: tuple[str, ...]
    may: tuple[str, ...]
    scopes: tuple[str, ...]
    """Any one of them will do; none is needed when empty."""
    token: str
    """``bot``, ``app`` or ``none``."""

    def check(self, arguments: Json) -> None:
        """Refuse unknown arguments and missing ones."""
        # slack_bolt says with every call which workspace it is about.
        known = {*self.needs, *self.may, "team_id"}
        unknown = [name for name in arguments if name not in known]
        if unknown:
            raise Refused("invalid_arguments", [f"no more properties allowed: {name}" for name in unknown])
        missing = [name for name in self.needs if arguments.get(name) in (None, "")]
        if missing:
            # The methods that take JSON check it against a schema; the older ones name what is missing alone.
            code = "invalid_arguments" if self.name.startswith(("chat.", "views.")) else "missing_argument"
            raise Refused(code, [f"missing required field: {name}" for name in missing])


METHODS: dict[str, Method] = {}


def method(
    name: str,
    tier: int,
    *,
    needs: tuple[str, ...] = (),
    may: tuple[str, ...] = (),
    scopes: tuple[str, ...] = (),
    token: str = "bot",  # noqa: S107
) -> Callable[[Callable[[Call], Awaitable[Json]]], Callable[[Call], Awaitable[Json]]]:
    """Make a function a method of the Web API."""

    def register(act: Callable[[Call], Awaitable[Json]]) -> Callable[[Call], Awaitable[Json]]:
        METHODS[name] = Method(name, tier, act, needs, may, scopes, token)
        return act

    return register
