"""The one web server: health, metrics, and whatever routes the platforms bring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Protocol, runtime_checkable

from aiohttp import web

from bot.metrics import Metrics
from storage.database import DatabaseUnavailable

Troubles = Callable[[], Awaitable[list[str]]]

_DRAIN_SECONDS = 2.0
_LINGER_SECONDS = 1.0
"""So long the rest of a request is read and thrown away that was answered before its end: a caller still sees why."""


@runtime_checkable
class ServesHttp(Protocol):
    """A platform whose wire is HTTP."""

    def add_routes(self, application: web.Application) -> None:
        """Hang its own routes into the server."""
        ...


class WebServer:
    """Serves until it is stopped. ``port`` is the real one, also where 0 asked for any free one."""

    def __init__(
        self,
        host: str,
        port: int,
        troubles: Troubles,
        refresh: Callable[[], Awaitable[None]],
        metrics: Metrics,
    ) -> None:
        self.host = host
        self.port = port
        self._troubles = troubles
        self._refresh = refresh
        self._metrics = metrics
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Where people find it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    async def start(self, serving: Iterable[ServesHttp]) -> None:
        """Open the port. Raises OSError when it is taken."""
        application = web.Application(client_max_size=1_000_000)
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/livez", self._livez)
        application.router.add_get("/metrics", self._metrics_page)
        for platform in serving:
            platform.add_routes(application)
        self._runner = web.AppRunner(
            application, access_log=None, shutdown_timeout=_DRAIN_SECONDS, lingering_time=_LINGER_SECONDS
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port; requests that run get a moment to end."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        troubles = await self._troubles()
        body = {"status": "trouble" if troubles else "ok", "troubles": troubles}
        return web.json_response(body, status=503 if troubles else 200)

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def _metrics_page(self, _request: web.Request) -> web.Response:
        with suppress(DatabaseUnavailable):  # what is counted in memory can still be read
            await self._refresh()
        headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        return web.Response(body=self._metrics.exposition(), headers=headers)
