"""Every payload that Slack documents: those that Baraza understands, and all the others, which it lets pass.

A folder of published sample payloads, where ``BARAZA_SLACK_PAYLOADS`` names one: ``events``, ``slash-commands``,
``interactive-components`` and ``views``, with every field that there is, and every text left blank.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.core.events import (
    BotRemoved,
    BotUninstalled,
    ButtonPressed,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    Joined,
    Left,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    PersonChanged,
    PlaceRenamed,
    PlaceReopened,
    Reacted,
    ShortcutUsed,
)
from bot.platforms.slack.incoming import closes_workspace
from tests.platforms.slack.arriving import ARRIVED, arrived, meaning
from tests.wire.slack_payloads import ANA, BEN, CHANNEL, LATER, TEAM, TOKEN, TS, Json

FOLDER = Path(os.environ.get("BARAZA_SLACK_PAYLOADS", "-"))
PAYLOADS = sorted(FOLDER.glob("*/*.json"))
pytestmark = pytest.mark.skipif(not PAYLOADS, reason="BARAZA_SLACK_PAYLOADS names no folder with sample payloads")

MEANINGS: dict[str, type[Event]] = {
    "AppHomeOpenedPayload": HomeOpened,
    "AppMentionPayload": CommandUsed,
    "AppUninstalledPayload": BotUninstalled,
    "BlockActionPayload": ButtonPressed,
    "ChannelArchivePayload": BotRemoved,
    "ChannelLeftPayload": BotRemoved,
    "ChannelRenamePayload": PlaceRenamed,
    "ChannelUnarchivePayload": PlaceReopened,
    "GroupArchivePayload": BotRemoved,
    "GroupLeftPayload": BotRemoved,
    "GroupRenamePayload": PlaceRenamed,
    "GroupUnarchivePayload": PlaceReopened,
    "MemberJoinedChannelPayload": Joined,
    "MemberLeftChannelPayload": Left,
    "MessageChangedPayload": MessageEdited,
    "MessageDeletedPayload": MessageDeleted,
    "MessageFileSharePayload": MessagePosted,
    "MessageMePayload": MessagePosted,
    "MessagePayload": MessagePosted,
    "MessageShortcutPayload": ShortcutUsed,
    "MessageThreadBroadcastPayload": MessagePosted,
    "ReactionAddedPayload": Reacted,
    "ReactionRemovedPayload": Reacted,
    "SlashCommandPayload": CommandUsed,
    "TeamJoinPayload": Joined,
    "UserChangePayload": PersonChanged,
    "ViewSubmissionPayload": FormSubmitted,
}
CLOSES = {"AppUninstalledPayload"}

_SAID = {
    "ts": TS,
    "deleted_ts": TS,
    "message_ts": TS,
    "event_ts": LATER,
    "user": ANA,
    "user_id": ANA,
    "item_user": BEN,
    "channel": CHANNEL,
    "channel_id": CHANNEL,
    "team_id": TEAM,
    "reaction": "pushpin",
    "tab": "home",
    "command": "/baraza",
    "text": "help",
    "name": "ana",
    "trigger_id": "1.2.abc",
    "event_id": "Ev1",
    "hash": "1700000000.abcdefgh",
    "value": TOKEN,
}
_IDS = {"user": ANA, "team": TEAM, "channel": CHANNEL, "view": "V1"}


def filled(value: Any, name: str = "", inside: str = "") -> Any:
    """The same with authentic values where the sample has blanks."""
    if isinstance(value, dict):
        return {inner: filled(one, inner, name) for inner, one in value.items()}
    if isinstance(value, list):
        return [filled(one, name, name) for one in value]
    if name == "event_time":
        return 1_700_000_000
    if value not in ("", "0000000000.000000"):
        return value
    if name == "id":
        return _IDS.get(inside, "X1")
    if name == "type" and inside == "actions":
        return "button"
    return _SAID.get(name, "")


def completed(path: Path, payload: Json) -> Json:
    """What one sample needs beyond that, to be something that happened."""
    if path.stem == "MessageChangedPayload":
        payload["event"]["previous_message"]["text"] = "before"
    if path.stem == "AppMentionPayload":
        payload["event"]["edited"] = None
    if path.stem == "BlockActionPayload":
        payload["container"]["type"] = "message"
    if path.stem == "MessageShortcutPayload":
        payload["callback_id"] = "contributions.save"
    if path.parent.name == "views":
        payload["view"] |= {"callback_id": "form", "private_metadata": json.dumps({"form": TOKEN, "place": CHANNEL})}
    return payload


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_sample_means_what_it_should(path: Path) -> None:
    sample = json.loads(path.read_text())
    events = meaning(completed(path, filled(sample)))
    expected = MEANINGS.get(path.stem)
    assert [type(event) for event in events] == ([expected] if expected else [])
    for event in events:
        assert event.by.account.tenant == TEAM
        assert event.at == ARRIVED or event.at.year == 2023


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_a_sample_that_is_left_blank_means_nothing(path: Path) -> None:
    sample = json.loads(path.read_text())
    assert meaning(sample) == []


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_one_sample_closes_the_workspace(path: Path) -> None:
    raw = arrived(filled(json.loads(path.read_text())))
    assert closes_workspace(json.loads(raw.body)) is (path.stem in CLOSES)


def test_every_kind_has_a_sample() -> None:
    assert MEANINGS.keys() <= {path.stem for path in PAYLOADS}
