"""The apps that are measured: Baraza, bolt's own, and next to nothing; each runs until its block ends."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import App
from bot.core.addresses import Place
from bot.core.capability import Capability
from bot.core.clock import Clock
from bot.core.roles import Purpose
from bot.platforms.slack.pacing import Pace, Unpaced
from bot.platforms.slack.platform import SlackPlatform
from bot.settings import Settings
from storage import communities
from storage.database import Database
from tests.bench.slack.process import Slack
from tests.databases import SECRET_KEY

PATH = "/slack/events"


@asynccontextmanager
async def baraza(
    slack: Slack,
    folder: Path,
    *,
    socket: bool = True,
    capabilities: Sequence[Capability] | None = None,
    pace: Pace | None = None,
) -> AsyncIterator[App]:
    """Baraza as it is run, with a community in every channel's place. Without a pace it calls as often as it likes."""
    url = f"sqlite:///{folder}/baraza.sqlite3"
    settings = Settings(_env_file=None, database_url=url, http_port=0, log_level="ERROR")
    clock, database = Clock(), Database(url, SECRET_KEY)
    secret: dict[str, Any] = {"app_token": slack.app_token} if socket else {"signing_secret": slack.signing_secret}
    platform = SlackPlatform(clock, bot_token=slack.token, api_url=slack.api_url, pace=pace or Unpaced(), **secret)
    app = App(settings, database, [platform], clock=clock, capabilities=capabilities)
    await app.start()
    gc.freeze()  # as bot/cli.py does
    try:
        await _settle_down(app, slack)
        if socket:
            await slack.ask("by_socket", connections=2)
        else:
            await slack.ask("by_http", url=app.web.url + PATH)
        yield app
    finally:
        await app.stop()


async def _settle_down(app: App, slack: Slack) -> None:
    """One community in all channels, unless it is there from an earlier round."""
    async with app.database.transaction() as session:
        if await communities.all_communities(session):
            return
        places = [await communities.discover(session, Place("slack", slack.team, one)) for one in slack.channels]
        named = {"name": "Bench", "language": "en", "time_zone": "UTC"}
        community = await communities.found(session, places[0], **named, now=app.clock.now())
        for place in places[1:]:
            await communities.take_in(session, place, community.id, Purpose.LISTENING)


def bolt_app(slack: Slack, *, replies: bool = False, before_response: bool = False, others: int = 0) -> AsyncApp:
    """Bolt's app with a listener that does nothing, or that replies, behind so many ``others`` for commands."""
    client = AsyncWebClient(slack.token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.signing_secret, process_before_response=before_response)

    async def nothing() -> None:
        """Bolt acknowledges by itself."""

    async def reply(say: Any) -> None:
        await say("Here it is.")

    async def acknowledge(ack: Any) -> None:
        await ack()

    for number in range(others):
        app.command(f"/command-{number}")(acknowledge)
    app.event("message")(reply if replies else nothing)
    app.command("/baraza")(acknowledge)
    return app


@asynccontextmanager
async def bolt(slack: Slack, app: AsyncApp, *, socket: bool = True) -> AsyncIterator[None]:
    """A bolt app, reached over a socket or over HTTP."""
    if socket:
        handler = AsyncSocketModeHandler(app, slack.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        await slack.ask("by_socket", connections=1)
        try:
            yield
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
        return
    async with _serving(slack, app.server().web_app):
        yield


@asynccontextmanager
async def bare(slack: Slack, *, socket: bool = True) -> AsyncIterator[None]:
    """What acknowledges and does nothing else: what the wire and the emulator allow."""
    if socket:
        async with _bare_socket(slack):
            yield
        return
    application = web.Application()
    application.router.add_post(PATH, _answer)
    async with _serving(slack, application):
        yield


async def _answer(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(text="")


@asynccontextmanager
async def _bare_socket(slack: Slack) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        told = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
        async with session.ws_connect(str(told["url"])) as socket:

            async def acknowledge() -> None:
                async for message in socket:
                    envelope = json.loads(message.data).get("envelope_id")
                    if envelope:
                        await socket.send_str(json.dumps({"envelope_id": envelope}))

            acknowledging = asyncio.create_task(acknowledge())
            await slack.ask("by_socket", connections=1)
            yield
            acknowledging.cancel()


@asynccontextmanager
async def _serving(slack: Slack, application: web.Application) -> AsyncIterator[None]:
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await slack.ask("by_http", url="http://{}:{}".format(*runner.addresses[0][:2]) + PATH)
    try:
        yield
    finally:
        await runner.cleanup()
