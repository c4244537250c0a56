"""The document that the inbox keeps of everything that Slack sends, and what can be read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.addresses import Account, MessageRef, Person, Place
from bot.core.events import Trigger
from bot.platforms.reading import Json, identity, optional_part, parsed, part, text, written
from bot.platforms.slack import _people, _text
from bot.platforms.slack._reading import moment

PLATFORM = "slack"

EVENT, COMMAND, INTERACTION = "event", "command", "interaction"

TRIGGER_LASTS = timedelta(seconds=3)

_LATEST_TIME = 10**10


@dataclass(frozen=True, slots=True)
class Document:
    """What came in, with what the adapter's directory knew at that moment.

    ``kind`` is one of EVENT, COMMAND and INTERACTION, ``at`` when it arrived (UTC), ``bot`` the bot's user id.
    ``people`` (by user id: ``name``, ``language``, ``is_bot``), ``places`` (names by channel id) and ``authors``
    (of the roots of threads, by their ``ts``) may lack anybody. ``values`` are those of a form that was validated,
    ``about`` is the message that a command in its thread is about.
    """

    kind: str
    at: datetime
    tenant: str
    bot: str
    payload: Json
    people: Json = field(repr=False)
    places: Json = field(repr=False)
    authors: Json
    values: Json | None = field(default=None, repr=False)
    about: Json | None = field(default=None, repr=False)

    def person(self, user: str, told: str = "") -> Person:
        """Somebody, by the name that the directory knows, else by the one that was ``told``; never by an id."""
        known = optional_part(self.people, user)
        language = text(known, "language") or None
        bot = known.get("is_bot") is True or user in (self.bot, _people.SLACKBOT)
        return Person(self.account(user), text(known, "name") or told, language, bot)

    def account(self, user: str) -> Account:
        """The account behind a user id."""
        return Account(PLATFORM, self.tenant, user)

    def nobody(self) -> Person:
        """Stands for whoever did what Slack tells no name with."""
        return Person(self.account(""), "")

    def place(self, channel: str, name: str = "") -> Place | None:
        """A channel or a group conversation, by its new ``name`` if it has one; None for a private chat."""
        name = name or text(self.places, channel)
        return None if is_private(channel) else Place(PLATFORM, self.tenant, channel, name)

    def reference(self, channel: str, ts: str, thread: str, author: str) -> MessageRef:
        """The message of ``author`` with this ``ts``; ``thread`` is empty where it is no reply."""
        return MessageRef(PLATFORM, self.tenant, channel, ts, thread or None, message_key(author, ts))

    def plain(self, words: str) -> str:
        """What people read of a text in Slack's way of writing."""
        return _text.plain(words, self._name, self._place_name)

    def arguments(self, words: str) -> str:
        """The same for what follows a command."""
        return _text.arguments(words, self._place_name)

    def mentioned(self, words: str) -> tuple[Person, ...]:
        """The people mentioned in what follows a command, as far as the directory knows them; no programs."""
        people = (self.person(user) for user in _text.mentioned(words))
        return tuple(one for one in people if one.name and not one.is_bot)

    def trigger(self) -> Trigger | None:
        """The permission to open a form that came with it, if any."""
        trigger = text(self.payload, "trigger_id")
        return Trigger(trigger, self.at + TRIGGER_LASTS) if trigger else None

    def happened(self, event: Json) -> datetime:
        """When an event happened (UTC), as exactly as Slack tells; else when it arrived."""
        ts = text(event, "event_ts") or text(event, "ts")
        if ts:
            return moment(ts)
        seconds = self.payload.get("event_time")
        if isinstance(seconds, int) and 0 < seconds < _LATEST_TIME:
            return datetime.fromtimestamp(seconds, UTC)
        return self.at

    def _name(self, user: str) -> str:
        return text(optional_part(self.people, user), "name")

    def _place_name(self, channel: str) -> str:
        return text(self.places, channel)


def read(body: bytes) -> Document:
    """The document. Raises ValueError for what is none, and NothingTold where no workspace is named."""
    data = parsed(body)
    if not isinstance(data, dict):
        raise ValueError("not a document of the inbox")
    payload = part(data, "payload")
    arrived = datetime.fromisoformat(text(data, "at"))
    if arrived.tzinfo is None:
        raise ValueError("the time of arrival lacks its zone")
    return Document(
        kind=text(data, "kind"),
        at=arrived.astimezone(UTC),
        tenant=identity({"tenant": tenant_of(payload)}, "tenant"),
        bot=text(data, "bot") or authorized_bot(payload),
        payload=payload,
        people=optional_part(data, "people"),
        places=optional_part(data, "places"),
        authors=optional_part(data, "authors"),
        values=None if data.get("values") is None else part(data, "values"),
        about=None if data.get("about") is None else part(data, "about"),
    )


def write(kind: str, at: datetime, payload: Json, more: Mapping[str, Any]) -> bytes:
    """The bytes that ``read`` understands, whatever characters are in ``payload``."""
    document = {"kind": kind, "at": at.astimezone(UTC).isoformat(), **more, "payload": payload}
    return written(document)


def tenant_of(payload: Json) -> str:
    """The workspace whose bot it is told to; the organisation where an interaction names no workspace; else empty.

    In channels that several organisations share, ``team_id`` and ``team`` may be those of somebody else's workspace.
    """
    team, user, enterprise = (_object(payload, name) for name in ("team", "user", "enterprise"))
    told = (
        _object(payload, "view").get("app_installed_team_id"),
        _authorization(payload).get("team_id"),
        payload.get("team_id"),
        team.get("id"),
        None if payload.get("is_enterprise_install") in (True, "true") else user.get("team_id"),
        payload.get("enterprise_id"),
        enterprise.get("id"),
    )
    return next((one for one in told if isinstance(one, str) and one), "")


def is_private(channel: str) -> bool:
    """Whether a channel id is that of a private chat with the bot (which App Home's messages tab shows too)."""
    return channel.startswith("D")


def message_key(author: str, ts: str) -> str:
    """What stands for a message wherever it is told of, in events as in an export of the workspace."""
    return f"{author}\x1f{ts}" if author else ""


def authorized_bot(payload: Json) -> str:
    """The bot's user id, as an event of the workspace tells it; empty where it doesn't."""
    first = _authorization(payload)
    return text(first, "user_id") if first.get("is_bot") is not False else ""


def _authorization(payload: Json) -> Json:
    """The installation that an event is for; empty for what tells of none."""
    authorizations = payload.get("authorizations")
    first = authorizations[0] if isinstance(authorizations, list) and authorizations else None
    return first if isinstance(first, dict) else {}


def _object(payload: Json, name: str) -> Json:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}
