"""Updates as posts to the bot's webhook: in order within a conversation, again and again until it takes them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp

from tests.wire.telegram.refusal import Json
from tests.wire.telegram.state import Delivery

if TYPE_CHECKING:
    from tests.wire.telegram.emulator import TelegramEmulator

ANSWER_WITHIN = 60.0
"""Seconds that a webhook has to answer, on the emulator's clock."""
LONGEST_PAUSE = 60.0
"""Seconds between two attempts at most; they begin with one and double."""
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class Webhook:
    """Where the bot wants its updates posted, and the posting."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self._telegram = telegram
        self.url = ""
        self.secret = ""
        self.connections = 40
        self.allowed: list[str] | None = None
        self.failure: Json = {}
        """``last_error_date`` and ``last_error_message``, once an attempt has failed."""
        self.hosts: dict[str, str] = {}
        """Where hosts really are: ``{"https://bot.example": "http://127.0.0.1:8080"}``."""
        self.at_once = 0
        """How many posts were ever under way at the same time, at most."""
        self._busy: dict[int, Delivery] = {}
        self._session: aiohttp.ClientSession | None = None

    def set(self, url: str, *, secret: str = "", connections: int = 40, allowed: list[str] | None = None) -> None:
        """From now on updates are posted there; to nowhere when it is empty."""
        self.url, self.secret, self.connections, self.failure = url, secret, connections, {}
        self.allowed = allowed or None
        self._busy.clear()
        self.look()

    def info(self) -> Json:
        """As ``getWebhookInfo`` tells it."""
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._telegram.updates.pending),
        }
        if not self.url:
            return info
        told = {"max_connections": self.connections, "ip_address": "127.0.0.1", **self.failure}
        return info | told | ({"allowed_updates": self.allowed} if self.allowed else {})

    def look(self) -> None:
        """Begin to post what can be posted now."""
        if not self.url:
            return
        for one in self._telegram.updates.pending:
            if len(self._busy) >= self.connections:
                return
            if one.conversation not in self._busy:
                self._busy[one.conversation] = one
                self.at_once = max(self.at_once, len(self._busy))
                self._telegram.spawn(self._attempt(one))

    async def _attempt(self, delivery: Delivery) -> None:
        delivery.attempts += 1
        delivery.settled.clear()
        body = json.dumps(delivery.update).encode()
        headers = {"Content-Type": "application/json", **({SECRET_HEADER: self.secret} if self.secret else {})}
        answer = asyncio.ensure_future(self.post(body, headers))
        timer = self._telegram.clock.after(ANSWER_WITHIN, lambda: _give_up(answer))
        try:
            status, text = await answer
        except asyncio.CancelledError:
            if self._telegram.stopping:
                raise
            self._failed(delivery, "timeout", "Read timeout expired")
            return
        except aiohttp.ClientError:
            self._failed(delivery, "no connection", "Connection refused")
            return
        finally:
            timer.call_off()
        if not 200 <= status < 300:
            self._failed(delivery, status, f"Wrong response from the webhook: {status}")
            return
        delivery.statuses.append(status)
        await self._carry_out(text)
        self._free(delivery)
        self._telegram.updates.take(delivery)
        self.look()

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Post something as it is, once: the status of the answer, and its text."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        async with self._session.post(self._address(), data=body, headers=headers, allow_redirects=False) as response:
            return response.status, await response.text()

    def _address(self) -> str:
        parts = urlsplit(self.url)
        really = self.hosts.get(f"{parts.scheme}://{parts.netloc}")
        return self.url if really is None else urlunsplit((*urlsplit(really)[:2], *parts[2:]))

    def _failed(self, delivery: Delivery, status: int | str, message: str) -> None:
        delivery.statuses.append(status)
        delivery.settled.set()
        self.failure = {"last_error_date": int(self._telegram.clock.now()), "last_error_message": message}
        pause = min(LONGEST_PAUSE, 2.0 ** (delivery.attempts - 1))
        self._telegram.clock.after(pause, lambda: self._again(delivery))

    def _again(self, delivery: Delivery) -> None:
        """Its turn comes again, unless it was taken in another way, or there is no webhook any more."""
        self._free(delivery)
        if not self._telegram.stopping:
            self.look()

    def _free(self, delivery: Delivery) -> None:
        if self._busy.get(delivery.conversation) is delivery:
            del self._busy[delivery.conversation]

    async def _carry_out(self, text: str) -> None:
        """A webhook may answer with a call."""
        try:
            said: Any = json.loads(text)
        except ValueError:
            return
        if isinstance(said, dict) and "method" in said:
            await self._telegram.bot_api.carry_out(str(said.pop("method")), said, {})

    async def close(self) -> None:
        """Close the connections to the bot."""
        if self._session is not None:
            await self._session.close()


def _give_up(answer: asyncio.Future[tuple[int, str]]) -> None:
    answer.cancel()
