"""Looking at an installation of Slack from outside: one call each, and plain facts. It changes nothing there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.reading import readable

_PATIENCE_SECONDS = 10


class Refused(Exception):
    """Slack said no; ``str()`` is its code, such as ``invalid_auth``."""


class Unreachable(Exception):
    """No answer that could be understood came; ``str()`` says why in a few words."""


class NoBot(Exception):
    """The token works, and is a person's, not a bot's."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is: the workspace, the bot's user id and its name there, and what it has leave to do."""

    tenant: str
    workspace: str
    bot: str
    bot_name: str
    scopes: tuple[str, ...]


class Presence(StrEnum):
    """Where the bot stands to a channel. A private channel that it isn't in looks like one that is gone."""

    IN = "in it"
    OUT = "not in it"
    ARCHIVED = "archived"
    UNKNOWN = "gone, or private"


def web_client(token: str | None, api_url: str | None) -> AsyncWebClient:
    """A client that asks once, and gives up after ten seconds."""
    return AsyncWebClient(
        token, base_url=api_url or AsyncWebClient.BASE_URL, timeout=_PATIENCE_SECONDS, retry_handlers=[]
    )


async def identify(token: str, api_url: str | None) -> Identity:
    """Whose token it is. Raises Refused, Unreachable or NoBot."""
    answer, scopes = await _call(token, api_url, "auth.test")
    if not answer.get("bot_id"):
        raise NoBot
    tenant, workspace, bot, name = (_told(answer, part) for part in ("team_id", "team", "user_id", "user"))
    return Identity(tenant, workspace, bot, name, scopes)


async def opens_socket(app_token: str, api_url: str | None) -> None:
    """Whether a Socket Mode connection can be had; none is made. Raises Refused or Unreachable where not."""
    await _call(app_token, api_url, "apps.connections.open")


async def presence_in(token: str, api_url: str | None, channel: str) -> Presence:
    """Whether the bot is in a channel. Raises Refused or Unreachable where that can't be told."""
    try:
        answer, _ = await _call(token, api_url, "conversations.info", channel=channel)
    except Refused as refused:
        if str(refused) == "channel_not_found":
            return Presence.UNKNOWN
        raise
    about = answer.get("channel")
    if not isinstance(about, dict):
        raise Unreachable("an answer without a channel")
    if about.get("is_archived"):
        return Presence.ARCHIVED
    return Presence.IN if about.get("is_member") else Presence.OUT


async def _call(
    token: str, api_url: str | None, method: str, **arguments: str
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What Slack answers, and the scopes of the token that was used."""
    try:
        answer = await web_client(token, api_url).api_call(method, params=arguments)
    except SlackApiError as error:
        told = getattr(error.response, "data", error.response)
        code = told.get("error") if isinstance(told, dict) else None
        if isinstance(code, str):
            raise Refused(code) from None
        raise Unreachable("an answer that is not Slack's") from None
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:  # ValueError: no address at all
        raise Unreachable(type(error).__name__) from None
    if not isinstance(answer.data, dict):
        raise Unreachable("an answer that is not Slack's")
    granted = answer.headers.get("X-OAuth-Scopes") or ""
    return answer.data, tuple(scope.strip() for scope in granted.split(",") if scope.strip())


def _told(answer: dict[str, Any], name: str) -> str:
    value = answer.get(name)
    return readable(value) if isinstance(value, str) else ""
