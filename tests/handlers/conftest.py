"""Where the conversations of the capabilities are played: on the page, and on the emulators of Slack and Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from zlib import crc32

import pytest

from tests.community import OnTheLocalPage
from tests.conftest import leave_uncovered
from tests.conversations import STAGE, Stage
from tests.handlers.stages import HTTP, LOCAL, SMALL, SOCKET, SUPER, TOPIC, stages_of
from tests.slack_community import OnSlack
from tests.telegram_community import Where
from tests.telegram_stage import OnTelegram

_STAGES: dict[str, Callable[[], Stage]] = {
    LOCAL: OnTheLocalPage,
    SOCKET: lambda: OnSlack(socket=True),
    HTTP: lambda: OnSlack(socket=False),
    SMALL: lambda: OnTelegram(Where.GROUP, webhook=False),
    TOPIC: lambda: OnTelegram(Where.TOPIC, webhook=False),
    SUPER: lambda: OnTelegram(Where.SUPERGROUP, webhook=True),
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play each conversation once on each of its stages."""
    stages = stages_of(metafunc.definition.nodeid)
    if stages and metafunc.definition.get_closest_marker("asyncio") is not None:
        metafunc.parametrize("played_on", stages, indirect=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    """What was opened for a stage is closed afterwards.

    Coverage is measured in every second conversation on the page: it makes them more than twice as slow, and what is
    measured so is less than what there is, never more.
    """
    if isinstance(item, pytest.Function) and hasattr(item, "callspec") and "played_on" in item.callspec.params:
        if "curtain" not in item.fixturenames:
            item.fixturenames.append("curtain")
        covered = item.callspec.params["played_on"] == LOCAL and crc32(item.nodeid.encode()) % 2
        if not covered:
            leave_uncovered(item)


@pytest.fixture(autouse=True)
def played_on(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Where this conversation is played; on the local page where nothing else is said.

    It is used by every test, and not asynchronous, since a test only sees what is set before its loop begins.
    """
    played = _STAGES[getattr(request, "param", LOCAL)]()
    token = STAGE.set(played)
    yield played
    STAGE.reset(token)


@pytest.fixture
async def curtain(played_on: Stage) -> AsyncIterator[None]:
    """The stage is left as nobody had been there."""
    yield
    if isinstance(played_on, OnSlack | OnTelegram):
        await played_on.close()
