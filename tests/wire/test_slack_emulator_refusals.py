"""The rarer refusals of the emulator, and what goes wrong with uploads, ``response_url`` and forged posts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.wire.slack import Json, Person, Refused, SlackEmulator, Workspace
from tests.wire.slack.faults import dropped

WORDS = {"type": "plain_text", "text": "Words"}
SECTION = {"type": "section", "text": WORDS}
VIEW: Json = {"type": "modal", "title": WORDS, "blocks": [SECTION]}


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as emulator:
        yield emulator


@pytest.fixture
def nurses(slack: SlackEmulator) -> Workspace:
    return slack.workspace()


@pytest.fixture
def ana(nurses: Workspace) -> Person:
    person = nurses.person("Ana")
    nurses.channel("circle", person, with_bot=True)
    return person


@pytest.fixture
def bot(slack: SlackEmulator, nurses: Workspace) -> AsyncWebClient:
    return AsyncWebClient(nurses.token, base_url=slack.api_url, retry_handlers=[])


async def refused(bot: AsyncWebClient, method: str, /, **arguments: Any) -> str:
    with pytest.raises(SlackApiError) as error:
        await bot.api_call(method, json=arguments)
    return str(error.value.response["error"])


async def test_arguments_that_make_no_sense(bot: AsyncWebClient, nurses: Workspace, ana: Person) -> None:
    circle = nurses.find("circle").id
    assert await refused(bot, "conversations.list", cursor="yesterday") == "invalid_cursor"
    assert await refused(bot, "conversations.list", limit=0) == "invalid_limit"
    assert await refused(bot, "conversations.history", channel=circle, oldest="once") == "invalid_ts_oldest"
    assert await refused(bot, "conversations.open") == "users_list_not_supplied"
    assert await refused(bot, "bots.info", bot="B0") == "bot_not_found"
    assert await refused(bot, "team.info", team="T0") == "team_not_found"
    metadata = {"event_type": "sent", "event_payload": {"words": "x" * 8_000}}
    call = {"channel": circle, "text": "x", "metadata": metadata}
    assert await refused(bot, "chat.postMessage", **call) == "metadata_too_large"
    assert await refused(bot, "chat.postMessage", channel=circle, text="x", attachments=[{}]) == "invalid_arguments"
    await ana.changes(deleted=True)
    assert await refused(bot, "conversations.open", users=ana.id) == "user_disabled"
    url, headers = f"{bot.base_url}auth.test", {"Authorization": f"Bearer {bot.token}"}
    async with aiohttp.ClientSession() as session, session.post(url, json=["a list"], headers=headers) as response:
        assert (await response.json())["error"] == "json_not_object"


async def test_joining(bot: AsyncWebClient, nurses: Workspace, ana: Person) -> None:
    circle, old = nurses.find("circle"), nurses.channel("old", ana)
    old.archived = True
    assert (await bot.conversations_join(channel=circle.id))["warning"] == "already_in_channel"
    assert await refused(bot, "conversations.join", channel=old.id) == "is_archived"
    private = nurses.channel("private", ana, private=True, with_bot=True)
    assert await refused(bot, "conversations.join", channel=private.id) == "method_not_supported_for_channel_type"


async def test_addresses_of_messages(bot: AsyncWebClient, nurses: Workspace, ana: Person) -> None:
    circle = nurses.find("circle").id
    root = await ana.writes("circle", "Root")
    reply = await ana.writes("circle", "Reply", thread=root)
    link = (await bot.chat_getPermalink(channel=circle, message_ts=reply))["permalink"]
    assert link == (
        f"https://field-nurses.slack.com/archives/{circle}/p{reply.replace('.', '')}?thread_ts={root}&cid={circle}"
    )
    assert await refused(bot, "chat.getPermalink", channel=circle, message_ts="1.000001") == "message_not_found"


async def test_views_on_one_another(slack: SlackEmulator, bot: AsyncWebClient, nurses: Workspace, ana: Person) -> None:
    def trigger() -> str:
        return slack.trigger(nurses, ana.id)

    opened = await bot.views_open(trigger_id=trigger(), view={**VIEW, "external_id": "one"})
    assert await refused(bot, "views.push", trigger_id=trigger(), view={**VIEW, "external_id": "one"}) == (
        "duplicate_external_id"
    )
    pushed = await bot.views_push(trigger_id=trigger(), view=VIEW)
    assert pushed["view"]["root_view_id"] == pushed["view"]["previous_view_id"] == opened["view"]["id"]
    await bot.views_push(trigger_id=trigger(), view=VIEW)
    assert await refused(bot, "views.push", trigger_id=trigger(), view=VIEW) == "push_limit_reached"
    assert await refused(bot, "views.update", view_id="V0", view=VIEW) == "not_found"
    assert await refused(bot, "views.update", view=VIEW) == "invalid_arguments"
    await bot.views_update(external_id="one", view=VIEW)
    huge = {"type": "rich_text", "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x" * 3_000}] * 90}
    ]}  # fmt: skip
    assert await refused(bot, "views.open", trigger_id=trigger(), view={**VIEW, "blocks": [huge]}) == "view_too_large"
    other = slack.workspace("Teachers").person("Ben")
    foreign = slack.trigger(other.workspace, other.id)
    assert await refused(bot, "views.open", trigger_id=foreign, view=VIEW) == "invalid_trigger_id"


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk uses it
async def test_installations_that_fail(slack: SlackEmulator, nurses: Workspace, ana: Person) -> None:
    back = slack.approves(nurses, ana.id, redirect_uri="https://bot.example/oauth", state="s")
    code = back.partition("code=")[2].partition("&")[0]
    anybody = AsyncWebClient(base_url=slack.api_url, retry_handlers=[])
    with pytest.raises(SlackApiError, match="invalid_client_id"):
        await anybody.oauth_v2_access(client_id="1.2", client_secret="x", code=code)
    known = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret, "code": code}
    with pytest.raises(SlackApiError, match="bad_redirect_uri"):
        await anybody.oauth_v2_access(**known, redirect_uri="https://elsewhere.example")


async def test_response_urls_that_fail(slack: SlackEmulator, nurses: Workspace, ana: Person) -> None:
    url = slack.response_urls.make(nurses, nurses.find("circle"), ana.id)
    async with aiohttp.ClientSession() as session, session.post(url, data=b"{") as response:
        assert (response.status, (await response.json())["error"]) == (400, "invalid_payload")
    answer = AsyncWebhookClient(url, retry_handlers=[])
    assert "no_original_message" in (await answer.send(delete_original=True)).body
    slack.faults.plan("response_url", dropped(delivered=False), dropped(delivered=True))
    for words in ("lost", "arrived"):
        with pytest.raises(aiohttp.ClientError):
            await answer.send(text=words)
    assert ana.hears("circle") == ["arrived"]


async def test_uploads_that_fail(slack: SlackEmulator, bot: AsyncWebClient, nurses: Workspace, ana: Person) -> None:
    slack.faults.plan("upload", dropped(delivered=False))
    with pytest.raises(aiohttp.ClientError):
        await bot.files_upload_v2(content="x", filename="x.txt", channel=nurses.find("circle").id)
    slack.faults.plan("files.completeUploadExternal", dropped(delivered=True))
    with pytest.raises(aiohttp.ClientError):
        await bot.files_upload_v2(content="x", filename="y.txt", channel=nurses.find("circle").id)
    assert [one["name"] for seen in ana.sees("circle") for one in seen.files] == ["y.txt"]


async def test_posts_as_they_come(slack: SlackEmulator) -> None:
    got: list[tuple[int, str]] = []

    async def receive(request: web.Request) -> web.Response:
        got.append((len(await request.read()), request.headers.get("X-Slack-Signature", "")))
        return web.Response(status=401, text="no")

    server = web.Application(client_max_size=2**20)
    server.router.add_post("/", receive)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.app.request_url = "http://{}:{}/".format(*runner.addresses[0][:2])
    assert await slack.http.post(b"[" * 1_000, slack.http.signed(b"", at=0)) == (401, "no")
    assert await slack.http.post(b"{}", {"X-Slack-Signature": "v0=forged"}) == (401, "no")
    assert [(size, signature[:3]) for size, signature in got] == [(1_000, "v0="), (2, "v0=")]
    await runner.cleanup()


async def test_what_was_refused_is_remembered(slack: SlackEmulator, bot: AsyncWebClient, ana: Person) -> None:
    await refused(bot, "chat.postMessage", channel="C0", text="x")
    await bot.auth_test()
    assert slack.web_api.refused() == [("chat.postMessage", "channel_not_found")]
    assert slack.web_api.called("auth.test") == [{}]
    with pytest.raises(Refused, match="no_reaction"):
        await ana.reacts("circle", await ana.writes("circle", "x"), "eyes", removed=True)
