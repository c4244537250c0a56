"""Fixtures for the tests of the emulators."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from telegram import Bot

from tests.wire.telegram import TelegramEmulator
from tests.wire.telegram_calls import Calls


@pytest.fixture
async def telegram(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramEmulator]:
    """An emulator on which nobody waits for the bot."""
    # Otherwise the library warns of every RetryAfter that it makes itself.
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    async with TelegramEmulator() as emulator:
        emulator.patience = 0
        yield emulator


@pytest.fixture
async def bot(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    """The real library, speaking to the emulator."""
    made = Bot(telegram.token, base_url=f"{telegram.url}/bot", base_file_url=f"{telegram.url}/file/bot")
    async with made:
        yield made


@pytest.fixture
async def calls(telegram: TelegramEmulator) -> AsyncIterator[Calls]:
    """Calls as they are on the wire."""
    async with aiohttp.ClientSession() as session:
        yield Calls(telegram, session)
