"""``baraza slack install``: a token is looked at and kept, or refused in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.core.platform import Installation
from bot.platforms.slack.scopes import BOT_SCOPES
from storage import tenants
from storage.database import Database
from tests.databases import SECRET_KEY
from tests.wire.slack import SlackEmulator
from tests.wire.slack.workspace import Workspace


@dataclass
class Terminal:
    """Somebody at a terminal, with Slack on the other side."""

    slack: SlackEmulator
    nurses: Workspace
    url: str
    said: str = ""

    async def types(self, *arguments: str, answering: str = "") -> int:
        """Run ``baraza slack install``; the exit code."""
        command = ["slack", "install", *arguments]
        done = await asyncio.to_thread(CliRunner().invoke, cli, command, input=f"{answering}\n")
        self.said = done.output
        return done.exit_code

    async def kept(self) -> list[Installation]:
        database = Database(self.url, SECRET_KEY)
        async with database.reading() as session:
            found = await tenants.open_on(session, "slack")
        await database.close()
        return found


@pytest.fixture
async def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Terminal]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)
    url = f"sqlite:///{tmp_path}/baraza.sqlite3"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("LOG_LEVEL", "ERROR")
    async with SlackEmulator() as slack:
        monkeypatch.setenv("SLACK_API_URL", slack.api_url)
        nurses = slack.workspace("Nurses")
        nurses.scopes = set(BOT_SCOPES)
        yield Terminal(slack, nurses, url)


async def test_a_token_is_looked_at_and_kept(terminal: Terminal, tmp_path: Path) -> None:
    assert await terminal.types("--token", terminal.nurses.token) == 0, terminal.said
    assert "This is the workspace Nurses." in terminal.said
    assert "Then type /invite in a channel" in terminal.said
    assert "missing" not in terminal.said
    (kept,) = await terminal.kept()
    assert (kept.tenant, kept.name, kept.token) == (terminal.nurses.id, "Nurses", terminal.nurses.token)
    for file in tmp_path.iterdir():
        assert terminal.nurses.token.encode() not in file.read_bytes()


async def test_the_token_of_the_settings_is_taken_where_none_is_given(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", terminal.nurses.token)
    assert await terminal.types() == 0, terminal.said
    teachers = terminal.slack.workspace("Teachers")
    assert await terminal.types("--token", teachers.token) == 0, terminal.said
    assert sorted(one.name for one in await terminal.kept()) == ["Nurses", "Teachers"]


async def test_without_a_token_it_is_asked_for_and_not_shown(terminal: Terminal) -> None:
    assert await terminal.types(answering=f" {terminal.nurses.token} ") == 0, terminal.said
    assert "Bot User OAuth Token" in terminal.said
    assert terminal.nurses.token not in terminal.said
    assert len(await terminal.kept()) == 1


async def test_what_the_token_may_not_do_is_said(terminal: Terminal) -> None:
    terminal.nurses.scopes = {"chat:write", "users:read"} | set(BOT_SCOPES[5:])
    assert await terminal.types("--token", terminal.nurses.token) == 0
    assert "The scope channels:history is missing: without it nothing that is written" in terminal.said
    assert "The scope chat:write" not in terminal.said
    assert len(await terminal.kept()) == 1


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("xoxb-wrong", "This token is not a token that Slack knows. Copy the Bot User OAuth Token (xoxb-...)"),
        ("app", "This token is not a bot's token. The right one begins with xoxb-"),
        ("revoked", "This token is worth nothing any more"),
        ("a word", "This token is not a token that Slack knows."),
    ],
)
async def test_a_token_that_can_not_be_used(terminal: Terminal, token: str, sentence: str) -> None:
    if token == "revoked":
        terminal.nurses.revoke_token()
    given = {"app": terminal.slack.app.app_token, "revoked": terminal.nurses.token}.get(token, token)
    assert await terminal.types("--token", given) == 1
    assert sentence in terminal.said
    assert given not in terminal.said
    assert await terminal.kept() == []


async def test_slack_that_does_not_answer(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:1/api/")
    assert await terminal.types("--token", terminal.nurses.token) == 1
    assert "Slack does not answer (" in terminal.said
    assert "Is this machine online" in terminal.said
