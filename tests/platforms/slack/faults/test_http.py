"""Requests that are no requests of Slack's, or are damaged: refused, never a 500, and nobody's words in the log."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest

from tests.frame import echo, waiting
from tests.platforms.slack.faults.installation import Installed, installed
from tests.wire.slack import Json

SECRET = "the words that nobody may read"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EVENT: Json = {
    "type": "event_callback",
    "team_id": "T0",
    "event_id": "Ev0",
    "event": {"type": "message", "text": SECRET, "channel": "C0", "user": "U0", "ts": "1700000000.000100"},
}
BODY = json.dumps(EVENT).encode()


@pytest.fixture
async def here(tmp_path: Path, logs: io.StringIO) -> AsyncIterator[Installed]:
    async with installed(tmp_path, echo(), socket=False) as made:
        yield made
        await made.settles()
        assert await waiting(made.running) == 0
        assert await made.dead() == []
        assert made.posted(made.circle) == []
        assert SECRET not in logs.getvalue()


async def posts(here: Installed, body: bytes, headers: Json) -> int:
    status, text = await here.slack.http.post(body, headers)
    assert SECRET not in text
    return status


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"3", b'"text"', b"\xff\xfe", b"{}" * 2, b"[" * 100_000, b'{"a":' * 50_000,
        b'{"text": "%s", ' % SECRET.encode(),
    ],
    ids=[
        "empty", "cut", "list", "null", "number", "text", "not-utf8", "twice", "deep-list", "deep", "with-words",
    ],
)  # fmt: skip
async def test_what_is_no_object_of_json_is_refused(here: Installed, body: bytes) -> None:
    assert await posts(here, body, JSON | here.slack.http.signed(body)) == 400


@pytest.mark.parametrize("payload", ["", "{", "[]", "null", "\udcff", SECRET], ids=range(6))
async def test_a_form_with_a_payload_that_is_no_object_is_refused(here: Installed, payload: str) -> None:
    body = urlencode({"payload": payload}, errors="surrogateescape").encode()
    assert await posts(here, body, FORM | here.slack.http.signed(body)) == 400


@pytest.mark.parametrize(
    "body",
    [
        {"authorizations": 5},
        {"authorizations": [5]},
        {"enterprise": 5},
        {"team": 5},
        {"event": {"assistant_thread": 5}},
    ],
    ids=range(5),
)
@pytest.mark.parametrize("signed", [True, False])
async def test_an_object_that_bolt_cannot_read_is_refused(here: Installed, body: Json, signed: bool) -> None:
    data = json.dumps(body | {"secret": SECRET}).encode()
    assert await posts(here, data, JSON | (here.slack.http.signed(data) if signed else {})) in (200, 400, 401)


async def test_a_wrong_signature_is_refused(here: Installed) -> None:
    signed = here.slack.http.signed(BODY)
    wrong = [
        here.slack.http.signed(BODY + b" "),
        signed | {"X-Slack-Signature": "v0=" + "0" * 64},
        signed | {"X-Slack-Signature": "v0="},
        signed | {"X-Slack-Signature": ""},
        signed | {"X-Slack-Signature": "v0=äöü"},
        signed | {"X-Slack-Signature": "v0=\udcff\udcfe".encode("utf-8", "surrogateescape").decode("latin-1")},
        {"X-Slack-Signature": signed["X-Slack-Signature"]},
        {"X-Slack-Request-Timestamp": signed["X-Slack-Request-Timestamp"]},
        {},
    ]
    assert [await posts(here, BODY, JSON | headers) for headers in wrong] == [401] * len(wrong)


@pytest.mark.parametrize(
    "stamp", ["", "now", "-1", "1e9", "٣", "0x10", "1" * 400, "nan", "1700000000.5", " 1"], ids=range(10)
)
async def test_a_time_that_is_none_is_refused(here: Installed, stamp: str) -> None:
    headers = here.slack.http.signed(BODY) | {"X-Slack-Request-Timestamp": stamp}
    assert await posts(here, BODY, JSON | headers) in (400, 401)


@pytest.mark.parametrize("off", [-301, -3_600, 3_600, -86_400 * 365], ids=range(4))
async def test_a_stale_request_is_refused_and_so_is_one_of_the_future(here: Installed, off: int) -> None:
    assert await posts(here, BODY, JSON | here.slack.http.signed(BODY, at=time.time() + off)) == 401


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
async def test_ninety_megabytes_are_refused_without_being_read(here: Installed, chunked: bool) -> None:
    """No more than a small part of it was ever sent when the answer comes."""
    url = urlsplit(here.slack.app.request_url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    head = f"POST {url.path} HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n"
    if chunked:
        writer.write(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(5):
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
    else:
        writer.write(f"{head}Content-Length: {90 * 1024**2}\r\n\r\n".encode() + b"x" * 1_000)
    async with asyncio.timeout(5):
        assert b" 413 " in await reader.readline()
    writer.close()


async def test_slack_checks_the_address_and_the_certificate(here: Installed) -> None:
    challenge = json.dumps({"type": "url_verification", "challenge": "3eZbrw", "token": "x"}).encode()
    signed = JSON | here.slack.http.signed(challenge)
    assert await here.slack.http.post(challenge, signed) == (200, '{"challenge": "3eZbrw"}')
    assert await posts(here, challenge, JSON) == 401
    check = urlencode({"ssl_check": "1", "token": "x"}).encode()
    assert await posts(here, check, FORM) == 200
    async with aiohttp.ClientSession() as browser:
        for query, status in (("ssl_check=1", 200), ("ssl_check=0", 405), ("", 405)):
            async with browser.get(f"{here.slack.app.request_url}?{query}") as answer:
                assert (answer.status, await answer.text()) == (status, "")


async def test_what_is_unsigned_does_not_pass_for_a_check_of_the_certificate(here: Installed) -> None:
    for fields in ({"ssl_check": "0", "command": "/baraza"}, {"payload": json.dumps({"ssl_check": "1"})}):
        assert await posts(here, urlencode(fields).encode(), FORM) == 401
