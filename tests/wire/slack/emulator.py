"""Slack on loopback, for tests: the Web API, Socket Mode, signed HTTP events, and the people of its workspaces."""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.wire.faults import no_answer
from tests.wire.slack.blocks import interactive
from tests.wire.slack.clock import Clock
from tests.wire.slack.faults import Faults
from tests.wire.slack.http_events import HttpEvents
from tests.wire.slack.rates import Rates
from tests.wire.slack.refusal import Json
from tests.wire.slack.response_urls import ResponseUrls
from tests.wire.slack.socket_mode import SocketMode
from tests.wire.slack.state import App, Delivery, File, Ids, Trigger
from tests.wire.slack.web_api import WebApi
from tests.wire.slack.workspace import Workspace


class SlackEmulator:
    """Slack, with one app and any number of workspaces. Use it as an asynchronous context manager."""

    def __init__(self, *, clock: Clock | None = None, app_name: str = "Testbot") -> None:
        self._random = random.Random(7)
        self.clock = clock or Clock()
        self.ids = Ids()
        self.app = App(
            id=self.ids.next("A"),
            name=app_name,
            client_id="1000000000.2000000000",
            client_secret=self.secret(),
            signing_secret=self.secret(),
            app_token=f"xapp-1-{self.secret()}",
            verification_token=self.secret(),
        )
        self.url = ""
        self.patience = 5.0
        """Seconds of real time that somebody who acts waits at most for the app's first answer."""
        self.stopping = False
        self.workspaces: dict[str, Workspace] = {}
        self.tokens: dict[str, Workspace] = {}
        self.revoked: dict[str, str] = {}
        """Tokens that are no longer taken, with the code that is given for them."""
        self.triggers: dict[str, Trigger] = {}
        self.files: dict[str, File] = {}
        self.codes: dict[str, tuple[Workspace, str, str]] = {}
        """Codes of people who agreed to an installation: where, who, and the redirect they were sent to."""
        self.deliveries: list[Delivery] = []
        self.overheard: list[bytes] | None = None
        """Give it a list to have everything kept that the app sends, byte by byte: calls, uploads, acknowledgements."""
        self.faults = Faults()
        self.rates = Rates(self.clock)
        self.web_api = WebApi(self)
        self.socket = SocketMode(self)
        self.http = HttpEvents(self)
        self.response_urls = ResponseUrls(self)
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """What an SDK takes as its ``base_url``."""
        return f"{self.url}/api/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=100 * 1024**2, middlewares=[self._overhear])
        app.router.add_route("*", "/api/{method}", self.web_api.handle)
        app.router.add_post("/upload/v1/{file}", self._upload)
        app.router.add_post("/respond/{key:.+}", self.response_urls.handle)
        app.router.add_get("/link/", self.socket.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = "http://{}:{}".format(*self._runner.addresses[0][:2])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping = True
        self.faults.release()
        self.socket.drop_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.http.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def workspace(self, name: str = "Field Nurses", *, installed: bool = True) -> Workspace:
        """A new workspace; with the app in it, unless it is yet to be installed."""
        made = Workspace(self, name, installed=installed)
        self.workspaces[made.id] = made
        return made

    def approves(self, workspace: Workspace, installer: str, *, redirect_uri: str, state: str) -> str:
        """Somebody agrees to the installation: the address that Slack's page sends their browser to."""
        code = self.secret()
        self.codes[code] = (workspace, installer, redirect_uri)
        return f"{redirect_uri}?{urlencode({'code': code, 'state': state})}"

    # Towards the app

    def deliver(self, delivery: Delivery, *, via: str = "") -> Delivery:
        """Begin to tell the app something, by its own route or by one that is named (``socket``, ``http``)."""
        self.deliveries.append(delivery)
        by_socket = self.app.socket_mode if not via else via == "socket"
        (self.socket if by_socket else self.http).send(delivery)
        return delivery

    def repeat(self, delivery: Delivery, times: int = 1, *, via: str = "") -> list[Delivery]:
        """Tell the app the same thing again, acknowledged or not, all at once."""
        again = [Delivery(delivery.kind, delivery.team, delivery.payload) for _ in range(times)]
        return [self.deliver(one, via=via) for one in again]

    async def heard(self, *deliveries: Delivery | None) -> None:
        """Wait for the app's first answer to each, for as long as ``patience`` allows."""
        waiting = [asyncio.ensure_future(one.settled.wait()) for one in deliveries if one is not None]
        if not waiting:
            return
        _, late = await asyncio.wait(waiting, timeout=self.patience)
        for one in late:
            one.cancel()

    async def settle(self) -> None:
        """Wait until the app has answered everything that it was told so far."""
        await self.heard(*[one for one in self.deliveries if not one.settled.is_set()])

    def trigger(self, workspace: Workspace, user: str) -> str:
        """A new trigger id."""
        trigger_id = f"{self.ids.next('')}.{self.secret(12)}"
        self.triggers[trigger_id] = Trigger(user, workspace.id, self.clock.now())
        return trigger_id

    # Small things that several parts need

    def secret(self, length: int = 24) -> str:
        """Something that can't be guessed, and is the same in every run."""
        return "".join(self._random.choices("abcdefghijkmnpqrstuvwxyz23456789", k=length))

    def with_ids(self, blocks: list[Json]) -> list[Json]:
        """The same blocks, with ids where none were given, as Slack hands them out."""
        made = copy.deepcopy(blocks)
        for block in made:
            block.setdefault("block_id", self.secret(5))
            for element in interactive(block):
                element.setdefault("action_id", self.secret(5))
        return made

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background, until the emulator stops."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @web.middleware
    async def _overhear(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Keep what came in, before anybody reads it."""
        if self.overheard is not None:
            assert request.content_type != "multipart/form-data", "what comes in parts can be read only once"
            headers = [b": ".join(one) for one in request.raw_headers]
            line = f"{request.method} {request.path_qs}".encode()
            self.overheard.append(b"\n".join([line, *headers, b"", await request.read()]))
        return await handler(request)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.take("upload", "")
        if fault is not None and not fault.delivered:
            return no_answer(request)
        file = self.files.get(request.match_info["file"])
        if file is None or file.content is not None:
            return web.Response(status=404, text="no such upload")
        content = await _content(request)
        if len(content) != file.length:
            return web.Response(status=400, text="wrong length")
        file.content = content
        if fault is not None:
            return no_answer(request)
        return web.Response(text=f"OK - {len(content)}")


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    parts = [part for part in (await request.post()).values() if isinstance(part, web.FileField)]
    return parts[0].file.read() if parts else b""
