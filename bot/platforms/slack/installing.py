"""Installing Baraza in a workspace: with one token from the terminal, or in a browser for any number of workspaces.

The second is Slack's OAuth flow, which slack_bolt carries out; what it keeps, it keeps with the host, encrypted.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation as SlackInstallation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.core.messages import mark
from bot.core.platform import Host, Installation
from bot.platforms.slack._document import PLATFORM
from bot.platforms.slack._install_page import HEADERS, page
from bot.platforms.slack.checkup import identify, web_client
from bot.platforms.slack.scopes import BOT_SCOPES

INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

Installed = Callable[[Installation], Awaitable[None]]
"""Told of each installation that was kept."""

_CODE = re.compile(r"[a-z_]{1,60}")
_STATE_LASTS = 600.0
_MOST_STATES = 10_000

_CANCELLED = (
    mark("Nothing was installed"),
    mark("You left before the end, and that is fine. You can begin again whenever you like."),
)
_TOO_LATE = (
    mark("Let's try that again"),
    mark("This page was open for too long, or was opened in another browser. Nothing was installed yet."),
)
_NO_ANSWER = (
    mark("That did not work just now"),
    mark("Slack or Baraza's own memory did not answer. Nothing is lost; please try again in a minute."),
)
_REFUSED = (
    mark("Slack did not allow it"),
    mark("It says: {code}. Please show this to whoever looks after Baraza."),
)
_ONE_WORKSPACE = (
    mark("Please choose one workspace"),
    mark("Baraza is installed in one workspace at a time, not in a whole organisation."),
)


async def introduced(token: str, api_url: str | None) -> Installation:
    """The installation that a bot token is from. Raises ``checkup``'s Refused, Unreachable or NoBot."""
    found = await identify(token, api_url)
    return Installation(PLATFORM, found.tenant, found.workspace, found.bot, token, found.scopes)


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """The app as Slack knows it, and the ``public_url`` (https) under which people's browsers reach this machine."""

    client_id: str
    client_secret: str = field(repr=False)
    public_url: str
    api_url: str | None = None

    @property
    def redirect_uri(self) -> str:
        """Where Slack sends people back to; it has to be among the app's Redirect URLs."""
        return self.public_url.rstrip("/") + REDIRECT_PATH


def install_flow(
    app: OAuthApp, host: Host, installed: Installed | None = None, states: AsyncOAuthStateStore | None = None
) -> AsyncOAuthFlow:
    """The flow for ``add_install_routes``. ``installed`` is told of each installation, after it was kept."""
    pages = _Pages(host)
    settings = AsyncOAuthSettings(
        client_id=app.client_id,
        client_secret=app.client_secret,
        scopes=list(BOT_SCOPES),
        user_scopes=[],
        redirect_uri=app.redirect_uri,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        install_page_rendering_enabled=False,
        callback_options=AsyncCallbackOptions(pages.success, pages.failure),
        installation_store=HostedInstallations(host, installed),
        installation_store_bot_only=True,
        state_store=states or RecentStates(),
    )
    pages.settings = settings
    return _Flow(client=web_client(None, app.api_url), logger=_silent(), settings=settings)


def add_install_routes(application: web.Application, flow: AsyncOAuthFlow) -> None:
    """Where an installation begins, and where Slack sends people back to."""

    async def begin(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await flow.handle_installation(await to_bolt_request(request)))

    async def come_back(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await flow.handle_callback(await to_bolt_request(request)))

    application.router.add_get(flow.install_path, begin, allow_head=False)
    application.router.add_get(flow.redirect_uri_path, come_back, allow_head=False)


class RecentStates(AsyncOAuthStateStore):
    """What tells that who comes back is who went: good for ten minutes, once.

    It is kept in memory: after a restart somebody who was on their way begins again, with one click. ``now`` gives
    seconds of a clock that never jumps.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._ends: dict[str, float] = {}  # the oldest first

    async def async_issue(self, *_args: object, **_kwargs: object) -> str:
        """A new state, which nobody can guess."""
        self._forget_old()
        state = secrets.token_urlsafe(24)
        self._ends[state] = self._now() + _STATE_LASTS
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it was issued, is still good, and comes for the first time."""
        return self._ends.pop(state, float("-inf")) > self._now()

    def _forget_old(self) -> None:
        for state, ends in list(self._ends.items()):
            if ends > self._now() and len(self._ends) < _MOST_STATES:
                break
            del self._ends[state]


