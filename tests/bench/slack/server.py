"""The emulator as a process of its own, which sends what it is asked to: JSON on stdin and stdout, a line each.

What is sent is built before the clock runs, and HTTP is spoken by hand, so that this side is quicker than any app.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import UTC, datetime
from statistics import quantiles
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from tests.wire.slack import Clock, Delivery, Json, SlackEmulator
from tests.wire.slack.web_api import Called

_CHANNELS = 50
_PEOPLE = 50
_WORDS = "Who has the key of the cold room? The vaccines of the second lot are still in the truck."

Send = Callable[[Delivery], Awaitable[None]]


class _Noticed(list[Called]):
    """The calls of the Web API, with a sign for each message that was posted."""

    def __init__(self) -> None:
        super().__init__()
        self.posts = 0
        self.posted = asyncio.Semaphore(0)

    def append(self, call: Called) -> None:
        super().append(call)
        if call.method == "chat.postMessage" and call.answer["ok"]:
            self.posts += 1
            self.posted.release()


class Server:
    """One workspace with the bot in every channel. Each public method can be asked for by its name."""

    def __init__(self, slack: SlackEmulator) -> None:
        self._slack = slack
        self._workspace = slack.workspace()
        self._people = [self._workspace.person(f"Person {number}") for number in range(_PEOPLE)]
        self._channels = [
            self._workspace.channel(f"place-{number}", *self._people, with_bot=True) for number in range(_CHANNELS)
        ]
        self._calls = _Noticed()
        slack.web_api.calls = self._calls
        self._prepared: list[Delivery] = []

    async def facts(self) -> Json:
        """What an app needs to know."""
        app = self._slack.app
        return {
            "api_url": self._slack.api_url,
            "app_token": app.app_token,
            "signing_secret": app.signing_secret,
            "token": self._workspace.token,
            "team": self._workspace.id,
            "channels": [channel.id for channel in self._channels],
        }

    async def by_socket(self, connections: int) -> Json:
        """The app is told over a socket from now on; wait for its connections."""
        self._slack.app.socket_mode = True
        await self._slack.socket.connected(connections)
        return {}

    async def by_http(self, url: str) -> Json:
        """The app is told at this address from now on."""
        self._slack.app.socket_mode = False
        self._slack.app.request_url = url
        return {}

    async def enforce_rates(self) -> Json:
        """Refuse what comes too soon."""
        self._slack.rates.enforced = True
        return {}

    async def prepare(self, count: int, kind: str = "message") -> Json:
        """Build what is to be sent next: messages, or slash commands."""
        made = self._message if kind == "message" else self._command
        self._prepared = [made(number) for number in range(count)]
        return {}

    async def send(self, in_flight: int, per_second: float = 0) -> Json:
        """Send what was prepared, each time so many at once: how long it took, and how long each waited, in ms."""
        async with _Route(self._slack) as route:
            started = perf_counter()
            waits = await self._at_pace(route.send, per_second) if per_second else await self._at_once(route, in_flight)
            took = perf_counter() - started
        cuts = quantiles(waits, n=100)
        return {"seconds": took, "p50": cuts[49] * 1000, "p99": cuts[98] * 1000}

    async def converse(self, in_flight: int) -> Json:
        """Send what was prepared, so many at a time without a reply; until each has its own."""
        self._calls.posted = asyncio.Semaphore(in_flight)
        async with _Route(self._slack) as route:
            started = perf_counter()
            async with asyncio.TaskGroup() as sending:
                for delivery in self._prepared:
                    await self._calls.posted.acquire()
                    sending.create_task(_timed(route.send, delivery))
            for _ in range(in_flight):
                await self._calls.posted.acquire()
            return {"seconds": perf_counter() - started}

    async def posts(self, count: int) -> Json:
        """Wait until so many messages were posted since the last one was asked for; how many calls were refused."""
        for _ in range(count):
            await self._calls.posted.acquire()
        return {"refusals": self._slack.rates.refusals}

    def _message(self, number: int) -> Delivery:
        channel, person = self._channels[number % _CHANNELS], self._people[(number * 7) % _PEOPLE]
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": _WORDS}]}
        blocks = [{"type": "rich_text", "block_id": self._slack.secret(5), "elements": [section]}]
        fields = {"text": _WORDS, "blocks": blocks, "client_msg_id": self._slack.secret(32)}
        message = self._workspace.add(channel, person.user, fields)
        event = self._workspace.message_event(channel, message)
        return Delivery("events_api", self._workspace.id, self._workspace.outer(event))

    def _command(self, number: int) -> Delivery:
        channel, person = self._channels[number % _CHANNELS], self._people[(number * 7) % _PEOPLE]
        payload = {
            "token": self._slack.app.verification_token,
            "team_id": self._workspace.id,
            "team_domain": self._workspace.domain,
            "channel_id": channel.id,
            "channel_name": channel.told_name,
            "user_id": person.id,
            "user_name": person.user.handle,
            "command": "/baraza",
            "text": "nothing",
            "api_app_id": self._slack.app.id,
            "is_enterprise_install": "false",
            "response_url": self._slack.response_urls.make(self._workspace, channel, person.id),
            "trigger_id": self._slack.trigger(self._workspace, person.id),
        }
        return Delivery("slash_commands", self._workspace.id, payload)

    async def _at_once(self, route: _Route, in_flight: int) -> list[float]:
        queue = iter(self._prepared)

        async def produce(some: Iterator[Delivery]) -> list[float]:
            return [await _timed(route.send, delivery) for delivery in some]

        each = await asyncio.gather(*(produce(queue) for _ in range(in_flight)))
        return [wait for waits in each for wait in waits]

    async def _at_pace(self, send: Send, per_second: float) -> Iterable[float]:
        loop = asyncio.get_running_loop()
        began, sending = loop.time(), []
        for number, delivery in enumerate(self._prepared):
            await asyncio.sleep(began + number / per_second - loop.time())
            sending.append(asyncio.create_task(_timed(send, delivery)))
        return await asyncio.gather(*sending)


class _Route:
    """The way to the app: the emulator's own sockets, or HTTP over connections that stay open."""

    def __init__(self, slack: SlackEmulator) -> None:
        self._slack = slack
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def __aenter__(self) -> _Route:
        gc.collect()
        gc.freeze()  # what was built for sending is nothing that this process has to look through again and again
        return self

    async def __aexit__(self, *_: object) -> None:
        for _reader, writer in self._idle:
            writer.close()

    async def send(self, delivery: Delivery) -> None:
        """Return when the app has acknowledged it."""
        if self._slack.app.socket_mode:
            self._slack.socket.send(delivery)
            await delivery.settled.wait()
            assert delivery.acknowledged, delivery.statuses
        else:
            await self._post(delivery)

    async def _post(self, delivery: Delivery) -> None:
        url = urlsplit(self._slack.app.request_url)
        body, headers = self._slack.http.encoded(delivery)
        lines = [f"POST {url.path} HTTP/1.1", f"Host: {url.netloc}", f"Content-Length: {len(body)}"]
        head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
        if not self._idle:
            self._idle.append(await asyncio.open_connection(url.hostname, url.port))
        reader, writer = self._idle.pop()
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        assert answer.startswith(b"http/1.1 200"), answer
        length = answer.partition(b"content-length: ")[2].partition(b"\r")[0]
        await reader.readexactly(int(length or 0))
        self._idle.append((reader, writer))


async def _timed(send: Send, delivery: Delivery) -> float:
    started = perf_counter()
    await send(delivery)
    return perf_counter() - started


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    async with SlackEmulator(clock=Clock(datetime.now(UTC), running=True)) as slack:
        server = Server(slack)
        while line := await asked.readline():
            question: dict[str, Any] = json.loads(line)
            answer = await getattr(server, question.pop("ask"))(**question)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve())
