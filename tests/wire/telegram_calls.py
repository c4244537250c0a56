"""Calls of the Bot API as they are on the wire, for the tests of its emulator."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.wire.telegram import Json, TelegramEmulator


class Calls:
    """Calls methods with JSON, as somebody does who has no library."""

    def __init__(self, telegram: TelegramEmulator, session: aiohttp.ClientSession) -> None:
        self._telegram = telegram
        self.session = session

    async def answer(self, method: str, *, token: str = "", **parameters: Any) -> Json:
        """The whole answer to a call."""
        url = f"{self._telegram.url}/bot{token or self._telegram.token}/{method}"
        async with self.session.post(url, json=parameters) as response:
            answer: Json = await response.json()
            assert response.status == (200 if answer["ok"] else answer["error_code"])
            return answer

    async def result(self, method: str, **parameters: Any) -> Any:
        """What a call gives that is carried out."""
        answer = await self.answer(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, **parameters: Any) -> str:
        """With which words a call is refused."""
        answer = await self.answer(method, **parameters)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def updates(self, offset: int = 0, **parameters: Any) -> list[Json]:
        """What waits for the bot."""
        found: list[Json] = await self.result("getUpdates", offset=offset, **parameters)
        return found
