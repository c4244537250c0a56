"""From Telegram's bytes into the inbox, and only then the acknowledgement: by long polling, or by webhook.

Polling confirms updates by asking for those that come after them, and only once they are durable. No offset is kept
longer than that: after an idle week Telegram's numbers begin anew at random, and lower ones would be missed for ever.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from hmac import compare_digest
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from bot.platforms.telegram._document import PLATFORM
from bot.platforms.telegram.incoming import ALLOWED_UPDATES

log = structlog.get_logger()

Json = Mapping[str, Any]
Take = Callable[[Sequence[Any]], Awaitable[None]]
"""Makes updates durable. Raises when they could not be kept; then they are not confirmed."""

PATH = "/telegram/webhook"
LARGEST_BODY = 1_000_000
_POLL_SECONDS = 25
_SLACK_SECONDS = 10
_FIRST_SECONDS = 5
_WAITS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Polling:
    """Asks for updates, one request after the other, until it is stopped. It never gives up."""

    def __init__(self, url: str, session: Callable[[], aiohttp.ClientSession], take: Take) -> None:
        self._url = f"{url}/getUpdates"
        self._session = session
        self._take = take
        self._confirm: int | None = None
        self._why = "no answer yet"
        self._running: asyncio.Task[None] | None = None
        self._answered = asyncio.Event()

    async def start(self) -> None:
        """Begin to ask; returns with the first answer, or after a while without one."""
        self._running = asyncio.create_task(self._run(), name="telegram polling")
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_SECONDS):
                await self._answered.wait()

    async def stop(self) -> None:
        """Ask no more. What was taken and not confirmed yet is confirmed, within a moment."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None
        if self._confirm is not None:
            with suppress(aiohttp.ClientError, TimeoutError, OSError, ValueError):
                async with asyncio.timeout(2):
                    await self._ask(timeout=0)
                self._confirm = None

    def trouble(self) -> str | None:
        """None while Telegram answers."""
        return f"Telegram can't be asked for news: {self._why}" if self._why else None

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                updates = await self._ask(timeout=_POLL_SECONDS if not self._why else 0)
                self._why, failures = "", 0
                self._answered.set()
                if updates:
                    await self._take(updates)
                    self._confirm = _after(updates[-1])
            except Exception as error:  # noqa: BLE001 - whatever it is: it is asked again, for ever
                self._failed(error)
                await asyncio.sleep(_WAITS[min(failures, len(_WAITS) - 1)])
                failures += 1

    async def _ask(self, *, timeout: int) -> list[Any]:
        """The next updates; those before them are confirmed by asking. Raises whatever goes wrong."""
        asked: dict[str, Any] = {"timeout": timeout, "limit": 100, "allowed_updates": list(ALLOWED_UPDATES)}
        if self._confirm is not None:
            asked["offset"] = self._confirm
        async with (
            asyncio.timeout(timeout + _SLACK_SECONDS),
            self._session().post(self._url, json=asked) as response,
        ):
            body = await response.read()
        answer = json.loads(body)
        if response.status != HTTPStatus.OK or not isinstance(answer, dict) or answer.get("ok") is not True:
            raise NotNow(response.status, answer)
        updates = answer.get("result")
        if self._confirm is not None and asked["offset"] == self._confirm and not updates:
            self._confirm = None
        return updates if isinstance(updates, list) else []

    def _failed(self, error: Exception) -> None:
        why = str(error) if isinstance(error, NotNow) else type(error).__name__
        if why != self._why:
            log.warning("no news from Telegram", platform=PLATFORM, reason=why)
        self._why = why


class NotNow(Exception):
    """Telegram answered, but not with updates."""

    def __init__(self, status: int, answer: object) -> None:
        told = answer.get("error_code") if isinstance(answer, dict) else None
        code = told if isinstance(told, int) else status
        super().__init__(_MEANINGS.get(code, f"status {code}"))


_MEANINGS: dict[int, str] = {
    HTTPStatus.UNAUTHORIZED: "it refuses TELEGRAM_BOT_TOKEN (401)",
    HTTPStatus.NOT_FOUND: "it refuses TELEGRAM_BOT_TOKEN (404)",
    HTTPStatus.CONFLICT: "another program asks with the same token (409)",
}


def _after(update: Any) -> int | None:
    """What to ask for next: the number after this one, be it lower than those before."""
    number = update.get("update_id") if isinstance(update, dict) else None
    return number + 1 if isinstance(number, int) else None


class Webhook:
    """Takes the updates that Telegram posts, with the secret that it was given."""

    def __init__(self, secret: str, take: Take) -> None:
        self._secret = secret
        self._take = take
        self.open = False

    async def handle(self, request: web.Request) -> web.Response:
        """One update. Anything but 200 makes Telegram send it again."""
        if not compare_digest(_told_secret(request), self._secret.encode()):
            return web.Response(status=HTTPStatus.UNAUTHORIZED)
        if not self.open:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        if (request.content_length or 0) > LARGEST_BODY:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            update = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            await self._take([update])
        except Exception as error:  # noqa: BLE001 - not kept, so not acknowledged: it comes again
            log.warning("an update could not be kept", platform=PLATFORM, reason=type(error).__name__)
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        return web.Response()


def _told_secret(request: web.Request) -> bytes:
    return request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
