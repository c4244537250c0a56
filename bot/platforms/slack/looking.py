"""What of a message stands in a channel already: posts carry the outbox's reference in their metadata."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.platform import CannotTell
from bot.platforms.slack.calling import Refused, SlackCalls, Workspace

Json = Mapping[str, Any]

EVENT_TYPE = "baraza_message"
_PAGE = 200
_MOST_PAGES = 15


@dataclass
class Standing:
    """The parts of a message that stand, by their number, with their ``ts``; and how many files of each name do."""

    parts: dict[int, str] = field(default_factory=dict)
    files: Counter[str] = field(default_factory=Counter)


def metadata(reference: str, part: int) -> dict[str, Any]:
    """What marks a post as the part of a message."""
    return {"event_type": EVENT_TYPE, "event_payload": {"reference": reference, "part": part}}


async def what_stands(
    calls: SlackCalls, workspace: Workspace, channel: str, thread: str | None, reference: str, since: datetime
) -> Standing:
    """Look through the channel (or thread) as far back as ``since``, then through the thread under what was found.

    Raises CannotTell where history is closed to the bot, or has more in it than can be read.
    """
    standing = Standing()
    seen: list[Json] = []
    try:
        async for message in _messages(calls, workspace, channel, thread, since):
            seen.append(message)
            if _note(standing, message, reference) == 0 and not thread:
                break  # a channel is read backwards: what follows is older; a thread is read forwards
        root = standing.parts.get(0)
        if root and not thread:
            async for message in _messages(calls, workspace, channel, root, since):
                seen.append(message)
                _note(standing, message, reference)
    except Refused as refused:
        if refused.code == "thread_not_found":
            return standing  # somebody deleted what began it
        raise CannotTell from refused
    if root:
        for message in seen:
            if message.get("user") == workspace.bot and str(message.get("ts")) > root:
                standing.files.update(str(one.get("title") or one.get("name")) for one in message.get("files") or ())
    return standing


def _note(standing: Standing, message: Json, reference: str) -> int | None:
    """Keep the number of the part that a message is, if it is one."""
    marked = message.get("metadata")
    payload = marked.get("event_payload") if isinstance(marked, dict) else None
    if not isinstance(payload, dict) or payload.get("reference") != reference:
        return None
    part = int(payload.get("part") or 0)
    standing.parts[part] = str(message["ts"])
    return part


async def _messages(
    calls: SlackCalls, workspace: Workspace, channel: str, thread: str | None, since: datetime
) -> AsyncIterator[Json]:
    cursor = ""
    for _ in range(_MOST_PAGES):
        answer = await _page(calls, workspace, channel, thread, since, cursor)
        for message in answer.get("messages") or ():
            yield message
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return
    raise CannotTell


async def _page(
    calls: SlackCalls, workspace: Workspace, channel: str, thread: str | None, since: datetime, cursor: str
) -> Json:
    more: dict[str, Any] = {"limit": _PAGE, "include_all_metadata": True, "oldest": f"{since.timestamp():.6f}"}
    more |= {"cursor": cursor} if cursor else {}

    async def history(client: AsyncWebClient) -> Any:
        return await client.conversations_history(channel=channel, **more)

    async def replies(client: AsyncWebClient) -> Any:
        return await client.conversations_replies(channel=channel, ts=thread or "", **more)

    if thread:
        return await calls.call(workspace, "conversations.replies", replies)
    return await calls.call(workspace, "conversations.history", history)
