"""Whom the bot may write to privately: of who comes into a group, and of who brings the bot there, it asks Telegram.

Telegram tells it by refusing: the sign that the bot is typing, which nobody sees anything of without the chat, goes to
those alone who have opened it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.platforms.telegram.calling import BotApi

Json = Mapping[str, Any]

_PATIENCE_SECONDS = 1.5
_MOST = 10
_GONE = ("left", "kicked")


async def who_can_be_reached(api: BotApi, update: Any) -> tuple[str, ...]:
    """The ids of those an update is about whom the bot may write to; nobody where Telegram doesn't tell in time."""
    people = _newcomers(update) if isinstance(update, dict) else []
    if not people:
        return ()
    asking = [asyncio.ensure_future(_reached(api, user)) for user in people[:_MOST]]
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await asyncio.wait(asking)
    for one in asking:
        one.cancel()
    told = [one.result() if one.done() and not one.cancelled() else False for one in asking]
    return tuple(str(user) for user, reached in zip(people, told, strict=False) if reached)


async def _reached(api: BotApi, user: int) -> bool:
    return await api.is_taken("sendChatAction", {"chat_id": user, "action": "typing"})


def _newcomers(update: Json) -> list[int]:
    """Who came into a group, and who brought the bot into one."""
    found: list[Any] = []
    mine, theirs = _object(update, "my_chat_member"), _object(update, "chat_member")
    if mine and _came(mine) and _object(mine, "chat").get("type") != "private":
        found.append(_object(mine, "from"))
    if theirs and _came(theirs):
        found.append(_object(_object(theirs, "new_chat_member"), "user"))
    came = _object(update, "message").get("new_chat_members")
    if isinstance(came, list):
        found += [one for one in came if isinstance(one, dict)]
    ids = [one.get("id") for one in found if one.get("is_bot") is not True]
    return list(dict.fromkeys(one for one in ids if isinstance(one, int)))


def _came(told: Json) -> bool:
    before, after = (_object(told, name).get("status") for name in ("old_chat_member", "new_chat_member"))
    return before in _GONE and after not in _GONE


def _object(data: Json, name: str) -> Json:
    value = data.get(name)
    return value if isinstance(value, dict) else {}
