"""From Slack's bytes into the inbox, and only then the acknowledgement; the same for HTTP and for Socket Mode.

slack-bolt reads and verifies. Everything is kept in ``before_authorize``: later, bolt would acknowledge an event before
anything of it is durable, and would lose it with a failed ``auth.test``.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.core.clock import Clock
from bot.core.forms import validate
from bot.core.platform import Host
from bot.platforms.reading import NothingTold
from bot.platforms.slack._document import EVENT, PLATFORM, tenant_of
from bot.platforms.slack._forms import opened_form, values_of
from bot.platforms.slack.calling import Workspace
from bot.platforms.slack.directory import Directory
from bot.platforms.slack.envelope import (
    NOTHING_KNOWN,
    Known,
    conversation_of_event,
    from_command,
    from_event,
    from_interaction,
)
from bot.platforms.slack.forms import problems, restored
from bot.platforms.slack.incoming import closes_workspace, revokes_token
from bot.platforms.slack.response_urls import ResponseUrls
from bot.platforms.slack.workspaces import Workspaces

log = structlog.get_logger()

Json = dict[str, Any]

LARGEST_BODY = 256 * 1024
PATH = "/slack/events"
_FORM = "application/x-www-form-urlencoded"


class Receiving:
    """Takes whatever Slack tells, by any route. Known from ``start`` on: the host."""

    def __init__(
        self,
        clock: Clock,
        workspaces: Workspaces,
        directory: Directory,
        response_urls: ResponseUrls,
        signing_secret: str | None,
    ) -> None:
        self._clock = clock
        self._workspaces = workspaces
        self._directory = directory
        self._response_urls = response_urls
        self._lines: dict[str, _Line] = {}
        self.host: Host | None = None
        self.app = AsyncApp(
            signing_secret=signing_secret or "",
            authorize=_never_asked,
            before_authorize=_Keeping(self._keep_or_say_why),
            process_before_response=True,
            request_verification_enabled=signing_secret is not None,
            logger=_quiet_logger(),
        )

    async def over_http(self, request: web.Request) -> web.Response:
        """One signed request. What is too large or malformed never reaches bolt, which would raise."""
        if self.host is None:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)
        if (request.content_length or 0) > LARGEST_BODY:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        raw = await request.content.read(LARGEST_BODY + 1)
        while len(raw) <= LARGEST_BODY and (more := await request.content.read(LARGEST_BODY + 1 - len(raw))):
            raw += more
        if len(raw) > LARGEST_BODY:
            return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            body = raw.decode("utf-8")
            if _checks_certificate(body, request.content_type):
                return web.Response()  # Slack does so now and then, without a signature
            if not _has_wellformed_signature(request):
                return web.Response(status=HTTPStatus.UNAUTHORIZED)
            _check_is_object(body, request.content_type)
            told = AsyncBoltRequest(body=body, headers=dict(request.headers))
        except Exception:  # noqa: BLE001 - bolt reads it before it looks at the signature: it can be anything
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        return _as_http(await self._dispatch(told))

    async def over_socket(self, payload: Json) -> BoltResponse:
        """The payload of one envelope; it may be acknowledged when the status is 200.

        It has no signature, so that bolt has nothing to say about it but whether it can be read.
        """
        try:
            told = AsyncBoltRequest(mode="socket_mode", body=payload)
        except Exception:  # noqa: BLE001 - bolt can't read it, so it is nothing of Slack's
            return BoltResponse(status=HTTPStatus.BAD_REQUEST, body="")
        return await self._keep_or_say_why(told.body)

    async def _dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        try:
            return await self.app.async_dispatch(request)
        except Exception as error:  # noqa: BLE001 - bolt's own: so it is not acknowledged, and Slack tells it again
            return _not_kept(error)

    async def _keep_or_say_why(self, body: Json) -> BoltResponse:
        """Never raises: bolt would log the words of an exception."""
        try:
            return await self.keep(body)
        except Exception as error:  # noqa: BLE001 - whatever it was, Slack tells it again
            return _not_kept(error)

    async def keep(self, body: Json) -> BoltResponse:
        """Make it durable; the answer that acknowledges it. Raises when nothing could be kept."""
        if body.get("type") == "url_verification":
            return BoltResponse(status=HTTPStatus.OK, body={"challenge": body.get("challenge")})
        host = self.host
        assert host is not None, "the platform has not been started"  # noqa: S101 - a programmer's mistake
        now = self._clock.now()
        if _is_event(body):
            await self._keep_event(host, body, now)
            return _kept()
        known = await self._known(body)
        self._response_urls.remember(tenant_of(body), body, now)
        if "command" in body and "type" not in body:
            await host.accept([from_command(body, now, known)])
            return _kept()
        return await self._keep_interaction(host, body, known)

    async def _keep_event(self, host: Host, body: Json, now: datetime) -> None:
        """Those of a conversation go into the inbox in the order in which they came, whatever they have to wait for."""
        conversation = conversation_of_event(body)
        known = None if conversation in self._lines else self._known_at_once(body)
        if known is not None:
            await host.accept([from_event(body, now, known)])
        else:
            await self._keep_in_line(host, body, now, conversation)
        told = {"kind": EVENT, "payload": body}
        if closes_workspace(told):
            await self._workspaces.closed(tenant_of(body), _until(body, now))
        elif revokes_token(told):
            self._workspaces.revoked(tenant_of(body))

    async def _keep_in_line(self, host: Host, body: Json, now: datetime, conversation: str) -> None:
        knowing = asyncio.ensure_future(self._known(body))
        try:
            async with self._in_line(conversation):
                event = from_event(body, now, await knowing)
                accepting = asyncio.ensure_future(host.accept([event]))
                await asyncio.sleep(0)  # it has its place in the inbox before who comes next can go in without waiting
        finally:
            knowing.cancel()
        await accepting

    async def learned(self, workspace: Workspace, user: Mapping[str, Any]) -> None:
        """Tell of somebody whom an earlier event could not wait for, as if Slack had told it."""
        assert self.host is not None, "the platform has not been started"  # noqa: S101 - a programmer's mistake
        event = {"type": "user_change", "user": dict(user)}
        payload = {"type": "event_callback", "team_id": workspace.team, "event": event}
        await self.host.accept([from_event(payload, self._clock.now(), Known(bot=workspace.bot))])

    def _known_at_once(self, body: Json) -> Known | None:
        """What is known of an event, where nothing has to be asked for and nothing is wrong with it; else None."""
        workspace = self._workspaces.known(tenant_of(body))
        with suppress(Exception):
            return self._directory.at_once(workspace, body) if workspace else None
        return None

    async def _known(self, body: Json) -> Known:
        team = tenant_of(body)
        workspace = self._workspaces.known(team) or await self._workspaces.look_for(team)
        if workspace is None:
            return NOTHING_KNOWN
        try:
            return await self._directory.about(workspace, body)
        except Exception as error:  # noqa: BLE001 - what is known of an event must not keep it from being kept
            log.error("an event could not be looked up", platform=PLATFORM, reason=type(error).__name__)
            return Known(bot=workspace.bot)

    @asynccontextmanager
    async def _in_line(self, conversation: str) -> AsyncIterator[None]:
        """One by one within a conversation: who has to wait for a name must not be overtaken by who needn't."""
        line = self._lines.setdefault(conversation, _Line())
        line.length += 1
        try:
            async with line.lock:
                yield
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[conversation]

    async def _keep_interaction(self, host: Host, body: Json, known: Known) -> BoltResponse:
        if body.get("type") != "view_submission":
            await host.accept([from_interaction(body, self._clock.now(), known)])
            return _kept()
        view = body.get("view")
        try:
            opened = opened_form(view) if isinstance(view, dict) else None
            values = values_of(view) if isinstance(view, dict) else {}
        except (ValueError, NothingTold):  # translating it will say so
            opened, values = None, {}
        form = await host.form(opened.id) if opened else None
        if form is None:  # it was sent before, or is over: its handler says so
            await host.accept([from_interaction(body, self._clock.now(), known)])
            return _kept()
        cleaned, found = validate(form, restored(form, values))
        if found:
            said = problems(form, found, lambda key, values: host.translate(form.language, key, values))
            return BoltResponse(status=HTTPStatus.OK, body=said)
        await host.accept([from_interaction(body, self._clock.now(), known, cleaned)])
        return _kept()


