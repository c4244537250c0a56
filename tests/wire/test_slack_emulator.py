"""The emulator's Web API, called by the real slack_sdk: what it does, and that it refuses what Slack refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.wire.slack import Json, Person, SlackEmulator, Workspace
from tests.wire.slack.faults import dropped, hangs, rate_limited, says, server_error


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as emulator:
        emulator.app.socket_mode = True
        yield emulator


@pytest.fixture
def nurses(slack: SlackEmulator) -> Workspace:
    return slack.workspace()


@pytest.fixture
def ana(nurses: Workspace) -> Person:
    return nurses.person("Ana", locale="fr-FR")


@pytest.fixture
def circle(nurses: Workspace, ana: Person) -> str:
    return nurses.channel("circle", ana, with_bot=True).id


def client(slack: SlackEmulator, token: str | None) -> AsyncWebClient:
    return AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def bot(slack: SlackEmulator, nurses: Workspace) -> AsyncWebClient:
    return client(slack, nurses.token)


async def refused(slack: SlackEmulator, method: str, token: str | None = None, **arguments: Any) -> str:
    """With which code a call is refused, however it is written."""
    token = next(iter(slack.tokens)) if token is None else token
    with pytest.raises(SlackApiError) as error:
        await client(slack, token or None).api_call(method, json=arguments)
    assert error.value.response["ok"] is False
    return str(error.value.response["error"])


async def test_tokens(slack: SlackEmulator, nurses: Workspace, bot: AsyncWebClient) -> None:
    who = await bot.auth_test()
    assert (who["team_id"], who["user_id"], who["bot_id"]) == (nurses.id, nurses.bot.id, nurses.bot.bot_id)
    assert "chat:write" in who.headers["X-OAuth-Scopes"].split(",")
    assert await refused(slack, "auth.test", token="xoxb-wrong") == "invalid_auth"
    assert await refused(slack, "auth.test", token="") == "not_authed"
    assert await refused(slack, "auth.test", token=slack.app.app_token) == "not_allowed_token_type"
    assert await refused(slack, "apps.connections.open") == "not_allowed_token_type"
    assert await refused(slack, "chat.doesNotExist") == "unknown_method"
    assert await refused(slack, "auth.test", team_id="T0") == "team_access_not_granted"
    nurses.scopes.discard("users:read")
    assert await refused(slack, "users.list") == "missing_scope"
    nurses.revoke_token()
    assert await refused(slack, "auth.test") == "token_revoked"


async def test_arguments(slack: SlackEmulator, circle: str) -> None:
    assert await refused(slack, "chat.postMessage", text="hello") == "invalid_arguments"
    assert await refused(slack, "conversations.info") == "missing_argument"
    assert await refused(slack, "chat.postMessage", channel=circle, text="x", colour="red") == "invalid_arguments"
    assert await refused(slack, "chat.postMessage", channel=circle, text=7) == "invalid_arguments"
    assert await refused(slack, "chat.postMessage", channel=circle, text="") == "no_text"
    assert await refused(slack, "chat.postMessage", channel=circle, blocks=[{"type": "divider"}]) == "no_text"
    assert await refused(slack, "chat.postMessage", channel=circle, text="x" * 40_001) == "msg_too_long"
    assert await refused(slack, "chat.postMessage", channel=circle, text="x", blocks="[") == "invalid_blocks_format"
    assert (
        await refused(slack, "chat.postMessage", channel=circle, text="x", metadata={"event_type": "a"})
        == "invalid_metadata_format"
    )
    assert await refused(slack, "conversations.list", limit="many") == "invalid_arguments"
    assert await refused(slack, "conversations.list", types="secret") == "invalid_types"
    url = slack.api_url + "chat.postMessage"
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {next(iter(slack.tokens))}"}) as session:
        async with session.post(url, data=b"{", headers={"Content-Type": "application/json"}) as response:
            assert (await response.json())["error"] == "invalid_json"
        async with session.post(url, data=b"hello", headers={"Content-Type": "text/csv"}) as response:
            assert (await response.json())["error"] == "invalid_post_type"


async def test_a_message_as_slack_keeps_it(
    slack: SlackEmulator, nurses: Workspace, bot: AsyncWebClient, ana: Person, circle: str
) -> None:
    metadata = {"event_type": "sent", "event_payload": {"id": "42"}}
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "*Hello*"}}]
    first = await bot.chat_postMessage(channel=circle, text="Hello", blocks=blocks, metadata=metadata)
    second = await bot.chat_postMessage(channel=circle, text="Hello again", unfurl_links=False, link_names=False)
    message = first["message"]
    assert float(second["ts"]) > float(first["ts"])
    assert (message["bot_id"], message["app_id"], message["user"]) == (nurses.bot.bot_id, slack.app.id, nurses.bot.id)
    assert message["blocks"][0]["block_id"]
    history = await bot.conversations_history(channel=circle, include_all_metadata=True)
    assert [one["ts"] for one in history["messages"]] == [second["ts"], first["ts"]]
    assert history["messages"][1]["metadata"] == metadata
    assert "metadata" not in (await bot.conversations_history(channel=circle))["messages"][1]
    since = await bot.conversations_history(channel=circle, oldest=first["ts"])
    assert [one["text"] for one in since["messages"]] == ["Hello again"]
    seen = ana.sees("circle")
    assert [(one.text, one.fallback) for one in seen] == [("Hello", "Hello"), ("Hello again", "Hello again")]
    assert seen[0].rendering.formatting == [("bold", "Hello")]


async def test_threads(slack: SlackEmulator, bot: AsyncWebClient, ana: Person, circle: str) -> None:
    root = await ana.writes("circle", "Which size?")
    reply = await bot.chat_postMessage(channel=circle, text="18G", thread_ts=root)
    loud = await bot.chat_postMessage(channel=circle, text="Solved", thread_ts=root, reply_broadcast=True)
    thread = await bot.conversations_replies(channel=circle, ts=root)
    assert [one["ts"] for one in thread["messages"]] == [root, reply["ts"], loud["ts"]]
    assert thread["messages"][0]["reply_count"] == 2
    assert reply["message"]["parent_user_id"] == ana.id
    assert [one.text for one in ana.sees("circle")] == ["Which size?", "Solved"]
    assert [one.text for one in ana.sees("circle", thread=root)] == ["Which size?", "18G", "Solved"]
    arguments = {"channel": circle, "text": "x"}
    assert await refused(slack, "chat.postMessage", **arguments, thread_ts="1.000001") == "thread_not_found"
    assert await refused(slack, "chat.postMessage", **arguments, thread_ts=reply["ts"]) == "thread_not_found"
    assert await refused(slack, "conversations.replies", channel=circle, ts="1.000001") == "thread_not_found"


async def test_places_that_the_bot_may_not_write_to(slack: SlackEmulator, nurses: Workspace, ana: Person) -> None:
    elsewhere = nurses.channel("elsewhere", ana)
    private = nurses.channel("private", ana, private=True)
    arguments = {"text": "x"}
    assert await refused(slack, "chat.postMessage", channel=elsewhere.id, **arguments) == "not_in_channel"
    assert await refused(slack, "chat.postMessage", channel=private.id, **arguments) == "channel_not_found"
    assert await refused(slack, "chat.postMessage", channel="C0", **arguments) == "channel_not_found"
    assert await refused(slack, "chat.postMessage", channel="U0", **arguments) == "channel_not_found"
    assert await refused(slack, "conversations.history", channel=elsewhere.id) == "not_in_channel"
    await ana.invites_bot("private")
    nurses.find("private").archived = True
    assert await refused(slack, "chat.postMessage", channel=private.id, **arguments) == "is_archived"


async def test_editing_and_deleting(slack: SlackEmulator, bot: AsyncWebClient, ana: Person, circle: str) -> None:
    hers = await ana.writes("circle", "Mine")
    own = (await bot.chat_postMessage(channel=circle, text="Old"))["ts"]
    await bot.chat_update(channel=circle, ts=own, text="New")
    assert ana.hears("circle") == ["New"]
    target = {"channel": circle, "text": "x"}
    assert await refused(slack, "chat.update", **target, ts=hers) == "cant_update_message"
    assert await refused(slack, "chat.update", **target, ts="1.000001") == "message_not_found"
    assert await refused(slack, "chat.update", channel=circle, ts=own, text="x" * 4_001) == "msg_too_long"
    assert await refused(slack, "chat.delete", channel=circle, ts=hers) == "cant_delete_message"
    await bot.chat_delete(channel=circle, ts=own)
    assert ana.hears("circle") == []
    assert await refused(slack, "chat.delete", channel=circle, ts=own) == "message_not_found"


async def test_whispers(slack: SlackEmulator, nurses: Workspace, bot: AsyncWebClient, ana: Person, circle: str) -> None:
    ben = nurses.person("Ben")
    nurses.find(circle).members.append(ben.id)
    whisper = await bot.chat_postEphemeral(channel=circle, user=ana.id, text="For you alone")
    assert whisper["message_ts"]
    assert [(one.text, one.ephemeral) for one in ana.sees("circle")] == [("For you alone", True)]
    assert ben.sees("circle") == []
    arguments = {"channel": circle, "text": "x"}
    assert await refused(slack, "chat.postEphemeral", **arguments, user="U0") == "user_not_found"
    outside = nurses.person("Chidi").id
    assert await refused(slack, "chat.postEphemeral", **arguments, user=outside) == "user_not_in_channel"
    assert await refused(slack, "chat.update", **arguments, ts=whisper["message_ts"]) == "message_not_found"


async def test_reactions(slack: SlackEmulator, bot: AsyncWebClient, ana: Person, circle: str) -> None:
    ts = await ana.writes("circle", "Done")
    await bot.reactions_add(channel=circle, name="eyes", timestamp=ts)
    target = {"channel": circle, "timestamp": ts}
    assert await refused(slack, "reactions.add", **target, name="eyes") == "already_reacted"
    assert await refused(slack, "reactions.add", **target, name=":é:") == "invalid_name"
    assert (
        await refused(slack, "reactions.add", channel=circle, timestamp="1.000001", name="eyes") == "message_not_found"
    )
    await bot.reactions_remove(channel=circle, name="eyes", timestamp=ts)
    assert await refused(slack, "reactions.remove", **target, name="eyes") == "no_reaction"


async def test_people_and_places(slack: SlackEmulator, nurses: Workspace, bot: AsyncWebClient, ana: Person) -> None:
    assert (await bot.users_info(user=ana.id, include_locale=True))["user"]["locale"] == "fr-FR"
    assert "locale" not in (await bot.users_info(user=ana.id))["user"]
    assert await refused(slack, "users.info", user="U0") == "user_not_found"
    assert [one["id"] for one in (await bot.users_list())["members"]] == [nurses.bot.id, ana.id]
    opened = await bot.conversations_open(users=ana.id)
    assert (await bot.conversations_open(users=ana.id))["already_open"]
    await bot.chat_postMessage(channel=opened["channel"]["id"], text="Hello Ana")
    await bot.chat_postMessage(channel=ana.id, text="Hello once more")
    assert ana.hears() == ["Hello Ana", "Hello once more"]
    assert await refused(slack, "conversations.open", users="U0") == "user_not_found"
    assert await refused(slack, "conversations.open", users=nurses.bot.id) == "cannot_dm_bot"
    names = ["one", "two", "three"]
    for name in names:
        nurses.channel(name, ana)
    await bot.conversations_join(channel=nurses.find("two").id)
    found, cursor = [], None
    while cursor != "":
        page = await bot.conversations_list(limit=2, cursor=cursor)
        found += [(one["name"], one["is_member"]) for one in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
    assert found == [("one", False), ("two", True), ("three", False)]
    members = await bot.conversations_members(channel=nurses.find("two").id)
    assert members["members"] == [ana.id, nurses.bot.id]
    assert (await bot.team_info())["team"]["name"] == "Field Nurses"
    assert (await bot.bots_info(bot=nurses.bot.bot_id))["bot"]["user_id"] == nurses.bot.id


async def test_files(slack: SlackEmulator, bot: AsyncWebClient, ana: Person, circle: str) -> None:
    uploads: list[Json] = [
        {"filename": "health.png", "content": b"\x89PNG", "title": "Health"},
        {"filename": "week.csv", "content": "a,b\n"},
    ]
    await bot.files_upload_v2(file_uploads=uploads, channel=circle, initial_comment="This week")
    (seen,) = ana.sees("circle")
    assert seen.text == "This week"
    assert [(one["name"], one["title"], one["content"]) for one in seen.files] == [
        ("health.png", "Health", b"\x89PNG"),
        ("week.csv", "week.csv", b"a,b\n"),
    ]
    assert await refused(slack, "files.completeUploadExternal", files=[{"id": "F0"}]) == "file_not_found"
    target = await bot.files_getUploadURLExternal(filename="x.txt", length=3)
    async with aiohttp.ClientSession() as session, session.post(target["upload_url"], data=b"four") as response:
        assert response.status == 400
    wanted = [{"id": target["file_id"]}]
    assert await refused(slack, "files.completeUploadExternal", files=wanted) == "file_not_found"


async def test_rates(slack: SlackEmulator, bot: AsyncWebClient, circle: str) -> None:
    slack.rates.enforced = True
    await bot.chat_postMessage(channel=circle, text="1")
    with pytest.raises(SlackApiError) as error:
        await bot.chat_postMessage(channel=circle, text="2")
    assert error.value.response.status_code == 429
    assert error.value.response["error"] == "ratelimited"
    assert error.value.response.headers["Retry-After"] == "1"
    await slack.clock.move(1)
    await bot.chat_postMessage(channel=circle, text="2")
    for _ in range(20):
        await bot.users_list()
    assert await refused(slack, "users.list") == "ratelimited"
    assert slack.rates.refusals == 2
    await slack.clock.move(60)
    await bot.users_list()


async def test_faults(slack: SlackEmulator, bot: AsyncWebClient, ana: Person, circle: str) -> None:
    slack.faults.plan(
        "chat.postMessage",
        server_error(502),
        server_error(500, delivered=True),
        dropped(delivered=False),
        dropped(delivered=True),
        says("fatal_error"),
        rate_limited(3600),
    )
    for text in ["lost", "arrived", "lost", "arrived too", "lost", "lost"]:
        with pytest.raises((SlackApiError, aiohttp.ClientError)):
            await bot.chat_postMessage(channel=circle, text=text)
    assert ana.hears("circle") == ["arrived", "arrived too"]
    slack.faults.plan("chat.postMessage", hangs())
    hasty = AsyncWebClient(bot.token, base_url=slack.api_url, timeout=0, retry_handlers=[])
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as session:
        hasty.session = session
        with pytest.raises(TimeoutError):
            await hasty.chat_postMessage(channel=circle, text="arrived late")
    assert ana.hears("circle")[-1] == "arrived late"
    slack.faults.plan("chat.postMessage", rate_limited(), channel=circle)
    await bot.chat_postMessage(channel=ana.id, text="Other places go on")
    assert ana.hears() == ["Other places go on"]


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk uses it
async def test_installing_by_oauth(slack: SlackEmulator, nurses: Workspace) -> None:
    second = slack.workspace("Teachers", installed=False)
    fatima = second.person("Fatima")
    back = slack.approves(second, fatima.id, redirect_uri="https://bot.example/oauth", state="s")
    code = back.partition("code=")[2].partition("&")[0]
    known = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret, "code": code}
    anybody = client(slack, None)
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await anybody.oauth_v2_access(**{**known, "client_secret": "wrong"})
    installed = await anybody.oauth_v2_access(**known)
    assert installed["team"] == {"id": second.id, "name": "Teachers"}
    assert (await client(slack, installed["access_token"]).auth_test())["team"] == "Teachers"
    with pytest.raises(SlackApiError, match="invalid_code"):
        await anybody.oauth_v2_access(**known)
