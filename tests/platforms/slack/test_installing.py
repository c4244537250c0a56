"""Somebody installs Baraza in their workspace: in a browser, with Slack's own flow, or with a token."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from bot.core.platform import Host, Installation
from bot.platforms.slack.checkup import NoBot, Refused, Unreachable
from bot.platforms.slack.installing import (
    HostedInstallations,
    OAuthApp,
    RecentStates,
    add_install_routes,
    install_flow,
    introduced,
)
from bot.platforms.slack.scopes import BOT_SCOPES
from tests.frame import program
from tests.platforms.wires import RecordingHost
from tests.wire.slack import SlackEmulator
from tests.wire.slack.faults import dropped, server_error
from tests.wire.slack.workspace import Workspace

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk uses it

PUBLIC = "https://bot.example"


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, and follows nothing by itself."""

    session: aiohttp.ClientSession
    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    status: int = 0
    page: str = ""
    location: str = ""

    async def opens(self, address: str) -> None:
        parts = urlsplit(address)
        url = f"{self.url}{parts.path}?{parts.query}"
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with self.session.get(url, headers=headers, allow_redirects=False) as response:
            self.status, self.page = response.status, await response.text()
            self.location = response.headers.get("Location", "")
            self.cookies |= {name: cookie.value for name, cookie in response.cookies.items()}

    async def approves(self, slack: SlackEmulator, workspace: Workspace, state: str = "") -> None:
        """Agree on Slack's page, and be sent back."""
        asked = parse_qs(urlsplit(self.location).query)
        fatima = workspace.person("Fatima")
        back = slack.approves(
            workspace, fatima.id, redirect_uri=asked["redirect_uri"][0], state=state or asked["state"][0]
        )
        await self.opens(back)


@asynccontextmanager
async def serving(slack: SlackEmulator, host: Host, installed: list[Installation] | None = None) -> AsyncIterator[str]:
    async def told(installation: Installation) -> None:
        if installed is not None:
            installed.append(installation)

    app = OAuthApp(slack.app.client_id, slack.app.client_secret, f"{PUBLIC}/", slack.api_url)
    application = web.Application()
    add_install_routes(application, install_flow(app, host, told))
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


@asynccontextmanager
async def browsing(
    slack: SlackEmulator, host: Host, installed: list[Installation] | None = None
) -> AsyncIterator[Browser]:
    async with serving(slack, host, installed) as url, aiohttp.ClientSession() as session:
        yield Browser(session, url)


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as emulator:
        yield emulator


@pytest.fixture
def teachers(slack: SlackEmulator) -> Workspace:
    return slack.workspace("Teachers & <friends>", installed=False)


async def test_somebody_installs_it_in_a_browser(slack: SlackEmulator, teachers: Workspace) -> None:
    host, installed = RecordingHost(), list[Installation]()
    async with browsing(slack, host, installed) as browser:
        await browser.opens("/slack/install")
        assert browser.status == 302
        assert browser.location.startswith("https://slack.com/oauth/v2/authorize?")
        asked = parse_qs(urlsplit(browser.location).query)
        assert asked["redirect_uri"] == [f"{PUBLIC}/slack/oauth_redirect"]
        assert asked["scope"] == [",".join(BOT_SCOPES)]
        await browser.approves(slack, teachers)
    assert browser.status == 200
    assert "Baraza is in Teachers &amp; &lt;friends&gt; now" in browser.page
    assert "/invite" in browser.page
    (kept,) = await host.installations("slack")
    assert (kept.tenant, kept.name, kept.bot, kept.token) == (
        teachers.id, "Teachers & <friends>", teachers.bot.id, teachers.token,
    )  # fmt: skip
    assert set(kept.scopes) == teachers.scopes
    assert installed == [kept]


async def test_what_is_installed_is_kept_encrypted(
    tmp_path: Path, slack: SlackEmulator, teachers: Workspace, logs: io.StringIO
) -> None:
    async with program(tmp_path) as running:
        async with browsing(slack, running.app) as browser:
            await browser.opens("/slack/install")
            await browser.approves(slack, teachers)
        assert [one.token for one in await running.app.installations("slack")] == [teachers.token]
    for file in tmp_path.iterdir():
        assert teachers.token.encode() not in file.read_bytes()
    assert teachers.token not in logs.getvalue()
    assert slack.app.client_secret not in logs.getvalue()


async def test_installed_again_it_has_the_new_token(slack: SlackEmulator, teachers: Workspace) -> None:
    host = RecordingHost()
    async with browsing(slack, host) as browser:
        for _ in range(2):
            await browser.opens("/slack/install")
            await browser.approves(slack, teachers)
    assert [one.token for one in await host.installations("slack")] == [teachers.token]


async def test_who_cancels_is_told_that_nothing_happened(slack: SlackEmulator) -> None:
    async with browsing(slack, RecordingHost()) as browser:
        await browser.opens("/slack/install")
        await browser.opens("/slack/oauth_redirect?error=access_denied&state=x")
    assert browser.status == 200
    assert "Nothing was installed" in browser.page
    assert 'href="/slack/install"' in browser.page


async def test_slacks_own_refusal_is_named_and_nothing_else_is(slack: SlackEmulator) -> None:
    async with browsing(slack, RecordingHost()) as browser:
        await browser.opens("/slack/oauth_redirect?error=invalid_team_for_non_distributed_app")
        assert "It says: invalid_team_for_non_distributed_app" in browser.page
        await browser.opens("/slack/oauth_redirect?error=Call%20this%20number%20<b>now</b>")
        assert "Call this number" not in browser.page


