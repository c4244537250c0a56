"""Addresses of messages and of the bot, for buttons and for words."""

from __future__ import annotations

import re

from bot.core.addresses import MessageRef
from bot.platforms.telegram._document import PLATFORM

_SUPERGROUP = re.compile(r"-100(\d{1,16})")
_NUMBER = re.compile(r"\d{1,19}")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def link(there: MessageRef) -> str | None:
    """The address of a message, for everybody who may read it. None in small groups and private chats: it has none."""
    group = _SUPERGROUP.fullmatch(there.conversation)
    if there.platform != PLATFORM or group is None or not _NUMBER.fullmatch(there.id):
        return None
    return f"https://t.me/c/{group[1]}/{there.id}"


def carries(payload: str) -> bool:
    """Whether Telegram takes it in a link to the bot."""
    return _PAYLOAD.fullmatch(payload) is not None


def start_link(username: str, payload: str) -> str:
    """The address that opens the private chat with the bot; ``/start`` then brings ``payload``.

    Raises ValueError where Telegram would not carry it: it takes 64 characters of ``A-Z a-z 0-9 _ -``.
    """
    if not carries(payload):
        raise ValueError("Telegram carries no such payload")
    return f"https://t.me/{username}?start={payload}"
