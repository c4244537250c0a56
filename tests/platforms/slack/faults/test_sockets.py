"""Socket Mode on bad days: it comes back by itself, says until then that it can't be reached, and loses nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.core.events import MessagePosted
from bot.platforms.slack.timing import Timing
from bot.services import Services
from tests.frame import echo, hearing
from tests.platforms.slack.faults.installation import Installed, installed
from tests.wire.slack.faults import Fault, dropped, hangs, says, server_error

DEAF = "Slack can't reach Baraza: "
DAMAGED = (
    "", "{", "[]", "null", '{"type": 5}', '{"envelope_id": "1"}', '{"envelope_id": 1, "payload": {}}',
    '{"envelope_id": "2", "payload": []}', '{"envelope_id": "3", "payload": {"authorizations": 5}}',
    '{"type": "disconnect"}',
)  # fmt: skip


async def hears_again(here: Installed, opened: int, connections: int = 2) -> None:
    """Wait until there were so many connections in all; then somebody is heard, once, and health says so."""
    await here.slack.socket.connected(connections, opened=opened, within=30)
    await here.ana.writes("circle", "can you hear me?")
    await here.waits(61)
    assert here.posted(here.circle)[-1:] == ["can you hear me?"]
    assert here.posted(here.circle).count("can you hear me?") == 1
    assert here.platform.trouble() is None
    assert await here.health() == (200, [])
    assert await here.dead() == []


@asynccontextmanager
async def connected(folder: Path, **timing: Any) -> AsyncIterator[Installed]:
    async with installed(folder, echo(), **timing) as here:
        await here.slack.socket.connected(2, within=30)
        yield here


async def goes_deaf(here: Installed, *then: Fault) -> None:
    """Both connections end, and nothing comes of the next requests for a ticket. Health says so; then it goes on."""
    faults = here.slack.faults
    faults.plan("apps.connections.open", *then, hangs(delivered=False), hangs(delivered=False))
    here.slack.socket.drop_all()
    await faults.struck("apps.connections.open", len(then) + 2)
    status, troubles = await here.health()
    assert status == 503
    assert troubles[0].startswith(DEAF)
    faults.release()


def test_back_within_a_minute_whatever_happened() -> None:
    timing = Timing()
    noticed = timing.ping * 1.5
    new_one = 3 * timing.open  # its ticket, its connection, its hello
    assert noticed + max(timing.waits) + new_one < 60
    hung_ticket = timing.open
    assert hung_ticket + max(timing.waits) + new_one < 60


async def test_a_dead_ticket_is_not_tried_again(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        here.slack.socket.dead_tickets = 3
        await goes_deaf(here)
        await hears_again(here, opened=4)
        assert here.slack.socket.refused_tickets == 3


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled", "too_many_websockets", "unheard_of"])
async def test_when_slack_ends_the_connections_there_are_new_ones(tmp_path: Path, reason: str) -> None:
    async with connected(tmp_path) as here:
        await here.slack.socket.disconnect(reason)
        await hears_again(here, opened=4)


async def test_after_a_warning_the_next_connection_stands_before_the_old_one_ends(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        await here.slack.socket.disconnect("warning")
        await here.slack.socket.connected(4, opened=4, within=30)
        assert here.platform.trouble() is None
        await hears_again(here, opened=4)


async def test_a_refresh_with_fifty_events_on_their_way_loses_and_doubles_none(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        words = [f"word {number}" for number in range(50)]
        writing = [asyncio.create_task(here.ana.writes("circle", word)) for word in words]
        await asyncio.sleep(0)
        await here.slack.socket.disconnect("refresh_requested")
        await asyncio.gather(*writing)
        await here.waits(61)
        await here.waits(301)
        assert sorted(here.posted(here.circle)) == sorted(words)
        assert all(one.acknowledged for one in here.slack.deliveries)


async def test_link_disabled_and_no_socket_mode_any_more_is_said_until_it_is_back(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        here.slack.app.socket_mode = False
        await here.slack.socket.disconnect("link_disabled")
        await goes_deaf(here, *[says("socket_mode_not_enabled")] * 4)
        assert here.platform.trouble() == f"{DEAF}socket_mode_not_enabled"
        here.slack.app.socket_mode = True
        await hears_again(here, opened=4)


async def test_a_half_open_connection_is_noticed(tmp_path: Path) -> None:
    async with connected(tmp_path, ping=0.2) as here:
        here.slack.socket.freeze()
        await hears_again(here, opened=4)


async def test_one_connection_that_dies_is_no_trouble(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        first, _ = here.slack.socket.connections
        first.drop()
        await here.ana.writes("circle", "hello")
        assert here.platform.trouble() is None
        await here.slack.socket.connected(2, opened=3, within=30)
        await here.waits(61)
        assert here.posted(here.circle) == ["hello"]


async def test_a_loop_that_was_blocked_goes_on_and_loses_and_doubles_nothing(tmp_path: Path) -> None:
    async def block(_event: MessagePosted, _services: Services) -> None:
        time.sleep(0.5)  # noqa: ASYNC251 - that is the fault

    async with installed(tmp_path, echo(), hearing("blocking", block), ping=0.2) as here:
        for word in ("one", "two", "three"):
            await here.ana.writes("circle", word)
        await here.settles()
        await here.waits(61)
        assert here.posted(here.circle) == ["one", "two", "three"]
        await hears_again(here, opened=2)


async def test_a_session_that_was_closed_is_replaced(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        await here.platform._calls.session.close()
        await hears_again(here, opened=4)


async def test_a_hung_request_for_a_ticket_is_given_up(tmp_path: Path) -> None:
    async with connected(tmp_path, open=0.5) as here:
        here.slack.faults.plan("apps.connections.open", hangs(), hangs(delivered=False))
        here.slack.socket.drop_all()
        await hears_again(here, opened=4)
        here.slack.faults.release()


@pytest.mark.parametrize(
    "fault",
    [server_error(500), server_error(502), dropped(), says("internal_error"), says("ratelimited")],
    ids=["500", "502", "dropped", "internal_error", "ratelimited"],
)
async def test_a_ticket_that_is_refused_for_now_is_asked_for_again(tmp_path: Path, fault: Fault) -> None:
    async with connected(tmp_path) as here:
        await goes_deaf(here, *[fault] * 5)
        await hears_again(here, opened=4)


async def test_a_wrong_app_token_is_said_and_starting_does_not_wait_for_it(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), open=30.0) as here:
        await here.dies()
        async with asyncio.timeout(5):
            await here.starts(app_token="xapp-1-other")
        assert here.platform.trouble() == f"{DEAF}it refuses SLACK_APP_TOKEN (invalid_auth)"


async def test_events_told_while_nobody_listens_come_when_slack_tells_them_again(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        await here.dies()
        await here.ana.writes("circle", "are you there?")
        await here.starts()
        await here.slack.socket.connected(2, within=30)
        await here.waits(61)
        assert here.posted(here.circle) == ["are you there?"]


async def test_what_was_taken_before_the_end_is_acknowledged(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        writing = [asyncio.create_task(here.ana.writes("circle", f"{number}")) for number in range(30)]
        await here.slack.heard(*here.slack.deliveries[:1])
        await asyncio.sleep(0)
        await here.running.stop()
        await asyncio.gather(*writing)
        await here.ends()
        await here.starts()
        await here.slack.socket.connected(2, within=30)
        await here.waits(61)
        await here.waits(301)
        assert sorted(here.posted(here.circle)) == sorted(f"{number}" for number in range(30))


async def test_a_damaged_envelope_is_passed_over(tmp_path: Path) -> None:
    async with connected(tmp_path) as here:
        for connection in here.slack.socket.connections:
            for text in DAMAGED:
                await connection.socket.send_str(text)
        await here.slack.socket.connected(4, opened=4, within=30)
        await hears_again(here, opened=4)
