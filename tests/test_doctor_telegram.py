"""``baraza doctor`` about Telegram, on the emulator: each line says what is wrong, what to change and where."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.core.addresses import Place
from bot.core.roles import Purpose
from bot.doctor import examine
from bot.settings import Settings
from storage import communities
from storage.database import Database
from storage.schema import upgrade
from tests.community import START
from tests.databases import SECRET_KEY
from tests.wire.telegram import USUAL_RIGHTS, Chat, Person, TelegramEmulator
from tests.wire.telegram.faults import dropped, rate_limited, server_error

PUBLIC = "https://bot.example"
WEBHOOK = f"{PUBLIC}/telegram/webhook"


@dataclass
class Clinic:
    """An installation that the doctor looks at, with one group that Fatima made."""

    telegram: TelegramEmulator
    fatima: Person
    nurses: Chat
    url: str
    well: bool = False

    async def examined(self, **settings: Any) -> list[str]:
        """What the doctor says of Telegram."""
        lines: list[str] = []
        chosen = {
            "telegram_bot_token": self.telegram.token,
            "telegram_api_url": self.telegram.url,
            "http_port": 9,  # nobody is there
            **settings,
        }
        everything = Settings(_env_file=None, database_url=self.url, secret_key=SECRET_KEY, **chosen)
        self.well = await examine(everything, lines.append, lambda: START)
        return [line for line in lines if line.startswith("Telegram")]

    async def founded(self, chat: Chat, *topics: str, active: bool = True) -> None:
        """A community whose main place is a group, with topics of it."""
        database = Database(self.url, SECRET_KEY)
        tenant = str(self.telegram.bot.user.id)
        async with database.transaction() as session:
            place = await communities.discover(session, Place("telegram", tenant, str(chat.id), chat.title))
            community = await communities.found(
                session, place, name="Nurses", language="en", time_zone="UTC", now=START
            )
            for number, topic in enumerate(topics):
                there = await communities.discover(session, Place("telegram", tenant, f"{chat.id}/{number + 2}", topic))
                await communities.take_in(session, there, community.id, Purpose.LISTENING)
            if not active:
                await communities.close_place(session, place.address)
        await database.close()


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    url = f"sqlite:///{tmp_path}/baraza.sqlite3"
    database = Database(url, SECRET_KEY)
    await upgrade(database)
    await database.close()
    async with TelegramEmulator() as telegram:
        fatima = telegram.person("Fatima", started=True)
        nurses = telegram.supergroup("nurses", fatima, with_bot=True, as_admin=True)
        yield Clinic(telegram, fatima, nurses, url)


@asynccontextmanager
async def running(*troubles: str) -> AsyncIterator[int]:
    """A program that says of itself how it is; its port."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "?", "troubles": list(troubles)}, status=503 if troubles else 200)

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield int(runner.addresses[0][1])
    await runner.cleanup()


def waits(clinic: Clinic, words: str) -> None:
    """Something waits for the bot, so that nobody has to listen for two seconds."""
    clinic.telegram.updates.inject("message", {"text": words})


async def test_all_is_well(clinic: Clinic) -> None:
    await clinic.founded(clinic.nurses)
    waits(clinic, "hello")
    assert await clinic.examined() == [
        "Telegram token: ok (it is that of @test_bot)",
        "Telegram news: ok (by polling)",
        "Telegram groups: ok (in all 1 the bot is an administrator)",
    ]
    assert clinic.well
    assert [one.update["message"] for one in clinic.telegram.updates.pending] == [{"text": "hello"}], "still there"


async def test_where_telegram_is_not_used_nothing_is_said_of_it(clinic: Clinic) -> None:
    assert await clinic.examined(telegram_bot_token=None) == []
    assert clinic.telegram.calls == []


