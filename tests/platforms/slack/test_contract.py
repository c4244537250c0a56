"""Slack keeps every promise of a platform, in Socket Mode and over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.platforms.contract import PlatformContract
from tests.platforms.slack.wire import SlackWire
from tests.platforms.wires import Wire
from tests.wire.slack import SlackEmulator


@pytest.fixture(params=[True, False], ids=["socket", "http"])
async def wire(request: pytest.FixtureRequest) -> AsyncIterator[Wire]:
    async with SlackEmulator() as slack:
        made = SlackWire(slack, socket=request.param)
        await made.starts()
        yield made
        await made.ends()


class TestSlack(PlatformContract):
    """Every promise."""
