"""Socket Mode: one-time tickets, and envelopes that go to one connection each until they are acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.wire.faults import no_answer
from tests.wire.slack.clock import Timer
from tests.wire.slack.refusal import Json
from tests.wire.slack.retries import ACKNOWLEDGE_WITHIN, Retries
from tests.wire.slack.state import Delivery

if TYPE_CHECKING:
    from tests.wire.slack.emulator import SlackEmulator

MOST_CONNECTIONS = 10
PING_EVERY = 30.0
WARNED_BEFORE = 10.0
"""Seconds between the warning and the end of a connection."""


class Connection:
    """One socket of the app, and the envelopes that it has yet to acknowledge."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self._request = request
        self.socket = socket
        self.unacknowledged: dict[str, tuple[Delivery, int, Timer]] = {}
        self.sent: list[Json] = []
        """Every envelope that went this way."""
        self.frozen = False
        """Half-open: nothing arrives or leaves any more, and nobody is told."""
        self.closing = False

    async def say(self, message: Json) -> None:
        """Send something, if the other side is still there."""
        if not self.frozen:
            with contextlib.suppress(ConnectionError):
                await self.socket.send_json(message)

    def drop(self) -> None:
        """Tear the connection down without a word."""
        self.closing = True
        no_answer(self._request)


class SocketMode:
    """The connections of the app, and what travels on them.

    ``redelivered`` are the kinds that are sent again when nobody acknowledged them. Slack documents this for events;
    commands and interactions are in it too, because an app that stands that stands more.
    """

    def __init__(self, slack: SlackEmulator) -> None:
        self._slack = slack
        self._retries = Retries(slack.clock, self._start, {"events_api", "slash_commands", "interactive"})
        self.connections: list[Connection] = []
        self.tickets: set[str] = set()
        """Those that were given out and not used yet."""
        self.dead_tickets = 0
        """So many of the next tickets open nothing."""
        self.refused_tickets = 0
        """How many connections were refused because of their ticket."""
        self.opened = 0
        """How many connections there ever were."""
        self._turn = 0
        self._changed = asyncio.Event()

    @property
    def redelivered(self) -> set[str]:
        """The kinds of envelopes that are sent again."""
        return self._retries.repeated

    def ticket(self) -> str:
        """The address of one connection."""
        ticket = str(uuid.UUID(int=int.from_bytes(self._slack.secret(16).encode(), "big")))
        if self.dead_tickets:
            self.dead_tickets -= 1
        else:
            self.tickets.add(ticket)
        return f"{self._slack.url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self._slack.app.id}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            self.refused_tickets += 1
            return web.Response(status=404, text="no such ticket")
        self.tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=False, timeout=0.2)
        await socket.prepare(request)
        connection = Connection(request, socket)
        if len(self.connections) >= MOST_CONNECTIONS:
            await connection.say(self._goodbye("too_many_websockets"))
            await socket.close()
            return socket
        self._joined(connection)
        await connection.say(self._hello())
        try:
            async for message in socket:
                await self._heard(connection, message.type, message.data)
        finally:
            self._gone(connection)
        return socket

    async def connected(self, count: int = 1, *, opened: int = 0, within: float = 5.0) -> None:
        """Wait until the app has so many connections, after opening so many in all, for some seconds of real time."""
        async with asyncio.timeout(within):
            while len(self.connections) < count or self.opened < opened:
                self._changed.clear()
                await self._changed.wait()

    def send(self, delivery: Delivery) -> None:
        """Begin to deliver something."""
        self._start(delivery, 0, "")

    async def disconnect(self, reason: str, connection: Connection | None = None) -> None:
        """Tell one connection (or all) that it ends: ``warning``, ``refresh_requested``, ``too_many_websockets``..."""
        for one in [connection] if connection else list(self.connections):
            one.closing = True
            await one.say(self._goodbye(reason))
            if reason == "warning":
                self._slack.clock.after(WARNED_BEFORE, lambda one=one: self._slack.spawn(_close(one)))  # type: ignore[misc]
            else:
                await _close(one)

    def freeze(self, connection: Connection | None = None) -> None:
        """Make one connection (or all) half-open."""
        for one in [connection] if connection else self.connections:
            one.frozen = True

    def drop_all(self) -> None:
        """Tear down every connection."""
        for one in list(self.connections):
            one.drop()

    def _joined(self, connection: Connection) -> None:
        self.connections.append(connection)
        self.opened += 1
        self._changed.set()

        def ping() -> None:
            if connection in self.connections:
                self._slack.spawn(_ping(connection))
                self._slack.clock.after(PING_EVERY, ping)

        self._slack.clock.after(PING_EVERY, ping)

    def _gone(self, connection: Connection) -> None:
        self.connections.remove(connection)
        self._changed.set()
        unacknowledged, connection.unacknowledged = connection.unacknowledged, {}
        for delivery, number, timer in unacknowledged.values():
            timer.call_off()
            if not self._slack.stopping:
                self._retries.failed(delivery, number, "connection_lost")

    async def _heard(self, connection: Connection, kind: WSMsgType, data: Any) -> None:
        if connection.frozen:
            return
        if kind == WSMsgType.PING:
            await connection.socket.pong(data)
        if kind != WSMsgType.TEXT:
            return
        if self._slack.overheard is not None:
            self._slack.overheard.append(data.encode())
        with contextlib.suppress(ValueError):
            answer = json.loads(data)
            envelope = answer.get("envelope_id") if isinstance(answer, dict) else None
            found = connection.unacknowledged.pop(str(envelope), None)
            if found is not None:
                delivery, _, timer = found
                timer.call_off()
                delivery.statuses.append("acknowledged")
                delivery.accept(answer.get("payload"))

    def _start(self, delivery: Delivery, number: int, reason: str) -> None:
        delivery.attempts += 1
        connection = self._next(delivery)
        if connection is None:
            self._retries.failed(delivery, number, "no_connection")
            return
        delivery.settled.clear()
        envelope_id = str(uuid.UUID(int=int.from_bytes(self._slack.secret(16).encode(), "big")))

        def late() -> None:
            if connection.unacknowledged.pop(envelope_id, None) is not None:
                self._retries.failed(delivery, number, "timeout")

        timer = self._slack.clock.after(ACKNOWLEDGE_WITHIN, late)
        connection.unacknowledged[envelope_id] = (delivery, number, timer)
        envelope: Json = {
            "envelope_id": envelope_id,
            "type": delivery.kind,
            "payload": delivery.payload,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": number, "retry_reason": reason}
        connection.sent.append(envelope)
        delivery.tried.add(id(connection))
        self._slack.spawn(connection.say(envelope))

    def _next(self, delivery: Delivery) -> Connection | None:
        """The connections take turns; what failed on one goes to another, if there is another."""
        usable = [one for one in self.connections if not one.closing and not one.socket.closed]
        if not usable:
            return None
        untried = [one for one in usable if id(one) not in delivery.tried]
        self._turn += 1
        candidates = untried or usable
        return candidates[self._turn % len(candidates)]

    def _hello(self) -> Json:
        host = {"host": "applink-emulator", "started": "2026-01-01 00:00:00.000", "build_number": 1}
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": host | {"approximate_connection_time": 18060},
            "connection_info": {"app_id": self._slack.app.id},
        }

    def _goodbye(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-emulator"}}


async def _ping(connection: Connection) -> None:
    if not connection.frozen:
        with contextlib.suppress(ConnectionError):
            await connection.socket.ping(b"Ping from applink-emulator")


async def _close(connection: Connection) -> None:
    if not connection.frozen:
        await connection.socket.close()
