"""What people write on Slack, change and take back, as core events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

import pytest

from bot.core.addresses import Account, MessageRef, Place
from bot.core.events import CommandUsed, Event, MessageDeleted, MessageEdited, MessagePosted
from bot.platforms.slack.envelope import Known
from storage.activity import activity_key
from tests.platforms.slack.arriving import KNOWN, meaning, unknown
from tests.wire import slack_payloads as slack
from tests.wire.slack_payloads import ANA, BEN, BOT, CHANNEL, DIRECT, GROUP, LATER, ROOT, TEAM, TS, Json

E = TypeVar("E", bound=Event)


def one(kind: type[E], payload: Json, known: Known = KNOWN) -> E:
    (event,) = meaning(payload, known)
    assert isinstance(event, kind)
    return event


def test_a_message_in_a_channel() -> None:
    posted = one(MessagePosted, slack.message("Who knows <@U0BEN0001>?"))
    assert posted.by.account == Account("slack", TEAM, ANA)
    assert (posted.by.name, posted.by.language, posted.by.is_bot) == ("Ana", "fr", False)
    assert posted.place == Place("slack", TEAM, CHANNEL, "circle")
    assert posted.at == datetime(2023, 11, 14, 22, 13, 20, 100, tzinfo=UTC)
    assert posted.text == "Who knows @Ben?"
    assert posted.key == f"{ANA}\x1f{TS}"
    assert posted.message == MessageRef("slack", TEAM, CHANNEL, TS, None, posted.key)
    assert posted.thread_key is None


def test_a_message_has_the_key_that_an_import_of_the_workspace_gives_it() -> None:
    posted = one(MessagePosted, slack.message())
    assert activity_key("slack", TEAM, posted.key) == activity_key("slack", TEAM, ANA, TS)


@pytest.mark.parametrize("subtype", ["thread_broadcast", "me_message", "file_share", ""])
def test_what_counts_as_a_message(subtype: str) -> None:
    assert one(MessagePosted, slack.message("hi", subtype=subtype)).text == "hi"


@pytest.mark.parametrize(
    "not_counted",
    [
        {"subtype": "channel_join"},
        {"subtype": "channel_topic"},
        {"subtype": "file_comment"},
        {"subtype": "bot_message"},
        {"subtype": "message_replied"},
        {"subtype": "something_new"},
        {"bot_id": "B1"},
        {"user": BOT},
        {"user": "U0ROBOT"},
        {"user": "USLACKBOT"},
        {"user": None},
        {"user": ""},
        {"hidden": True},
    ],
)
def test_what_does_not_count_says_nothing(not_counted: Json) -> None:
    payload = slack.message()
    payload["event"].update(not_counted)
    assert meaning(payload) == []


def test_no_bot_id_is_no_bot() -> None:
    assert one(MessagePosted, slack.message(bot_id=None)).key


def test_this_bot_is_known_by_the_event_itself() -> None:
    assert unknown(slack.message(user=BOT)) == []


def test_a_name_is_never_an_id() -> None:
    (posted,) = unknown(slack.message(user=ANA))
    assert posted.by.name == ""
    (told,) = unknown(slack.message(user_profile={"display_name": "", "real_name": "Ana of the team"}))
    assert told.by.name == "Ana of the team"


def test_a_private_group_and_a_group_conversation_are_places() -> None:
    posted = one(MessagePosted, slack.message(channel=GROUP))
    assert posted.place == Place("slack", TEAM, GROUP, "")


def test_what_is_written_to_the_bot_has_no_place() -> None:
    posted = one(MessagePosted, slack.message("hello", channel=DIRECT))
    assert posted.private
    assert posted.message.conversation == DIRECT


@pytest.mark.parametrize(
    ("knows", "authors"), [({"parent_user_id": BEN}, {}), ({"root": {"user": BEN}}, {}), ({}, {ROOT: BEN})]
)
def test_a_reply_names_its_thread_by_the_root(knows: Json, authors: dict[str, str]) -> None:
    posted = one(MessagePosted, slack.message(thread_ts=ROOT, **knows), Known(authors=authors))
    assert posted.thread_key == f"{BEN}\x1f{ROOT}"
    assert posted.message.thread == ROOT


def test_replies_of_a_thread_stay_together_when_nobody_knows_who_began_it() -> None:
    keys = {one(MessagePosted, slack.message(user=who, ts=ts, thread_ts=ROOT)).thread_key
            for who, ts in ((ANA, TS), (BEN, LATER))}  # fmt: skip
    assert keys == {f"thread\x1f{CHANNEL}\x1f{ROOT}"}


def test_the_root_of_a_thread_is_no_reply() -> None:
    posted = one(MessagePosted, slack.message(thread_ts=TS))
    assert (posted.thread_key, posted.message.thread) == (None, None)


def test_a_question_is_told_by_what_was_typed() -> None:
    assert one(MessagePosted, slack.message("Who can help?")).asks is True
    labelled = one(MessagePosted, slack.message("See <https://x.example|what is this?>"))
    assert (labelled.asks, labelled.text) == (False, "See what is this? (https://x.example)")


def test_an_edited_message() -> None:
    edited = one(MessageEdited, slack.edited("hello", "hello <@U0BEN0001>"))
    assert (edited.key, edited.text) == (f"{ANA}\x1f{TS}", "hello @Ben")
    assert (edited.by.name, edited.message.id) == ("Ana", TS)
    assert edited.at == datetime(2023, 11, 14, 22, 14, 20, 200, tzinfo=UTC)


def test_a_preview_of_a_link_edits_nothing() -> None:
    assert meaning(slack.edited("same", "same", attachments=[{"text": "a preview"}])) == []


def test_a_change_without_what_was_before_is_an_edit_where_slack_says_so() -> None:
    payload = slack.edited()
    del payload["event"]["previous_message"]
    assert one(MessageEdited, payload).text == "hello there"
    del payload["event"]["message"]["edited"]
    assert meaning(payload) == []


def test_an_edit_by_a_bot_says_nothing() -> None:
    assert meaning(slack.edited(user=BOT)) == []
    assert meaning(slack.edited(bot_id="B1")) == []


def test_a_deleted_message() -> None:
    deleted = one(MessageDeleted, slack.deleted(thread_ts=ROOT))
    assert (deleted.key, deleted.message.thread, deleted.by.name) == (f"{ANA}\x1f{TS}", ROOT, "Ana")


def test_a_root_that_is_deleted_leaves_a_tombstone() -> None:
    tombstone = slack.written("This message was deleted.", "USLACKBOT", subtype="tombstone", thread_ts=TS)
    before = slack.written(thread_ts=TS)
    deleted = one(MessageDeleted, slack.changed(tombstone, before))
    assert deleted.key == f"{ANA}\x1f{TS}"


def test_when_a_tombstone_goes_nothing_more_happens() -> None:
    assert meaning(slack.deleted(subtype="tombstone", user="USLACKBOT")) == []


def test_a_deleted_message_whose_words_slack_no_longer_tells() -> None:
    payload = slack.deleted()
    del payload["event"]["previous_message"]
    assert one(MessageDeleted, payload, Known(authors={TS: ANA})).key == f"{ANA}\x1f{TS}"
    assert meaning(payload) == []


def test_a_deleted_message_of_the_bot_says_nothing() -> None:
    assert meaning(slack.deleted(user=BOT, bot_id="B1")) == []


@pytest.mark.parametrize(
    ("words", "name", "arguments"),
    [
        (f"<@{BOT}> ask How do I boil water?", "ask", "How do I boil water?"),
        (f"<@{BOT}|baraza>: /thanks <@{BEN}|ben> for <https://x.example|this>", "thanks",
         f"<@{BEN}> for this (https://x.example)"),
        (f"<@{BOT}>", "menu", ""),
        (f"I like <@{BOT}>", "menu", ""),
    ],
)  # fmt: skip
def test_a_mention_of_the_bot_is_a_command(words: str, name: str, arguments: str) -> None:
    used = one(CommandUsed, slack.mention(words))
    assert (used.name, used.arguments) == (name, arguments)
    assert used.place == Place("slack", TEAM, CHANNEL, "circle")
    assert (used.by.name, used.trigger, used.about) == ("Ana", None, None)


def test_a_mention_that_is_edited_was_a_command_already() -> None:
    assert meaning(slack.mention(edited={"user": ANA, "ts": LATER})) == []


def test_a_mention_by_a_program_is_no_command() -> None:
    assert meaning(slack.mention(user=BOT)) == []
    assert meaning(slack.mention(bot_id="B1")) == []


def test_a_private_message_that_begins_with_the_bot_is_a_command_too() -> None:
    used = one(CommandUsed, slack.message(f"<@{BOT}> help", channel=DIRECT))
    assert (used.name, used.private) == ("help", True)
    assert one(MessagePosted, slack.message(f"<@{BOT}> help")).text