async def certificate_checked(request: web.Request) -> web.Response:
    """Slack looks at the certificate now and then by asking for the page; nobody else has anything to read here."""
    if request.query.get("ssl_check") == "1":
        return web.Response()
    return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})


def _not_kept(error: Exception) -> BoltResponse:
    log.warning("an event could not be kept", platform=PLATFORM, reason=type(error).__name__)
    return BoltResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, body="")


@dataclass(slots=True)
class _Line:
    """Those who wait in a conversation, and the one whose turn it is."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


def _kept() -> BoltResponse:
    return BoltResponse(status=HTTPStatus.OK, body="")


class _Keeping(AsyncMiddleware):
    """The only middleware after the signature's: nothing goes further, so bolt never looks for a listener."""

    def __init__(self, keep: Callable[[Json], Awaitable[BoltResponse]]) -> None:
        self._keep = keep

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - bolt names it so
    ) -> BoltResponse:
        """Keep the body, and answer."""
        return await self._keep(req.body)


async def _never_asked() -> AuthorizeResult:
    """Bolt wants a way to authorize; it never gets that far."""
    raise NotImplementedError


def _quiet_logger() -> logging.Logger:
    """Bolt tells the whole body of a request whose signature is wrong, and what exceptions say: for nobody to read."""
    logger = logging.getLogger("slack_bolt.receiving")
    logger.setLevel(logging.CRITICAL)
    return logger


def _is_event(body: Json) -> bool:
    return body.get("type") in ("event_callback", "app_rate_limited") or isinstance(body.get("event"), dict)


def _until(body: Json, now: datetime) -> datetime:
    """The end of the second in which an event happened (UTC), where Slack tells it."""
    seconds = body.get("event_time")
    if not isinstance(seconds, int) or not 0 < seconds < now.timestamp():
        return now
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=999_999)


def _has_wellformed_signature(request: web.Request) -> bool:
    """Whether bolt can compare it at all: digits, and a signature of plain letters."""
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    signature = request.headers.get("X-Slack-Signature", "")
    return stamp.isascii() and stamp.isdigit() and len(stamp) < 16 and bool(signature) and signature.isascii()


def _checks_certificate(body: str, content_type: str) -> bool:
    return content_type == _FORM and dict(parse_qsl(body, keep_blank_values=True)).get("ssl_check") == "1"


def _check_is_object(body: str, content_type: str) -> None:
    """Raise ValueError for what is neither an object of JSON nor a form that may carry one."""
    if content_type == _FORM:
        fields = dict(parse_qsl(body, keep_blank_values=True))
        if "payload" not in fields:
            return
        body = fields["payload"]
    if not isinstance(json.loads(body), dict):
        raise ValueError("no object")


def _as_http(response: BoltResponse) -> web.Response:
    content_type = response.headers.get("content-type", ["text/plain"])[0].partition(";")[0]
    return web.Response(status=response.status, text=response.body or "", content_type=content_type)
