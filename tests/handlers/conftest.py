"""Where the conversations of the capabilities are played: on the local page, and on the emulator of Slack."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.community import OnTheLocalPage
from tests.conversations import STAGE


@pytest.fixture(autouse=True)
def on_the_local_page() -> Iterator[None]:
    """Where a conversation is played when nothing else is said."""
    token = STAGE.set(OnTheLocalPage())
    yield
    STAGE.reset(token)
