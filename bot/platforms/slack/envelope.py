"""What arrived from Slack as the inbox keeps it: pure, so that a repeat of anything gets the same key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.core.forms import FormValue
from bot.core.platform import RawEvent
from bot.platforms.reading import Json, NothingTold, readable
from bot.platforms.slack._document import (
    COMMAND,
    EVENT,
    INTERACTION,
    PLATFORM,
    authorized_bot,
    is_private,
    message_key,
    tenant_of,
    write,
)
from bot.platforms.slack._messages import told_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the adapter's directory knows when something arrives; any of it may be missing.

    ``bot`` is the bot's user id in the workspace, ``people`` has by user id ``name``, ``language`` and ``is_bot``,
    ``places`` names by channel id, ``authors`` the user ids of those who wrote the roots of threads, by ``ts``.
    ``about`` is the message that a command in its thread is about, as Slack shows it.
    """

    bot: str = ""
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    places: Mapping[str, str] = field(default_factory=dict, repr=False)
    authors: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, Any] | None = field(default=None, repr=False)


NOTHING_KNOWN = Known()


def from_event(payload: Json, at: datetime, known: Known = NOTHING_KNOWN) -> RawEvent:
    """An outer event of the Events API, which arrived at ``at``. Never raises for an object of JSON."""
    key = _text(payload, "event_id") or _digest(payload)
    return _raw(EVENT, payload, at, known, key, conversation_of_event(payload), message=_message(payload, known))


def from_command(form: Mapping[str, str], at: datetime, known: Known = NOTHING_KNOWN) -> RawEvent:
    """A slash command, as the fields of its form. Never raises."""
    key = _text(form, "trigger_id") or _digest(form)
    conversation = _conversation(_text(form, "channel_id"), _text(form, "user_id"))
    return _raw(COMMAND, form, at, known, key, conversation)


def is_command(body: bytes) -> bool:
    """Whether what the inbox keeps is a slash command. Raises nothing, whatever the bytes."""
    return body.startswith(f'{{"kind":"{COMMAND}"'.encode())


def from_interaction(
    payload: Json, at: datetime, known: Known = NOTHING_KNOWN, values: Mapping[str, FormValue] | None = None
) -> RawEvent:
    """A button, a shortcut, a form that was sent or left. Never raises for an object of JSON.

    ``values`` are those of the form, cleaned by its validation.
    """
    more = {} if values is None else {"values": dict(values)}
    key = _view_key(payload) or _text(payload, "trigger_id") or _digest(payload)
    container, message = _object(payload, "container"), _object(payload, "message")
    channel = _text(_object(payload, "channel"), "id") or _text(container, "channel_id")
    root = _text(container, "thread_ts") or _text(message, "thread_ts")
    thread = "" if root == (_text(container, "message_ts") or _text(message, "ts")) else root
    conversation = _conversation(channel, _text(_object(payload, "user"), "id"), thread)
    return _raw(INTERACTION, payload, at, known, key, conversation, more)


def _raw(
    kind: str,
    payload: Json,
    at: datetime,
    known: Known,
    key: str,
    conversation: str,
    more: Json | None = None,
    message: str = "",
) -> RawEvent:
    told = {"bot": known.bot, "people": known.people, "places": known.places, "authors": known.authors}
    if known.about is not None:
        told["about"] = known.about
    body = write(kind, at, payload, {**told, **(more or {})})
    tenant = readable(tenant_of(payload))
    return RawEvent(PLATFORM, tenant, readable(key), readable(conversation), body, message)


def _view_key(payload: Json) -> str:
    """Twice sent is sent once: the state of a view has a hash. To leave a form is not to send it."""
    kind, view = _text(payload, "type"), _object(payload, "view")
    if kind not in ("view_submission", "view_closed") or not _text(view, "id"):
        return ""
    key = f"{_text(view, 'id')}:{_text(view, 'hash')}"
    return key if kind == "view_submission" else f"{key}:closed"


def _message(payload: Json, known: Known) -> str:
    """The key of the message that an event posts, edits or takes back; empty for every other event."""
    event = _object(payload, "event")
    if event.get("type") != "message":
        return ""
    try:
        told = told_of(event, known.bot or authorized_bot(payload), known.authors)
    except (ValueError, NothingTold):  # translating it will say so
        return ""
    return message_key(told.author, told.ts) if told else ""


def conversation_of_event(payload: Json) -> str:
    """What an event is part of: events of one conversation are kept in the order in which they came."""
    event = _object(payload, "event")
    item, message, before = (_object(event, name) for name in ("item", "message", "previous_message"))
    channel = _text(event, "channel") or _text(_object(event, "channel"), "id") or _text(item, "channel")
    people = (_text(event, "user"), _text(message, "user"), _text(before, "user"), _text(_object(event, "user"), "id"))
    user = next((one for one in people if one), "")
    said = next((one for one in (message, before) if one), event)
    root = _text(said, "thread_ts")
    return _conversation(channel, user, "" if root == _text(said, "ts") else root)


def _conversation(channel: str, user: str, thread: str = "") -> str:
    """What must stay in order: a thread or a channel; what happens privately, by person."""
    if channel and not is_private(channel):
        return f"{channel}/{thread}" if thread else channel
    return f"dm-{user or channel}"


def _digest(payload: Mapping[str, Any]) -> str:
    """Stands for what Slack gave no id: the same again is a repeat."""
    content = json.dumps(payload, sort_keys=True).encode("ascii")
    return f"body:{hashlib.blake2b(content, digest_size=16).hexdigest()}"


def _object(data: Mapping[str, Any], name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
