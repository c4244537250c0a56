"""The app's manifest asks for what Baraza uses, for nothing else, and in a form that Slack takes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.app import discover_capabilities
from bot.core.dispatch import Registry
from bot.platforms.slack._commands import ROOT
from bot.platforms.slack.incoming import _EVENTS as TRANSLATED
from bot.platforms.slack.scopes import BOT_SCOPES, SCOPES, missing
from tests.plain_yaml import NotPlain, read
from tests.trees import ROOT as PROJECT

DOCUMENT = read((PROJECT / "deploy" / "slack-manifest.yaml").read_text(encoding="utf-8"))
MANIFEST: dict[str, Any] = DOCUMENT.data
FEATURES, SETTINGS = MANIFEST["features"], MANIFEST["settings"]

MESSAGES_FROM = {"message.channels": "channels:history", "message.groups": "groups:history", "message.im": "im:history"}
"""The places that messages are told from; group messages are no places of a community."""


def test_every_scope_is_asked_for_and_explained() -> None:
    asked = MANIFEST["oauth_config"]["scopes"]["bot"]
    assert asked == sorted(asked)
    assert tuple(asked) == BOT_SCOPES
    assert "user" not in MANIFEST["oauth_config"]["scopes"]


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.name)
def test_a_comment_says_which_capability_needs_a_scope(scope: Any) -> None:
    comment = DOCUMENT.comments[scope.name]
    assert comment.lower().startswith(f"{scope.for_what}: "), comment
    assert comment.endswith(".")
    assert scope.without
    assert not scope.without.endswith(".")


def test_what_is_missing_is_what_is_needed() -> None:
    assert missing(BOT_SCOPES) == []
    assert [one.name for one in missing(set(BOT_SCOPES) - {"chat:write", "assistant:write"})] == ["chat:write"]


def test_every_event_that_is_understood_is_subscribed_and_no_other() -> None:
    events = SETTINGS["event_subscriptions"]["bot_events"]
    assert events == sorted(events)
    assert set(events) == (TRANSLATED.keys() - {"message"}) | MESSAGES_FROM.keys()
    assert set(MESSAGES_FROM.values()) <= set(BOT_SCOPES)
    assert len(events) <= 100


def test_every_shortcut_of_a_capability_is_in_the_menu_of_messages() -> None:
    declared = Registry(discover_capabilities()).shortcuts
    shown = {one["callback_id"]: one for one in FEATURES["shortcuts"]}
    assert {name: one["name"] for name, one in shown.items()} == {name: one.label for name, one in declared.items()}
    assert {one["type"] for one in shown.values()} == {"message"}
    assert len(FEATURES["shortcuts"]) <= 10
    for one in shown.values():
        assert len(one["name"]) <= 24
        assert len(one["callback_id"]) <= 255
        assert len(one["description"]) <= 150


def test_the_one_command_tells_commands_that_exist() -> None:
    (command,) = FEATURES["slash_commands"]
    assert command["command"] == f"/{ROOT}"
    assert command["should_escape"] is True  # or a mention would arrive as a name that anybody can choose
    hinted = re.findall(r"[a-z]+", command["usage_hint"])
    commands = Registry(discover_capabilities()).commands
    assert set(hinted) <= commands.keys()
    assert len(command["command"]) <= 32
    assert len(command["usage_hint"]) <= 1000
    assert len(command["description"]) <= 2000


def test_slack_takes_what_it_says_of_itself() -> None:
    about = MANIFEST["display_information"]
    assert 1 <= len(about["name"]) <= 35
    assert 1 <= len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9A-F]{6}", about["background_color"])
    assert len(FEATURES["bot_user"]["display_name"]) <= 80
    assert FEATURES["agent_view"].keys() == {"agent_description"}
    assert 1 <= len(FEATURES["agent_view"]["agent_description"]) <= 300
    assert "assistant_view" not in FEATURES


def test_it_is_switched_on_and_off_as_baraza_needs_it() -> None:
    assert FEATURES["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }
    assert SETTINGS["socket_mode_enabled"] is True
    assert SETTINGS["interactivity"] == {"is_enabled": True}
    assert SETTINGS["org_deploy_enabled"] is False
    assert SETTINGS["token_rotation_enabled"] is False


@pytest.mark.parametrize(
    "text",
    [
        "a: 7",
        "a: [1]",
        "a:\n  b: c\n d: e",
        "a: b: c",
        "a: yes",
        "a: b\na: c",
        "a:\n\tb: c",
        "a: 'b'",
        "a:",
        "a: b # c",
        "a: &b c",
        "a: b ",
    ],
)
def test_the_reader_refuses_what_it_does_not_know(text: str) -> None:
    with pytest.raises(NotPlain, match="line"):
        read(text)
