"""The token is part of every address that is called, and words are in every call: neither gets into a log line."""

from __future__ import annotations

import io
import json
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram.error import TelegramError

from bot.core.messages import Kind
from bot.core.platform import NotSent, OutcomeUnknown
from bot.platforms.telegram.calling import BotApi, Refused
from bot.platforms.telegram.pacing import Unpaced
from bot.platforms.telegram.requesting import AiohttpRequest, raw_bot
from bot.platforms.telegram.timing import Timing
from tests.community import StandingClock
from tests.platforms.telegram.faults.installation import Installed, installed, repeating
from tests.wire.telegram import TelegramEmulator
from tests.wire.telegram.faults import Fault, dropped, hangs, rate_limited, says, server_error, unauthorized

WORDS = "the words that nobody may read"
WAYS = {
    "401": unauthorized(),
    "403": says(403, "Forbidden: bot was blocked by the user"),
    "400": says(400, "Bad Request: chat not found"),
    "409": says(409, "Conflict: terminated by other getUpdates request"),
    "418": says(418, "something new"),
    "429": rate_limited(1),
    "502": server_error(502),
    "dropped": dropped(),
    "no answer": hangs(),
    "no JSON": server_error(200),
    "404 of a gateway": server_error(404),
    "403 of a gateway": server_error(403),
}


@pytest.fixture(params=[False, True], ids=["as-it-is", "libraries-too"])
def everything_logged(request: pytest.FixtureRequest, logs: io.StringIO) -> io.StringIO:
    """Logs at DEBUG; then also those of the libraries, which is more than any setting asks for."""
    if request.param:
        logging.getLogger().setLevel(logging.DEBUG)
    return logs


def check(here: Installed, text: str, *secrets: str) -> None:
    token = here.telegram.token
    for secret in (token, token.partition(":")[2], *secrets):
        assert secret not in text


async def test_no_line_has_the_token_whatever_goes_wrong(tmp_path: Path, everything_logged: io.StringIO) -> None:
    async with installed(tmp_path, repeating(Kind.ANSWER), call=0.2, poll=1, slack=0.2, starts=False) as here:
        faults = list(WAYS.values())
        here.telegram.faults.plan("getMe", *faults[:1], *faults[5:7], *faults[9:])
        here.telegram.faults.plan("deleteWebhook", *faults)
        await here.starts()
        await here.comes_to(lambda: "the way in" in (here.platform.trouble() or "?"))
        await here.telegram.updates.waited_for.wait()
        for method in ("sendMessage", "getUpdates", "answerCallbackQuery"):
            here.telegram.faults.plan(method, *faults)
        here.telegram.patience = 0
        await here.telegram.clock.move(30)
        await here.telegram.faults.struck("getUpdates", len(faults), within=15)
        here.telegram.patience = 5
        for _ in faults:
            await here.ana.writes("circle", WORDS)
            await here.settles()
            await here.waits(10)
        here.telegram.faults.release()
        assert everything_logged.getvalue()
        check(here, everything_logged.getvalue())


async def test_no_line_has_anybodys_words(tmp_path: Path, logs: io.StringIO) -> None:
    async with installed(tmp_path, repeating(Kind.ANSWER), call=0.2) as here:
        here.telegram.faults.plan("sendMessage", *WAYS.values())
        here.telegram.updates.inject("message", {"message_id": "x", "text": WORDS, "from": {"first_name": "Zubeida"}})
        for _ in WAYS:
            await here.ana.writes("circle", WORDS)
            await here.settles()
            await here.waits(10)
        here.telegram.faults.release()
        assert logs.getvalue()
        check(here, logs.getvalue(), WORDS, "Zubeida", "Ana")


@pytest.fixture
async def api() -> AsyncIterator[tuple[TelegramEmulator, BotApi]]:
    """The calls alone, without the program."""
    async with TelegramEmulator() as telegram:
        timing = Timing(call=0.2)
        requests = AiohttpRequest(timing)
        yield telegram, BotApi(StandingClock(), Unpaced(), raw_bot(telegram.token, telegram.url, requests), timing)
        await requests.shutdown()


async def test_an_answer_that_is_cut_off_is_not_written_into_the_log(logs: io.StringIO) -> None:
    """The library's own requests log what they can't read, and that is a message with its words."""
    with pytest.raises(TelegramError) as raised:
        AiohttpRequest.parse_json_payload(json.dumps({"ok": True, "result": {"text": WORDS}}).encode()[:-3])
    assert WORDS not in str(raised.value)
    assert WORDS not in logs.getvalue()


def printed(error: BaseException) -> str:
    """All that can be printed of an exception, and of those that it came from."""
    return "".join(traceback.format_exception(error)) + repr(error)


@pytest.mark.parametrize("fault", WAYS.values(), ids=WAYS)
async def test_no_exception_carries_the_token(api: tuple[TelegramEmulator, BotApi], fault: Fault) -> None:
    """Not in its words, nor in those of what it came from: whoever prints it tells nothing."""
    telegram, calls = api
    telegram.faults.plan("sendMessage", fault)
    with pytest.raises((NotSent, OutcomeUnknown, Refused)) as raised:
        await calls.call("sendMessage", {"chat_id": 1, "text": WORDS})
    telegram.faults.release()
    text = printed(raised.value)
    assert telegram.token.partition(":")[2] not in text


@pytest.mark.parametrize("base", ["http://127.0.0.1:9", "nonsense://", "http://", "http://[::1"])
async def test_nor_where_nobody_can_be_reached_or_the_address_is_none(base: str) -> None:
    token = "7000000001:" + "A" * 35
    requests = AiohttpRequest(Timing())
    calls = BotApi(StandingClock(), Unpaced(), raw_bot(token, base, requests), Timing())
    with pytest.raises((NotSent, OutcomeUnknown)) as raised:
        await calls.call("getMe", {})
    await requests.shutdown()
    assert token.partition(":")[2] not in printed(raised.value)
