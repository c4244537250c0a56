"""Requests to the webhook that are not Telegram's, or are damaged: refused, never a 500, and no words in the log."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr, ValidationError

from bot.chat_platforms import chat_platforms
from bot.platforms.telegram.platform import TelegramPlatform
from bot.platforms.telegram.receiving import PATH
from bot.settings import Settings
from storage.encryption import Cipher
from tests.community import StandingClock
from tests.frame import echo, waiting
from tests.platforms.telegram.faults.installation import PUBLIC_URL, SECRET, Installed, installed
from tests.wire.telegram import Json

HEADER = "X-Telegram-Bot-Api-Secret-Token"
WORDS = "the words that nobody may read"
JSON = {"Content-Type": "application/json", HEADER: SECRET}
UPDATE: Json = {"update_id": 1, "message": {"message_id": 1, "text": WORDS}}
BODY = json.dumps(UPDATE).encode()
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def here(tmp_path: Path, logs: io.StringIO) -> AsyncIterator[Installed]:
    async with installed(tmp_path, echo(), webhook=True) as made:
        yield made
        await made.settles()
        assert made.ana.hears("circle") == []
        assert await waiting(made.running) == 0
        assert WORDS not in logs.getvalue()
        assert SECRET not in logs.getvalue()
        assert made.telegram.token not in logs.getvalue()


async def posts(here: Installed, body: bytes, headers: Json) -> int:
    status, text = await here.telegram.webhook.post(body, headers)
    assert WORDS not in text
    return status


@asynccontextmanager
async def sends(here: Installed, head: str, *chunks: bytes) -> AsyncIterator[Streams]:
    """Send bytes as they are, so as no library would."""
    url = urlsplit(here.running.app.web.url)
    reader, writer = await asyncio.open_connection(url.hostname, url.port)
    start = f"POST {PATH} HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n"
    writer.write((start + head + "\r\n").encode("latin-1"))
    for chunk in chunks:
        writer.write(chunk)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize("given", ["", "wrong", SECRET + "x", SECRET[:-1], SECRET.upper(), "ä-ö", "\x80"], ids=range(7))
async def test_a_wrong_secret_is_refused(here: Installed, given: str) -> None:
    assert await posts(here, BODY, {**JSON, HEADER: given}) == HTTPStatus.UNAUTHORIZED
    assert await here.dead() == []


@pytest.mark.parametrize("given", [b"\xff\xfe", "Ö".encode(), SECRET.encode() + b"\xff"], ids=range(3))
async def test_a_secret_of_odd_bytes_is_refused(here: Installed, given: bytes) -> None:
    head = f"{HEADER}: {given.decode('latin-1')}\r\nContent-Length: 2\r\n"
    async with sends(here, head, b"{}") as (reader, _):
        assert b" 401 " in await reader.readline()


async def test_a_missing_secret_is_refused(here: Installed) -> None:
    assert await posts(here, BODY, {"Content-Type": "application/json"}) == HTTPStatus.UNAUTHORIZED
    assert await here.dead() == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"{}" * 2, b"[" * 100_000, b'{"a":' * 50_000, b'{"text": "%s", ' % WORDS.encode()],
    ids=["empty", "cut", "not-utf8", "twice", "deep-list", "deep", "with-words"],
)
async def test_what_is_no_json_is_refused(here: Installed, body: bytes) -> None:
    assert await posts(here, body, JSON) == HTTPStatus.BAD_REQUEST
    assert await here.dead() == []


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"3", b'"text"', b"[{}]"], ids=["list", "null", "3", "text", "in-one"]
)
async def test_what_is_no_update_is_a_visible_dead_letter_and_does_not_come_again(here: Installed, body: bytes) -> None:
    assert await posts(here, body, JSON) == HTTPStatus.OK
    await here.settles()
    assert len(await here.dead()) == 1


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
async def test_ninety_megabytes_are_refused_without_being_read(here: Installed, secret: str, chunked: bool) -> None:
    """No more than a small part of it was ever sent when the answer comes."""
    if chunked:
        head, chunks = "Transfer-Encoding: chunked", [b"10000\r\n" + b"x" * 0x10000 + b"\r\n"] * 20
    else:
        head, chunks = f"Content-Length: {90 * 1024**2}", [b"x" * 1_000]
    async with sends(here, f"{HEADER}: {secret}\r\n{head}\r\n", *chunks) as (reader, _), asyncio.timeout(5):
        answer = await reader.readline()
    assert (b" 413 " if secret == SECRET else b" 401 ") in answer


async def test_who_goes_on_sending_after_that_is_cut_off(here: Installed) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    async with sends(here, f"{HEADER}: wrong\r\nTransfer-Encoding: chunked\r\n") as (reader, writer):
        assert b" 401 " in await reader.readline()
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(5):
                while True:
                    writer.write(chunk)
                    await writer.drain()
                    await asyncio.sleep(0.05)


async def test_a_connection_that_breaks_off_in_the_middle_does_no_harm(here: Installed, logs: io.StringIO) -> None:
    async with sends(here, f"{HEADER}: {SECRET}\r\nContent-Length: 500\r\n", BODY) as (_, writer):
        await writer.drain()
    assert await posts(here, b"{", JSON) == HTTPStatus.BAD_REQUEST
    assert await here.dead() == []
    assert "level=ERROR" not in logs.getvalue()


async def test_an_end_without_a_secret_is_no_way_in() -> None:
    with pytest.raises(ValueError, match="a webhook needs a secret"):
        TelegramPlatform(StandingClock(), "1:x", public_url=PUBLIC_URL)


async def test_where_no_secret_was_chosen_there_is_one_that_stays_the_same() -> None:
    settings = Settings(_env_file=None, telegram_bot_token=SecretStr("1:x"), public_url=PUBLIC_URL)
    secrets = set()
    for _ in range(2):
        (platform,) = chat_platforms(settings, StandingClock(), Cipher("a key for tests"))
        assert isinstance(platform, TelegramPlatform)
        secrets.add(platform._secret)
    (secret,) = secrets
    assert len(secret) >= 32


@pytest.mark.parametrize("secret", ["with spaces in it", "ümlaut", "a" * 257, "a+b"])
def test_a_secret_that_telegram_would_not_take_is_refused_at_the_start(secret: str) -> None:
    with pytest.raises(ValidationError, match="letters, digits"):
        Settings(_env_file=None, telegram_webhook_secret=SecretStr(secret))
