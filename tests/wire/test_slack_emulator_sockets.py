"""Socket Mode on the emulator, with the real client of slack_sdk and with bare web sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.slack import Clock, Delivery, Json, Person, SlackEmulator, Workspace
from tests.wire.slack.clock import breathe
from tests.wire.slack.faults import hangs


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as emulator:
        yield emulator


@pytest.fixture
def nurses(slack: SlackEmulator) -> Workspace:
    return slack.workspace()


@pytest.fixture
def ana(nurses: Workspace) -> Person:
    person = nurses.person("Ana")
    nurses.channel("circle", person, with_bot=True)
    return person


@asynccontextmanager
async def sdk(slack: SlackEmulator, heard: list[SocketModeRequest]) -> AsyncIterator[SocketModeClient]:
    """slack_sdk's own client, which acknowledges everything."""
    web_client = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    client = SocketModeClient(slack.app.app_token, web_client=web_client, ping_interval=0.05)

    async def acknowledge(to: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        heard.append(request)
        payload = {"text": "Noted"} if request.type == "slash_commands" else None
        await to.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    client.socket_mode_request_listeners.append(acknowledge)
    await client.connect()  # type: ignore[no-untyped-call]
    try:
        yield client
    finally:
        await client.close()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def bare(slack: SlackEmulator, count: int = 1) -> AsyncIterator[list[aiohttp.ClientWebSocketResponse]]:
    """Bare web sockets, past their greeting."""
    async with aiohttp.ClientSession() as session:
        sockets = []
        for number in range(count):
            socket = await session.ws_connect(await ticket(slack))
            hello = await socket.receive_json(timeout=5)
            assert (hello["type"], hello["num_connections"]) == ("hello", number + 1)
            assert hello["connection_info"]["app_id"] == slack.app.id
            sockets.append(socket)
        yield sockets


async def ticket(slack: SlackEmulator) -> str:
    client = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    return str((await client.apps_connections_open(app_token=slack.app.app_token))["url"])


async def acknowledged(socket: aiohttp.ClientWebSocketResponse) -> Json:
    """The next envelope on a socket, after acknowledging it."""
    envelope: Json = await socket.receive_json(timeout=5)
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    return envelope


async def taken(delivery: Delivery) -> None:
    """Wait until a delivery has been acknowledged."""
    await asyncio.wait_for(delivery.taken.wait(), 5)


async def test_the_real_client(slack: SlackEmulator, nurses: Workspace, ana: Person) -> None:
    heard: list[SocketModeRequest] = []
    async with sdk(slack, heard):
        await slack.socket.connected()
        await ana.writes("circle", "Hello")
        await ana.types("/ask", "circle")
        await ana.uses_shortcut("begin")
        assert [one.type for one in heard] == ["events_api", "slash_commands", "interactive"]
        assert heard[0].payload["event"]["text"] == "Hello"
        assert (heard[0].accepts_response_payload, heard[1].accepts_response_payload) == (False, True)
        assert ana.hears("circle") == ["Noted"]
        assert all(one.acknowledged for one in slack.deliveries)


async def test_the_real_client_comes_back(slack: SlackEmulator, ana: Person) -> None:
    heard: list[SocketModeRequest] = []
    async with sdk(slack, heard):
        await slack.socket.connected()
        await slack.socket.disconnect("refresh_requested")
        await slack.socket.connected(opened=2)
        await ana.writes("circle", "Still there?")
        assert [one.payload["event"]["text"] for one in heard] == ["Still there?"]


async def test_a_ticket_opens_one_connection_once(slack: SlackEmulator) -> None:
    url = await ticket(slack)
    slack.socket.dead_tickets = 1
    dead = await ticket(slack)
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        assert (await socket.receive_json(timeout=5))["type"] == "hello"
        for used in (url, dead, url + "0"):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(used)
    assert slack.socket.refused_tickets == 3


async def test_who_gets_a_ticket(slack: SlackEmulator, nurses: Workspace) -> None:
    client = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await client.apps_connections_open(app_token="xapp-wrong")
    slack.rates.enforced = True
    for _ in range(10):
        await client.apps_connections_open(app_token=slack.app.app_token)
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.apps_connections_open(app_token=slack.app.app_token)
    slack.rates.enforced = False
    slack.faults.plan("apps.connections.open", hangs())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await client.apps_connections_open(app_token=slack.app.app_token)
    slack.app.socket_mode = False
    with pytest.raises(SlackApiError, match="socket_mode_not_enabled"):
        await client.apps_connections_open(app_token=slack.app.app_token)


async def test_each_envelope_goes_to_one_connection(slack: SlackEmulator, ana: Person) -> None:
    slack.patience = 0
    async with bare(slack, 2) as (one, two):
        for number in range(4):
            await ana.writes("circle", str(number))
        first = [await acknowledged(one) for _ in range(2)]
        second = [await acknowledged(two) for _ in range(2)]
        texts = [envelope["payload"]["event"]["text"] for envelope in first + second]
        assert sorted(texts) == ["0", "1", "2", "3"]
        for delivery in slack.deliveries:
            await taken(delivery)
        await slack.clock.move(3)
        assert [len(connection.sent) for connection in slack.socket.connections] == [2, 2]


async def test_what_is_not_acknowledged_goes_to_another_connection(slack: SlackEmulator, ana: Person) -> None:
    slack.patience = 0
    async with bare(slack, 2) as sockets:
        await ana.writes("circle", "Hello")
        await breathe()
        first = next(one for one in slack.socket.connections if one.sent)
        await slack.clock.move(2.9)
        assert slack.deliveries[0].attempts == 1
        await slack.clock.move(0.1)
        other = next(one for one in slack.socket.connections if one is not first)
        (again,) = other.sent
        assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
        assert again["payload"] == first.sent[0]["payload"]
        assert again["envelope_id"] != first.sent[0]["envelope_id"]
        await acknowledged(sockets[slack.socket.connections.index(other)])
        await taken(slack.deliveries[0])
        await slack.clock.move(600)
        assert slack.deliveries[0].attempts == 2


async def test_a_dropped_connection_passes_its_envelopes_on(slack: SlackEmulator, ana: Person) -> None:
    slack.patience = 0
    async with bare(slack, 2) as sockets:
        for _ in range(10):
            await ana.writes("circle", "Hello")
        going, staying = slack.socket.connections
        assert len(going.unacknowledged) == 5
        going.drop()
        texts = [await acknowledged(sockets[1]) for _ in range(10)]
        assert len({one["payload"]["event_id"] for one in texts}) == 10
        assert slack.socket.connections == [staying]
        for delivery in slack.deliveries:
            await taken(delivery)


async def test_what_nobody_was_there_for(slack: SlackEmulator, ana: Person) -> None:
    await ana.writes("circle", "Is anybody there?")
    (delivery,) = slack.deliveries
    assert delivery.statuses == ["no_connection", "no_connection"]
    slack.patience = 0
    async with bare(slack) as (socket,):
        await slack.clock.move(60)
        assert (await acknowledged(socket))["retry_attempt"] == 2
        await taken(delivery)
    await ana.writes("circle", "And now?")
    for _ in range(3):
        await slack.clock.move(300)
    assert slack.deliveries[1].given_up, "after six minutes it is gone"


async def test_a_form_is_answered_over_the_socket(slack: SlackEmulator, nurses: Workspace, ana: Person) -> None:
    plain = {"type": "plain_text", "text": "Words"}
    field = {"type": "input", "block_id": "q", "label": plain, "element": {"type": "plain_text_input"}}
    view = {"type": "modal", "title": plain, "submit": plain, "blocks": [field]}
    nurses.views.open(ana.id, view)
    async with bare(slack) as (socket,):
        filling = asyncio.ensure_future(ana.fills_in(Words="x"))
        envelope = await socket.receive_json(timeout=5)
        errors = {"response_action": "errors", "errors": {"q": "Say more."}}
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": errors})
        assert await filling == {"Words": "Say more."}
        for action, deep in (("push", 2), ("clear", 0)):
            filling = asyncio.ensure_future(ana.fills_in(Words="x"))
            envelope = await socket.receive_json(timeout=5)
            answer = {"response_action": action, **({"view": view} if action == "push" else {})}
            await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": answer})
            assert await filling == {}
            assert len(nurses.views.modals[ana.id]) == deep


async def test_farewells(slack: SlackEmulator) -> None:
    async with bare(slack, 10) as sockets:
        async with aiohttp.ClientSession() as session, session.ws_connect(await ticket(slack)) as one_more:
            goodbye = await one_more.receive_json(timeout=5)
            assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "too_many_websockets")
            assert (await one_more.receive(timeout=5)).type == aiohttp.WSMsgType.CLOSE
        await slack.socket.disconnect("warning", slack.socket.connections[0])
        assert (await sockets[0].receive_json(timeout=5))["reason"] == "warning"
        assert len(slack.socket.connections) == 10
        closing = asyncio.ensure_future(sockets[0].receive(timeout=5))
        await slack.clock.move(10)
        assert (await closing).type == aiohttp.WSMsgType.CLOSE


