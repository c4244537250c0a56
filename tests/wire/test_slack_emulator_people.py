"""What people do on the emulator, as an app hears of it by signed HTTP posts, and what the app's answers do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.wire.slack import CannotSubmit, Json, Person, SlackEmulator, Workspace


@dataclass
class Receiver:
    """An app that writes down what it is told, and answers as it is bidden."""

    verifier: SignatureVerifier | None = None
    heard: list[Json] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[Json], web.Response] = lambda _: web.Response()

    slow: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert self.verifier is not None
        assert self.verifier.is_valid_request(body, dict(request.headers))
        if request.content_type == "application/json":
            payload = json.loads(body)
        else:
            payload = dict(parse_qsl(body.decode(), keep_blank_values=True))
            payload = json.loads(payload["payload"]) if "payload" in payload else payload
        self.heard.append(payload)
        self.headers.append(dict(request.headers))
        self.arrived.set()
        if self.slow is not None and "X-Slack-Retry-Num" not in request.headers:
            await self.slow.wait()
        return self.answer(payload)

    @property
    def events(self) -> list[tuple[str, str | None]]:
        inner = [one["event"] for one in self.heard if "event" in one]
        return [(one["type"], one.get("subtype")) for one in inner]


@pytest.fixture
async def slack() -> AsyncIterator[SlackEmulator]:
    async with SlackEmulator() as emulator:
        yield emulator


@pytest.fixture
async def app(slack: SlackEmulator) -> AsyncIterator[Receiver]:
    receiver = Receiver(SignatureVerifier(slack.app.signing_secret))
    server = web.Application()
    server.router.add_post("/slack", receiver.handle)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.app.socket_mode = False
    slack.app.request_url = "http://{}:{}/slack".format(*runner.addresses[0][:2])
    yield receiver
    await runner.cleanup()


@pytest.fixture
def nurses(slack: SlackEmulator) -> Workspace:
    return slack.workspace()


@pytest.fixture
def ana(app: Receiver, nurses: Workspace) -> Person:
    person = nurses.person("Ana", locale="fr-FR")
    nurses.channel("circle", person, with_bot=True)
    return person


@pytest.fixture
def bot(slack: SlackEmulator, nurses: Workspace) -> AsyncWebClient:
    return AsyncWebClient(nurses.token, base_url=slack.api_url, retry_handlers=[])


def text(words: str) -> Json:
    return {"type": "plain_text", "text": words}


def with_button(label: str, value: str = "42") -> list[Json]:
    return [{"type": "actions", "elements": [{"type": "button", "text": text(label), "value": value}]}]


MODAL = {
    "type": "modal",
    "title": text("Ask"),
    "submit": text("Send"),
    "callback_id": "form",
    "notify_on_close": True,
    "blocks": [
        {"type": "input", "block_id": "q", "label": text("Your question"),
         "element": {"type": "plain_text_input", "action_id": "value", "max_length": 20}},
        {"type": "input", "block_id": "t", "label": text("Topic"), "optional": True,
         "element": {"type": "static_select", "action_id": "value", "options": [
             {"text": text("Needles"), "value": "n"}, {"text": text("Rest"), "value": "r"}]}},
        {"type": "input", "block_id": "p", "label": text("Person"), "optional": True,
         "element": {"type": "users_select", "action_id": "value"}},
        {"type": "input", "block_id": "c", "label": text("Consent"), "optional": True,
         "element": {"type": "checkboxes", "action_id": "value", "options": [
             {"text": text("I agree"), "value": "yes"}]}},
        {"type": "input", "block_id": "d", "label": text("Day"), "optional": True,
         "element": {"type": "datepicker", "action_id": "value", "initial_date": "2026-03-02"}},
    ],
}  # fmt: skip


async def test_a_message_and_its_fate(app: Receiver, nurses: Workspace, ana: Person) -> None:
    ts = await ana.writes("circle", "Is 5 < 6 & why, @Testbot? See https://x.example #circle")
    event = app.heard[0]["event"]
    circle = nurses.find("circle").id
    assert event["text"] == f"Is 5 &lt; 6 &amp; why, <@{nurses.bot.id}>? See <https://x.example> <#{circle}|circle>"
    assert (event["user"], event["channel"], event["ts"], event["channel_type"]) == (ana.id, circle, ts, "channel")
    assert app.heard[0]["team_id"] == nurses.id
    assert app.heard[0]["authorizations"][0]["user_id"] == nurses.bot.id
    assert app.events == [("message", None), ("app_mention", None)]
    assert app.heard[0]["event_id"] != app.heard[1]["event_id"]
    assert ana.sees("circle")[0].text == "Is 5 < 6 & why, @Testbot? See https://x.example #circle"
    app.heard.clear()
    await ana.edits("circle", ts, "Never mind")
    await ana.reacts("circle", ts, "eyes")
    await ana.reacts("circle", ts, "eyes", removed=True)
    await ana.deletes("circle", ts)
    changed, reacted, _, deleted = [one["event"] for one in app.heard]
    assert (changed["message"]["text"], changed["previous_message"]["ts"]) == ("Never mind", ts)
    assert (reacted["item_user"], reacted["item"]["ts"], reacted["reaction"]) == (ana.id, ts, "eyes")
    assert (deleted["deleted_ts"], deleted["previous_message"]["text"]) == (ts, "Never mind")
    assert ana.sees("circle") == []


async def test_other_ways_to_write(app: Receiver, ana: Person) -> None:
    root = await ana.writes("circle", "Root")
    await ana.writes("circle", "Under", thread=root)
    await ana.writes("circle", "Aloud", thread=root, broadcast=True)
    await ana.writes("circle", "waves", me=True)
    await ana.shares("circle", "notes.pdf", "My notes")
    await ana.writes(None, "Privately")
    assert [kind for _, kind in app.events] == [None, None, "thread_broadcast", "me_message", "file_share", None]
    assert app.heard[1]["event"]["parent_user_id"] == ana.id
    assert app.heard[5]["event"]["channel_type"] == "im"
    assert app.heard[5]["event"]["channel"].startswith("D")


async def test_coming_and_going(app: Receiver, nurses: Workspace, ana: Person) -> None:
    nurses.channel("quiet", ana)
    await ana.writes("quiet", "The bot isn't here")
    assert app.events == []
    await ana.invites_bot("quiet")
    assert sorted(app.events) == sorted([("member_joined_channel", None), ("message", "channel_join")])
    assert next(one["event"]["inviter"] for one in app.heard) == ana.id
    app.heard.clear()
    ben = await nurses.newcomer("Ben")
    await ben.changes(name="Benedict")
    await ben.joins("circle")
    await ben.leaves("circle")
    await nurses.rename("circle", "ring")
    await nurses.archive("ring", ana)
    await nurses.archive("ring", ana, undone=True)
    await ana.opens_home()
    await ana.opens_home(tab="messages")
    await ana.removes_bot("quiet")
    kinds = [kind for kind, subtype in app.events if subtype is None]
    assert kinds == [
        "team_join", "user_change", "member_joined_channel", "member_left_channel", "channel_rename", "channel_archive",
        "channel_unarchive", "app_home_opened", "app_home_opened", "member_left_channel",
    ]  # fmt: skip
    await nurses.uninstalls()
    assert sorted(kind for kind, _ in app.events[-2:]) == ["app_uninstalled", "tokens_revoked"]


async def test_a_command(slack: SlackEmulator, app: Receiver, nurses: Workspace, ana: Person) -> None:
    app.answer = lambda _: web.json_response({"text": "Noted"})
    await ana.types("/ask @Ana about #circle & more", "circle")
    (command,) = app.heard
    circle = nurses.find("circle").id
    assert command["command"] == "/ask"
    assert command["text"] == f"<@{ana.id}|ana> about <#{circle}|circle> &amp; more"
    assert (command["channel_id"], command["channel_name"], command["user_id"]) == (circle, "circle", ana.id)
    assert [(one.text, one.ephemeral) for one in ana.sees("circle")] == [("Noted", True)]
    slack.app.commands = {"/other"}
    with pytest.raises(AssertionError, match="not a valid command"):
        await ana.types("/ask x")


async def test_buttons_and_response_urls(
    slack: SlackEmulator, app: Receiver, ana: Person, bot: AsyncWebClient, nurses: Workspace
) -> None:
    circle = nurses.find("circle").id
    sent = await bot.chat_postMessage(channel=circle, text="Press", blocks=with_button("Go"))
    await slack.settle()
    app.heard.clear()
    await ana.presses("Go", "circle")
    (pressed,) = app.heard
    action = pressed["actions"][0]
    assert (action["value"], action["type"]) == ("42", "button")
    assert action["action_id"]
    assert action["block_id"] == sent["message"]["blocks"][0]["block_id"]
    assert pressed["message"]["ts"] == pressed["container"]["message_ts"] == sent["ts"]
    answer = AsyncWebhookClient(pressed["response_url"], retry_handlers=[])
    assert (await answer.send(text="For you", response_type="ephemeral")).body == "ok"
    assert (await answer.send(text="For all", response_type="in_channel")).status_code == 200
    assert (await answer.send(text="Pressed", replace_original=True)).status_code == 200
    assert (await answer.send(text="x", blocks=[{"type": "poem"}])).status_code == 400
    assert (await answer.send(delete_original=True)).status_code == 200
    assert [one.text for one in ana.sees("circle")] == ["For you", "For all"]
    used = await answer.send(text="Too often")
    assert (used.status_code, "used_url" in used.body) == (404, True)
    await bot.chat_postEphemeral(channel=circle, user=ana.id, text="Press", blocks=with_button("Alone"))
    await ana.presses("Alone", "circle")
    assert app.heard[-1]["container"]["is_ephemeral"] is True
    assert "message" not in app.heard[-1]
    await slack.clock.move(30 * 60 + 1)
    late = await AsyncWebhookClient(app.heard[-1]["response_url"], retry_handlers=[]).send(text="Late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)
    with pytest.raises(AssertionError, match="sees no button"):
        await ana.presses("Not there", "circle")


async def test_shortcuts(app: Receiver, ana: Person) -> None:
    ts = await ana.writes("circle", "Keep this")
    await ana.uses_shortcut("keep", ts, "circle")
    await ana.uses_shortcut("begin")
    about, anywhere = app.heard[1:]
    assert (about["type"], about["callback_id"], about["message"]["text"]) == ("message_action", "keep", "Keep this")
    assert (about["message_ts"], about["channel"]["name"]) == (ts, "circle")
    assert (anywhere["type"], anywhere["callback_id"]) == ("shortcut", "begin")


async def test_triggers(slack: SlackEmulator, app: Receiver, ana: Person, bot: AsyncWebClient) -> None:
    async def opened(trigger: str) -> str:
        try:
            await bot.views_open(trigger_id=trigger, view=MODAL)
        except SlackApiError as error:
            return str(error.response["error"])
        return "ok"

    await ana.types("/ask")
    trigger = app.heard[-1]["trigger_id"]
    assert await opened("1.2.3") == "invalid_trigger_id"
    await slack.clock.move(3)
    assert await opened(trigger) == "ok"
    assert await opened(trigger) == "exchanged_trigger_id"
    await ana.types("/ask")
    await slack.clock.move(3.1)
    assert await opened(app.heard[-1]["trigger_id"]) == "expired_trigger_id"


async def test_forms(slack: SlackEmulator, app: Receiver, ana: Person, bot: AsyncWebClient) -> None:
    await ana.types("/ask")
    await bot.views_open(trigger_id=app.heard[-1]["trigger_id"], view=MODAL)
    with pytest.raises(CannotSubmit, match="Your question"):
        await ana.fills_in(Topic="Needles")
    with pytest.raises(CannotSubmit, match="too long"):
        await ana.fills_in(Your_question="x" * 21)
    with pytest.raises(CannotSubmit, match="no fields"):
        await ana.fills_in(Colour="red")
    app.answer = lambda _: web.json_response({"response_action": "errors", "errors": {"q": "Say a little more."}})
    assert await ana.fills_in(Your_question="?") == {"Your question": "Say a little more."}
    app.answer = lambda _: web.json_response(
        {"response_action": "update", "view": {"type": "modal", "title": text("Likely"), "blocks": with_button("Yes")}}
    )
    assert await ana.fills_in(Your_question="Size?", Topic="Needles", Person=ana, Consent="I agree") == {}
    sent = app.heard[-1]
    assert sent["type"] == "view_submission"
    values = {block: value["value"] for block, value in sent["view"]["state"]["values"].items()}
    assert values["q"] == {"type": "plain_text_input", "value": "Size?"}
    assert values["t"]["selected_option"]["value"] == "n"
    assert values["p"]["selected_user"] == ana.id
    assert [one["value"] for one in values["c"]["selected_options"]] == ["yes"]
    assert values["d"]["selected_date"] == "2026-03-02"
    app.answer = lambda _: web.Response()
    await ana.presses_in_form("Yes")
    assert app.heard[-1]["view"]["title"]["text"] == "Likely"
    updated = await bot.views_update(view_id=app.heard[-1]["view"]["id"], view={**MODAL, "title": text("Third")})
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await bot.views_update(view_id=updated["view"]["id"], hash="old", view=MODAL)
    await bot.views_push(trigger_id=app.heard[-1]["trigger_id"], view=MODAL)
    await ana.closes_form()
    assert app.heard[-1]["type"] == "view_closed"
    form = ana.form()
    assert form is not None
    assert form["title"]["text"] == "Third"
    await ana.fills_in(Your_question="Size?")
    assert ana.form() is None


async def test_the_home_tab(app: Receiver, ana: Person, bot: AsyncWebClient) -> None:
    await bot.views_publish(user_id=ana.id, view={"type": "home", "blocks": with_button("Ask")})
    assert [one["text"]["text"] for one in ana.home().buttons] == ["Ask"]
    await ana.presses_in_home("Ask")
    assert app.heard[-1]["container"]["type"] == "view"
    assert app.heard[-1]["view"]["type"] == "home"
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await bot.views_publish(user_id=ana.id, view=MODAL)
    with pytest.raises(SlackApiError, match="user_not_found"):
        await bot.views_publish(user_id="U0", view={"type": "home", "blocks": with_button("Ask")})


async def test_events_are_repeated_until_they_are_taken(slack: SlackEmulator, app: Receiver, ana: Person) -> None:
    app.answer = lambda _: web.Response(status=500 if len(app.heard) < 4 else 200)
    await ana.writes("circle", "Hello")
    (delivery,) = slack.deliveries
    assert len(app.heard) == 2, "once more at once"
    await slack.clock.move(60)
    await slack.settle()
    assert len(app.heard) == 3
    await slack.clock.move(300)
    await slack.settle()
    assert (delivery.acknowledged, delivery.statuses) == (True, [500, 500, 500, 200])
    assert len({one["event_id"] for one in app.heard}) == 1
    assert [one.get("X-Slack-Retry-Num") for one in app.headers] == [None, "1", "2", "3"]
    assert app.headers[1]["X-Slack-Retry-Reason"] == "http_error"


async def test_three_seconds_are_all_an_app_has(slack: SlackEmulator, app: Receiver, ana: Person) -> None:
    app.slow = asyncio.Event()
    writing = asyncio.ensure_future(ana.writes("circle", "Hello"))
    await asyncio.wait_for(app.arrived.wait(), 5)
    await slack.clock.move(2.9)
    assert len(app.heard) == 1
    await slack.clock.move(0.1)
    await writing
    app.slow.set()
    assert slack.deliveries[0].statuses == ["http_timeout", 200]
    assert app.headers[1]["X-Slack-Retry-Reason"] == "http_timeout"


async def test_events_are_given_up(slack: SlackEmulator, app: Receiver, ana: Person) -> None:
    app.answer = lambda _: web.Response(status=503)
    await ana.writes("circle", "Hello")
    for seconds in (60, 300, 3600):
        await slack.clock.move(seconds)
        await slack.settle()
    assert (len(app.heard), slack.deliveries[0].given_up) == (4, True)
    app.answer = lambda _: web.Response(status=500, headers={"X-Slack-No-Retry": "1"})
    await ana.writes("circle", "Once")
    assert slack.deliveries[1].statuses == [500]
    await ana.types("/ask")
    assert slack.deliveries[2].statuses == [500], "commands are never repeated over HTTP"


async def test_an_app_that_is_not_there(slack: SlackEmulator, app: Receiver, ana: Person) -> None:
    slack.app.request_url = "http://127.0.0.1:1/slack"
    await ana.writes("circle", "Hello")
    assert slack.deliveries[0].statuses == ["connection_failed", "connection_failed"]


async def test_repeating_at_will_and_forging(slack: SlackEmulator, app: Receiver, ana: Person) -> None:
    await ana.writes("circle", "Hello")
    await slack.heard(*slack.repeat(slack.deliveries[0], 20))
    assert len(app.heard) == 21
    assert len({one["event_id"] for one in app.heard}) == 1
    body, _ = slack.http.encoded(slack.deliveries[0])
    assert app.verifier is not None
    for headers in (slack.http.signed(body, at=0), {**slack.http.signed(b"other")}, {}):
        assert not app.verifier.is_valid_request(body, headers)
    async with aiohttp.ClientSession() as session, session.post(slack.url + "/respond/x", json={}) as response:
        assert response.status == 404
