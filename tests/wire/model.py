"""A server that speaks the little of OpenAI's API that Baraza uses: as strictly as it can, or as badly as it may.

It refuses a wrong key, a wrong path, a parameter that it doesn't know and messages of another form. What it answers is
told by the test: one act for each call, then the usual one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Json = dict[str, Any]
Act = Callable[[web.Request], Awaitable[web.StreamResponse]]

KEY = "sk-a-key-for-tests-0123456789"
NAME = "a-model-for-tests"
PARAMETERS = frozenset({"model", "messages", "max_tokens", "response_format"})


def completion(content: Any, *, usage: Any = None, finish_reason: str = "stop", **more: Any) -> Json:
    """An answer as the API gives it; ``more`` is put into its message."""
    message = {"role": "assistant", "content": content, "refusal": None, **more}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_772_442_000,
        "model": NAME,
        "choices": [{"index": 0, "finish_reason": finish_reason, "message": message, "logprobs": None}],
        **({"usage": usage} if usage is not None else {}),
    }


def used(tokens: int) -> Json:
    """How a server says what a call has cost."""
    return {"prompt_tokens": tokens // 2, "completion_tokens": tokens - tokens // 2, "total_tokens": tokens}


def problem(status: int, words: str, param: str | None = None, **headers: str) -> web.Response:
    """A refusal as the API gives it."""
    error = {"message": words, "type": "invalid_request_error", "param": param, "code": None}
    return web.json_response({"error": error}, status=status, headers=headers)


def gives(body: Any) -> Act:
    """Answer with this document."""

    async def act(_request: web.Request) -> web.StreamResponse:
        return web.json_response(body)

    return act


def says(content: Any, **more: Any) -> Act:
    """Answer with these words of the model."""
    return gives(completion(content if isinstance(content, str) else json.dumps(content), **more))


def sends(text: str, content_type: str = "application/json", status: int = 200, **headers: str) -> Act:
    """Answer with these bytes."""

    async def act(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type=content_type, status=status, headers=headers)

    return act


def fails(status: int, param: str | None = None, **headers: str) -> Act:
    """Refuse."""

    async def act(_request: web.Request) -> web.StreamResponse:
        return problem(status, "no", param, **{name.replace("_", "-"): value for name, value in headers.items()})

    return act


@dataclass
class Model:
    """The running server: what it was asked, and what it does next."""

    usual: Act = field(default_factory=lambda: says("{}"))
    next: list[Act] = field(default_factory=list)
    asked: list[Json] = field(default_factory=list)
    calls: int = 0
    sent: int = 0
    url: str = ""
    parameters: frozenset[str] = PARAMETERS
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def settings(self) -> Json:
        """What Baraza's settings say to use it."""
        return {"openai_api_key": KEY, "openai_base_url": self.url, "openai_model": NAME}

    @property
    def told(self) -> str:
        """Every word that it ever got."""
        return json.dumps(self.asked, ensure_ascii=False)

    async def hangs(self, _request: web.Request) -> web.StreamResponse:
        """Never answer."""
        await self.released.wait()
        return web.Response()

    def floods(self, status: int = 200, **headers: str) -> Act:
        """Answer without an end."""

        async def act(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(status=status, headers={"Content-Type": "application/json", **headers})
            await response.prepare(request)
            with suppress(ConnectionError):
                while not self.released.is_set():
                    await response.write(b" " * 65_536)
                    self.sent += 65_536
            return response

        return act

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        self.calls += 1
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return problem(401, "Incorrect API key provided")
        body = await request.json()
        refused = refusal(body, self.parameters)
        if refused is not None:
            return refused
        self.asked.append(body)
        return await (self.next.pop(0) if self.next else self.usual)(request)


def refusal(body: Json, parameters: frozenset[str]) -> web.Response | None:
    """What a strict server would not accept."""
    unknown = sorted(body.keys() - parameters)
    if unknown:
        return problem(400, "Unrecognized request argument", unknown[0])
    if body.get("model") != NAME:
        return problem(404, "The model does not exist", "model")
    if [sorted(message) for message in body["messages"]] != [["content", "role"]] * 2:
        return problem(400, "Invalid messages", "messages")
    if [message["role"] for message in body["messages"]] != ["system", "user"]:
        return problem(400, "Invalid roles", "messages")
    return format_refusal(body.get("response_format"))


def format_refusal(response_format: Mapping[str, Any] | None) -> web.Response | None:
    """A schema must be one that the API's strict mode takes."""
    if response_format is None:
        return None
    schema = response_format.get("json_schema", {}).get("schema", {})
    complete = sorted(schema.get("properties", {})) == sorted(schema.get("required", ["?"]))
    if response_format.get("type") != "json_schema" or not complete or schema.get("additionalProperties") is not False:
        return problem(400, "Invalid schema", "response_format")
    return None


@asynccontextmanager
async def serving_model(usual: Act | None = None) -> AsyncIterator[Model]:
    """The server on a free port, until the test has ended."""
    model = Model() if usual is None else Model(usual)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    model.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield model
    finally:
        model.released.set()
        await runner.cleanup()
