"""What Slack sends as core events: a table of pure translations of the documents that the inbox keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.core.events import Event
from bot.platforms.reading import Json, NothingTold, part, text
from bot.platforms.slack._document import COMMAND, EVENT, INTERACTION, Document, read
from bot.platforms.slack._happenings import (
    app_home_opened,
    app_mention,
    app_uninstalled,
    bot_left,
    channel_archive,
    channel_rename,
    channel_unarchive,
    member_joined_channel,
    member_left_channel,
    message,
    reaction,
    team_join,
    tokens_revoked,
    user_change,
)
from bot.platforms.slack._interactions import (
    block_actions,
    message_action,
    shortcut,
    slash_command,
    view_submission,
)

Translation = Callable[[Document, Json], Sequence[Event]]
"""Given the document and that part of it which tells what happened."""


def translate(body: bytes) -> Sequence[Event]:
    """What happened; empty for what Baraza has no word for. Raises ValueError for a body that can't be read.

    What programs do, the bot among them, is left out.
    """
    try:
        document = read(body)
        translation, told = _translation(document)
        return [event for event in translation(document, told) if not event.by.is_bot] if translation else []
    except NothingTold:
        return []
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise ValueError("a document of the inbox lacks a part") from error


def closes_workspace(document: Mapping[str, Any]) -> bool:
    """Whether the app was uninstalled, so that the bot's token is worth nothing any more.

    ``document`` is what the inbox keeps, as an object. Raises nothing: what can't be read closes nothing.
    """
    return _told(document).get("type") == "app_uninstalled"


def revokes_token(document: Mapping[str, Any]) -> bool:
    """Whether the bot's token was revoked, and the app may still be there; as ``closes_workspace``."""
    tokens = _told(document).get("tokens")
    # "oauth" are tokens of people: not ours
    return _told(document).get("type") == "tokens_revoked" and isinstance(tokens, dict) and bool(tokens.get("bot"))


def _told(document: Mapping[str, Any]) -> Json:
    payload = document.get("payload")
    event = payload.get("event") if isinstance(payload, dict) else None
    return event if document.get("kind") == EVENT and isinstance(event, dict) else {}


def _translation(document: Document) -> tuple[Translation | None, Json]:
    payload = document.payload
    if document.kind == COMMAND:
        return slash_command, payload
    if document.kind == INTERACTION:
        return _INTERACTIONS.get(text(payload, "type")), payload
    if document.kind != EVENT:
        raise ValueError("not a document of the inbox")
    if payload.get("event") is None:  # such as app_rate_limited, which Slack tells of itself
        return None, payload
    event = part(payload, "event")
    return _EVENTS.get(text(event, "type")), event


_EVENTS: dict[str, Translation] = {
    "app_home_opened": app_home_opened,
    "app_mention": app_mention,
    "app_uninstalled": app_uninstalled,
    "channel_archive": channel_archive,
    "channel_left": bot_left,
    "channel_rename": channel_rename,
    "channel_unarchive": channel_unarchive,
    "group_archive": channel_archive,
    "group_left": bot_left,
    "group_rename": channel_rename,
    "group_unarchive": channel_unarchive,
    "member_joined_channel": member_joined_channel,
    "member_left_channel": member_left_channel,
    "message": message,
    "reaction_added": reaction,
    "reaction_removed": reaction,
    "team_join": team_join,
    "tokens_revoked": tokens_revoked,
    "user_change": user_change,
}

_INTERACTIONS: dict[str, Translation] = {
    "block_actions": block_actions,
    "message_action": message_action,
    "shortcut": shortcut,
    "view_submission": view_submission,
}
"""``view_closed`` is not among them: a form that somebody leaves stays as it was, and tells of nothing."""
