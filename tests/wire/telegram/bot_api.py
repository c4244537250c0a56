"""The Bot API over HTTP: the token, parameters in all their forms, faults, and the answers as Telegram writes them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.wire.faults import Fault, no_answer
from tests.wire.telegram import (
    methods_bot,
    methods_chats,
    methods_editing,
    methods_joining,
    methods_media,
    methods_polls,
    methods_queries,
    methods_sending,
    methods_topics,
    methods_updates,
)
from tests.wire.telegram.call import METHODS, Call, Upload
from tests.wire.telegram.refusal import NOT_FOUND, UNAUTHORIZED, Json, Refused, too_many_requests

if TYPE_CHECKING:
    from tests.wire.telegram.emulator import TelegramEmulator

_LOADED = (
    methods_bot, methods_chats, methods_editing, methods_joining, methods_media, methods_polls, methods_queries,
    methods_sending, methods_topics, methods_updates,
)  # fmt: skip
"""Importing them registers their methods."""

LARGEST_UPLOAD = 50 * 1024**2
_TOKEN = re.compile(r"\d+:[\w-]{30,}", re.ASCII)


@dataclass(frozen=True)
class Called:
    """A call as it came, and how it ended."""

    method: str
    arguments: Json
    answer: Json


class BotApi:
    """Carries out the calls."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self._telegram = telegram
        self.calls: list[Called] = []
        """Every call, with its answer; a ``getUpdates`` once it has ended."""

    def called(self, method: str) -> list[Json]:
        """The parameters of the calls of a method that were carried out."""
        return [call.arguments for call in self.calls if call.method == method and call.answer["ok"]]

    def refused(self) -> list[tuple[str, str]]:
        """The methods of the calls that were refused, each with the description."""
        return [(call.method, str(call.answer["description"])) for call in self.calls if not call.answer["ok"]]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        name = METHODS[request.match_info["method"].lower()].name if _known(request) else request.match_info["method"]
        try:
            self._check_token(request.match_info["token"])
            arguments, uploads = await _arguments(request)
        except Refused as refused:
            return _response(refused.body())
        fault = self._telegram.faults.take(name, str(arguments.get("chat_id", "")))
        if fault is not None and not fault.delivered:
            return await self.go_wrong(request, fault)
        answer = await self.carry_out(name, arguments, uploads)
        if fault is not None:
            return await self.go_wrong(request, fault)
        return _response(answer)

    async def carry_out(self, name: str, arguments: Json, uploads: dict[str, Upload]) -> Json:
        """Do what a call asks for; the answer."""
        method = METHODS.get(name.lower())
        try:
            if method is None:
                raise Refused(NOT_FOUND[0], status=NOT_FOUND[1])
            values = method.checked(arguments, uploads)
            answer: Json = {"ok": True, "result": await method.act(Call(self._telegram, method, values, uploads))}
        except Refused as refused:
            values, answer = arguments, refused.body()
        self.calls.append(Called(name, values, answer))
        return answer

    def _check_token(self, token: str) -> None:
        if token == self._telegram.bot.token:
            return
        # Telegram knows a token by its looks before it knows whether there is such a bot.
        description, status = UNAUTHORIZED if _TOKEN.fullmatch(token) else NOT_FOUND
        raise Refused(description, status=status)

    async def go_wrong(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """Answer as a fault has it."""
        if fault.kind == "ratelimited":
            return _response(too_many_requests(fault.retry_after).body())
        if fault.kind == "error":
            return _response({"ok": False, "error_code": fault.status, "description": fault.code})
        if fault.kind == "hang":
            await self._telegram.faults.hang()
        if fault.kind in {"drop", "hang"}:
            return no_answer(request)
        return web.Response(status=fault.status, text="<html>upstream error</html>", content_type="text/html")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give out the content of a file whose path ``getFile`` has told."""
        fault = self._telegram.faults.take("file", "")
        if fault is not None:
            return await self.go_wrong(request, fault)
        try:
            self._check_token(request.match_info["token"])
            file = next((one for one in self._telegram.files.values() if one.path == request.match_info["path"]), None)
            if file is None:
                raise Refused(NOT_FOUND[0], status=NOT_FOUND[1])
        except Refused as refused:
            return _response(refused.body())
        return web.Response(body=file.content, content_type="application/octet-stream")


def _known(request: web.Request) -> bool:
    return request.match_info["method"].lower() in METHODS


async def _arguments(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """The parameters of a call, wherever they stand, and its files."""
    arguments: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json" and request.can_read_body:
        return _from_json(await request.read()) | arguments, uploads
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                with value.file as file:
                    uploads[name] = Upload(value.filename, file.read(), value.content_type)
            else:
                arguments.setdefault(name, value)
    elif request.can_read_body and await request.read():
        raise Refused("unsupported content type of the request (Telegram would see no parameters)")
    if sum(len(one.content) for one in uploads.values()) > LARGEST_UPLOAD:
        raise Refused("Request Entity Too Large", status=413)
    return arguments, uploads


def _from_json(body: bytes) -> Json:
    try:
        found: Any = json.loads(body)
    except ValueError:
        raise Refused("can't parse the request's JSON (Telegram would see no parameters)") from None
    if not isinstance(found, dict):
        raise Refused("the request's JSON is no Object (Telegram would see no parameters)")
    return found


def _response(answer: Json) -> web.Response:
    status = 200 if answer["ok"] else int(answer["error_code"])
    parameters = answer.get("parameters", {})
    headers = {"Retry-After": str(parameters["retry_after"])} if "retry_after" in parameters else {}
    return web.json_response(answer, status=status, headers=headers)
