"""Posting messages with their parts and files. Nothing is posted twice.

A message may take several posts. Which of them stand already is remembered, and read from Slack's history where this
program doesn't know, so that what was broken off goes on where it stopped.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.addresses import MessageRef
from bot.core.clock import Clock
from bot.core.platform import CannotTell, NotSent, OutcomeUnknown, Undeliverable
from bot.platforms.slack._document import PLATFORM, message_key
from bot.platforms.slack.calling import Refused, SlackCalls, Workspace, told
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.looking import Standing, metadata, what_stands
from bot.platforms.slack.outgoing import File, Posting
from bot.platforms.slack.uploading import Files

LOOKS_BACK = timedelta(days=4)
"""What is older was given up: a message is tried for three days."""

_MOST_BROKEN_OFF = 10_000


class Posts:
    """Posts in conversations, and finds what was posted."""

    def __init__(self, clock: Clock, calls: SlackCalls, directory: Directory, files: Files) -> None:
        self._clock = clock
        self._calls = calls
        self._directory = directory
        self._files = files
        self._broken_off: OrderedDict[str, Standing] = OrderedDict()

    async def post(
        self, workspace: Workspace, reference: str, shown: Sequence[Posting], channel: str, thread: str | None
    ) -> MessageRef:
        """Post whatever of it doesn't stand yet; the first part, which stands for the whole."""
        standing = self._broken_off.pop(reference, None)
        several = len(shown) > 1 or any(posting.files for posting in shown)
        if standing is None:
            standing = await self._from_before(workspace, channel, thread, reference) if several else Standing()
        wanted: Counter[str] = Counter()
        try:
            for number, posting in enumerate(shown):
                await self._part(workspace, reference, number, posting, channel, thread, standing)
                under = thread or (standing.parts[0] if posting.thread else None)
                for file in posting.files:
                    wanted[file.name] += 1
                    if standing.files[file.name] < wanted[file.name]:
                        await self._files.share(workspace, file, channel, under or _thread_for(file, standing))
                        standing.files[file.name] += 1
        except Refused as refused:
            if not standing.parts:
                raise
            raise Undeliverable(f"only its beginning: {refused.code}") from None
        except BaseException:
            if standing.parts:  # whoever comes next goes on from here, unless a look into the channel tells more
                self._remember(reference, standing)
            raise
        return self._ref(workspace, channel, standing.parts[0], thread)

    async def _part(
        self,
        workspace: Workspace,
        reference: str,
        number: int,
        posting: Posting,
        channel: str,
        thread: str | None,
        standing: Standing,
    ) -> None:
        """One post, unless it stands."""
        if number in standing.parts:
            return
        under = thread or (standing.parts.get(0) if posting.thread else None)

        async def post(client: AsyncWebClient) -> Any:
            where: dict[str, Any] = {"channel": channel, **({"thread_ts": under} if under else {})}
            return await client.chat_postMessage(**where, **posting.arguments, metadata=metadata(reference, number))

        answer = await self._calls.call(workspace, "chat.postMessage", post, channel=channel)
        standing.parts[number] = told(answer, "ts")
        self._directory.wrote(workspace, standing.parts[number], workspace.bot)

    async def find(
        self, workspace: Workspace, reference: str, shown: Sequence[Posting], channel: str, thread: str | None
    ) -> MessageRef | None:
        """The message, if all of it stands; what stands is remembered. Raises CannotTell, and as calls do."""
        standing = await self._look(workspace, channel, thread, reference)
        files = Counter(file.name for posting in shown for file in posting.files)
        if not set(range(len(shown))) <= set(standing.parts) or not files <= standing.files:
            self._remember(reference, standing)
            return None
        self._broken_off.pop(reference, None)
        return self._ref(workspace, channel, standing.parts[0], thread)

    async def _from_before(self, workspace: Workspace, channel: str, thread: str | None, reference: str) -> Standing:
        """What an earlier run of the program may have posted of it before it was ended."""
        try:
            return await self._look(workspace, channel, thread, reference)
        except CannotTell:
            return Standing()
        except OutcomeUnknown as unknown:  # of the look-up: nothing was posted
            raise NotSent(str(unknown)) from None

    async def _look(self, workspace: Workspace, channel: str, thread: str | None, reference: str) -> Standing:
        since = self._clock.now() - LOOKS_BACK
        return await what_stands(self._calls, workspace, channel, thread, reference, since)

    def _ref(self, workspace: Workspace, channel: str, ts: str, thread: str | None) -> MessageRef:
        return MessageRef(PLATFORM, workspace.team, channel, ts, thread, message_key(workspace.bot, ts))

    def _remember(self, reference: str, standing: Standing) -> None:
        self._broken_off[reference] = standing
        if len(self._broken_off) > _MOST_BROKEN_OFF:
            self._broken_off.popitem(last=False)


def _thread_for(file: File, standing: Standing) -> str | None:
    """Pictures stand in the conversation, where everybody sees them; what has to be opened, under its message."""
    return None if file.is_picture else standing.parts.get(0)
