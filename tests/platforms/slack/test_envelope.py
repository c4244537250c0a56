"""What arrives from Slack as the inbox keeps it: repeats, order, and the message that it is about."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.events import MessageDeleted, MessageEdited, MessagePosted
from bot.core.platform import RawEvent
from bot.platforms.slack.envelope import Known, from_command, from_event, from_interaction
from bot.platforms.slack.incoming import translate
from tests.platforms.slack.arriving import ARRIVED, KNOWN, arrived, meaning
from tests.wire import slack_payloads as slack
from tests.wire.slack_payloads import ANA, BOT, CHANNEL, DIRECT, ROOT, TEAM, TS, Json

EACH = [
    slack.message(),
    slack.team_join(),
    slack.command("help"),
    slack.pressed(),
    slack.pressed_at_home(),
    slack.message_action(),
    slack.shortcut(),
    slack.submitted(),
    slack.closed(),
    {"type": "app_rate_limited", "team_id": TEAM, "minute_rate_limited": 1_518_467_820, "api_app_id": "A1"},
]


@pytest.mark.parametrize("payload", EACH)
def test_what_comes_again_has_the_same_key_and_order(payload: Json) -> None:
    first = arrived(payload)
    again = from_again(copy.deepcopy(payload))
    assert first.key
    assert (first.platform, first.tenant) == ("slack", TEAM)
    assert replace(again, body=first.body) == first


def from_again(payload: Json) -> RawEvent:
    """Later, in another order of its keys, and with a directory that knows other things."""
    turned = dict(reversed(payload.items()))
    later, known = ARRIVED + timedelta(minutes=1), Known(bot=BOT, people={ANA: {"name": "Anna"}})
    if "command" in payload:
        return from_command(turned, later, known)
    if "event" in payload or payload["type"] == "app_rate_limited":
        return from_event(turned, later, known)
    return from_interaction(turned, later, known)


def test_what_happens_twice_has_two_keys() -> None:
    for once, twice in (
        (slack.message(), slack.message()),
        (slack.command("help"), slack.command("help")),
        (slack.pressed(), slack.pressed()),
        (slack.message_action(), slack.message_action()),
        (slack.submitted(), slack.submitted(hash="1700000009.zzzzzzzz")),
        (slack.submitted(), slack.closed()),
    ):
        assert arrived(once).key != arrived(twice).key


def test_a_form_that_is_sent_twice_is_sent_once() -> None:
    first, second = slack.submitted(), slack.submitted()
    assert first["trigger_id"] != second["trigger_id"]
    assert arrived(first).key == arrived(second).key


@pytest.mark.parametrize(
    ("payload", "conversation"),
    [
        (slack.message(), CHANNEL),
        (slack.message(thread_ts=TS), CHANNEL),
        (slack.message(thread_ts=ROOT), f"{CHANNEL}/{ROOT}"),
        (slack.edited(thread_ts=ROOT), f"{CHANNEL}/{ROOT}"),
        (slack.deleted(thread_ts=ROOT), f"{CHANNEL}/{ROOT}"),
        (slack.deleted(), CHANNEL),
        (slack.message(channel=DIRECT), f"dm-{ANA}"),
        (slack.deleted(channel=DIRECT), f"dm-{ANA}"),
        (slack.member(), CHANNEL),
        (slack.renamed(), CHANNEL),
        (slack.reaction(), CHANNEL),
        (slack.team_join(), f"dm-{ANA}"),
        (slack.home_opened(), f"dm-{ANA}"),
        (slack.command("help"), CHANNEL),
        (slack.command("help", channel=DIRECT), f"dm-{ANA}"),
        (slack.pressed(), CHANNEL),
        (slack.pressed(channel=DIRECT), f"dm-{ANA}"),
        (slack.pressed_at_home(), f"dm-{ANA}"),
        (slack.message_action(thread_ts=ROOT), f"{CHANNEL}/{ROOT}"),
        (slack.message_action(thread_ts=TS), CHANNEL),
        (slack.shortcut(), f"dm-{ANA}"),
        (slack.submitted(), f"dm-{ANA}"),
    ],
)
def test_what_must_stay_in_order(payload: Json, conversation: str) -> None:
    assert arrived(payload).conversation == conversation


@pytest.mark.parametrize(
    "payload",
    [slack.message(), slack.message(thread_ts=ROOT), slack.edited(), slack.deleted(), slack.message(channel=DIRECT)],
)
def test_the_message_that_an_event_is_about(payload: Json) -> None:
    (event,) = meaning(payload)
    assert isinstance(event, MessagePosted | MessageEdited | MessageDeleted)
    assert arrived(payload).message == event.key == f"{ANA}\x1f{TS}"


@pytest.mark.parametrize(
    "payload", [slack.reaction(), slack.member(), slack.message(user=BOT), slack.message(subtype="channel_join")]
)
def test_other_events_are_about_no_message(payload: Json) -> None:
    assert arrived(payload).message == ""


def test_the_body_is_what_slack_sent_with_what_the_directory_knew() -> None:
    payload = slack.message("half a pair: \ud800")
    raw = from_event(payload, ARRIVED, KNOWN)
    document = json.loads(raw.body)
    assert document.pop("payload") == payload
    assert document == {
        "kind": "event",
        "at": ARRIVED.isoformat(),
        "bot": BOT,
        "people": KNOWN.people,
        "places": KNOWN.places,
        "authors": {},
    }
    (posted,) = translate(raw.body)
    assert isinstance(posted, MessagePosted)
    assert posted.text == "half a pair: \ufffd"


@pytest.mark.parametrize(
    "payload",
    [{}, {"event": 7, "event_id": 7}, {"event": {"type": "message", "message": [], "channel": 3}}, {"team": []}],
)
def test_whatever_arrives_can_be_kept(payload: Json) -> None:
    for raw in (from_event(payload, ARRIVED), from_command(payload, ARRIVED), from_interaction(payload, ARRIVED)):
        assert raw.key
        assert raw.conversation
