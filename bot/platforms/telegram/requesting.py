"""python-telegram-bot's requests over aiohttp: its own, over httpx, was measured at a quarter of the speed."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import aiohttp
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

_PATIENCE = 30.0


class NotConnected(NetworkError):
    """Nobody could be reached, so nothing was sent."""


class AiohttpRequest(BaseRequest):
    """One shared session. Raises TimedOut, NotConnected or NetworkError; the last two of what may have arrived."""

    def __init__(self) -> None:
        # Without it the library warns, in the middle of a refusal, that it will tell times otherwise some day.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """In seconds."""
        return _PATIENCE

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session; a new one where somebody has closed it."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), trust_env=True)
        return self._session

    async def initialize(self) -> None:
        """The session is opened with the first request."""

    async def shutdown(self) -> None:
        """Let go of every connection."""
        if self._session is not None:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Part of ``BaseRequest``."""
        try:
            async with (
                asyncio.timeout(_seconds(read_timeout)),
                self.session.request(method, url, data=_body(request_data)) as response,
            ):
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientConnectorError:
            raise NotConnected("not connected") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None  # its own words carry the address, and so the token


class RawBot(Bot):
    """python-telegram-bot's bot, which also takes calls as they are rendered: a method and its parameters."""

    async def call(self, method: str, parameters: dict[str, Any]) -> Any:
        """The result of one call. Raises ``telegram.error.TelegramError``."""
        return await self._post(method, dict(parameters))


def _seconds(timeout: Any) -> float:
    return float(timeout) if isinstance(timeout, int | float) else _PATIENCE


def _body(data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if data is None:
        return None
    if not data.contains_files:
        return dict(data.json_parameters)
    form = aiohttp.FormData(dict(data.json_parameters))
    for name, (filename, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
