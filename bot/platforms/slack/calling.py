"""Calls of the Web API, each in its turn, and what their failures mean."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from math import isfinite
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.core.clock import Clock
from bot.core.platform import NotSent, OutcomeUnknown
from bot.platforms.proxies import is_behind_a_proxy
from bot.platforms.slack.pacing import Pace
from bot.platforms.slack.timing import Timing
from bot.platforms.turns import TurnFarAway, Turns

Call = Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]

TOKEN_CODES = frozenset(
    {
        "access_denied", "account_inactive", "ekm_access_denied", "enterprise_is_restricted", "invalid_auth",
        "not_authed", "org_login_required", "team_access_not_granted", "token_expired", "token_revoked",
        "two_factor_setup_required",
    }
)  # fmt: skip
"""Nothing is wrong with the call; the token is worth nothing, perhaps for a while."""

_HALF_DONE = frozenset({"fatal_error", "internal_error"})
"""Slack says of these that some of the operation may have succeeded before the error."""

_TOO_MANY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_NOT_NOW = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
"""Nothing has happened, and nothing is wrong with the call; it arrived cut off, or Slack is busy with itself."""

_NO_PERMISSION = "missing_scope"
_DEFAULT_RETRY_AFTER = 30
_LONGEST_RETRY_AFTER = 24 * 3600
_SAID_NO = 400


class Refused(Exception):
    """Slack refused the call for good: ``code`` is its own word for why. It has had no effect.

    ``lacks``: the method that the token has no permission for, where that is why.
    """

    def __init__(self, code: str, lacks: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.lacks = lacks


class TokenRefused(Exception):
    """Slack refused the token."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False)
class Workspace:
    """A workspace that the bot is installed in. ``team`` is its id, ``bot`` the bot's user id there."""

    team: str
    name: str
    bot: str
    token: str = field(repr=False)
    scopes: frozenset[str] = frozenset()
    refused: str = ""
    """Slack's word for why it takes the token no longer; empty while it does."""
    lacks: set[str] = field(default_factory=set)
    """The methods that the token had no permission for when something was to be delivered."""


class SlackCalls:
    """The Web API over one shared session. Nothing is repeated here: whoever calls knows whether it may be."""

    def __init__(self, clock: Clock, pace: Pace, base_url: str | None, timing: Timing) -> None:
        self._clock = clock
        self._pace = pace
        self._timing = timing
        self.base_url = f"{(base_url or AsyncWebClient.BASE_URL).rstrip('/')}/"
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The shared session; a new one where somebody has closed it."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._timing.call), trust_env=is_behind_a_proxy()
            )
        return self._session

    def client(self, token: str) -> AsyncWebClient:
        """The SDK's client for a token; it repeats nothing by itself."""
        return AsyncWebClient(token, base_url=self.base_url, session=self.session, retry_handlers=[])

    async def close(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    async def call(
        self, workspace: Workspace, method: str, call: Call, *, channel: str = "", patience: float | None = None
    ) -> Mapping[str, Any]:
        """Slack's answer to a call that it carried out. ``patience`` is in seconds, from the call's turn on.

        Raises NotSent, OutcomeUnknown, Refused or TokenRefused, and nothing else.
        """
        turns = self._pace.turns(workspace.team, method, channel)
        try:
            async with turns.turn(), asyncio.timeout(self._timing.call if patience is None else patience):
                response = await call(self.client(workspace.token))
        except TurnFarAway as far:
            raise NotSent(str(far), self._clock.now() + timedelta(seconds=far.seconds)) from None
        except SlackApiError as error:
            raise self._meaning(error, turns, method) from None
        except aiohttp.ClientConnectorError as error:
            raise NotSent("Slack can't be reached", self._soon()) from error
        except Exception as error:
            raise OutcomeUnknown(f"no answer to {method}") from error
        workspace.lacks.discard(method)
        data = response.data
        return data if isinstance(data, dict) else {}

    async def harmless(self, workspace: Workspace, method: str, call: Call) -> Mapping[str, Any]:
        """A call that nobody sees anything of: without an answer it was not made. Raises no OutcomeUnknown."""
        try:
            return await self.call(workspace, method, call)
        except OutcomeUnknown as unknown:
            raise NotSent(str(unknown)) from None

    async def respond(self, url: str, body: dict[str, Any]) -> bool:
        """Write to a ``response_url``; False when Slack no longer takes it. Raises NotSent or OutcomeUnknown."""
        try:
            async with asyncio.timeout(self._timing.call):
                response = await AsyncWebhookClient(url, session=self.session, retry_handlers=[]).send_dict(body)
        except aiohttp.ClientConnectorError as error:
            raise NotSent("Slack can't be reached", self._soon()) from error
        except Exception as error:
            raise OutcomeUnknown("no answer from a response_url") from error
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise OutcomeUnknown("a response_url failed")
        return response.status_code < _SAID_NO

    async def upload(self, url: str, content: bytes) -> None:
        """Put the bytes of a file where Slack wants them. Until it is completed nobody sees it: raises NotSent."""
        try:
            async with asyncio.timeout(self._timing.call), self.session.post(url, data=content) as response:
                if response.status == HTTPStatus.OK:
                    return
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        raise NotSent("a file could not be uploaded", self._soon())

    def _soon(self) -> datetime:
        return self._clock.now() + timedelta(seconds=self._timing.again)

    def _meaning(self, error: SlackApiError, turns: Turns, method: str) -> Exception:
        response = error.response
        status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
        code = code_of(error)
        if status == HTTPStatus.TOO_MANY_REQUESTS or code in _TOO_MANY:
            seconds = _retry_after(getattr(response, "headers", {}))
            turns.pause(seconds)
            return NotSent("too many requests", self._clock.now() + timedelta(seconds=seconds))
        if not code or code in _HALF_DONE or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return OutcomeUnknown(code or f"status {status}")
        if code in _NOT_NOW:
            return NotSent(code, self._soon())
        return TokenRefused(code) if code in TOKEN_CODES else Refused(code, method if code == _NO_PERMISSION else "")


def code_of(error: SlackApiError) -> str:
    """Slack's own word for what is wrong; empty where its answer has none, or is none of Slack's."""
    data = getattr(error.response, "data", error.response)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def told(answer: Mapping[str, Any], *names: str) -> str:
    """What an answer tells under these names. Raises OutcomeUnknown where it doesn't: that is no answer of Slack's."""
    found: Any = answer
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, str) or not found:
        raise OutcomeUnknown("an answer that lacks a part")
    return found


def _retry_after(headers: Mapping[str, Any]) -> float:
    found = {name.lower(): value for name, value in headers.items()}.get("retry-after", _DEFAULT_RETRY_AFTER)
    if isinstance(found, list | tuple):
        found = found[0] if found else _DEFAULT_RETRY_AFTER
    try:
        seconds = float(found)
    except (TypeError, ValueError):
        return float(_DEFAULT_RETRY_AFTER)
    return min(max(1.0, seconds), _LONGEST_RETRY_AFTER) if isfinite(seconds) else float(_DEFAULT_RETRY_AFTER)
