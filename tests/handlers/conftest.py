"""Where the conversations of the capabilities are played: on the local page, and on the emulator of Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.community import OnTheLocalPage
from tests.conversations import STAGE, Stage
from tests.handlers.stages import HTTP, LOCAL, SOCKET, stages_of
from tests.slack_community import OnSlack


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play each conversation once for each of its stages."""
    stages = stages_of(metafunc.definition.nodeid)
    if stages and metafunc.definition.get_closest_marker("asyncio") is not None:
        metafunc.fixturenames.append("stage")
        metafunc.parametrize("stage", stages, indirect=True)


@pytest.fixture(autouse=True)
def on_the_local_page() -> Iterator[None]:
    """Where a conversation is played when nothing else is said."""
    token = STAGE.set(OnTheLocalPage())
    yield
    STAGE.reset(token)


@pytest.fixture
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Where this conversation is played."""
    if request.param == LOCAL:
        yield STAGE.get()
        return
    slack = OnSlack(socket={SOCKET: True, HTTP: False}[request.param])
    STAGE.set(slack)
    yield slack
    await slack.close()
