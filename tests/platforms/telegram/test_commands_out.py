"""The menu of commands: per scope and language, within Telegram's limits."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.platform import CommandHint
from bot.platforms.telegram.commands import (
    ADMINISTRATORS,
    EVERYBODY,
    IN_GROUPS,
    IN_PRIVATE,
    Scope,
    everybodys,
    menu,
    one_chat,
    one_person,
    own,
)
from bot.platforms.telegram.links import start_link
from tests.platforms.any_words import words
from tests.platforms.telegram.limits import characters

HELP = CommandHint("help", "/help", "See what you can do here")
ASK = CommandHint("ask", "/ask [question]", "Ask an expert")


@pytest.mark.parametrize(
    ("scope", "named"),
    [
        (EVERYBODY, {"type": "default"}),
        (IN_PRIVATE, {"type": "all_private_chats"}),
        (IN_GROUPS, {"type": "all_group_chats"}),
        (ADMINISTRATORS, {"type": "all_chat_administrators"}),
        (one_chat("5001"), {"type": "chat", "chat_id": 5001}),
        (one_person("-1001", "5001"), {"type": "chat_member", "chat_id": -1001, "user_id": 5001}),
    ],
)
def test_a_menu_for_each_of_those_who_see_it(scope: Scope, named: dict[str, object]) -> None:
    (call,) = menu({"": [HELP]}, scope)
    assert call.method == "setMyCommands"
    assert call.parameters == {
        "commands": [{"command": "help", "description": "See what you can do here"}],
        "scope": named,
    }


def test_a_menu_in_each_language() -> None:
    found = menu({"": [ASK], "fr": [ASK], "pt-BR": [ASK], "en": [HELP], "en-GB": [ASK], "fil": [ASK]}, EVERYBODY)
    assert [(one.parameters.get("language_code"), one.parameters["commands"][0]["command"]) for one in found] == [
        (None, "ask"),
        ("en", "help"),
        ("fr", "ask"),
        ("pt", "ask"),
    ]


def test_who_may_do_nothing_has_no_menu() -> None:
    (call,) = menu({"fr": []}, one_chat("5"))
    assert call.method == "deleteMyCommands"
    assert call.parameters == {"scope": {"type": "chat", "chat_id": 5}, "language_code": "fr"}


@given(st.lists(st.builds(CommandHint, st.sampled_from(("help", "a_b", "x-y", "É", "")) | words, words, words)))
def test_no_menu_breaks_a_limit(hints: list[CommandHint]) -> None:
    (call,) = menu({"": hints * 30}, EVERYBODY)
    commands = call.parameters.get("commands", [])
    assert len(commands) <= 100
    assert (call.method == "setMyCommands") == bool(commands)
    for one in commands:
        assert re.fullmatch("[a-z0-9_]{1,32}", one["command"])
        assert 1 <= characters(one["description"]) <= 256
        assert one["description"].strip()


def test_a_link_that_opens_the_private_chat() -> None:
    assert start_link("baraza_bot", "join_12") == "https://t.me/baraza_bot?start=join_12"
    for payload in ("", "a b", "x" * 65, "é"):
        with pytest.raises(ValueError, match="payload"):
            start_link("baraza_bot", payload)


def test_everybody_sees_in_private_and_in_groups_what_works_there() -> None:
    settings = CommandHint("settings", "settings", "Settings", in_places=False)
    thanks = CommandHint("thanks", "thanks @x", "Thank somebody", in_private=False)
    today = CommandHint("today", "today", "The day")
    everybody = [HELP, settings, thanks]
    calls = everybodys({"": everybody, "fr": everybody}, {"": [*everybody, today]})
    shown = [
        (
            call.parameters["scope"]["type"],
            call.parameters.get("language_code", ""),
            [one["command"] for one in call.parameters["commands"]],
        )
        for call in calls
    ]
    assert shown == [
        ("default", "", ["help"]),
        ("default", "fr", ["help"]),
        ("all_private_chats", "", ["help", "settings"]),
        ("all_private_chats", "fr", ["help", "settings"]),
        ("all_group_chats", "", ["help", "thanks"]),
        ("all_group_chats", "fr", ["help", "thanks"]),
        ("all_chat_administrators", "", ["help", "thanks", "today"]),
    ]


def test_one_person_sees_their_own_in_their_private_chat() -> None:
    thanks = CommandHint("thanks", "thanks @x", "Thank somebody", in_private=False)
    (call,) = own([HELP, thanks], "5001")
    assert call.parameters["scope"] == {"type": "chat", "chat_id": 5001}
    assert [one["command"] for one in call.parameters["commands"]] == ["help"]
