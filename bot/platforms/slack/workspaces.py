"""The workspaces that the bot is installed in, and whether Slack takes its tokens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.core.clock import Clock
from bot.core.platform import Host, Installation, NotSent, OutcomeUnknown, Undeliverable
from bot.platforms.slack._document import PLATFORM
from bot.platforms.slack.calling import Refused, SlackCalls, TokenRefused, Workspace

log = structlog.get_logger()

LOOK_AGAIN = timedelta(seconds=10)
"""How long a workspace rests whose token was refused, until the token is tried again."""

_SOON_SECONDS = 2.0
_LATER_SECONDS = 10.0


class Workspaces:
    """One workspace by the token of the settings, and those that were installed besides."""

    def __init__(self, calls: SlackCalls, clock: Clock, token: str | None) -> None:
        self._calls = calls
        self._clock = clock
        self._token = token
        self._own = ""
        """The id of the workspace that the token of the settings belongs to, once it is known."""
        self._own_trouble = ""
        self._open: dict[str, Workspace] = {}
        self._closed: set[str] = set()
        self._unknown: dict[str, datetime] = {}
        """Workspaces that were looked for in vain, and when."""
        self._host: Host | None = None
        self._watching: asyncio.Task[None] | None = None

    async def start(self, host: Host) -> None:
        """Find out which workspaces there are. What can't be found out now is asked again, until it is known."""
        self._host = host
        await self._read_installed()
        await self._identify()
        self._watching = asyncio.create_task(self._watch(), name="slack workspaces")

    async def stop(self) -> None:
        """Look no more."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None

    def known(self, team: str) -> Workspace | None:
        """The workspace of this id, whatever its token is worth; None where the bot is not installed."""
        return self._open.get(team)

    async def look_for(self, team: str) -> Workspace | None:
        """The workspace of this id where it was installed by another process meanwhile; else None."""
        now = self._clock.now()
        if team in self._closed or now - self._unknown.get(team, now - LOOK_AGAIN) < LOOK_AGAIN:
            return None
        await self._read_installed()
        if team not in self._open:
            self._unknown[team] = now
        return self._open.get(team)

    async def usable(self, team: str) -> Workspace:
        """The workspace, to call its Web API. Raises NotSent while its token rests, Undeliverable once it is closed."""
        workspace = self._open.get(team)
        if workspace is None:
            workspace = await self.look_for(team)
        if workspace is None:
            if self._token and not self._own:
                raise NotSent("Slack has not told yet whose token this is", self._clock.now() + LOOK_AGAIN)
            raise Undeliverable("the app is not in this workspace")
        if workspace.refused:
            raise NotSent("the token is refused", self._clock.now() + LOOK_AGAIN)
        return workspace

    def refused(self, workspace: Workspace, code: str) -> None:
        """Slack refused the token: nothing more is sent there until it takes it again. Nothing is dropped."""
        if not workspace.refused:
            log.error("the token is refused", platform=PLATFORM, reason=code)
        workspace.refused = code

    async def closed(self, team: str) -> None:
        """The app was removed from the workspace: its token is worth nothing any more."""
        self._closed.add(team)
        self._open.pop(team, None)
        if self._host is not None:
            await self._host.close_installation(PLATFORM, team)
        log.warning("the app was removed from a workspace", platform=PLATFORM)

    async def was_installed(self, installation: Installation) -> None:
        """The bot was installed there, for the first time or again, and the host has kept it."""
        self._take(installation)

    def trouble(self) -> str | None:
        """None while there is a workspace and every token is good."""
        if self._own_trouble:
            return self._own_trouble
        refused = [one for one in self._open.values() if one.refused]
        if refused:
            return f"Slack refuses the bot's token ({refused[0].refused})"
        if not self._open:
            return "the app is in no Slack workspace"
        return None

    async def _read_installed(self) -> None:
        if self._host is None:
            return
        for installation in await self._host.installations(PLATFORM):
            if installation.tenant != self._own:
                self._take(installation)

    def _take(self, installation: Installation) -> None:
        team = installation.tenant
        known = self._open.get(team)
        if known is not None and known.token == installation.token:
            return
        self._closed.discard(team)
        self._open[team] = Workspace(
            team, installation.name, installation.bot, installation.token, frozenset(installation.scopes)
        )

    async def _identify(self) -> None:
        """Learn whose the token of the settings is."""
        if self._token is None or self._own:
            return
        unknown = Workspace("", "", "", self._token)
        try:
            told = await self._calls.call(unknown, "auth.test", lambda client: client.auth_test(), patience=10)
        except (TokenRefused, Refused) as refused:
            self._own_trouble = f"Slack refuses SLACK_BOT_TOKEN ({refused.code})"
        except (NotSent, OutcomeUnknown):
            self._own_trouble = "Slack does not answer"
        else:
            self._own, self._own_trouble = str(told["team_id"]), ""
            await self._keep_own(str(told.get("team") or ""), str(told["user_id"]), self._token)

    async def _keep_own(self, name: str, bot: str, token: str) -> None:
        """The workspace of the settings' token is one of those where the bot is installed."""
        self._open[self._own] = Workspace(self._own, name, bot, token)
        self._closed.discard(self._own)
        if self._host is not None:
            await self._host.keep_installation(Installation(PLATFORM, self._own, name, bot, token))

    async def _watch(self) -> None:
        """Ask again for what is not known yet, and try tokens that were refused."""
        while True:
            await asyncio.sleep(_SOON_SECONDS if self._own_trouble == "Slack does not answer" else _LATER_SECONDS)
            with suppress(Exception):  # whatever it is, it is tried again
                await self._identify()
                for workspace in list(self._open.values()):
                    if workspace.refused:
                        await self._try(workspace)

    async def _try(self, workspace: Workspace) -> None:
        try:
            await self._calls.call(workspace, "auth.test", lambda client: client.auth_test(), patience=10)
        except TokenRefused as refused:
            workspace.refused = refused.code
        except (NotSent, OutcomeUnknown, Refused):
            pass
        else:
            workspace.refused = ""
