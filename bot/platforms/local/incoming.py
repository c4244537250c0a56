"""Raw events of the local chat as core events: a table of pure translations."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.core.addresses import Account, MessageRef, Person, Place
from bot.core.events import (
    BotInvited,
    ButtonPressed,
    CommandUsed,
    Event,
    FormSubmitted,
    Joined,
    Left,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    Reacted,
    ShortcutUsed,
    Trigger,
)

PLATFORM = "local"
TENANT = "local"

Body = dict[str, Any]


def translate(body: bytes) -> Sequence[Event]:
    """What happened. Raises ValueError for a body that can't be read."""
    data = json.loads(body)
    if not isinstance(data, dict) or not isinstance(data.get("person"), dict):
        raise ValueError("not an event of the local chat")
    translation = _TRANSLATIONS.get(data.get("type", ""))
    try:
        return [] if translation is None else [translation(data)]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("an event of the local chat lacks a part") from error


def message_key(body: bytes) -> str:
    """The key of the message that an event posts, edits or takes back; empty for every other event."""
    data = json.loads(body)
    return str(data["message"]["id"]) if data["type"] in ("message", "edited", "deleted") else ""


def _common(data: Body) -> dict[str, Any]:
    person = data["person"]
    account = Account(PLATFORM, TENANT, person["id"])
    place = data.get("place")
    return {
        "at": datetime.fromisoformat(data["at"]),
        "by": Person(account, person["name"], person["language"], bool(person["is_bot"])),
        "place": Place(PLATFORM, TENANT, place["id"], place["name"]) if place else None,
    }


def _conversation(data: Body) -> str:
    place = data.get("place")
    return str(place["id"]) if place else f"dm-{data['person']['id']}"


def _message(data: Body) -> dict[str, Any]:
    message = data["message"]
    ref = MessageRef(PLATFORM, TENANT, _conversation(data), message["id"], message.get("thread"))
    return {"key": message["id"], "message": ref}


def _trigger(data: Body) -> Trigger | None:
    trigger = data.get("trigger")
    return Trigger(trigger["id"], datetime.fromisoformat(trigger["expires_at"])) if trigger else None


def _posted(data: Body) -> Event:
    message = data["message"]
    return MessagePosted(
        **_common(data), **_message(data), thread_key=message.get("thread"), text=message.get("text", "")
    )


def _edited(data: Body) -> Event:
    return MessageEdited(**_common(data), **_message(data), text=data["message"].get("text", ""))


def _deleted(data: Body) -> Event:
    return MessageDeleted(**_common(data), **_message(data))


def _reaction(data: Body) -> Event:
    message = _message(data)
    key = f"reaction {message['key']} {data['person']['id']} {data['emoji']}"
    return Reacted(
        **_common(data),
        key=key,
        message=message["message"],
        message_key=message["key"],
        emoji=data["emoji"],
        removed=data["removed"],
    )


def _joined(data: Body) -> Event:
    return Joined(**_common(data), key=_coming_and_going(data))


def _left(data: Body) -> Event:
    return Left(**_common(data), key=_coming_and_going(data))


def _coming_and_going(data: Body) -> str:
    return f"{data['type']} {data['place']['id']} {data['person']['id']} {data['at']}"


def _invited(data: Body) -> Event:
    return BotInvited(**_common(data))


def _command(data: Body) -> Event:
    command = data["command"]
    about = _about(data) if data.get("about") else None
    words = {"name": command["name"], "arguments": command["arguments"]}
    return CommandUsed(**_common(data), **words, trigger=_trigger(data), about=about)


def _shortcut(data: Body) -> Event:
    return ShortcutUsed(**_common(data), name=data["shortcut"], about=_about(data), trigger=_trigger(data))


def _about(data: Body) -> MessagePosted:
    """The message that somebody else may have written, in the conversation where this happened."""
    about = data["about"]
    written = _common({**data, "person": about["author"], "at": about["at"]})
    message = _message({**data, "message": about})
    return MessagePosted(**written, **message, thread_key=about.get("thread"), text=about["text"])


def _button(data: Body) -> Event:
    return ButtonPressed(
        **_common(data), button=data["button"], message=_message(data)["message"], trigger=_trigger(data)
    )


def _form(data: Body) -> Event:
    return FormSubmitted(**_common(data), form=data["form"], values=data["values"], trigger=_trigger(data))


_TRANSLATIONS: dict[str, Callable[[Body], Event]] = {
    "message": _posted,
    "edited": _edited,
    "deleted": _deleted,
    "reaction": _reaction,
    "joined": _joined,
    "left": _left,
    "bot_invited": _invited,
    "command": _command,
    "shortcut": _shortcut,
    "button": _button,
    "form": _form,
}
