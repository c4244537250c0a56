"""Reactions: which there are, who gave them, and what the bot is told of it."""

from __future__ import annotations

from typing import Any

from telegram.constants import ReactionEmoji

from tests.wire.telegram.chats import Chat
from tests.wire.telegram.refusal import Json, Refused
from tests.wire.telegram.state import Delivery, User

EMOJI = frozenset(str(one.value) for one in ReactionEmoji)
"""The emoji that may be reactions."""
MOST_OF_A_BOT = 1


def checked_reactions(given: list[Any]) -> list[Json]:
    """What a bot wants to react with."""
    for one in given:
        if not isinstance(one, dict):
            raise Refused("can't parse ReactionType: expected an Object")
        if "type" not in one:
            raise Refused("can't parse ReactionType: Can't find field \"type\"")
        if one["type"] != "emoji" or one.get("emoji") not in EMOJI:
            raise Refused("REACTION_INVALID")
    if len(given) > MOST_OF_A_BOT:
        raise Refused("REACTIONS_TOO_MANY")
    return given


def set_reactions(chat: Chat, message: Json, user: User, reactions: list[Json]) -> Delivery | None:
    """Somebody's reactions to a message are these now. A bot hears of people's, in groups as administrator."""
    given = chat.reactions.setdefault(message["message_id"], {})
    before = given.get(user.id, [])
    given[user.id] = reactions
    if user.is_bot or before == reactions or not (chat.kind == "private" or chat.bots_own.administers):
        return None
    update: Json = {
        "chat": chat.shape(),
        "message_id": message["message_id"],
        "user": user.shape(),
        "date": int(chat.telegram.clock.now()),
        "old_reaction": before,
        "new_reaction": reactions,
    }
    return chat.telegram.updates.tell("message_reaction", update, conversation=chat.id)
