"""What Slack's answers mean: whether a message arrived, may be sent again, or never can be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp import web

from bot.core.platform import NotSent, OutcomeUnknown
from bot.platforms.slack.calling import Refused, SlackCalls, TokenRefused, Workspace
from bot.platforms.slack.pacing import Unpaced
from bot.platforms.slack.timing import Timing
from tests.community import START, StandingClock

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
TEAM = Workspace("T1", "Nurses", "U0BOT", "xoxb-1")


@asynccontextmanager
async def slack(answer: Answer) -> AsyncIterator[SlackCalls]:
    """A server that answers every call in its own way."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://{}:{}/".format(*runner.addresses[0][:2])
    clock = StandingClock()
    calls = SlackCalls(clock, Unpaced(lambda: clock.now().timestamp()), url, Timing(call=0.3))
    try:
        yield calls
    finally:
        await calls.close()
        await runner.cleanup()


def says(body: Any, status: int = 200, **headers: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response(body, status=status, headers=headers)

    return answer


def writes(text: bytes, content_type: str, status: int = 200) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=text, content_type=content_type, status=status)

    return answer


async def post(calls: SlackCalls) -> Any:
    return await calls.call(TEAM, "chat.postMessage", lambda client: client.chat_postMessage(channel="C1", text="x"))


async def outcome(answer: Answer) -> type[Exception] | None:
    async with slack(answer) as calls:
        try:
            await post(calls)
        except Exception as error:  # noqa: BLE001 - that is what is asked
            return type(error)
        return None


CODES = {
    "ratelimited": NotSent, "rate_limited": NotSent, "message_limit_exceeded": NotSent, "service_unavailable": NotSent,
    "request_timeout": NotSent, "team_added_to_org": NotSent,
    "fatal_error": OutcomeUnknown, "internal_error": OutcomeUnknown, "": OutcomeUnknown,
    "token_revoked": TokenRefused, "account_inactive": TokenRefused, "invalid_auth": TokenRefused,
    "not_authed": TokenRefused, "token_expired": TokenRefused, "ekm_access_denied": TokenRefused,
    "org_login_required": TokenRefused, "team_access_not_granted": TokenRefused, "access_denied": TokenRefused,
    "channel_not_found": Refused, "is_archived": Refused, "not_in_channel": Refused, "user_disabled": Refused,
    "msg_too_long": Refused, "invalid_blocks": Refused, "missing_scope": Refused, "cant_update_message": Refused,
    "a_word_of_tomorrow": Refused,
}  # fmt: skip


@pytest.mark.parametrize(("code", "meaning"), CODES.items())
async def test_what_a_code_of_slacks_means(code: str, meaning: type[Exception]) -> None:
    assert await outcome(says({"ok": False, "error": code})) is meaning


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
@pytest.mark.parametrize("body", [{}, {"ok": False, "error": "internal_error"}, {"ok": True, "ts": "1.2"}, None])
async def test_after_a_servers_error_nobody_knows(status: int, body: object) -> None:
    assert await outcome(says(body, status)) is OutcomeUnknown


@pytest.mark.parametrize("status", [200, 400, 404, 413, 500, 502])
@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "application/json", "application/gzip"])
@pytest.mark.parametrize("text", [b"", b"<html>", b"{", b"[]", b"null", b"3", b'"ok"', b"\xff\xfe", b"{}"])
async def test_an_answer_that_is_none_of_slacks_is_no_answer(status: int, content_type: str, text: bytes) -> None:
    if status == HTTPStatus.OK and content_type == "application/gzip" and text:
        return  # the SDK hands on what is packed, for one method of administrators
    assert await outcome(writes(text, content_type, status)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("1", 1), ("30", 30), ("3600", 3_600), ("0", 1), ("-5", 1), ("1.5", 1.5), ("", 30), ("soon", 30), ("nan", 30),
     ("inf", 30), ("1e300", 86_400)],
)  # fmt: skip
@pytest.mark.parametrize("body", [{"ok": False, "error": "ratelimited"}, None])
async def test_a_429_says_when_to_come_again(header: str, seconds: float, body: object) -> None:
    async with slack(says(body, 429, **{"Retry-After": header})) as calls:
        with pytest.raises(NotSent) as caught:
            await post(calls)
        assert caught.value.retry_at == START + timedelta(seconds=seconds)


async def test_a_429_without_a_word_of_when_means_half_a_minute() -> None:
    async with slack(writes(b"slow down", "text/plain", 429)) as calls:
        with pytest.raises(NotSent) as caught:
            await post(calls)
        assert caught.value.retry_at == START + timedelta(seconds=30)


async def test_where_nobody_listens_nothing_was_sent() -> None:
    async with slack(says({"ok": True})) as calls:
        calls.base_url = "http://127.0.0.1:1/"
        with pytest.raises(NotSent):
            await post(calls)
        with pytest.raises(NotSent):
            await calls.respond("http://127.0.0.1:1/", {"text": "x"})
        with pytest.raises(NotSent):
            await calls.upload("http://127.0.0.1:1/", b"x")


async def test_a_call_that_nobody_sees_was_not_made_when_there_is_no_answer() -> None:
    async with slack(writes(b"", "text/html", 502)) as calls:
        with pytest.raises(NotSent):
            await calls.harmless(TEAM, "conversations.open", lambda client: client.conversations_open(users="U1"))


@pytest.mark.parametrize(
    ("status", "taken"), [(200, True), (400, False), (403, False), (404, False), (410, False), (429, False)]
)
async def test_whether_a_response_url_is_still_taken(status: int, taken: bool) -> None:
    async with slack(writes(b"ok", "text/plain", status)) as calls:
        assert await calls.respond(f"{calls.base_url}respond", {"text": "x"}) is taken


@pytest.mark.parametrize("url", ["", "nonsense", "http://", "http://\udcff/", "file:///etc/passwd"])
async def test_a_response_url_that_is_none_shows_nothing_and_breaks_nothing(url: str) -> None:
    async with slack(says({"ok": True})) as calls:
        with pytest.raises((NotSent, OutcomeUnknown)):
            await calls.respond(url, {"text": "x"})
        with pytest.raises(NotSent):
            await calls.upload(url, b"x")


async def test_a_closed_session_is_replaced() -> None:
    async with slack(says({"ok": True, "ts": "1.2"})) as calls:
        assert (await post(calls))["ts"] == "1.2"
        await calls.close()
        assert (await post(calls))["ts"] == "1.2"


def test_a_workspace_does_not_show_its_token() -> None:
    assert TEAM.token not in repr(TEAM)