@pytest.mark.parametrize("token", ["nonsense", "7:short", f"7000000001:{'A' * 35}"])
async def test_a_wrong_token(clinic: Clinic, token: str) -> None:
    assert await clinic.examined(telegram_bot_token=token) == [
        "Telegram token: Telegram knows no bot with TELEGRAM_BOT_TOKEN. Ask @BotFather for the token with /mybots, API "
        "Token, and put it into .env."
    ]
    assert not clinic.well


@pytest.mark.parametrize("fault", [server_error(), server_error(200), dropped(), rate_limited(5)])
async def test_telegram_does_not_answer(clinic: Clinic, fault: Any) -> None:
    clinic.telegram.faults.plan("getMe", fault)
    (line,) = await clinic.examined()
    assert line.startswith("Telegram: Telegram does not answer (")
    assert line.endswith("is TELEGRAM_API_URL empty or right?")
    assert clinic.telegram.token not in line
    assert not clinic.well


async def test_nobody_is_at_the_address(clinic: Clinic) -> None:
    (line,) = await clinic.examined(telegram_api_url="http://127.0.0.1:9")
    assert line.startswith("Telegram: Telegram does not answer (Telegram can't be reached).")


# Groups


async def told_of_the_group(clinic: Clinic) -> str:
    await clinic.founded(clinic.nurses)
    waits(clinic, "hello")
    line = (await clinic.examined())[-1]
    assert line.startswith("Telegram group nurses: ")
    return line.removeprefix("Telegram group nurses: ")


async def test_the_bot_is_no_administrator_and_privacy_mode_is_on(clinic: Clinic) -> None:
    clinic.telegram.patience = 0
    await clinic.fatima.demotes_bot("nurses")
    assert await told_of_the_group(clinic) == (
        "the bot does not see messages, joins or reactions, for it is no administrator. In the group: Administrators, "
        "Add Admin, @test_bot; for messages alone ask @BotFather: /setprivacy, @test_bot, Disable, and add the bot to "
        "the group anew."
    )
    assert not clinic.well


async def test_the_bot_is_no_administrator_and_privacy_mode_is_off(clinic: Clinic) -> None:
    clinic.telegram.patience, clinic.telegram.bot.privacy = 0, False
    await clinic.fatima.demotes_bot("nurses")
    assert await told_of_the_group(clinic) == (
        "the bot does not see who comes and goes, or reactions, for it is no administrator. In the group: "
        "Administrators, Add Admin, @test_bot."
    )


async def test_the_bot_may_not_let_anybody_in(clinic: Clinic) -> None:
    clinic.telegram.patience = 0
    await clinic.fatima.promotes_bot("nurses", rights=USUAL_RIGHTS - {"can_invite_users"})
    assert await told_of_the_group(clinic) == (
        "the bot can't let in who asks to join. In the group: Administrators, @test_bot, Add Members."
    )
    assert clinic.well, "not every group has people who ask"


async def test_the_bot_was_put_out(clinic: Clinic) -> None:
    clinic.telegram.patience = 0
    await clinic.fatima.removes_bot("nurses")
    assert await told_of_the_group(clinic) == (
        "the bot is not in it. Add @test_bot to the group, or take it out with /settings."
    )


async def test_a_group_that_was_left_is_not_looked_at(clinic: Clinic) -> None:
    await clinic.founded(clinic.nurses, active=False)
    waits(clinic, "hello")
    assert (await clinic.examined())[-1] == "Telegram groups: ok (none is part of a community yet)"
    assert "getChatMember" not in [call.method for call in clinic.telegram.calls]


async def test_topics_of_a_group_are_one_group(clinic: Clinic) -> None:
    await clinic.founded(clinic.nurses, "triage", "supplies")
    waits(clinic, "hello")
    assert (await clinic.examined())[-1] == "Telegram groups: ok (in all 1 the bot is an administrator)"
    assert len(clinic.telegram.called("getChatMember")) == 1


# The way in


