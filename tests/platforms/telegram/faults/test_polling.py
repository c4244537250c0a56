"""When Telegram can't be asked for news: it is asked again for ever, and until then the bot says that it is deaf."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests.frame import echo
from tests.platforms.telegram.faults.installation import Installed, installed
from tests.wire.telegram.faults import (
    Fault,
    dropped,
    hangs,
    not_found,
    rate_limited,
    says,
    server_error,
    unauthorized,
)

WAYS = {
    "401": (unauthorized(), "it refuses TELEGRAM_BOT_TOKEN (401)"),
    "404": (not_found(), "it refuses TELEGRAM_BOT_TOKEN (404)"),
    "404 of a gateway": (server_error(404), "it refuses TELEGRAM_BOT_TOKEN (404)"),
    "409": (says(409, "Conflict: terminated by other getUpdates request"), "another program asks with the same token"),
    "429": (rate_limited(5), "status 429"),
    "500": (server_error(500), "status 500"),
    "502": (server_error(502), "status 502"),
    "no answer": (hangs(), "TimeoutError"),
    "dropped": (dropped(), "ServerDisconnectedError"),
    "no JSON": (server_error(200), "an answer that is none"),
}


def deaf(here: Installed, why: str) -> Callable[[], bool]:
    return lambda: why in (here.platform.trouble() or "")


@pytest.mark.parametrize(("fault", "why"), WAYS.values(), ids=WAYS)
async def test_while_it_cannot_be_asked_it_says_so_and_goes_on_asking(tmp_path: Path, fault: Fault, why: str) -> None:
    async with installed(tmp_path, echo(), poll=1, slack=0.5, waits=(0.05,), stand_by=0.05) as here:
        await here.telegram.updates.waited_for.wait()
        here.telegram.faults.plan("getUpdates", *[fault] * 200)
        await here.telegram.clock.move(30)  # the question that waits ends
        here.telegram.patience = 0
        await here.ana.writes("circle", "hello")
        told = here.told_last()
        await here.comes_to(deaf(here, why))
        await here.telegram.faults.struck("getUpdates", 3)
        assert (await here.health())[0] == 503
        here.telegram.faults.clear()
        here.telegram.faults.release()
        await here.takes(told)
        assert here.ana.hears("circle") == ["hello"]
        assert await here.health() == (200, [])
        assert await here.dead() == []


async def test_without_any_pause_between_failures_nothing_is_asked_in_a_hurry(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), waits=(0.0, 30.0)) as here:
        await here.telegram.updates.waited_for.wait()
        here.telegram.faults.plan("getUpdates", *[server_error()] * 50)
        await here.telegram.clock.move(30)
        await here.telegram.faults.struck("getUpdates", 2)
        await here.telegram.clock.move(600)
        assert len(here.telegram.faults._planned["getUpdates", ""]) == 48


async def test_beside_another_program_with_the_same_token_it_stands_by_and_takes_over(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), stand_by=0.3) as here, aiohttp.ClientSession() as other:
        await here.telegram.updates.waited_for.wait()
        url = f"{here.telegram.url}/bot{here.telegram.token}/getUpdates"
        asking = asyncio.create_task(_asks(other, url))
        await here.comes_to(deaf(here, "another program asks with the same token (409)"))
        asked = sum(one.method == "getUpdates" for one in here.telegram.calls)
        assert asked == 2, "the first, and the one that was cut off"
        assert (await here.health())[0] == 503
        answer = await asking  # ours cut it off when its turn came again
        assert answer["error_code"] == 409
        await here.ana.writes("circle", "hello")
        await here.settles()
        assert here.ana.hears("circle") == ["hello"]
        assert await here.health() == (200, [])


async def _asks(session: aiohttp.ClientSession, url: str) -> dict[str, object]:
    async with session.post(url, json={"timeout": 25}) as response:
        answer: dict[str, object] = await response.json()
        return answer


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
@pytest.mark.parametrize("method", ["getMe", "the way in"])
@pytest.mark.parametrize("fault", [unauthorized(), server_error(502), dropped(), server_error(200)], ids=range(4))
async def test_a_start_while_telegram_fails_becomes_whole_later(
    tmp_path: Path, webhook: bool, method: str, fault: Fault
) -> None:
    called = method if method == "getMe" else "setWebhook" if webhook else "deleteWebhook"
    async with installed(tmp_path, echo(), webhook=webhook, introduce=0.05, starts=False) as here:
        here.telegram.faults.plan(called, *[fault] * 3)
        await here.starts()
        assert (await here.health())[0] == 503
        here.telegram.patience = 0
        await here.ana.writes("circle", "hello")
        told = here.told_last()
        await here.telegram.faults.struck(called, 3)
        await here.takes(told)
        here.telegram.patience = 5
        await here.ana.writes("circle", "again")
        await here.settles()
        assert here.ana.hears("circle") == ["hello", "again"]
        await here.comes_to(lambda: here.platform.trouble() is None)
        assert await here.health() == (200, [])
        refused = [why for _, why in here.telegram.refused()]
        assert not [why for why in refused if "Conflict" in why], "it asks twice at once"


async def test_ended_before_it_ever_began_it_begins_no_more(tmp_path: Path) -> None:
    async with installed(tmp_path, echo(), introduce=0.05, starts=False) as here:
        here.telegram.faults.plan("deleteWebhook", *[server_error()] * 2)
        await here.starts()
        await here.running.stop()
        asked = len(here.telegram.calls)
        await asyncio.sleep(0.15)
        assert len(here.telegram.calls) == asked


async def test_at_the_end_what_was_taken_is_confirmed(tmp_path: Path) -> None:
    async with installed(tmp_path, echo()) as here:
        await here.telegram.updates.waited_for.wait()
        here.telegram.patience = 0
        here.telegram.faults.plan("getUpdates", hangs(delivered=False))  # the question that would confirm it
        await here.ana.writes("circle", "hello")
        await here.telegram.faults.struck("getUpdates")
        assert here.telegram.updates.pending
        here.telegram.faults.clear()
        await here.running.stop()
        assert not here.telegram.updates.pending
        assert here.ana.hears("circle") == ["hello"]
