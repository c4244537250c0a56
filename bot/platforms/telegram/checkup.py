"""Looking at a bot of Telegram's from outside: one call each, and plain facts. It changes nothing there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import aiohttp
from telegram.error import InvalidToken

from bot.core.clock import Clock
from bot.core.platform import NotSent
from bot.platforms.reading import readable
from bot.platforms.telegram.calling import BotApi, Moved, Refused
from bot.platforms.telegram.pacing import Pace
from bot.platforms.telegram.platform import DEFAULT_API_URL
from bot.platforms.telegram.receiving import NotNow, ask_for_updates
from bot.platforms.telegram.requesting import AiohttpRequest, raw_bot
from bot.platforms.telegram.timing import Timing

_PATIENCE = Timing(call=10.0, connect=5.0)
_LISTENED_SECONDS = 2
_LEADS = ("creator", "administrator")
_ADMIT = "can_invite_users"


class TokenRefused(Exception):
    """Telegram knows no bot with this token."""


class Unreachable(Exception):
    """No answer that could be understood came; ``str()`` says why in a few words."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is. ``reads_everything``: groups show it every message, for privacy mode is off."""

    username: str
    reads_everything: bool
    joins_groups: bool


@dataclass(frozen=True, slots=True)
class Presence:
    """What the bot is in a chat. ``admits``: it may let in who asks to join. ``writes``: it may write there."""

    inside: bool
    leads: bool = False
    admits: bool = False
    writes: bool = True


@dataclass(frozen=True, slots=True)
class WebhookState:
    """Where Telegram posts updates (nowhere: empty), how many wait, and how the last attempt went wrong, if any did."""

    url: str
    pending: int = 0
    failure: str = ""
    failed_at: datetime | None = None


class Checkup:
    """Asks as one bot. Use it as an asynchronous context manager; every question may raise Unreachable."""

    def __init__(self, token: str, api_url: str | None) -> None:
        base = (api_url or DEFAULT_API_URL).rstrip("/")
        self._requests = AiohttpRequest(_PATIENCE)
        self._url = f"{base}/bot{token}"
        self._me = token.partition(":")[0]
        self._token, self._base = token, base

    async def __aenter__(self) -> Self:
        try:
            bot = raw_bot(self._token, self._base, self._requests)
        except InvalidToken:
            raise TokenRefused from None
        self._api = BotApi(Clock(), Pace(), bot, _PATIENCE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._requests.shutdown()

    async def identity(self) -> Identity:
        """Whose token it is. Raises TokenRefused, too."""
        told = await self._object("getMe", {})
        flags = (told.get(one) is True for one in ("can_read_all_group_messages", "can_join_groups"))
        return Identity(_text(told, "username"), *flags)

    async def presence_in(self, chat: str) -> Presence:
        """What the bot is in a chat, given its id."""
        try:
            told = await self._object("getChatMember", {"chat_id": int(chat), "user_id": int(self._me)})
        except (Refused, Moved, ValueError):
            return Presence(inside=False)
        status = told.get("status")
        if status == "restricted":
            return Presence(told.get("is_member") is True, writes=told.get("can_send_messages") is True)
        leads = status in _LEADS
        return Presence(leads or status == "member", leads, status == "creator" or told.get(_ADMIT) is True)

    async def webhook(self) -> WebhookState:
        """Where Telegram posts updates now, and how that goes."""
        told = await self._object("getWebhookInfo", {})
        at, pending = told.get("last_error_date"), told.get("pending_update_count")
        return WebhookState(
            url=_text(told, "url"),
            pending=pending if isinstance(pending, int) else 0,
            failure=_text(told, "last_error_message"),
            failed_at=datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None,
        )

    async def somebody_else_asks(self) -> bool:
        """Whether another program asks for this bot's updates, as far as that shows within two seconds.

        While Baraza itself runs it would be the other program, and be disturbed. Nothing is confirmed.
        """
        asked = {"timeout": _LISTENED_SECONDS, "limit": 1}
        with suppress(TimeoutError, aiohttp.ClientError, OSError):
            async with asyncio.timeout(_LISTENED_SECONDS + _PATIENCE.connect):
                try:
                    await ask_for_updates(self._requests.session, f"{self._url}/getUpdates", asked)
                except NotNow as problem:
                    return problem.code == HTTPStatus.CONFLICT
        return False

    async def _object(self, method: str, parameters: dict[str, Any]) -> Mapping[str, Any]:
        """What a call answers. Raises Refused or Moved, too."""
        try:
            told = await self._api.harmless(method, parameters)
        except NotSent as problem:
            if self._api.token_refused:
                raise TokenRefused from None
            raise Unreachable(str(problem)) from None
        if not isinstance(told, dict):
            raise Unreachable(f"an answer to {method} that is none")
        return told


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return readable(value) if isinstance(value, str) else ""
