"""Slash commands, and what people press, choose and fill in, each as the core events that it means."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.addresses import MessageRef, Person, Place
from bot.core.events import ButtonPressed, CommandUsed, Event, FormSubmitted, ShortcutUsed
from bot.platforms.reading import Json, identity, optional_part, part, text
from bot.platforms.slack import _people
from bot.platforms.slack._commands import typed
from bot.platforms.slack._document import Document
from bot.platforms.slack._forms import checked_values, opened_form, values_of
from bot.platforms.slack._messages import thread_of
from bot.platforms.slack._quoting import quoted
from bot.platforms.slack._reading import stamp


def slash_command(document: Document, form: Json) -> Sequence[Event]:
    """A slash command, as the fields of the form that Slack sends."""
    identity(form, "command")
    name, rest = typed(text(form, "command"), text(form, "text"))
    return [
        CommandUsed(
            at=document.at,
            by=document.person(identity(form, "user_id"), text(form, "user_name")),
            place=document.place(identity(form, "channel_id")),
            name=document.plain(name),
            arguments=document.arguments(rest),
            mentioned=document.mentioned(rest),
            trigger=document.trigger(),
        )
    ]


def shortcut(document: Document, payload: Json) -> Sequence[Event]:
    """A shortcut that is about no message: the command that its ``callback_id`` names."""
    name = identity(payload, "callback_id")
    return [CommandUsed(at=document.at, by=_by(document, payload), name=name, trigger=document.trigger())]


def message_action(document: Document, payload: Json) -> Sequence[Event]:
    """A shortcut from the menu of a message."""
    name, channel = identity(payload, "callback_id"), identity(part(payload, "channel"), "id")
    about = quoted(document, channel, part(payload, "message"))
    by, place = _by(document, payload), document.place(channel)
    return [ShortcutUsed(at=document.at, by=by, place=place, name=name, about=about, trigger=document.trigger())]


def block_actions(document: Document, payload: Json) -> Sequence[Event]:
    """Buttons of the bot's messages, or of its Home. A button without a value leads somewhere and does nothing."""
    actions = payload.get("actions")
    if not isinstance(actions, list) or not all(isinstance(action, dict) for action in actions):
        raise ValueError("actions are no list of objects")
    tokens = [text(action, "value") for action in actions if text(action, "type") == "button"]
    if not any(tokens):
        return []
    by, place, message = _by(document, payload), _where(document, payload), _pressed_on(document, payload)
    return [
        ButtonPressed(at=document.at, by=by, place=place, button=token, message=message, trigger=document.trigger())
        for token in tokens
        if token
    ]


def view_submission(document: Document, payload: Json) -> Sequence[Event]:
    """A form was sent. Its values are those that passed the validation, where the document has them."""
    view = part(payload, "view")
    form = opened_form(view)
    if form is None:
        return []
    values = values_of(view) if document.values is None else checked_values(document.values)
    return [
        FormSubmitted(
            at=document.at,
            by=_by(document, payload),
            place=document.place(form.place) if form.place else None,
            form=form.id,
            values=values,
            trigger=document.trigger(),
        )
    ]


def _by(document: Document, payload: Json) -> Person:
    user = part(payload, "user")
    return document.person(identity(user, "id"), _people.name_of(user) or text(user, "username"))


def _where(document: Document, payload: Json) -> Place | None:
    channel = _channel(payload)
    return document.place(channel) if channel else None


def _channel(payload: Json) -> str:
    container = optional_part(payload, "container")
    return text(optional_part(payload, "channel"), "id") or text(container, "channel_id")


def _pressed_on(document: Document, payload: Json) -> MessageRef | None:
    """The message with the button; None on the Home, where there is none."""
    container = optional_part(payload, "container")
    channel = _channel(payload)
    if not channel or not text(container, "message_ts"):
        return None
    ts, message = stamp(container, "message_ts"), optional_part(payload, "message")
    thread = thread_of(container, ts) or thread_of(message, ts)
    return document.reference(channel, ts, thread, text(message, "user") or text(message, "bot_id"))
