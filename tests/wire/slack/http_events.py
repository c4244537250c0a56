"""Events, commands and interactions as signed HTTP posts to the app's request URL."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp

from tests.wire.slack.refusal import Json
from tests.wire.slack.retries import ACKNOWLEDGE_WITHIN, Retries
from tests.wire.slack.state import Delivery

if TYPE_CHECKING:
    from tests.wire.slack.emulator import SlackEmulator

_FORM = "application/x-www-form-urlencoded"


class HttpEvents:
    """Posts to the request URL. Commands and interactions are posted once, as Slack does; events are repeated."""

    def __init__(self, slack: SlackEmulator) -> None:
        self._slack = slack
        self._retries = Retries(slack.clock, self._start, {"events_api"})
        self.session: aiohttp.ClientSession | None = None
        self.signs_at: Callable[[], float] = time.time
        """The time in signatures: the machine's, for that is what an app compares it with."""

    def send(self, delivery: Delivery) -> None:
        """Begin to deliver something."""
        self._start(delivery, 0, "")

    def signed(self, body: bytes, *, at: float | None = None) -> dict[str, str]:
        """The headers that prove that a body is Slack's."""
        stamp = str(int(self.signs_at() if at is None else at))
        base = b"v0:" + stamp.encode() + b":" + body
        signature = hmac.new(self._slack.app.signing_secret.encode(), base, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signature}"}

    def encoded(self, delivery: Delivery) -> tuple[bytes, dict[str, str]]:
        """The body and the headers of a delivery, signed."""
        if delivery.kind == "events_api":
            body, kind = json.dumps(delivery.payload).encode(), "application/json"
        elif delivery.kind == "slash_commands":
            body, kind = urlencode(delivery.payload).encode(), _FORM
        else:
            body, kind = urlencode({"payload": json.dumps(delivery.payload)}).encode(), _FORM
        return body, {"Content-Type": kind, "User-Agent": "Slackbot 1.0", **self.signed(body)}

    async def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Post something as it is, once: the status of the answer, and its text."""
        status, _, text = await self._post(body, headers)
        return status, text

    def _start(self, delivery: Delivery, number: int, reason: str) -> None:
        delivery.settled.clear()
        delivery.attempts += 1
        self._slack.spawn(self._attempt(delivery, number, reason))

    async def _attempt(self, delivery: Delivery, number: int, reason: str) -> None:
        body, headers = self.encoded(delivery)
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        answer = asyncio.ensure_future(self._post(body, headers))
        timer = self._slack.clock.after(ACKNOWLEDGE_WITHIN, lambda: _give_up(answer))
        try:
            status, no_retry, text = await answer
        except asyncio.CancelledError:
            if self._slack.stopping:
                raise
            self._retries.failed(delivery, number, "http_timeout")
            return
        except aiohttp.ClientError:
            self._retries.failed(delivery, number, "connection_failed")
            return
        finally:
            timer.call_off()
        if 200 <= status < 300:
            delivery.statuses.append(status)
            delivery.accept(_said(text))
        else:
            self._retries.failed(delivery, number, "http_error", status=status, final=no_retry)

    async def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, bool, str]:
        if self.session is None:
            self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None))
        url = self._slack.app.request_url
        async with self.session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            return response.status, response.headers.get("X-Slack-No-Retry") == "1", await response.text()

    async def close(self) -> None:
        """Close the connections to the app."""
        if self.session is not None:
            await self.session.close()


def _give_up(answer: asyncio.Future[tuple[int, bool, str]]) -> None:
    answer.cancel()


def _said(text: str) -> Json:
    """What an app answered: JSON, or words to show to whoever typed the command."""
    with contextlib.suppress(ValueError):
        said = json.loads(text)
        if isinstance(said, dict):
            return said
    return {"text": text} if text.strip() and text.strip() != '""' else {}
