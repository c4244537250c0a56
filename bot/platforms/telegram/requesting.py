"""python-telegram-bot's requests over aiohttp: its own, over httpx, was measured at a quarter of the speed."""

from __future__ import annotations

import asyncio
import json
import os
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram import Bot
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.platforms.proxies import is_behind_a_proxy
from bot.platforms.telegram.timing import Timing


class NotConnected(NetworkError):
    """Nobody could be reached, so nothing was sent."""


class AiohttpRequest(BaseRequest):
    """One shared session. Raises NotConnected of what was not sent; TimedOut or NetworkError of what may have arrived.

    None of them tells the address that was called, for the token is in it.
    """

    def __init__(self, timing: Timing) -> None:
        # Without it the library warns, in the middle of a refusal, that it will tell times otherwise some day.
        os.environ.setdefault("PTB_TIMEDELTA", "true")
        self._timing = timing
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """In seconds."""
        return self._timing.call

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session; a new one where somebody has closed it."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=None, connect=self._timing.connect)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=is_behind_a_proxy())
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
        patience = float(read_timeout) if isinstance(read_timeout, int | float) else self._timing.call
        try:
            async with (
                asyncio.timeout(patience),
                self.session.request(method, url, data=_body(request_data)) as response,
            ):
                status, body = response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NotConnected("not connected") from None
        except TimeoutError:
            raise TimedOut from None
        except Exception as error:  # noqa: BLE001 - whatever it is: its own words may carry the address, so the token
            raise NetworkError(type(error).__name__) from None
        if status != HTTPStatus.OK:
            self.parse_json_payload(body)  # what is not Telegram's own answer, as of a gateway, tells nothing
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """Part of ``BaseRequest``, whose own writes what it can't read, and so people's words, into the log."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or ("result" not in answer and "error_code" not in answer):
            raise NetworkError("an answer that is not Telegram's")
        return answer


class RawBot(Bot):
    """python-telegram-bot's bot, which also takes calls as they are rendered: a method and its parameters."""

    async def call(self, method: str, parameters: dict[str, Any]) -> Any:
        """The result of one call. Raises ``telegram.error.TelegramError``."""
        # Not ``_post``: the defaults that it fills in are not used here, and groups of files as plain data break it.
        return await self._do_post(method, parameters)


def raw_bot(token: str, base: str, requests: AiohttpRequest) -> RawBot:
    """The bot of a token, on the server at ``base``."""
    # Given none for getUpdates, it would make one of its own over httpx, which takes time and memory.
    files = f"{base}/file/bot"
    return RawBot(token, f"{base}/bot", base_file_url=files, request=requests, get_updates_request=requests)


def _body(data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if data is None:
        return None
    if not data.contains_files:
        return dict(data.json_parameters)
    form = aiohttp.FormData(dict(data.json_parameters))
    for name, (filename, content, media_type) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
