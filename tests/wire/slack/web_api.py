"""The Web API over HTTP: tokens, arguments, rates, faults, and the answers as Slack writes them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from tests.wire.faults import no_answer
from tests.wire.slack import methods_chat, methods_conversations, methods_people, methods_views
from tests.wire.slack.call import METHODS, Call, Method
from tests.wire.slack.faults import Fault
from tests.wire.slack.refusal import Json, Refused, ratelimited
from tests.wire.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.wire.slack.emulator import SlackEmulator

_LOADED = (methods_chat, methods_conversations, methods_people, methods_views)
"""Importing them registers their methods."""


@dataclass(frozen=True)
class Called:
    """A call as it came, and how it ended."""

    method: str
    arguments: Json
    answer: Json


class WebApi:
    """Carries out the calls."""

    def __init__(self, slack: SlackEmulator) -> None:
        self._slack = slack
        self.calls: list[Called] = []
        """Every call, with its answer."""

    def called(self, method: str) -> list[Json]:
        """The arguments of the calls of a method that were carried out."""
        return [call.arguments for call in self.calls if call.method == method and call.answer["ok"]]

    def refused(self) -> list[tuple[str, str]]:
        """The methods of the calls that were refused, each with the code."""
        return [(call.method, str(call.answer["error"])) for call in self.calls if not call.answer["ok"]]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        name = request.match_info["method"]
        try:
            arguments, header = await _arguments(request)
            channel = str(arguments.get("channel", ""))
        except Refused as refused:
            return _response(refused.body(), refused)
        fault = self._slack.faults.take(name, channel)
        if fault is not None and not fault.delivered:
            return await self._go_wrong(request, fault)
        response = await self._carry_out(name, arguments, header)
        if fault is not None and fault.kind == "late":
            await self._slack.faults.hang()
        elif fault is not None:
            return await self._go_wrong(request, fault)
        return response

    async def _carry_out(self, name: str, arguments: Json, header: str) -> web.Response:
        scopes: set[str] = set()
        try:
            method = METHODS.get(name)
            if method is None:
                raise Refused("unknown_method", req_method=name)
            workspace = self._authorized(method, header)
            scopes = workspace.scopes if workspace is not None else set()
            method.check(arguments)
            team = workspace.id if workspace is not None else self._slack.app.id
            if workspace is not None and arguments.get("team_id", team) != team:
                raise Refused("team_access_not_granted")
            self._slack.rates.count(team, name, method.tier)
            answer = {"ok": True, **await method.act(Call(self._slack, method, arguments, workspace))}
            refused = None
        except Refused as error:
            answer, refused = error.body(), error
        self.calls.append(Called(name, arguments, answer))
        return _response(answer, refused, scopes)

    def _authorized(self, method: Method, token: str) -> Workspace | None:
        if method.token == "none":
            return None
        if not token:
            raise Refused("not_authed")
        if token in self._slack.revoked:
            raise Refused(self._slack.revoked[token])
        if method.token == "app":
            if token != self._slack.app.app_token:
                raise Refused("not_allowed_token_type" if token in self._slack.tokens else "invalid_auth")
            return None
        if token == self._slack.app.app_token:
            raise Refused("not_allowed_token_type")
        workspace = self._slack.tokens.get(token)
        if workspace is None:
            raise Refused("invalid_auth")
        if method.scopes and not workspace.scopes & set(method.scopes):
            raise Refused("missing_scope", needed=",".join(method.scopes), provided=",".join(sorted(workspace.scopes)))
        return workspace

    async def _go_wrong(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.kind == "ratelimited":
            refused = ratelimited(fault.retry_after)
            return _response(refused.body(), refused)
        if fault.kind == "error":
            return _response(Refused(fault.code).body(), None)
        if fault.kind == "hang":
            await self._slack.faults.hang()
        if fault.kind in {"drop", "hang"}:
            return no_answer(request)
        return web.Response(status=fault.status, text="<html>upstream error</html>", content_type="text/html")


async def _arguments(request: web.Request) -> tuple[Json, str]:
    """The arguments of a call, wherever they stand, and its token."""
    arguments: Json = dict(request.query)
    authorization = request.headers.get("Authorization", "")
    token = authorization.removeprefix("Bearer ") if authorization.startswith("Bearer ") else ""
    if authorization.startswith("Basic "):
        client, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        arguments |= {"client_id": client, "client_secret": secret}
    if request.content_type == "application/json" and request.body_exists:
        try:
            body = json.loads(await request.read())
        except ValueError:
            raise Refused("invalid_json") from None
        if not isinstance(body, dict):
            raise Refused("json_not_object")
        return arguments | body, token
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        arguments |= dict(await request.post())
    elif request.body_exists and await request.read():
        raise Refused("invalid_post_type")
    # A form may carry its token as an argument; JSON may not.
    return arguments, token or str(arguments.pop("token", ""))


def _response(answer: Json, refused: Refused | None, scopes: set[str] | None = None) -> web.Response:
    headers = {"X-OAuth-Scopes": ",".join(sorted(scopes))} if scopes else {}
    status = 200
    if refused is not None:
        status, headers = refused.status, headers | refused.headers
    return web.json_response(answer, status=status, headers=headers)
