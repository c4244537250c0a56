"""What a workspace consists of, in Slack's own shapes."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, field

from tests.wire.slack.refusal import Json

SCOPES = frozenset(
    {
        "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
        "files:read", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write",
        "mpim:history", "mpim:read", "mpim:write", "reactions:read", "reactions:write", "team:read", "users:read",
    }
)  # fmt: skip

_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Ids:
    """Ids as Slack makes them: a letter for the kind, then capitals and digits; never the same twice."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def next(self, kind: str) -> str:
        """A new id of a kind (``U``, ``C``, ``Ev``...)."""
        number, digits = next(self._count) * 7919, ""
        while number:
            number, digit = divmod(number, len(_DIGITS))
            digits = _DIGITS[digit] + digits
        return f"{kind}0{digits:0>9}"


@dataclass
class App:
    """The app under test, as configured at api.slack.com."""

    id: str
    name: str
    client_id: str
    client_secret: str
    signing_secret: str
    app_token: str
    verification_token: str
    socket_mode: bool = True
    request_url: str = ""
    """Where events, commands and interactions are posted when Socket Mode is off."""
    commands: set[str] | None = None
    """Its slash commands; None lets every name pass."""
    shortcuts: set[str] | None = None
    """The callback ids of its shortcuts; None lets every name pass."""
    events: set[str] | None = None
    """The event types it has subscribed to; None is all of them."""


@dataclass
class User:
    """A person, or the app's bot, in one workspace."""

    id: str
    team: str
    handle: str
    name: str
    locale: str = "en-US"
    tz: str = "Europe/Paris"
    bot_id: str = ""
    deleted: bool = False
    guest: bool = False

    def shape(self, *, locale: bool = False) -> Json:
        """As ``users.info`` tells it."""
        profile: Json = {
            "real_name": self.name,
            "real_name_normalized": self.name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "first_name": self.name.split(" ")[0],
            "team": self.team,
        }
        if self.bot_id:
            profile |= {"bot_id": self.bot_id}
        shape: Json = {
            "id": self.id,
            "team_id": self.team,
            "name": self.handle,
            "real_name": self.name,
            "deleted": self.deleted,
            "tz": self.tz,
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_bot": bool(self.bot_id),
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
        return shape | ({"locale": self.locale} if locale else {})


@dataclass
class Channel:
    """A public channel, a private one, a group message or a direct message."""

    id: str
    name: str
    kind: str
    """``channel``, ``group`` (private), ``mpim`` or ``im``, as events call it in ``channel_type``."""
    creator: str
    created: int
    members: list[str] = field(default_factory=list)
    archived: bool = False
    messages: dict[str, Json] = field(default_factory=dict)
    """By their ``ts``, the oldest first; with ``metadata`` inside."""
    ephemeral: dict[str, dict[str, Json]] = field(default_factory=dict)
    """Messages that one person alone sees: by person, then by ``ts``."""

    @property
    def told_name(self) -> str:
        """As commands and interactions call it: what is private keeps its name to itself."""
        return {"im": "directmessage", "group": "privategroup"}.get(self.kind, self.name)

    def shape(self, bot: User) -> Json:
        """As ``conversations.info`` tells it."""
        shape: Json = {
            "id": self.id,
            "created": self.created,
            "creator": self.creator,
            "is_archived": self.archived,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": self.kind == "im",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_org_shared": False,
        }
        if self.kind == "im":
            other = next(user for user in self.members if user != bot.id)
            return shape | {"user": other, "is_open": True, "is_user_deleted": False}
        return shape | {
            "name": self.name,
            "name_normalized": self.name,
            "is_general": False,
            "is_member": bot.id in self.members,
            "num_members": len(self.members),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass
class File:
    """A file that is being uploaded, or was."""

    id: str
    name: str
    length: int
    team: str
    title: str = ""
    alt: str = ""
    """What it shows, in words."""
    content: bytes | None = None
    shared: bool = False


@dataclass
class Trigger:
    """The right to open one modal, for three seconds."""

    user: str
    team: str
    at: float
    used: bool = False


@dataclass(eq=False)
class Delivery:
    """Something that Slack tells the app, and how it went."""

    kind: str
    """``events_api``, ``slash_commands`` or ``interactive``."""
    team: str
    payload: Json
    attempts: int = 0
    given_up: bool = False
    response: Json = field(default_factory=dict)
    """What the app answered with its acknowledgement."""
    statuses: list[int | str] = field(default_factory=list)
    """How each attempt ended: an HTTP status, or why there was none."""
    tried: set[int] = field(default_factory=set)
    """The Socket Mode connections that it was sent on."""
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first acknowledgement, or when an attempt has failed."""

    taken: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first acknowledgement."""

    @property
    def acknowledged(self) -> bool:
        """Has the app taken it?"""
        return self.taken.is_set()

    def accept(self, response: Json | None) -> None:
        """The app acknowledged it."""
        if not self.acknowledged:
            self.response = response or {}
            self.taken.set()
        self.settled.set()
