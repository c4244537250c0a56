"""What one person alone sees in a place. It can't be looked up afterwards, so it is never shown twice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.addresses import MessageRef, OnlyVisibleTo
from bot.core.clock import Clock
from bot.core.platform import NotSent, OutcomeUnknown
from bot.platforms.slack._document import PLATFORM, message_key
from bot.platforms.slack.calling import Refused, SlackCalls, Workspace
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.outgoing import Posting
from bot.platforms.slack.response_urls import ResponseUrls
from bot.platforms.slack.uploading import Files

_LONGEST_WAIT = timedelta(seconds=30)
_OUT_OF_REACH = frozenset({"channel_not_found", "is_archived", "not_in_channel", "user_not_in_channel"})
"""Why somebody can't be shown something in a place; their ``response_url``, or their private chat, still may do."""


class Whispers:
    """Shows somebody something, and changes it."""

    def __init__(
        self, clock: Clock, calls: SlackCalls, directory: Directory, response_urls: ResponseUrls, files: Files
    ) -> None:
        self._clock = clock
        self._calls = calls
        self._directory = directory
        self._response_urls = response_urls
        self._files = files

    async def show(self, workspace: Workspace, to: OnlyVisibleTo, shown: Sequence[Posting]) -> MessageRef | None:
        """Show it to one person; where the bot can't in that place, by the way that their command opened."""
        ref: MessageRef | None = None
        for number, posting in enumerate(shown):
            told = await self._patiently(workspace, to, posting, first=number == 0)
            ref = ref or told
            if posting.files:
                chat = await self._directory.private_chat(workspace, to.account.user)
                for file in posting.files:  # nothing shows a file to one person alone but their private chat
                    await self._files.share(workspace, file, chat, None)
        return ref

    async def change(
        self, workspace: Workspace, to: OnlyVisibleTo, target: MessageRef, posting: Posting
    ) -> MessageRef | None:
        """Change it by way of its button; without that, the new words follow the old."""
        now = self._clock.now()
        url = self._response_urls.spend(workspace.team, to.place.id, to.account.user, now, target.id)
        if url and await self._calls.respond(url, {"replace_original": True, **_body(posting)}):
            return target
        return await self.show(workspace, to, [posting]) or target

    async def _patiently(
        self, workspace: Workspace, to: OnlyVisibleTo, posting: Posting, *, first: bool
    ) -> MessageRef | None:
        """Show a part; once one was shown, the next waits here, for nobody could tell later which were."""
        while True:
            try:
                return await self._whisper(workspace, to, posting)
            except NotSent as problem:
                now = self._clock.now()
                wait = (problem.retry_at or now) - now
                if first:
                    raise
                if wait > _LONGEST_WAIT:
                    raise OutcomeUnknown(str(problem)) from None
                await asyncio.sleep(max(1.0, wait.total_seconds()))

    async def _whisper(self, workspace: Workspace, to: OnlyVisibleTo, posting: Posting) -> MessageRef | None:
        where: dict[str, Any] = {"channel": to.place.id, "user": to.account.user, **_under(to)}

        async def whisper(client: AsyncWebClient) -> Any:
            return await client.chat_postEphemeral(**where, **posting.content)

        try:
            answer = await self._calls.call(workspace, "chat.postEphemeral", whisper)
        except Refused as refused:
            if refused.code not in _OUT_OF_REACH or not await self._otherwise(workspace, to, posting):
                raise
            return None
        ts = str(answer.get("message_ts") or "")
        return MessageRef(PLATFORM, workspace.team, to.place.id, ts, to.thread, message_key(workspace.bot, ts))

    async def _otherwise(self, workspace: Workspace, to: OnlyVisibleTo, posting: Posting) -> bool:
        """By ``response_url``, else in the private chat; False where the place is unknown to this person, too."""
        url = self._response_urls.spend(workspace.team, to.place.id, to.account.user, self._clock.now())
        body = {"response_type": "ephemeral", "replace_original": False, **_under(to), **_body(posting)}
        if url and await self._calls.respond(url, body):
            return True
        if not await self._is_a_channel(workspace, to.place.id):
            return False
        chat = await self._directory.private_chat(workspace, to.account.user)

        async def post(client: AsyncWebClient) -> Any:
            return await client.chat_postMessage(channel=chat, **posting.arguments)

        await self._calls.call(workspace, "chat.postMessage", post, channel=chat)
        return True

    async def _is_a_channel(self, workspace: Workspace, channel: str) -> bool:
        try:
            await self._calls.harmless(
                workspace, "conversations.info", lambda client: client.conversations_info(channel=channel)
            )
        except Refused:
            return False
        return True


def _under(to: OnlyVisibleTo) -> dict[str, str]:
    return {"thread_ts": to.thread} if to.thread else {}


def _body(posting: Posting) -> dict[str, Any]:
    return {"text": posting.text, "blocks": posting.blocks}