async def test_a_half_open_connection_says_nothing(slack: SlackEmulator, ana: Person) -> None:
    slack.patience = 0
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await ticket(slack), autoping=False)
        assert (await socket.receive_json(timeout=5))["type"] == "hello"
        await socket.ping(b"there?")
        assert (await socket.receive(timeout=5)).data == b"there?"
        slack.socket.freeze()
        await socket.ping(b"there?")
        await ana.writes("circle", "Hello")
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.1)
        assert not socket.closed
        async with bare_again(slack) as healthy:
            await slack.clock.move(3)
            assert (await acknowledged(healthy))["payload"]["event"]["text"] == "Hello"
            await taken(slack.deliveries[0])
        slack.socket.drop_all()
        await socket.close()


@asynccontextmanager
async def bare_again(slack: SlackEmulator) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with aiohttp.ClientSession() as session, session.ws_connect(await ticket(slack)) as socket:
        await socket.receive_json(timeout=5)
        yield socket


async def test_slack_asks_whether_one_is_there(slack: SlackEmulator) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await session.ws_connect(await ticket(slack), autoping=False)
        await socket.receive_json(timeout=5)
        await slack.clock.move(30)
        assert (await socket.receive(timeout=5)).type == aiohttp.WSMsgType.PING
        slack.socket.drop_all()
        await socket.close()


async def test_duplicates_at_once_and_by_both_routes(slack: SlackEmulator, ana: Person) -> None:
    async with bare(slack) as (socket,):
        slack.patience = 0
        await ana.writes("circle", "Hello")
        slack.repeat(slack.deliveries[0], 99)
        envelopes = [await acknowledged(socket) for _ in range(100)]
        assert len({one["payload"]["event_id"] for one in envelopes}) == 1
        assert len({one["envelope_id"] for one in envelopes}) == 100
        slack.app.request_url = "http://127.0.0.1:1/"
        slack.patience = 5
        (by_http,) = slack.repeat(slack.deliveries[0], via="http")
        await slack.heard(by_http)
        assert by_http.statuses == ["connection_failed", "connection_failed"]


async def test_a_running_clock() -> None:
    async with SlackEmulator(clock=Clock(running=True)) as slack:
        gone = asyncio.Event()
        before = slack.clock.now()
        slack.clock.after(0.02, gone.set)
        await asyncio.wait_for(gone.wait(), 5)
        assert 0.02 <= slack.clock.now() - before < 5
        slack.clock.after(100, gone.clear)
        await slack.clock.move(100)
        assert not gone.is_set()
