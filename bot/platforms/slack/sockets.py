"""Socket Mode that never goes deaf: two connections, each watched, each replaced as soon as it may be dead.

The SDK's own client keeps a ticket that is dead and tries it for ever, and lives on with a closed session. Here every
connection gets a new ticket, has to say hello, and has to answer pings; one that ends is replaced at once, the next
ones after growing waits, so that a new connection stands well within a minute of Slack's being there again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot.platforms.reading import parsed, written
from bot.platforms.slack._document import PLATFORM
from bot.platforms.slack.calling import SlackCalls, code_of
from bot.platforms.slack.timing import Timing

log = structlog.get_logger()

Json = dict[str, Any]
Take = Callable[[Json], Awaitable[BoltResponse]]

CONNECTIONS = 2
_LARGEST_ENVELOPE = 4 * 1024 * 1024

_WRONG_TOKEN = frozenset({"invalid_auth", "not_authed", "not_allowed_token_type", "token_revoked", "account_inactive"})


class Sockets:
    """Keeps the connections. ``take`` gets the payload of each envelope; it is acknowledged with what that returns."""

    def __init__(self, calls: SlackCalls, app_token: str, take: Take, timing: Timing) -> None:
        self._calls = calls
        self._timing = timing
        self._app_token = app_token
        self._take = take
        self._loops: list[asyncio.Task[None]] = []
        self._ready: set[_Connection] = set()
        self._changed = asyncio.Event()
        self._why = "no connection yet"

    async def start(self) -> None:
        """Begin to connect; returns when the first connection stands, is refused, or does not stand after a while."""
        self._loops = [asyncio.create_task(self._keep_connected(), name=f"slack {n}") for n in range(CONNECTIONS)]
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timing.open):
                await self._changed.wait()

    async def stop(self) -> None:
        """End the connections. What was taken is acknowledged first, within a moment."""
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        self._loops = []

    def trouble(self) -> str | None:
        """None while something can arrive."""
        return None if self._ready else f"Slack can't reach Baraza: {self._why}"

    async def _keep_connected(self) -> None:
        failures = 0
        leaving: set[asyncio.Task[None]] = set()
        try:
            while True:
                await asyncio.sleep(self._timing.waits[min(failures, len(self._timing.waits) - 1)])
                connection = _Connection(self._take, self._is_ready, self._timing)
                serving = asyncio.create_task(self._serve(connection))
                leaving.add(serving)
                serving.add_done_callback(leaving.discard)
                began = asyncio.get_running_loop().time()
                await connection.replaceable.wait()
                lasted = asyncio.get_running_loop().time() - began
                failures = 0 if connection.stood and lasted > self._timing.lasts else failures + 1
        finally:
            for one in list(leaving):
                one.cancel()
            await asyncio.gather(*leaving, return_exceptions=True)

    async def _serve(self, connection: _Connection) -> None:
        try:
            async with asyncio.timeout(self._timing.open):
                url = await self._ticket()
            await connection.serve(self._calls.session, url)
        except SlackApiError as error:
            self._failed(code_of(error) or "an error of Slack's")
        except Exception as error:  # noqa: BLE001 - whatever it was, the next connection may stand
            self._failed(type(error).__name__)
        finally:
            self._ready.discard(connection)
            connection.replaceable.set()

    async def _ticket(self) -> str:
        """The address of one new connection; tickets are never used twice."""
        answer = await self._calls.client(self._app_token).apps_connections_open(app_token=self._app_token)
        return str(answer["url"])

    def _failed(self, why: str) -> None:
        if why in _WRONG_TOKEN:
            why = f"it refuses SLACK_APP_TOKEN ({why})"
            self._changed.set()
        if why != self._why:
            log.warning("no connection to Slack", platform=PLATFORM, reason=why)
        self._why = why

    def _is_ready(self, connection: _Connection, *, ready: bool) -> None:
        (self._ready.add if ready else self._ready.discard)(connection)
        if ready:
            self._why = "the connection was lost"
            self._changed.set()


class _Connection:
    """One socket, from its ticket to its end. ``replaceable`` is set once another one should take its place."""

    def __init__(self, take: Take, is_ready: Callable[..., None], timing: Timing) -> None:
        self._take = take
        self._timing = timing
        self._is_ready = is_ready
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._working: set[asyncio.Task[None]] = set()
        self.stood = False
        self.replaceable = asyncio.Event()

    async def serve(self, session: aiohttp.ClientSession, url: str) -> None:
        """Read until it ends. Raises what aiohttp raises, TimeoutError where nobody says hello."""
        async with asyncio.timeout(self._timing.open):
            self._socket = await session.ws_connect(
                url,
                heartbeat=self._timing.ping,
                max_msg_size=_LARGEST_ENVELOPE,
                timeout=aiohttp.ClientWSTimeout(ws_close=1),
            )
        try:
            async with asyncio.timeout(self._timing.open):
                await self._read(self._socket, until_hello=True)
            if self.stood:
                await self._read(self._socket)
        finally:
            self._is_ready(self, ready=False)
            self.replaceable.set()
            await self._drain()
            await self._socket.close()

    async def _drain(self) -> None:
        if self._working:
            await asyncio.wait(list(self._working), timeout=self._timing.drain)
        for one in list(self._working):
            one.cancel()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse, *, until_hello: bool = False) -> None:
        while not (until_hello and self.stood):
            message = await socket.receive()
            if message.type != aiohttp.WSMsgType.TEXT:
                if message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.PING, aiohttp.WSMsgType.PONG):
                    continue
                return
            self._hear(socket, message.data)

    def _hear(self, socket: aiohttp.ClientWebSocketResponse, data: str) -> None:
        envelope = _envelope(data)
        kind, payload = envelope.get("type"), envelope.get("payload")
        if kind == "hello":
            self.stood = True
            self._is_ready(self, ready=True)
        elif kind == "disconnect":
            self._leave(str(envelope.get("reason")))
        elif isinstance(envelope.get("envelope_id"), str) and isinstance(payload, dict):
            task = asyncio.create_task(self._work(socket, envelope["envelope_id"], payload))
            self._working.add(task)
            task.add_done_callback(self._working.discard)

    def _leave(self, reason: str) -> None:
        """Slack is about to end it. Another one is opened at once; what is on its way here is still taken."""
        log.info("a connection to Slack is about to end", platform=PLATFORM, reason=reason)
        if reason == "too_many_websockets":
            self.stood = False  # another one at once would fare no better
        self.replaceable.set()
        asyncio.get_running_loop().call_later(self._timing.overlap, self._cut)

    def _cut(self) -> None:
        if self._socket is not None and not self._socket.closed:
            self._working.add(closing := asyncio.create_task(self._close()))
            closing.add_done_callback(self._working.discard)

    async def _close(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def _work(self, socket: aiohttp.ClientWebSocketResponse, envelope_id: str, payload: Json) -> None:
        response = await self._take(payload)
        if response.status != HTTPStatus.OK:
            return  # not kept, so not acknowledged: Slack tells it again
        answer: Json = {"envelope_id": envelope_id}
        if response.body:
            answer["payload"] = parsed(response.body)
        with suppress(ConnectionError, RuntimeError):  # it is durable: told again, it is known
            await socket.send_str(written(answer).decode())


def _envelope(data: str) -> Json:
    """The envelope; an empty one for what is none."""
    with suppress(ValueError, RecursionError):
        told = parsed(data)
        return told if isinstance(told, dict) else {}
    return {}
