"""``baraza doctor`` about Slack, on the emulator: each line says what is wrong, what to change and where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.core.addresses import Place
from bot.core.platform import Installation
from bot.doctor import examine
from bot.platforms.slack.envelope import from_command, is_command
from bot.platforms.slack.scopes import BOT_SCOPES
from bot.settings import Settings
from storage import communities, inbox, tenants
from storage.database import Database
from storage.schema import upgrade
from tests.community import START
from tests.databases import SECRET_KEY
from tests.wire.slack import SlackEmulator
from tests.wire.slack.faults import rate_limited
from tests.wire.slack.state import Channel
from tests.wire.slack.workspace import Workspace
from tests.wire.slack_payloads import command


@dataclass
class Clinic:
    """An installation that the doctor looks at."""

    slack: SlackEmulator
    nurses: Workspace
    url: str
    settings: dict[str, Any] = field(default_factory=dict)
    well: bool = False

    async def examined(self, **settings: Any) -> list[str]:
        """What the doctor says of Slack."""
        lines: list[str] = []
        token = {"slack_bot_token": self.nurses.token, "slack_app_token": self.slack.app.app_token}
        chosen = {"slack_api_url": self.slack.api_url, **token, **self.settings, **settings}
        everything = Settings(_env_file=None, database_url=self.url, secret_key=SECRET_KEY, **chosen)
        self.well = await examine(everything, lines.append, lambda: START)
        return [line for line in lines if line.startswith("Slack")]

    async def keeps(self, workspace: Workspace) -> None:
        """The installation of a workspace, as ``baraza slack install`` keeps it."""
        one = Installation("slack", workspace.id, workspace.name, workspace.bot.id, workspace.token)
        database = Database(self.url, SECRET_KEY)
        async with database.transaction() as session:
            await tenants.keep(session, one, START)
        await database.close()

    async def founded(self, channel: Channel, name: str, *, active: bool = True) -> None:
        """A community whose main place is a channel."""
        database = Database(self.url, SECRET_KEY)
        async with database.transaction() as session:
            place = await communities.discover(session, Place("slack", self.nurses.id, channel.id, channel.name))
            await communities.found(session, place, name=name, language="en", time_zone="UTC", now=START)
            if not active:
                await communities.close_place(session, place.address)
        await database.close()


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    url = f"sqlite:///{tmp_path}/baraza.sqlite3"
    database = Database(url, SECRET_KEY)
    await upgrade(database)
    await database.close()
    async with SlackEmulator() as slack:
        nurses = slack.workspace("Nurses")
        nurses.scopes = set(BOT_SCOPES)
        yield Clinic(slack, nurses, url)


async def test_all_is_well(clinic: Clinic) -> None:
    await clinic.founded(clinic.nurses.channel("circle", with_bot=True), "Nurses")
    assert await clinic.examined() == [
        "Slack events: ok (over Socket Mode)",
        "Slack, Nurses, token: ok (it is that of @testbot)",
        "Slack, Nurses, scopes: ok (all 12 that are needed)",
        "Slack, Nurses, channels: ok (the bot is in all 1)",
        "Slack, Nurses, slash command: not used lately. Type /baraza in any channel; if Slack does not know it, "
        "add it under Slash Commands of your app at api.slack.com/apps.",
    ]
    assert clinic.well


async def test_where_slack_is_not_used_nothing_is_said_of_it(clinic: Clinic) -> None:
    assert await clinic.examined(slack_bot_token=None, slack_app_token=None) == []
    assert clinic.slack.web_api.calls == []


async def test_a_scope_that_is_missing_is_named_with_what_fails_without_it(clinic: Clinic) -> None:
    clinic.nurses.scopes = set(BOT_SCOPES) - {"files:write", "im:write", "assistant:write"}
    lines = [line for line in await clinic.examined() if "scopes" in line]
    assert lines == [
        "Slack, Nurses, scopes: files:write is missing: without it no picture, spreadsheet or other file arrives. Add "
        "it under OAuth & Permissions, Scopes, of your app at api.slack.com/apps, then install the app there again.",
        "Slack, Nurses, scopes: im:write is missing: without it Baraza can't write to anybody privately. Add it under "
        "OAuth & Permissions, Scopes, of your app at api.slack.com/apps, then install the app there again.",
    ]
    assert not clinic.well


async def test_a_token_without_any_scope(clinic: Clinic) -> None:
    clinic.nurses.scopes = set()
    lines = [line for line in await clinic.examined() if "is missing" in line]
    assert len(lines) == len(BOT_SCOPES) - 1


async def test_a_wrong_token(clinic: Clinic) -> None:
    _, line = await clinic.examined(slack_bot_token="xoxb-wrong")
    assert line.startswith(
        "Slack token: SLACK_BOT_TOKEN is not a token that Slack knows. Copy the Bot User OAuth Token"
    )
    _, line = await clinic.examined(slack_bot_token=clinic.slack.app.app_token)
    assert line.startswith("Slack token: SLACK_BOT_TOKEN is not a bot's token. The right one begins with xoxb-")
    clinic.nurses.bot.bot_id = ""
    _, line = await clinic.examined()
    assert line.startswith("Slack token: SLACK_BOT_TOKEN is not a bot's token.")


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive"])
async def test_a_token_that_is_worth_nothing_any_more(clinic: Clinic, code: str) -> None:
    clinic.nurses.revoke_token(code=code)
    _, line = await clinic.examined()
    assert line.startswith("Slack token: SLACK_BOT_TOKEN is worth nothing any more")
    assert f"({code}). Install the app again" in line
    assert not clinic.well


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("xapp-1-wrong", "SLACK_APP_TOKEN is not a token that Slack knows. Copy the app-level token (xapp-...)"),
        ("the bot's", "SLACK_APP_TOKEN is not an app-level token. The right one begins with xapp-"),
    ],
)
async def test_a_wrong_app_level_token(clinic: Clinic, token: str, sentence: str) -> None:
    first, *_ = await clinic.examined(slack_app_token=clinic.nurses.token if token == "the bot's" else token)
    assert first.startswith(f"Slack events: {sentence}")


async def test_socket_mode_that_is_switched_off(clinic: Clinic) -> None:
    clinic.slack.app.socket_mode = False
    first, *_ = await clinic.examined()
    assert first.startswith("Slack events: Socket Mode is switched off")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "nothing can arrive. Set SLACK_APP_TOKEN"),
        ({"slack_signing_secret": "s"}, "set PUBLIC_URL to the https address"),
        ({"slack_signing_secret": "s", "public_url": "http://bot.example"}, "set PUBLIC_URL to the https address"),
        (
            {"slack_signing_secret": "s", "public_url": "https://bot.example/"},
            "ok (over HTTP; https://bot.example/slack/events belongs into Event Subscriptions, Interactivity and "
            "Slash Commands)",
        ),
    ],
)
async def test_the_way_in_without_socket_mode(clinic: Clinic, settings: dict[str, str], says: str) -> None:
    first, *_ = await clinic.examined(slack_app_token=None, **settings)
    assert first.startswith(f"Slack events: {says}")


async def test_channels_without_the_bot(clinic: Clinic) -> None:
    nurses = clinic.nurses
    gone = nurses.channel("gone", with_bot=True)
    for channel in (
        nurses.channel("circle", with_bot=True),
        nurses.channel("square"),
        nurses.channel("experts", private=True),
        gone,
    ):
        await clinic.founded(channel, f"Community of {channel.name}")
    gone.archived = True
    assert [line for line in await clinic.examined() if ", channels" in line] == [
        "Slack, Nurses, channels: the bot is not in #square. Type there: /invite @Baraza",
        "Slack, Nurses, channels: #experts is gone, or private and without the bot. Type there: /invite @Baraza, or "
        "take it out with /baraza settings",
        "Slack, Nurses, channels: #gone is archived. Bring it back in Slack, or take it out with /baraza settings",
    ]
    assert not clinic.well


async def test_a_channel_that_was_closed_with_the_bot_in_it(clinic: Clinic) -> None:
    await clinic.founded(clinic.nurses.channel("circle", with_bot=True), "Nurses", active=False)
    await clinic.founded(clinic.nurses.channel("square"), "Drivers", active=False)
    assert [line for line in await clinic.examined() if ", channels" in line] == [
        "Slack, Nurses, channels: the bot is in #circle, and takes no part there since it was once taken out of the "
        "workspace. Type there: /remove @Baraza, then: /invite @Baraza"
    ]


async def test_channels_that_slack_says_nothing_about(clinic: Clinic) -> None:
    await clinic.founded(clinic.nurses.channel("circle", with_bot=True), "Nurses")
    clinic.slack.faults.plan("conversations.info", rate_limited(30))
    (line,) = [line for line in await clinic.examined() if ", channels" in line]
    assert "Slack did not say whether the bot is in them (ratelimited)" in line


async def test_a_slash_command_that_was_used_lately(clinic: Clinic) -> None:
    raw = from_command({**command("help"), "team_id": clinic.nurses.id}, datetime.now(UTC))
    assert is_command(raw.body)
    database = Database(clinic.url, SECRET_KEY)
    await inbox.keep(database, [raw], START)
    await database.close()
    await clinic.keeps(clinic.nurses)
    assert "Slack, Nurses, slash command: ok (it was used lately)" in await clinic.examined()


async def test_a_slack_that_can_not_be_reached(clinic: Clinic) -> None:
    events, token = await clinic.examined(slack_api_url="http://127.0.0.1:1/api/")
    for line in (events, token):
        assert "Slack does not answer (" in line
        assert "Is this machine online" in line
    assert not clinic.well


async def test_several_workspaces_are_looked_at_once_each(clinic: Clinic) -> None:
    teachers = clinic.slack.workspace("Teachers")
    teachers.scopes = set(BOT_SCOPES)
    gone = clinic.slack.workspace("Drivers")
    gone.revoke_token()
    for workspace in (clinic.nurses, teachers, gone):
        await clinic.keeps(workspace)
    lines = await clinic.examined()
    assert [line.split(":")[0] for line in lines if "token" in line.split(":")[0]] == [
        "Slack, Nurses, token",
        "Slack, Teachers, token",
        "Slack token",
    ]
    assert any(line.startswith("Slack token: The token of Drivers is worth nothing any more") for line in lines)


async def test_where_nobody_has_installed_it_yet(clinic: Clinic) -> None:
    settings: dict[str, Any] = {"slack_bot_token": None, "slack_client_id": "1.2"}
    *_, browser, workspaces = await clinic.examined(**settings)
    assert browser.startswith("Slack installation in a browser: set SLACK_CLIENT_SECRET as well")
    assert workspaces == "Slack workspaces: Baraza is in none yet. Run: baraza slack install"
    _, browser, _ = await clinic.examined(**settings, slack_client_secret="s")
    assert browser.startswith("Slack installation in a browser: set PUBLIC_URL")
    _, browser, _ = await clinic.examined(**settings, slack_client_secret="s", public_url="https://bot.example/")
    assert "ok (at https://bot.example/slack/install; https://bot.example/slack/oauth_redirect belongs" in browser


async def test_without_a_database_the_settings_are_looked_at_all_the_same(clinic: Clinic) -> None:
    lines = await clinic.examined()
    clinic.url = "postgresql://nobody@127.0.0.1:1/nothing"
    assert await clinic.examined() == lines


async def test_with_another_key_the_settings_are_looked_at_all_the_same(clinic: Clinic) -> None:
    await clinic.keeps(clinic.nurses)
    lines = await clinic.examined()
    database = Database(clinic.url, "another key")
    async with database.transaction() as session:
        await tenants.keep(session, Installation("slack", "T0OTHER", "Others", "U1", "xoxb-other"), START)
    await database.close()
    assert await clinic.examined() == lines
