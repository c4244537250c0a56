"""From Telegram's bytes into the inbox, and only then the acknowledgement: by long polling, or by webhook.

Polling confirms updates by asking for those that come after them, and only once they are durable. No offset is kept
longer than that: after an idle week Telegram's numbers begin anew at random, and lower ones would be missed for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from hmac import compare_digest
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from aiohttp import web

from bot.platforms.reading import parsed
from bot.platforms.telegram._document import PLATFORM
from bot.platforms.telegram.incoming import ALLOWED_UPDATES
from bot.platforms.telegram.timing import Timing

log = structlog.get_logger()

Json = Mapping[str, Any]
Take = Callable[[Sequence[Any]], Awaitable[None]]
"""Makes updates durable. Raises when they could not be kept; then they are not confirmed."""

PATH = "/telegram/webhook"
LARGEST_BODY = 1_000_000
_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Polling:
    """Asks for updates, one request after the other, until it is stopped. It never gives up."""

    def __init__(self, url: str, session: Callable[[], aiohttp.ClientSession], take: Take, timing: Timing) -> None:
        self._url = f"{url}/getUpdates"
        self._session = session
        self._take = take
        self._timing = timing
        self._confirm: int | None = None
        self._why = "no answer yet"
        self._running: asyncio.Task[None] | None = None
        self._answered = asyncio.Event()

    async def start(self) -> None:
        """Begin to ask; returns with the first answer, or after a while without one."""
        self._running = asyncio.create_task(self._run(), name="telegram polling")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.first):
                await self._answered.wait()

    async def stop(self) -> None:
        """Ask no more. What was taken and not confirmed yet is confirmed, within a moment."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None
        if self._confirm is not None:
            with suppress(aiohttp.ClientError, TimeoutError, OSError, NotNow):
                async with asyncio.timeout(self._timing.confirm):
                    await self._ask(timeout=0)
                self._confirm = None

    def trouble(self) -> str | None:
        """None while Telegram answers, and what it tells can be kept."""
        return f"Telegram's news don't arrive: {self._why}" if self._why else None

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                await self._next()
                self._why, failures = "", 0
            except Exception as error:  # noqa: BLE001 - whatever it is: it is asked again, for ever
                self._failed(error)
                await asyncio.sleep(self._wait_after(error, failures))
                failures += 1

    async def _next(self) -> None:
        """Ask once, and make durable what was told. Raises whatever goes wrong."""
        updates = await self._ask(timeout=0 if self._why else self._timing.poll)
        self._answered.set()
        if not updates:
            return
        try:
            await self._take(updates)
        except Exception as error:  # noqa: BLE001 - whatever it is: what was not kept must not be confirmed
            raise NotKept(type(error).__name__) from None
        confirm = _after(updates)
        if confirm is None or confirm == self._confirm:
            await asyncio.sleep(self._timing.waits[0])  # the same would come again at once, and again
        self._confirm = confirm

    async def _ask(self, *, timeout: int) -> list[Any]:
        """The next updates; those before them are confirmed by asking. Raises whatever goes wrong."""
        asked: dict[str, Any] = {"timeout": timeout, "limit": 100, "allowed_updates": list(ALLOWED_UPDATES)}
        if self._confirm is not None:
            asked["offset"] = self._confirm
        async with asyncio.timeout(timeout + self._timing.slack):
            updates = await ask_for_updates(self._session(), self._url, asked)
        if self._confirm is not None and not updates:
            self._confirm = None
        return updates

    def _wait_after(self, error: Exception, failures: int) -> float:
        waits = self._timing.waits
        wait = waits[min(failures, len(waits) - 1)]
        stands_by = isinstance(error, NotNow) and error.code == HTTPStatus.CONFLICT
        return max(wait, self._timing.stand_by) if stands_by else wait

    def _failed(self, error: Exception) -> None:
        why = str(error) if isinstance(error, NotNow | NotKept) else type(error).__name__
        if why != self._why:
            log.error("no news from Telegram", platform=PLATFORM, reason=why)
        self._why = why


class NotNow(Exception):
    """Telegram answered, but not with updates."""

    def __init__(self, status: int, answer: object) -> None:
        told = answer.get("error_code") if isinstance(answer, dict) else None
        self.code = told if isinstance(told, int) else status
        super().__init__(_MEANINGS.get(self.code, f"status {self.code}"))


class NotKept(Exception):
    """Telegram told something, and it could not be kept; ``str()`` says why, in words about nobody."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"they can't be kept ({reason})")


_MEANINGS: dict[int, str] = {
    HTTPStatus.OK: "an answer that is none",
    HTTPStatus.UNAUTHORIZED: "it refuses TELEGRAM_BOT_TOKEN (401)",
    HTTPStatus.NOT_FOUND: "it refuses TELEGRAM_BOT_TOKEN (404)",
    HTTPStatus.CONFLICT: "another program asks with the same token (409)",
}


async def ask_for_updates(session: aiohttp.ClientSession, url: str, asked: Mapping[str, Any]) -> list[Any]:
    """The updates that ``getUpdates`` at ``url`` answers with. Raises NotNow where it has none, and as aiohttp does."""
    async with session.post(url, json=asked) as response:
        status, body = response.status, await response.read()
    try:
        answer = parsed(body)
    except (ValueError, RecursionError):
        answer = None
    updates = answer.get("result") if isinstance(answer, dict) and answer.get("ok") is True else None
    if status != HTTPStatus.OK or not isinstance(updates, list):
        raise NotNow(status, answer)
    return updates


def _after(updates: Sequence[Any]) -> int | None:
    """What to ask for next: the number after the last one, be it lower than those before."""
    numbers = (one.get("update_id") for one in reversed(updates) if isinstance(one, dict))
    return next((number + 1 for number in numbers if isinstance(number, int)), None)


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
            update = parsed(await request.read())
        except (ValueError, RecursionError, OSError):  # no JSON, or broken off in the middle
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
