"""slack_bolt's own app on the emulator, in Socket Mode and over HTTP: what a real app would meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.slack import Json, SlackEmulator

WORDS = {"type": "plain_text", "text": "Words"}
FIELD = {
    "type": "input",
    "block_id": "q",
    "label": WORDS,
    "element": {"type": "plain_text_input", "action_id": "value"},
}
FORM = {"type": "modal", "callback_id": "form", "title": WORDS, "submit": WORDS, "blocks": [FIELD]}
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}


def app_on(slack: SlackEmulator, token: str) -> AsyncApp:
    """A small app that does a bit of everything."""
    client = AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret, process_before_response=True)

    @app.event("message")
    async def greet(event: Json, say: Any) -> None:
        if "bot_id" not in event and "subtype" not in event:
            await say(text="Hello", blocks=[{"type": "actions", "elements": [BUTTON]}])

    @app.command("/ask")
    async def ask(ack: Any, command: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=FORM)

    @app.view("form")
    async def submitted(ack: Any, view: Json, client: AsyncWebClient, body: Json) -> None:
        words = view["state"]["values"]["q"]["value"]["value"]
        if words == "?":
            await ack(response_action="errors", errors={"q": "Say a little more."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"You asked: {words}")

    @app.action("go")
    async def pressed(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Gone", replace_original=True)

    return app


@asynccontextmanager
async def listening(slack: SlackEmulator, token: str, *, socket: bool) -> AsyncIterator[None]:
    """The app, reached over a socket or over HTTP."""
    app = app_on(slack, token)
    slack.app.socket_mode = socket
    if socket:
        handler = AsyncSocketModeHandler(app, slack.app.app_token)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        try:
            await slack.socket.connected()
            yield
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
        return
    runner = web.AppRunner(app.server().web_app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.app.request_url = "http://{}:{}/slack/events".format(*runner.addresses[0][:2])
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("socket", [True, False], ids=["socket", "http"])
async def test_a_bolt_app(*, socket: bool) -> None:
    async with SlackEmulator() as slack:
        nurses = slack.workspace()
        ana = nurses.person("Ana")
        nurses.channel("circle", ana, with_bot=True)
        async with listening(slack, nurses.token, socket=socket):
            await ana.writes("circle", "Good morning")
            await slack.settle()
            assert ana.hears("circle") == ["Go"] or ana.last("circle").buttons == ["Go"]
            await ana.presses("Go", "circle")
            assert ana.last("circle").fallback == "Gone"
            await ana.types("/ask")
            assert await ana.fills_in(Words="?") == {"Words": "Say a little more."}
            assert await ana.fills_in(Words="Which size?") == {}
            assert ana.hears() == ["You asked: Which size?"]
            assert slack.web_api.refused() == []
