"""Slack: everything wired together. It receives by Socket Mode or signed HTTP, and sends by the Web API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from aiohttp import web

from bot.core.addresses import MessageRef
from bot.core.clock import Clock
from bot.core.events import Event
from bot.core.platform import Host, Outgoing
from bot.platforms.slack._document import PLATFORM
from bot.platforms.slack.calling import SlackCalls, Workspace
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.incoming import translate
from bot.platforms.slack.installing import OAuthApp, add_install_routes, install_flow
from bot.platforms.slack.pacing import Pace
from bot.platforms.slack.receiving import PATH, Receiving, certificate_checked
from bot.platforms.slack.response_urls import ResponseUrls
from bot.platforms.slack.sending import Sending
from bot.platforms.slack.sockets import Sockets
from bot.platforms.slack.timing import Timing
from bot.platforms.slack.workspaces import Workspaces


class SlackPlatform:
    """See ``bot.core.platform.Platform``. A post carries its reference, so that it can be found again.

    With ``app_token`` events come by Socket Mode; with ``signing_secret`` they are taken over HTTP. With ``oauth``
    other workspaces can install the app in a browser.
    """

    name = PLATFORM
    shows_forms = True
    needs_first_word = False
    keeps_events_for: timedelta | None = timedelta(minutes=6)
    """It tells an event three times more: at once, after a minute, and five minutes later."""

    def __init__(
        self,
        clock: Clock,
        *,
        bot_token: str | None = None,
        app_token: str | None = None,
        signing_secret: str | None = None,
        api_url: str | None = None,
        oauth: OAuthApp | None = None,
        pace: Pace | None = None,
        timing: Timing = Timing(),  # noqa: B008 - it is frozen
    ) -> None:
        self._calls = SlackCalls(clock, pace or Pace(), api_url, timing)
        response_urls = ResponseUrls()
        self._workspaces = Workspaces(self._calls, clock, bot_token, timing)
        self._directory = Directory(self._calls, self._learned, timing)
        self._sending = Sending(clock, self._calls, self._workspaces, self._directory, response_urls, timing)
        self._receiving = Receiving(clock, self._workspaces, self._directory, response_urls, signing_secret)
        take = self._receiving.over_socket
        self._sockets = Sockets(self._calls, app_token, take, timing) if app_token else None
        self._by_http = signing_secret is not None
        self._oauth = oauth
        self._host: Host | None = None

    async def start(self, host: Host) -> None:
        """Learn which workspaces there are, and begin to receive. Slack need not answer yet: it is asked again."""
        self._host = host
        self._sending.start(host)
        await self._workspaces.start(host)
        self._receiving.host = host
        if self._sockets is not None:
            await self._sockets.start()

    async def stop_receiving(self) -> None:
        """Take nothing new. What was not acknowledged Slack tells again."""
        if self._sockets is not None:
            await self._sockets.stop()  # what it has taken is kept and acknowledged first
        self._receiving.host = None

    async def close(self) -> None:
        """Let go of every connection."""
        await self.stop_receiving()
        await self._workspaces.stop()
        await self._directory.close()
        await self._calls.close()

    def add_routes(self, application: web.Application) -> None:
        """Part of ``bot.web.ServesHttp``: where Slack posts events, commands and interactions alike."""
        if self._by_http:
            application.router.add_post(PATH, self._receiving.over_http)
            application.router.add_get(PATH, certificate_checked)
        if self._oauth is not None and self._host is not None:
            add_install_routes(application, install_flow(self._oauth, self._host, self._workspaces.was_installed))

    def translate(self, body: bytes) -> Sequence[Event]:
        """See ``incoming``."""
        return translate(body)

    async def deliver(self, outgoing: Outgoing) -> MessageRef | None:
        """See ``sending``."""
        return await self._sending.deliver(outgoing)

    async def find(self, outgoing: Outgoing) -> MessageRef | None:
        """See ``sending``."""
        return await self._sending.find(outgoing)

    def hears(self) -> bool:
        """Whether a connection stands, or requests are taken; nobody can see from here whether those get through."""
        if self._receiving.host is None:
            return False
        return self._by_http if self._sockets is None else self._sockets.trouble() is None

    def trouble(self) -> str | None:
        """None while events can arrive and messages can leave."""
        if self._receiving.host is None:
            return "Slack's events are not taken"
        if self._sockets is None and not self._by_http:
            return "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set, so nothing can arrive from Slack"
        return (self._sockets.trouble() if self._sockets else None) or self._workspaces.trouble()

    async def _learned(self, workspace: Workspace, user: Mapping[str, Any]) -> None:
        await self._receiving.learned(workspace, user)
