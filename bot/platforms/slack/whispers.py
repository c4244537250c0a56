"""What one person alone sees in a place. It can't be looked up afterwards, so it is never shown twice."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.addresses import MessageRef, OnlyVisibleTo
from bot.core.clock import Clock
from bot.core.platform import NotSent, OutcomeUnknown, Undeliverable
from bot.platforms.slack._document import PLATFORM, message_key
from bot.platforms.slack.calling import Refused, SlackCalls, TokenRefused, Workspace
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.outgoing import File, Posting
from bot.platforms.slack.response_urls import ResponseUrls
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.uploading import Files

_OUT_OF_REACH = frozenset(
    {
        "channel_not_found", "is_archived", "not_in_channel", "restricted_action",
        "restricted_action_read_only_channel", "restricted_action_thread_only_channel", "user_not_in_channel",
    }
)  # fmt: skip
"""Why somebody can't be shown something in a place; their ``response_url``, or their private chat, still may do."""

_CHANNEL = re.compile(r"[CDG][A-Z0-9]{2,30}")


class Whispers:
    """Shows somebody something, and changes it."""

    def __init__(
        self,
        clock: Clock,
        calls: SlackCalls,
        directory: Directory,
        response_urls: ResponseUrls,
        files: Files,
        timing: Timing,
    ) -> None:
        self._clock = clock
        self._calls = calls
        self._directory = directory
        self._response_urls = response_urls
        self._files = files
        self._timing = timing

    async def show(self, workspace: Workspace, to: OnlyVisibleTo, shown: Sequence[Posting]) -> MessageRef | None:
        """Show it to one person; where the bot can't in that place, by the way that their command opened."""
        ref = await self._whisper(workspace, to, shown[0])
        for number, posting in enumerate(shown):
            if number:
                await self._patiently(partial(self._whisper, workspace, to, posting))
            for file in posting.files:
                await self._patiently(partial(self._hand_over, workspace, to, file))
        return ref

    async def _hand_over(self, workspace: Workspace, to: OnlyVisibleTo, file: File) -> None:
        """Nothing shows a file to one person alone but their private chat."""
        chat = await self._directory.private_chat(workspace, to.account.user)
        await self._files.share(workspace, file, chat, None)

    async def change(
        self, workspace: Workspace, to: OnlyVisibleTo, target: MessageRef, posting: Posting
    ) -> MessageRef | None:
        """Change it by way of its button; without that, the new words follow the old."""
        now = self._clock.now()
        url = self._response_urls.spend(workspace.team, to.place.id, to.account.user, now, target.id)
        if url and await self._calls.respond(url, {"replace_original": True, **_body(posting)}):
            return target
        return await self.show(workspace, to, [posting]) or target

    async def _patiently(self, show: Callable[[], Awaitable[object]]) -> None:
        """What follows once something was shown waits here: nobody could tell later how far it had come."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self._timing.whisper
        while True:
            try:
                await show()
            except NotSent as problem:
                now = self._clock.now()
                wait = max(self._timing.pause, ((problem.retry_at or now) - now).total_seconds())
                if loop.time() + wait > until:
                    raise OutcomeUnknown(str(problem)) from None
                await asyncio.sleep(wait)
            except TokenRefused as refused:
                raise OutcomeUnknown("only its beginning: the token is refused") from refused
            except Refused as refused:
                raise Undeliverable(f"only its beginning: {refused.code}") from None
            else:
                return

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
        """By ``response_url``, else in the private chat; False for what is no place of Slack's."""
        url = self._response_urls.spend(workspace.team, to.place.id, to.account.user, self._clock.now())
        body = {"response_type": "ephemeral", "replace_original": False, **_under(to), **_body(posting)}
        if url and await self._calls.respond(url, body):
            return True
        if not _CHANNEL.fullmatch(to.place.id):
            return False
        chat = await self._directory.private_chat(workspace, to.account.user)

        async def post(client: AsyncWebClient) -> Any:
            return await client.chat_postMessage(channel=chat, **posting.arguments)

        await self._calls.call(workspace, "chat.postMessage", post, channel=chat)
        return True


def _under(to: OnlyVisibleTo) -> dict[str, str]:
    return {"thread_ts": to.thread} if to.thread else {}


def _body(posting: Posting) -> dict[str, Any]:
    return {"text": posting.text, "blocks": posting.blocks}