async def test_another_browser_finishes_nothing(slack: SlackEmulator, teachers: Workspace) -> None:
    host = RecordingHost()
    async with browsing(slack, host) as browser:
        await browser.opens("/slack/install")
        browser.cookies.clear()
        await browser.approves(slack, teachers)
        assert browser.status == 400
        assert "try that again" in browser.page
        await browser.opens("/slack/install")
        await browser.approves(slack, teachers, state="guessed")
        assert browser.status == 400
    assert await host.installations("slack") == []


async def test_the_way_back_is_open_once(slack: SlackEmulator, teachers: Workspace) -> None:
    host = RecordingHost()
    async with browsing(slack, host) as browser:
        await browser.opens("/slack/install")
        cookies = dict(browser.cookies)
        location = browser.location
        await browser.approves(slack, teachers)
        browser.cookies, browser.location = cookies, location
        await browser.approves(slack, teachers)
        assert browser.status == 401
        await browser.opens("/slack/install")
        await browser.opens(f"/slack/oauth_redirect?state={browser.cookies['slack-app-oauth-state']}")
        assert browser.status == 401
        assert "try that again" in browser.page


async def test_a_used_code_is_refused_by_slack(slack: SlackEmulator, logs: io.StringIO) -> None:
    async with browsing(slack, RecordingHost()) as browser:
        await browser.opens("/slack/install")
        state = browser.cookies["slack-app-oauth-state"]
        await browser.opens(f"/slack/oauth_redirect?code=used-before&state={state}")
    assert browser.status == 401
    assert "try that again" in browser.page
    assert "used-before" not in logs.getvalue()


@pytest.mark.parametrize("fault", [dropped(delivered=False), dropped(delivered=True)])
async def test_a_slack_that_does_not_answer_is_a_page_too(
    slack: SlackEmulator, teachers: Workspace, fault: object
) -> None:
    host = RecordingHost()
    slack.faults.plan("oauth.v2.access", fault)  # type: ignore[arg-type]
    async with browsing(slack, host) as browser:
        await browser.opens("/slack/install")
        await browser.approves(slack, teachers)
    assert browser.status == 502
    assert "did not work just now" in browser.page
    assert await host.installations("slack") == []


class Forgetful(RecordingHost):
    async def keep_installation(self, installation: Installation) -> None:
        raise ConnectionError("the disk is full")


async def test_what_could_not_be_kept_was_not_installed(slack: SlackEmulator, teachers: Workspace) -> None:
    installed = list[Installation]()
    async with browsing(slack, Forgetful(), installed) as browser:
        await browser.opens("/slack/install")
        await browser.approves(slack, teachers)
    assert browser.status == 500
    assert "did not work just now" in browser.page
    assert installed == []


async def test_a_state_is_good_for_ten_minutes_and_once() -> None:
    now = 0.0
    states = RecentStates(lambda: now)
    first, second = await states.async_issue(), await states.async_issue()
    assert await states.async_consume(first)
    assert not await states.async_consume(first)
    assert not await states.async_consume("guessed")
    now = 600.0
    assert not await states.async_consume(second)


async def test_who_asks_for_ever_new_states_fills_no_memory() -> None:
    states = RecentStates(lambda: 0.0)
    issued = [await states.async_issue() for _ in range(10_050)]
    assert not await states.async_consume(issued[0])
    assert await states.async_consume(issued[-1])
    assert await states.async_consume(issued[100])


async def test_bolt_finds_what_the_host_keeps(slack: SlackEmulator) -> None:
    nurses = slack.workspace("Nurses")
    host = RecordingHost()
    await host.keep_installation(await introduced(nurses.token, slack.api_url))
    store = HostedInstallations(host)
    found = await store.async_find_bot(enterprise_id=None, team_id=nurses.id)
    assert found is not None
    assert (found.bot_token, found.bot_user_id) == (nurses.token, nurses.bot.id)
    assert await store.async_find_bot(enterprise_id=None, team_id="T0ELSEWHERE") is None
    await store.async_delete_bot(enterprise_id=None, team_id=nurses.id)
    assert await host.installations("slack") == []


# With a token


async def test_a_token_says_where_it_is_from(slack: SlackEmulator) -> None:
    nurses = slack.workspace("Nurses")
    found = await introduced(nurses.token, slack.api_url)
    assert (found.platform, found.tenant, found.name, found.bot) == ("slack", nurses.id, "Nurses", nurses.bot.id)
    assert set(found.scopes) == nurses.scopes
    assert nurses.token not in repr(found)


async def test_a_token_that_slack_does_not_take(slack: SlackEmulator) -> None:
    nurses = slack.workspace("Nurses")
    for token, code in (("xoxb-wrong", "invalid_auth"), (slack.app.app_token, "not_allowed_token_type")):
        with pytest.raises(Refused, match=code):
            await introduced(token, slack.api_url)
    nurses.revoke_token()
    with pytest.raises(Refused, match="token_revoked"):
        await introduced(nurses.token, slack.api_url)


async def test_a_slack_that_can_not_be_reached(slack: SlackEmulator) -> None:
    nurses = slack.workspace("Nurses")
    slack.faults.plan("auth.test", server_error(502), dropped(delivered=False))
    for _ in range(2):
        with pytest.raises(Unreachable):
            await introduced(nurses.token, slack.api_url)
    for nowhere in ("http://127.0.0.1:1/api", "not an address"):
        with pytest.raises(Unreachable):
            await introduced(nurses.token, nowhere)


async def test_a_persons_token_is_no_bots(slack: SlackEmulator) -> None:
    nurses = slack.workspace("Nurses")
    nurses.bot.bot_id = ""
    with pytest.raises(NoBot):
        await introduced(nurses.token, slack.api_url)
