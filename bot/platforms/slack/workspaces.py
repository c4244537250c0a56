"""The workspaces that the bot is installed in, and whether Slack takes its tokens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from math import inf

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.core.clock import Clock
from bot.core.platform import Host, Installation, NotSent, OutcomeUnknown, Undeliverable
from bot.platforms.slack._document import PLATFORM
from bot.platforms.slack.calling import Refused, SlackCalls, TokenRefused, Workspace, told
from bot.platforms.slack.timing import Timing

log = structlog.get_logger()

_SILENT = "Slack does not answer"


class Workspaces:
    """One workspace by the token of the settings, and those that were installed besides."""

    def __init__(self, calls: SlackCalls, clock: Clock, token: str | None, timing: Timing) -> None:
        self._calls = calls
        self._timing = timing
        self._clock = clock
        self._token = token
        self._own = ""
        """The id of the workspace that the token of the settings belongs to, once it is known."""
        self._own_trouble = ""
        self._open: dict[str, Workspace] = {}
        self._unknown: dict[str, float] = {}
        """Workspaces that were looked for in vain, or closed, and when by the clock of the event loop."""
        self._reading = asyncio.Lock()
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
        now = asyncio.get_running_loop().time()
        if now - self._unknown.get(team, -inf) < self._timing.token:
            return None
        await self._read_installed()
        if team not in self._open:
            self._unknown[team] = now
        return self._open.get(team)

    async def usable(self, team: str) -> Workspace:
        """The workspace, to call its Web API. Raises NotSent while its token rests, Undeliverable once it is closed."""
        workspace = self._open.get(team)
        if workspace is None:
            try:
                workspace = await self.look_for(team)
            except Exception as error:
                raise NotSent("what is installed can't be read now", self._later()) from error
        if workspace is None:
            if self._token and not self._own:
                raise NotSent("Slack has not told yet whose token this is", self._later())
            raise Undeliverable("the app is not in this workspace")
        if workspace.refused:
            raise NotSent("the token is refused", self._later())
        return workspace

    def _later(self) -> datetime:
        return self._clock.now() + timedelta(seconds=self._timing.token)

    def refused(self, workspace: Workspace, code: str) -> None:
        """Slack refused the token: nothing more is sent there until it takes it again. Nothing is dropped."""
        if not workspace.refused:
            log.error("the token is refused", platform=PLATFORM, reason=code)
        workspace.refused = code

    def lacks(self, workspace: Workspace, method: str) -> None:
        """The token has no permission for a method: what needs it rests until it works, and everything else goes on."""
        if method not in workspace.lacks:
            log.error("the token lacks a permission", platform=PLATFORM, reason=method)
        workspace.lacks.add(method)

    def revoked(self, team: str) -> None:
        """Slack says that the token was revoked: it rests until Slack takes it again, or a new one comes."""
        if (workspace := self._open.get(team)) is not None:
            self.refused(workspace, "token_revoked")

    async def closed(self, team: str, told_at: datetime) -> None:
        """The app was removed from the workspace at that moment (UTC): its token is worth nothing any more.

        Slack tells it again and again where it is not acknowledged, perhaps when the app is back in the workspace.
        """
        async with self._reading:  # whoever read what is installed before must not open it again
            if self._host is not None and not await self._host.close_installation(PLATFORM, team, told_at):
                return
            self._open.pop(team, None)
            self._unknown[team] = asyncio.get_running_loop().time()
        log.warning("the app was removed from a workspace", platform=PLATFORM)

    async def was_installed(self, installation: Installation) -> None:
        """The bot was installed there, for the first time or again, and the host has kept it."""
        self._take(installation)

    def trouble(self) -> str | None:
        """None while there is a workspace, and every token is good for whatever was to be done with it."""
        if self._own_trouble:
            return self._own_trouble
        refused = [one for one in self._open.values() if one.refused]
        if refused:
            return f"Slack refuses the bot's token ({refused[0].refused})"
        if not self._open:
            return "the app is in no Slack workspace"
        lacking = sorted(method for one in self._open.values() for method in one.lacks)
        if lacking:
            return f"Slack's token lacks a permission, so {lacking[0]} is refused: baraza doctor says which"
        return None

    async def _read_installed(self) -> None:
        if self._host is None:
            return
        async with self._reading:
            for installation in await self._host.installations(PLATFORM):
                if installation.tenant != self._own or self._own not in self._open:
                    self._take(installation)

    def _take(self, installation: Installation) -> None:
        team = installation.tenant
        known = self._open.get(team)
        if known is not None and known.token == installation.token:
            return
        self._unknown.pop(team, None)
        self._open[team] = Workspace(
            team, installation.name, installation.bot, installation.token, frozenset(installation.scopes)
        )

    async def _identify(self) -> None:
        """Learn whose the token of the settings is."""
        if self._token is None or self._own:
            return
        unknown = Workspace("", "", "", self._token)
        try:
            answer = await self._calls.call(unknown, "auth.test", _who, patience=self._timing.look_up)
            team, bot = told(answer, "team_id"), told(answer, "user_id")
        except (TokenRefused, Refused) as refused:
            self._own_trouble = f"Slack refuses SLACK_BOT_TOKEN ({refused.code})"
        except (NotSent, OutcomeUnknown):
            self._own_trouble = _SILENT
        else:
            self._own, self._own_trouble = team, ""
            await self._keep_own(str(answer.get("team") or ""), bot, self._token)

    async def _keep_own(self, name: str, bot: str, token: str) -> None:
        """The workspace of the settings' token is one of those where the bot is installed."""
        self._open[self._own] = Workspace(self._own, name, bot, token)
        if self._host is not None:
            await self._host.keep_installation(Installation(PLATFORM, self._own, name, bot, token))

    async def look(self) -> None:
        """Ask for what is not known yet, and try the tokens that were refused."""
        await self._identify()
        for workspace in list(self._open.values()):
            if workspace.refused:
                await self._try(workspace)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._timing.answer if self._own_trouble == _SILENT else self._timing.token)
            with suppress(Exception):  # whatever it is, it is tried again
                await self.look()

    async def _try(self, workspace: Workspace) -> None:
        try:
            await self._calls.call(workspace, "auth.test", _who, patience=self._timing.look_up)
        except TokenRefused as refused:
            workspace.refused = refused.code
        except (NotSent, OutcomeUnknown, Refused):
            pass
        else:
            workspace.refused = ""


async def _who(client: AsyncWebClient) -> AsyncSlackResponse:
    return await client.auth_test()