class HostedInstallations(AsyncInstallationStore):
    """slack_bolt's view of what the host keeps. Tokens of people are asked for by nobody, and not kept."""

    def __init__(self, host: Host, installed: Installed | None = None) -> None:
        self._host = host
        self._installed = installed

    async def async_save(self, installation: SlackInstallation) -> None:
        """Keep it. Raises BoltError where that can't be done."""
        if installation.is_enterprise_install or not installation.team_id:
            raise OneWorkspaceOnly("an installation for a whole organisation")
        made = Installation(
            PLATFORM,
            installation.team_id,
            installation.team_name or installation.team_id,
            installation.bot_user_id or "",
            installation.bot_token or "",
            tuple(installation.bot_scopes or ()),
        )
        if not made.token or not made.bot:
            raise BoltError("an installation without a bot")
        try:
            await self._host.keep_installation(made)
        except Exception as error:
            raise BoltError("the installation could not be kept") from error
        if self._installed is not None:
            await self._installed(made)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """The bot of a workspace, or None where it isn't installed."""
        for one in await self._host.installations(PLATFORM):
            if one.tenant == team_id:
                return Bot(
                    team_id=one.tenant,
                    team_name=one.name,
                    bot_user_id=one.bot,
                    bot_id="",
                    bot_token=one.token,
                    bot_scopes=list(one.scopes),
                    installed_at=0.0,
                )
        return None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The token of a workspace is worth nothing any more."""
        if team_id:
            await self._host.close_installation(PLATFORM, team_id)


class OneWorkspaceOnly(BoltError):
    """Somebody installed Baraza for a whole organisation."""


class _Flow(AsyncOAuthFlow):
    """slack_bolt's flow, in which a network that is away is a page too."""

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        try:
            return await super().handle_callback(request)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            away = AsyncFailureArgs(
                request=request,
                reason="no_answer",
                error=error,
                suggested_status_code=502,
                settings=self.settings,
                default=self.default_callback_options,
            )
            return await self.failure_handler(away)


class _Pages:
    """What people see at the end, in the language of the installation."""

    settings: AsyncOAuthSettings

    def __init__(self, host: Host) -> None:
        self._host = host

    async def success(self, args: AsyncSuccessArgs) -> BoltResponse:
        workspace = args.installation.team_name or args.installation.team_id or ""
        title = self._say(mark("Baraza is in {workspace} now"), workspace=workspace)
        words = self._say(
            mark(
                "Go back to Slack and open a channel where your community talks. Type /invite there and choose Baraza: "
                "it will write to you, and ask how to begin."
            )
        )
        return self._response(200, page(title, words))

    async def failure(self, args: AsyncFailureArgs) -> BoltResponse:
        title, words = _explained(args)
        code = args.reason if _CODE.fullmatch(args.reason) else "?"  # it comes with the address, from anybody
        link = (INSTALL_PATH, self._say(mark("Begin again")))
        return self._response(args.suggested_status_code, page(self._say(title), self._say(words, code=code), link))

    def _response(self, status: int, body: str) -> BoltResponse:
        cookie = self.settings.state_utils.build_set_cookie_for_deletion()
        return BoltResponse(status=status, body=body, headers={**HEADERS, "Set-Cookie": cookie})

    def _say(self, key: str, **values: str) -> str:
        return self._host.translate(None, key, values)


def _explained(args: AsyncFailureArgs) -> tuple[str, str]:
    """Why it ended, as a headline and a sentence."""
    if isinstance(args.error, OneWorkspaceOnly):
        return _ONE_WORKSPACE
    if args.reason in ("storage_error", "no_answer"):
        return _NO_ANSWER
    if args.suggested_status_code >= 400:
        return _TOO_LATE
    return _CANCELLED if args.reason == "access_denied" else _REFUSED


def _silent() -> logging.Logger:
    """slack_bolt tells its log the code with which an installation is finished; this one listens to nothing."""
    logger = logging.Logger("slack oauth", logging.CRITICAL)
    logger.disabled = True
    return logger
