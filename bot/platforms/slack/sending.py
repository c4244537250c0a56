"""Out to Slack: what is to be shown, changed or opened, each by its own way; and what Slack's refusals mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.addresses import Destination, InPlace, MessageRef, OnlyVisibleTo, Privately, tenant_of
from bot.core.clock import Clock
from bot.core.platform import (
    CannotTell,
    Delete,
    Edit,
    Host,
    MessageIsGone,
    NotSent,
    OpenForm,
    OutcomeUnknown,
    Outgoing,
    Send,
    ShowHome,
    TriggerExpired,
    Undeliverable,
)
from bot.platforms.slack._forms import OpenedForm
from bot.platforms.slack.calling import Refused, SlackCalls, TokenRefused, Workspace
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.forms import modal
from bot.platforms.slack.home import view
from bot.platforms.slack.outgoing import edited, postings
from bot.platforms.slack.posts import Posts
from bot.platforms.slack.response_urls import ResponseUrls
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.uploading import Files
from bot.platforms.slack.whispers import Whispers
from bot.platforms.slack.workspaces import Workspaces

_GONE = "message_not_found"
_NO_HOME = frozenset({"not_enabled", "view_disabled"})
_NO_LONGER_OPENS = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id", "trigger_expired"})


class Sending:
    """Carries out what goes to Slack."""

    def __init__(
        self,
        clock: Clock,
        calls: SlackCalls,
        workspaces: Workspaces,
        directory: Directory,
        response_urls: ResponseUrls,
        timing: Timing,
    ) -> None:
        self._clock = clock
        self._calls = calls
        self._timing = timing
        self._workspaces = workspaces
        self._directory = directory
        self._files = Files(calls)
        self._posts = Posts(clock, calls, directory, self._files)
        self._whispers = Whispers(clock, calls, directory, response_urls, self._files, timing)
        self._host: Host | None = None

    def start(self, host: Host) -> None:
        """From now on things can be delivered."""
        self._host = host
        self._files.host = host

    async def deliver(self, outgoing: Outgoing) -> MessageRef | None:
        """See ``bot.core.platform.Platform.deliver``."""
        workspace = await self._workspaces.usable(tenant_of(outgoing.destination))
        async with self._refusals(workspace):
            if isinstance(outgoing, Edit):
                return await self._edit(workspace, outgoing)
            if isinstance(outgoing, Delete):
                await self._delete(workspace, outgoing)
                return None
            if isinstance(outgoing, OpenForm):
                await self._open_form(workspace, outgoing)
                return None
            if isinstance(outgoing, ShowHome):
                await self._show_home(workspace, outgoing)
                return None
            if not isinstance(outgoing, Send):
                return None  # nothing that Slack has
            shown = postings(outgoing.message, self._say_in(None))
            if isinstance(outgoing.destination, OnlyVisibleTo):
                return await self._whispers.show(workspace, outgoing.destination, shown)
            channel, thread = await self._where(workspace, outgoing.destination)
            return await self._posts.post(workspace, outgoing.reference, shown, channel, thread)

    async def find(self, outgoing: Outgoing) -> MessageRef | None:
        """See ``bot.core.platform.Platform.find``. Only what was posted can be looked up."""
        destination = outgoing.destination
        if not isinstance(outgoing, Send) or isinstance(destination, OnlyVisibleTo):
            raise CannotTell
        workspace = await self._workspaces.usable(tenant_of(destination))
        shown = postings(outgoing.message, self._say_in(None))
        try:
            async with self._refusals(workspace):
                channel, thread = await self._where(workspace, destination)
                return await self._posts.find(workspace, outgoing.reference, shown, channel, thread)
        except Undeliverable:
            raise CannotTell from None
        except OutcomeUnknown as unknown:  # of the look-up itself
            raise NotSent(str(unknown)) from None

    @asynccontextmanager
    async def _refusals(self, workspace: Workspace) -> AsyncIterator[None]:
        """Say what Slack's refusals mean in the words of ``bot.core.platform``."""
        try:
            yield
        except Refused as refused:
            if not refused.lacks:
                raise Undeliverable(refused.code) from None
            self._workspaces.lacks(workspace, refused.lacks)
            raise NotSent("a permission is missing", self._later()) from None
        except TokenRefused as refused:
            self._workspaces.refused(workspace, refused.code)
            raise NotSent("the token is refused", self._later()) from None

    def _later(self) -> datetime:
        return self._clock.now() + timedelta(seconds=self._timing.token)

    async def _edit(self, workspace: Workspace, edit: Edit) -> MessageRef | None:
        posting, target = edited(edit.message, self._say_in(None)), edit.target
        if isinstance(edit.destination, OnlyVisibleTo):
            return await self._whispers.change(workspace, edit.destination, target, posting)

        async def update(client: AsyncWebClient) -> Any:
            return await client.chat_update(channel=target.conversation, ts=target.id, **posting.content)

        try:
            await self._calls.call(workspace, "chat.update", update)
        except Refused as refused:
            if refused.code != _GONE:
                raise
            raise MessageIsGone(refused.code) from None
        return target

    async def _delete(self, workspace: Workspace, gone: Delete) -> None:
        if isinstance(gone.destination, OnlyVisibleTo):
            return  # it goes by itself, and nothing but an answer to its own buttons can reach it

        async def delete(client: AsyncWebClient) -> Any:
            return await client.chat_delete(channel=gone.target.conversation, ts=gone.target.id)

        try:
            await self._calls.call(workspace, "chat.delete", delete)
        except Refused as refused:
            if refused.code != _GONE:
                raise

    async def _open_form(self, workspace: Workspace, opening: OpenForm) -> None:
        if self._clock.now() >= opening.trigger.expires_at:
            raise TriggerExpired
        place = opening.destination.place.id if isinstance(opening.destination, OnlyVisibleTo) else ""
        view = modal(opening.form, OpenedForm(opening.form_id, place), self._say_in(opening.form.language))

        async def show(client: AsyncWebClient) -> Any:
            return await client.views_open(trigger_id=opening.trigger.id, view=view)

        try:
            await self._calls.call(workspace, "views.open", show, patience=self._timing.form)
        except Refused as refused:
            if refused.code in _NO_LONGER_OPENS:
                raise TriggerExpired from None
            raise
        except NotSent:
            raise TriggerExpired from None  # by the next try it would be too late

    async def _show_home(self, workspace: Workspace, page: ShowHome) -> None:
        """Publish somebody's page. A workspace that has no room for one does without."""
        shown = view(page.home, self._say_in(page.home.language))

        async def publish(client: AsyncWebClient) -> Any:
            return await client.views_publish(user_id=page.destination.account.user, view=shown)

        try:
            await self._calls.call(workspace, "views.publish", publish)
        except Refused as refused:
            if refused.code not in _NO_HOME:
                raise

    async def _where(self, workspace: Workspace, to: Destination) -> tuple[str, str | None]:
        """The channel and the thread."""
        if isinstance(to, InPlace):
            return to.place.id, to.thread
        assert isinstance(to, Privately)  # noqa: S101 - what one person alone sees goes another way
        return await self._directory.private_chat(workspace, to.account.user), None

    def _say_in(self, language: str | None) -> Callable[[str], str]:
        assert self._host is not None, "the platform has not been started"  # noqa: S101 - a programmer's mistake
        host = self._host
        return lambda key: host.translate(language, key, {})
