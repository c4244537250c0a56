"""The emulator as a process of its own, which tells what it is asked to: JSON on stdin and stdout, a line each."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from datetime import UTC, datetime
from statistics import quantiles
from time import perf_counter
from typing import Any

from tests.wire.telegram import Clock, Delivery, Json, TelegramEmulator
from tests.wire.telegram.bot_api import Called

_GROUPS = 50
_PEOPLE = 1_000
_WORDS = "Who has the key of the cold room? The vaccines of the second lot are still in the truck."
_BOT = "https://bot.example"


class _Noticed(list[Called]):
    """The calls of the Bot API, with a sign for each message that was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = asyncio.Semaphore(0)

    def append(self, call: Called) -> None:
        if call.method == "sendMessage" and call.answer["ok"]:
            self.sent.release()


class Server:
    """Groups that the bot administers, and people who have started it. Each public method can be asked for by name."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self._telegram = telegram
        telegram.local_server = True
        self._people = [telegram.person(f"Person {number}", started=True) for number in range(_PEOPLE)]
        self._groups = [
            telegram.supergroup(f"place {number}", *self._people[:50], with_bot=True, as_admin=True)
            for number in range(_GROUPS)
        ]
        self._calls = telegram.bot_api.calls = _Noticed()
        self._prepared: list[tuple[int, Json]] = []

    async def facts(self) -> Json:
        """What an app needs to know."""
        return {
            "url": self._telegram.url,
            "token": self._telegram.token,
            "groups": [chat.id for chat in self._groups],
            "people": [person.id for person in self._people],
        }

    async def is_reached(self, url: str = "") -> Json:
        """Wait until the app asks for updates, or has said that they are to be posted to it, which is at ``url``."""
        if url:
            self._telegram.webhook.hosts[_BOT] = url
        else:
            await self._telegram.updates.waited_for.wait()
        return {}

    async def enforce_rates(self) -> Json:
        """Refuse what comes too soon."""
        self._telegram.rates.enforced = True
        return {}

    async def prepare(self, count: int) -> Json:
        """Build what is to be told next: messages of many people in many groups."""
        for chat in self._groups:
            chat.messages.clear()
        self._prepared = [self._message(number) for number in range(count)]
        gc.collect()
        gc.freeze()  # what was built is nothing that this process has to look through again and again
        return {}

    async def tell(self, per_second: float = 0) -> Json:
        """Tell what was prepared, at once or at this pace: how long until all is taken, and until each is, in ms."""
        loop, waits, told = asyncio.get_running_loop(), [], []
        began, started = loop.time(), perf_counter()
        for number, (conversation, message) in enumerate(self._prepared):
            if per_second:
                await asyncio.sleep(began + number / per_second - loop.time())
            told.append(asyncio.create_task(_timed(self._inject(conversation, message))))
        waits = await asyncio.gather(*told)
        cuts = quantiles(waits, n=100)
        return {"seconds": perf_counter() - started, "p50": cuts[49] * 1000, "p99": cuts[98] * 1000}

    async def converse(self, in_flight: int) -> Json:
        """Tell what was prepared, so many at a time without a reply; until each has its own."""
        self._calls.sent = asyncio.Semaphore(in_flight)
        started = perf_counter()
        for conversation, message in self._prepared:
            await self._calls.sent.acquire()
            self._inject(conversation, message)
        for _ in range(in_flight):
            await self._calls.sent.acquire()
        return {"seconds": perf_counter() - started}

    async def sent(self, count: int) -> Json:
        """Wait until so many messages were sent since this was asked last; how many calls were refused with 429."""
        for _ in range(count):
            await self._calls.sent.acquire()
        return {"refusals": self._telegram.rates.refusals}

    def _message(self, number: int) -> tuple[int, Json]:
        chat, person = self._groups[number % _GROUPS], self._people[(number * 7) % 50]
        return chat.id, chat.add(person.user, {"text": _WORDS})

    def _inject(self, conversation: int, message: Json) -> Delivery:
        self._telegram.updates.deliveries.clear()
        return self._telegram.updates.inject("message", message, conversation=conversation)


async def _timed(delivery: Delivery) -> float:
    started = perf_counter()
    await delivery.taken.wait()
    return perf_counter() - started


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    asked = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(asked), sys.stdin)
    async with TelegramEmulator(clock=Clock(datetime.now(UTC), running=True)) as telegram:
        server = Server(telegram)
        while line := await asked.readline():
            question: dict[str, Any] = json.loads(line)
            answer = await getattr(server, question.pop("ask"))(**question)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve())