async def test_another_program_asks_with_the_token(clinic: Clinic) -> None:
    async def asks_on_and_on() -> None:
        url = f"{clinic.telegram.url}/bot{clinic.telegram.token}/getUpdates"
        async with aiohttp.ClientSession() as session:
            while True:
                async with session.post(url, json={"timeout": 50}) as response:
                    await response.read()

    other = asyncio.create_task(asks_on_and_on())
    await clinic.telegram.updates.waited_for.wait()
    line = (await clinic.examined())[1]
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
    assert line.startswith(
        "Telegram news: another program asks for this bot's news, and each takes some from the other."
    )
    assert not clinic.well


async def test_while_baraza_runs_it_is_asked_itself_and_not_disturbed(clinic: Clinic) -> None:
    async with running() as port:
        assert (await clinic.examined(http_port=port))[1] == (
            "Telegram news: ok (by polling, and the running Baraza hears them)"
        )
    told = "Telegram's news don't arrive: another program asks with the same token (409)"
    async with running("the worker is stuck", told) as port:
        assert (await clinic.examined(http_port=port))[1].startswith("Telegram news: another program asks")
    async with running("Telegram: it does not answer") as port:
        assert (await clinic.examined(http_port=port))[1] == (
            "Telegram news: the running Baraza says: Telegram: it does not answer."
        )
    assert "getUpdates" not in [call.method for call in clinic.telegram.calls]


async def test_a_webhook_where_baraza_polls(clinic: Clinic) -> None:
    clinic.telegram.webhook.url = "https://other.example/x"
    assert (await clinic.examined())[1] == (
        "Telegram news: a webhook is set (other.example); Baraza takes it away when it starts."
    )
    assert clinic.well
    async with running() as port:
        assert (await clinic.examined(http_port=port))[1] == (
            "Telegram news: another program has set a webhook for this bot (other.example). Stop it, then start Baraza "
            "again."
        )


async def test_a_webhook_that_works(clinic: Clinic) -> None:
    clinic.telegram.webhook.url = WEBHOOK
    assert (await clinic.examined(public_url=PUBLIC))[1] == "Telegram webhook: ok (at bot.example)"
    assert (await clinic.examined(public_url=f"{PUBLIC}/"))[1] == "Telegram webhook: ok (at bot.example)"


async def test_a_webhook_that_is_set_elsewhere(clinic: Clinic) -> None:
    assert (await clinic.examined(public_url=PUBLIC))[1] == (
        "Telegram webhook: it is not set; Baraza sets it when it starts."
    )
    clinic.telegram.webhook.url = "https://other.example/telegram/webhook"
    async with running() as port:
        assert (await clinic.examined(public_url=PUBLIC, http_port=port))[1] == (
            "Telegram webhook: it is set to other.example instead of bot.example. Does another program use this bot? "
            "Stop it, then start Baraza again."
        )


async def test_a_webhook_that_telegram_cannot_reach(clinic: Clinic) -> None:
    clinic.telegram.webhook.url = WEBHOOK
    clinic.telegram.webhook.failure = {
        "last_error_date": int(START.timestamp()) - 60,
        "last_error_message": "Connection refused",
    }
    assert (await clinic.examined(public_url=PUBLIC))[1] == (
        "Telegram webhook: Telegram can't reach bot.example (Connection refused); 0 updates wait. Does PUBLIC_URL lead "
        "to this machine, and does its certificate hold?"
    )
    assert not clinic.well
    clinic.telegram.webhook.failure["last_error_date"] -= 86_400
    assert (await clinic.examined(public_url=PUBLIC))[1] == "Telegram webhook: ok (at bot.example)"


@pytest.mark.parametrize("public", ["http://bot.example", "https://bot.example:9000"])
async def test_an_address_that_telegram_posts_nothing_to(clinic: Clinic, public: str) -> None:
    assert (await clinic.examined(public_url=public))[1] == (
        "Telegram webhook: Telegram posts to https addresses on the ports 443, 80, 88 and 8443 alone. Change "
        "PUBLIC_URL, or leave it empty."
    )
